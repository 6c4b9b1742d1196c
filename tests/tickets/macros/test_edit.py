"""Writing canned replies, and who may: one's own oneself, a team's its members, all others administrators."""

from datetime import datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from agents.models import Client, Contact, Device
from helpdesk.core.errors import Conflict, DeskbellError, Invalid, Refused
from helpdesk.core.models import AuditEntry, User
from tests.tickets.conftest import make_tickets
from tests.tickets.macros.desk import canned, team_of
from tickets.models import Macro, Ticket
from tickets.selectors.macros import (
    macro_names,
    macros_for,
    macros_visible_to,
    may_change,
    search_macros,
    teams_to_share_with,
)
from tickets.selectors.placeholders import placeholder_values
from tickets.services.macros.edit import (
    MacroDraft,
    copy_macro,
    delete_macro,
    restore_macro,
    save_macro,
)

pytestmark = pytest.mark.django_db


def draft(**facts: Any) -> MacroDraft:
    return MacroDraft(**{"name": "VPN", "text": "Hello", **facts})


def save(by: User, now: datetime, macro: Macro | None = None, version: int = 0, **facts: Any) -> Macro:
    return save_macro(macro=macro, draft=draft(**facts), version=version, by=by, now=now)


def test_a_reply_is_made_changed_and_told(ada: User, now: datetime) -> None:
    made = save(ada, now, owner=ada, name=" VPN   profile ")
    assert (made.name, made.owner, made.version) == ("VPN profile", ada, 1)
    changed = save(ada, now, made, 1, owner=ada, text="Hi", actions=({"do": "assign_me"},))
    assert (changed.text, changed.version, changed.name) == ("Hi", 2, "VPN")
    verbs = AuditEntry.objects.order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["made canned reply", "changed canned reply"]
    assert "text" not in (AuditEntry.objects.latest("id").after or {})
    save(ada, now, changed, 2, owner=ada, text="Hi", actions=({"do": "assign_me"},))
    assert AuditEntry.objects.count() == 2


def test_the_words_of_shared_ones_stand_in_the_audit_log(carla: User, now: datetime) -> None:
    save(carla, now)
    assert (AuditEntry.objects.get().after or {})["text"] == "Hello"


