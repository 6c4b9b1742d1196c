"""Rules that answer with a canned reply."""

from datetime import datetime

import pytest
from django.test import Client as Browser

from helpdesk.core.errors import Conflict
from helpdesk.core.models import OutgoingMail, User
from tests.tickets.rules.conftest import MakeRule
from tests.tickets.rules.test_dry_run import draft, try_out
from tickets.domain.macros import WrittenAs
from tickets.domain.status import Status
from tickets.models import Macro, RuleTrace, Ticket
from tickets.services.macros.edit import MacroDraft, delete_macro, save_macro
from tickets.services.rules.events import status_changed

pytestmark = pytest.mark.django_db
TEXT = "Hello {{ first_name }}, please restart."


@pytest.fixture
def macro(now: datetime) -> Macro:
    return Macro.objects.create(name="Restart", text=TEXT, created_at=now, updated_at=now)


def wish(macro: Macro) -> dict[str, str]:
    return {"do": "reply_with", "value": str(macro.pk)}


def solve(ticket: Ticket, now: datetime) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(status="resolved")
    status_changed(ticket=Ticket.objects.get(pk=ticket.pk), before=Status.OPEN, now=now)


def test_the_customer_gets_the_words_of_the_canned_reply(
    ticket: Ticket, macro: Macro, make_rule: MakeRule, now: datetime
) -> None:
    make_rule(wish(macro), trigger="status-changed")
    solve(ticket, now)
    assert "Hello Anna, please restart." in OutgoingMail.objects.get(to=ticket.contact_email).text


def test_a_reply_that_is_gone_is_left_and_the_trace_says_so(
    ticket: Ticket, macro: Macro, make_rule: MakeRule, ada: User, now: datetime
) -> None:
    make_rule(wish(macro), trigger="status-changed")
    Macro.objects.update(owner=ada)
    solve(ticket, now)
    assert not OutgoingMail.objects.filter(to=ticket.contact_email).exists()
    assert RuleTrace.objects.latest("pk").lines[-1]["left"][0]["why"] == "gone"


def test_a_dry_run_says_that_it_would_answer(ticket: Ticket, macro: Macro, ada: User, now: datetime) -> None:
    (case,) = try_out(draft(wish(macro)), ada, now).cases
    assert case.deeds == (wish(macro),)


def test_a_reply_that_rules_send_is_not_deleted(
    macro: Macro, make_rule: MakeRule, carla: User, now: datetime
) -> None:
    rule = make_rule(wish(macro))
    with pytest.raises(Conflict, match=rule.name):
        delete_macro(macro=macro, by=carla, now=now)
    rule.actions = [{"do": "unassign"}]
    rule.save()
    delete_macro(macro=macro, by=carla, now=now)


def test_it_is_neither_emptied_nor_made_private_nor_a_note(
    macro: Macro, make_rule: MakeRule, carla: User, now: datetime
) -> None:
    make_rule(wish(macro))
    tag = ({"do": "add_tags", "value": ["x"]},)
    drafts = [
        MacroDraft(name="R", text=TEXT, owner=carla),
        MacroDraft(name="R", text=TEXT, written_as=WrittenAs.NOTE),
        MacroDraft(name="R", actions=tag),
    ]
    for one in drafts:
        with pytest.raises(Conflict):
            save_macro(macro=macro, draft=one, version=1, by=carla, now=now)
    renamed = save_macro(macro=macro, draft=MacroDraft(name="R", text="Hi"), version=1, by=carla, now=now)
    assert renamed.name == "R"


def test_the_editor_offers_what_is_everybodys(client_carla: Browser, macro: Macro, ada: User) -> None:
    Macro.objects.create(
        name="Adas own", text="x", owner=ada, created_at=macro.created_at, updated_at=macro.created_at
    )
    asked = {
        "trigger": "ticket-created",
        "mode": "all",
        "act": ["a1"],
        "a1.do": "reply_with",
        "command": "look",
    }
    page = client_carla.post("/rules/new/", asked).content.decode()
    assert f'<option value="{macro.pk}">Restart</option>' in page
    assert "Adas own" not in page


def test_the_list_says_which_reply(client_carla: Browser, macro: Macro, make_rule: MakeRule) -> None:
    make_rule(wish(macro))
    assert "Restart" in client_carla.get("/rules/").content.decode()
