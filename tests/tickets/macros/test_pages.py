"""Settings > Canned replies."""

from datetime import datetime

import pytest
from django.test import Client as Browser

from helpdesk.core.errors import Invalid
from helpdesk.core.models import User
from tests.tickets.macros.desk import canned, team_of
from tests.tickets.pages import HTMX
from tickets.models import Macro, Ticket
from tickets.services.rules.edit import save_rule

pytestmark = pytest.mark.django_db
FORM = {"name": "VPN", "scope": "own", "text": "Hello {{ first_name | there }}", "is_active": "on"}
FULL = {
    "status": "resolved", "priority": "high", "type": "incident", "assignee": "me",
    "add_tags": 'vpn, "a, b"', "remove_tags": "new", "written_as": "reply",
}  # fmt: skip


def page(browser: Browser, address: str = "", **query: str) -> str:
    return browser.get(f"/settings/macros/{address}", query).content.decode()


def test_a_reply_with_all_its_changes_is_saved_and_read_again(client_ada: Browser, ada: User) -> None:
    answer = client_ada.post("/settings/macros/new/", FORM | FULL, follow=True)
    assert "Type / in a reply to use it." in answer.content.decode()
    macro = Macro.objects.get()
    assert (macro.owner, macro.written_as) == (ada, "reply")
    assert macro.actions == [
        {"do": "set_status", "value": "resolved"},
        {"do": "set_priority", "value": "high"},
        {"do": "set_type", "value": "incident"},
        {"do": "assign_me"},
        {"do": "add_tags", "value": ["vpn", "a, b"]},
        {"do": "remove_tags", "value": ["new"]},
    ]
    shown = page(client_ada, f"{macro.pk}/")
    for value in ("resolved", "high", "incident", "me", "reply", "own"):
        assert f'<option value="{value}" selected>' in shown
    client_ada.post(f"/settings/macros/{macro.pk}/", FORM | FULL | {"version": "1"})
    again = Macro.objects.get()
    assert (again.actions, again.version) == (macro.actions, 2)


@pytest.mark.parametrize("who", ["nobody", "person", "team"])
def test_it_can_go_to_anybody(client_carla: Browser, ada: User, who: str) -> None:
    team = team_of(ada)
    value = {"nobody": "nobody", "person": str(ada.pk), "team": f"team-{team.pk}"}[who]
    client_carla.post("/settings/macros/new/", FORM | {"assignee": value, "scope": f"team-{team.pk}"})
    macro = Macro.objects.get()
    assert macro.team == team
    assert f'<option value="{value}" selected>' in page(client_carla, f"{macro.pk}/")


def test_who_left_is_shown_as_gone(client_ada: Browser, ada: User, bob: User, now: datetime) -> None:
    macro = canned(now, owner=ada, actions=[{"do": "assign_user", "value": str(bob.pk)}])
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert f'<option value="{bob.pk}" selected>no longer there' in page(client_ada, f"{macro.pk}/")


