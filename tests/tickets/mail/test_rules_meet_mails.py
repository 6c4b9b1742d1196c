"""What rules are told of a mail, also of one that a technician let in or split off."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Contact
from helpdesk.core.models import OutgoingMail, Role, Team
from tests.tickets.mail.conftest import ANNA, MALLORY, SUPPORT, Desk
from tests.tickets.mail.test_strangers import decide, receive_held
from tickets.domain.priority import Priority
from tickets.domain.status import Status
from tickets.domain.targets import Limit, Promise, Unit
from tickets.models import Mailbox, Ticket
from tickets.selectors.targets import forget_targets
from tickets.services.change_status import change_status
from tickets.services.mail.journal import RawMail, store_many
from tickets.services.mail.strangers import admit_sender, split_off_held
from tickets.services.mail.take import take_due_mails
from tickets.services.rules.dry_run import dry_run
from tickets.services.rules.edit import save_rule
from tickets.services.targets.promises import NewTarget, save_target

pytestmark = pytest.mark.django_db
NEW = "new@acme.example"
HIGH = {"do": "set_priority", "value": "high"}
FROM_MALLORY = {"field": "sender", "op": "is", "value": MALLORY}
TO_SUPPORT = {"field": "mailbox", "op": "is", "value": SUPPORT}


def known(is_known: bool) -> dict[str, Any]:
    return {"field": "is_known_sender", "op": "is", "value": is_known}


def draft(conditions: list[Any], *actions: Any, trigger: str = "ticket-created") -> dict[str, Any]:
    return {
        "name": "R",
        "description": "",
        "trigger": trigger,
        "conditions": {"items": conditions},
        "actions": list(actions),
        "stops_here": False,
        "is_active": True,
    }


def save(desk: Desk, facts: dict[str, Any]) -> None:
    desk.ada.roles.add(Role.objects.get(name="Administrator"))
    save_rule(rule=None, draft=facts, by=desk.ada, now=desk.now)


@pytest.mark.parametrize(("sender", "is_known"), [(ANNA, True), (NEW, False), (f"Carlo <{MALLORY}>", False)])
def test_the_contact_that_a_mail_makes_does_not_make_its_sender_known(
    desk: Desk, sender: str, is_known: bool
) -> None:
    save(desk, draft([known(is_known)], HIGH))
    ticket = desk.receive(desk.letter(sender)).ticket
    assert ticket
    assert ticket.contact
    assert ticket.priority == "high"


def test_the_second_mail_is_from_a_known_sender_and_the_dry_run_agrees(desk: Desk) -> None:
    for _ in range(2):
        desk.receive(desk.letter(NEW))
    desk.ada.roles.add(Role.objects.get(name="Administrator"))
    first, second = Ticket.objects.filter(contact_email=NEW).order_by("id")
    Ticket.objects.filter(pk=second.pk).update(created_at=desk.now.replace(year=desk.now.year + 1))
    tried = dry_run(draft=draft([known(True)], HIGH), rule=None, by=desk.ada, now=desk.now)
    assert second in [case.ticket for case in tried.cases]
    assert first not in [case.ticket for case in tried.cases]
    assert Contact.objects.filter(email=NEW).count() == 1


def test_a_notice_about_each_mail_of_a_batch_costs_no_query_of_its_own(desk: Desk) -> None:
    notice = {"do": "notify", "to": [f"user:{desk.bob.pk}"], "value": "Look"}
    save(desk, draft([], notice))
    costs = []
    for count in (2, 7):
        mails = [desk.letter(f"new{count}{i}@acme.example", subject=f"S{count}{i}") for i in range(count)]
        store_many(mails=[RawMail(raw=raw, source="smtp", mailbox=desk.box) for raw in mails], now=desk.now)
        with CaptureQueriesContext(connection) as queries:
            take_due_mails(now=desk.now)
        costs.append(len(queries))
    assert OutgoingMail.objects.filter(to=desk.bob.email).count() == 9
    assert costs[1] - costs[0] < 5, "less than one a mail"


def test_the_mailbox_of_a_ticket_is_known_at_every_event(desk: Desk) -> None:
    save(desk, draft([TO_SUPPORT], {"do": "add_note", "value": "VIP"}, trigger="status-changed"))
    change_status(ticket=Ticket.objects.get(pk=desk.own.pk), to=Status.PROCESSING, by=desk.ada, now=desk.now)
    assert desk.words() == [("note", "VIP", False)]


@pytest.mark.parametrize(
    ("sender", "is_known"), [(ANNA, True), ("max@acme.example", True), ("eve@acme.example", False)]
)
def test_who_answers_is_known_or_not_whoever_the_ticket_belongs_to(
    desk: Desk, sender: str, is_known: bool
) -> None:
    Contact.objects.create(client=desk.anna.client, full_name="Max", email="max@acme.example")
    for email in ("max@acme.example", "eve@acme.example"):
        desk.join(email)
    save(desk, draft([known(is_known)], {"do": "add_note", "value": "Seen"}, trigger="customer-replied"))
    desk.receive(desk.letter(sender, in_reply_to=desk.marked(to=sender)))
    assert ("note", "Seen", False) in desk.words()


def test_a_split_off_mail_is_a_new_ticket_for_the_rules_and_no_machine_answers(desk: Desk) -> None:
    team = Team.objects.create(name="First line")
    Mailbox.objects.update(team=team)
    save(desk, draft([FROM_MALLORY, TO_SUPPORT], HIGH, {"do": "add_tags", "value": "strange"}))
    desk.own.refresh_from_db()
    new = split_off_held(**decide(desk, receive_held(desk, subject="Re: [T#17] Printer")))
    assert (new.subject, new.priority, new.team) == ("Re: Printer", "high", team)
    assert [tag.name for tag in new.tags.all()] == ["strange"]
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(("header", "clocks"), [("no", 1), ("auto-replied", 0)])
def test_what_a_machine_wrote_is_promised_nothing_when_it_is_split_off(
    desk: Desk, header: str, clocks: int
) -> None:
    promises = dict.fromkeys(Priority, Promise(first=Limit(1, Unit.HOURS)))
    new = NewTarget(name="All", promises=promises)
    save_target(target=None, new=new, by=desk.ada, now=desk.now)
    forget_targets()
    ticket = split_off_held(**decide(desk, receive_held(desk, auto_submitted=header)))
    assert ticket.clocks.count() == clocks


def test_rules_hear_who_was_admitted(desk: Desk) -> None:
    note = {"do": "add_note", "value": "Careful"}
    save(desk, draft([FROM_MALLORY, known(False), TO_SUPPORT], note, trigger="customer-replied"))
    admit_sender(**decide(desk, receive_held(desk)))
    assert ("note", "Careful", False) in desk.words()


LISTED = {"field": "header", "name": "List-Id", "op": "contains", "value": "news"}


def test_rules_read_the_headers_of_who_was_admitted(desk: Desk) -> None:
    note = {"do": "add_note", "value": "List"}
    save(desk, draft([LISTED], note, trigger="customer-replied"))
    admit_sender(**decide(desk, receive_held(desk, list_id="<news.evil.example>")))
    assert ("note", "List", False) in desk.words()


def test_rules_read_the_headers_of_what_was_split_off(desk: Desk) -> None:
    save(desk, draft([LISTED], HIGH))
    held = receive_held(desk, list_id="<news.evil.example>")
    assert split_off_held(**decide(desk, held)).priority == "high"