def test_who_read_an_older_version_changes_nothing(ada: User, now: datetime) -> None:
    made = save(ada, now, owner=ada)
    save(ada, now, made, 1, owner=ada, text="One")
    with pytest.raises(Conflict):
        save(ada, now, made, 1, owner=ada, text="Two")
    assert Macro.objects.get().text == "One"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"text": " \n"}, "text"),
        ({"text": "x" * 5_001}, "text"),
        ({"text": "Hello {{ nmae }}"}, "text"),
        ({"actions": ({"do": "reply", "value": "x"},)}, "actions"),
    ],
)
def test_what_is_wrong_is_said(ada: User, now: datetime, facts: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        save(ada, now, owner=ada, **facts)
    assert field in (refused.value.fields or {})


def test_an_unknown_placeholder_is_named(ada: User, now: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        save(ada, now, owner=ada, text="Hello {{ nmae }}")
    assert "{{ nmae }}" in (refused.value.fields or {})["text"]


def test_changes_alone_are_enough(ada: User, now: datetime) -> None:
    assert save(ada, now, owner=ada, text="", actions=({"do": "unassign"},)).text == ""


def test_who_may_share_and_change(ada: User, bob: User, carla: User, now: datetime) -> None:
    team = team_of(ada)
    shared, own, teams = canned(now), canned(now, owner=bob), canned(now, team=team)
    may = {
        user.full_name.split()[0]: [may_change(user, macro) for macro in (shared, own, teams)]
        for user in (ada, bob, carla)
    }
    assert may == {"Ada": [False, False, True], "Bob": [False, True, False], "Carla": [True, False, True]}
    for by, facts in ((ada, {}), (bob, {"team": team}), (ada, {"owner": bob})):
        with pytest.raises(Refused):
            save(by, now, **facts)
    for by, macro in ((ada, shared), (bob, teams), (carla, own)):
        for act in (delete_macro, restore_macro):
            with pytest.raises(Refused):
                act(macro=macro, by=by, now=now)
    with pytest.raises(Refused):
        save(ada, now, shared, 1, owner=ada)
    assert save(ada, now, teams, 1, owner=ada).owner == ada
    assert list(teams_to_share_with(bob)) == []
    assert list(teams_to_share_with(carla)) == [team]


def test_deleted_and_brought_back(ada: User, now: datetime) -> None:
    made = save(ada, now, owner=ada)
    for _again in (1, 2):
        delete_macro(macro=made, by=ada, now=now)
    assert list(macros_for(ada)) == []
    with pytest.raises(Conflict):
        save(ada, now, made, 1, owner=ada)
    for _again in (1, 2):
        restore_macro(macro=made, by=ada, now=now)
    assert list(macros_for(ada)) == [made]
    assert AuditEntry.objects.filter(verb__contains="canned").count() == 3


def test_a_copy_is_ones_own(ada: User, now: datetime) -> None:
    shared = canned(now, name="x" * 80, actions=[{"do": "assign_me"}])
    copied = copy_macro(macro=shared, by=ada, now=now)
    assert (copied.owner, copied.text, copied.actions) == (ada, shared.text, shared.actions)
    assert copied.name.endswith("(copy)")
    shared.text = "{{ gone }}"
    with pytest.raises(DeskbellError):
        copy_macro(macro=shared, by=ada, now=now)


def test_a11_everybody_is_offered_what_is_theirs(ada: User, bob: User, carla: User, now: datetime) -> None:
    team = team_of(ada)
    shared, own, teams = canned(now), canned(now, owner=ada), canned(now, team=team)
    canned(now, is_active=False)
    hidden = Macro.objects.get(is_active=False)
    assert set(macros_for(ada)) == {shared, own, teams}
    assert set(macros_for(bob)) == set(macros_for(carla)) == {shared}
    assert set(macros_visible_to(bob)) == {shared, hidden}
    assert set(macros_visible_to(carla)) == {shared, hidden, teams}


def test_the_search_asks_for_all_words_and_names_come_first(ada: User, now: datetime) -> None:
    in_text = canned(now, name="Remote", text="Renew the VPN profile", uses=9)
    in_name = canned(now, name="The VPN", text="profile")
    starts = canned(now, name="VPN profile renewed")
    canned(now, name="Printer", text="Toner")
    assert list(search_macros(macros_for(ada), "vpn profile")) == [starts, in_name, in_text]
    assert search_macros(macros_for(ada), " ").first() == in_text


def test_names_are_read_where_somebody_is_named(
    ada: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    team = team_of(ada)
    with django_assert_num_queries(0):
        assert macro_names([{"do": "assign_me"}])["person"] == {}
    names = macro_names(
        [{"do": "assign_user", "value": str(ada.pk)}, {"do": "assign_team", "value": str(team.pk)}]
    )
    assert (names["person"], names["team"]) == ({str(ada.pk): "Ada Lovelace"}, {str(team.pk): "First line"})


def test_values_of_a_bare_ticket_are_empty_and_of_a_full_one_there(
    acme: Client, anna: Contact, pc: Device, ada: User, now: datetime
) -> None:
    (bare,) = make_tickets(1, now)
    (full,) = make_tickets(1, now, client=acme, contact=anna, device=pc, assignee=ada, type="incident")
    empty = {word for word, value in placeholder_values(Ticket.objects.get(pk=bare.pk)).items() if not value}
    assert empty == {"name", "first_name", "client", "type", "device", "assignee"}
    found = placeholder_values(full, ada)
    assert found["technician"] == found["assignee"] == "Ada Lovelace"
    assert (found["first_name"], found["client"], found["device"]) == ("Anna", "Acme", "ACME-PC-1")
    assert placeholder_values(full)["technician"] == found["organisation"]