def test_errors_keep_what_was_typed(client_ada: Browser) -> None:
    answer = client_ada.post("/settings/macros/new/", FORM | {"text": "Hi {{ nmae }}", "name": ""})
    assert answer.status_code == 422
    answer = client_ada.post("/settings/macros/new/", FORM | {"text": "Hi {{ nmae }}"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Nothing is known as {{ nmae }}." in shown
    assert 'value="VPN"' in shown


def test_an_older_page_overwrites_nothing(client_ada: Browser, ada: User, now: datetime) -> None:
    macro = canned(now, owner=ada, version=3)
    answer = client_ada.post(f"/settings/macros/{macro.pk}/", FORM | {"version": "2"})
    assert "Somebody changed this reply meanwhile" in answer.content.decode()
    assert Macro.objects.get().version == 3


def test_technicians_share_with_their_teams_alone(
    client_ada: Browser, client_carla: Browser, ada: User, bob: User
) -> None:
    mine, theirs = team_of(ada), team_of(bob, name="Night")
    assert client_ada.post("/settings/macros/new/", FORM | {"scope": "all"}).status_code == 422
    assert client_ada.post("/settings/macros/new/", FORM | {"scope": f"team-{theirs.pk}"}).status_code == 422
    assert client_ada.post("/settings/macros/new/", FORM | {"scope": f"team-{mine.pk}"}).status_code == 302
    assert client_carla.post("/settings/macros/new/", FORM | {"scope": "all"}).status_code == 302
    assert [macro.team for macro in Macro.objects.order_by("id")] == [mine, None]


def test_what_everybody_uses_is_shown_and_copied(client_ada: Browser, now: datetime) -> None:
    macro = canned(now, actions=[{"do": "unassign"}])
    shown = page(client_ada, f"{macro.pk}/")
    assert "who sets up the desk changes it" in shown
    assert 'name="text"' not in shown
    assert client_ada.post(f"/settings/macros/{macro.pk}/", FORM | {"version": "1"}).status_code == 422
    answer = client_ada.post(f"/settings/macros/{macro.pk}/copy/", follow=True)
    assert "VPN (copy)" in answer.content.decode()
    answer = client_ada.post(f"/settings/macros/{macro.pk}/delete/", follow=True)
    assert "Copy it to have your own" in answer.content.decode()
    answer = client_ada.post(f"/settings/macros/{macro.pk}/restore/", follow=True)
    assert "Copy it to have your own" in answer.content.decode()
    Macro.objects.filter(pk=macro.pk).update(text="{{ gone }}")
    answer = client_ada.post(f"/settings/macros/{macro.pk}/copy/", follow=True)
    assert "Nothing is known as {{ gone }}" in answer.content.decode()


def test_a_deleted_reply_is_brought_back(client_ada: Browser, ada: User, now: datetime) -> None:
    macro = canned(now, owner=ada)
    for _ in range(2):  # a second click changes nothing
        shown = client_ada.post(f"/settings/macros/{macro.pk}/delete/", follow=True).content.decode()
        assert f"/settings/macros/{macro.pk}/restore/" in shown
    assert client_ada.get(f"/settings/macros/{macro.pk}/").status_code == 404
    shown = client_ada.post(f"/settings/macros/{macro.pk}/restore/", follow=True).content.decode()
    assert "“VPN” is back." in shown


def test_the_list_is_searched_and_sorted_by_use(client_ada: Browser, ada: User, now: datetime) -> None:
    assert "No canned reply yet" in page(client_ada)
    canned(now, name="Rare", owner=ada)
    canned(now, name="Often", uses=3, used_at=now, team=team_of(ada), is_active=False)
    canned(now, name="Shared")
    shown = page(client_ada)
    assert shown.index("Often") < shown.index("Rare")
    assert "not offered" in shown
    assert "Rare" not in page(client_ada, q="often")
    assert "No canned reply fits" in page(client_ada, q="nothing")
    for scope, name in (("own", "Rare"), ("team", "Often"), ("all", "Shared")):
        found = page(client_ada, scope=scope)
        assert [each in found for each in ("Rare", "Often", "Shared")].count(True) == 1
        assert name in found
    for odd in ("x" * 20, "999", "9" * 20):
        assert "Undo" not in page(client_ada, deleted=odd)


def test_the_preview_has_the_values_of_a_real_ticket(client_ada: Browser, ticket: Ticket) -> None:
    data = FORM | {
        "command": "preview",
        "text": "Dear {{ first_name }} {{ nmae }}",
        "ticket": f"#{ticket.pk}",
    }
    whole = client_ada.post("/settings/macros/new/", data).content.decode()
    part = client_ada.post("/settings/macros/new/", data, headers=HTMX).content.decode()
    for shown in (whole, part):
        assert "Dear Anna {{ nmae }}" in shown
        assert "Nothing is known as {{ nmae }}" in shown
    assert "<html" in whole
    assert "<html" not in part
    missing = client_ada.post("/settings/macros/new/", data | {"ticket": "99"}, headers=HTMX)
    assert "There is no such ticket" in missing.content.decode()
    empty = client_ada.post("/settings/macros/new/", data | {"ticket": "", "text": ""}, headers=HTMX)
    assert "There is no text." in empty.content.decode()
    assert not Macro.objects.exists()


def test_without_tickets_there_is_no_preview(client_ada: Browser) -> None:
    assert "There is no ticket to show it with yet." in page(client_ada, "new/")


def test_rules_refuse_a_placeholder_that_means_nothing(
    client_carla: Browser, carla: User, now: datetime
) -> None:
    plain = {"description": "", "conditions": {}, "stops_here": False, "is_active": True}
    actions = [{"do": "reply", "value": "Hi {{ nmae }}"}]
    rule = {**plain, "name": "Hi", "trigger": "ticket-created", "actions": actions}
    with pytest.raises(Invalid):
        save_rule(rule=None, draft=rule, by=carla, now=now)
    posted = {"name": "Hi", "trigger": "ticket-created", "mode": "all", "act": "a1", "a1.do": "reply"}
    answer = client_carla.post("/rules/new/", posted | {"a1.text": "Hi {{ nmae }}"})
    assert answer.status_code == 422
    assert "Nothing is known as {{ nmae }}." in answer.content.decode()
    assert client_carla.post("/rules/new/", posted | {"a1.text": "Hi {{ name | you }}"}).status_code == 302
    shown = client_carla.get("/rules/new/").content.decode()
    assert "assign_me" not in shown
