"""What macros change: with an answer or at once, all or nothing, and back again."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from agents.models import Client, Contact
from helpdesk.core.errors import Conflict
from helpdesk.core.models import OutgoingMail, User
from helpdesk.core.services.mail_fate import MailIsOut
from tests.tickets.conftest import the_ticket
from tests.tickets.macros.desk import acts, canned, team_of
from tickets.domain.kinds import MessageKind
from tickets.domain.priority import Priority
from tickets.domain.rules import TicketType
from tickets.domain.status import Status
from tickets.errors import TicketClosed, TicketHasNoAddress, TicketInvalid
from tickets.models import (
    Activity,
    Calendar,
    MacroRun,
    Message,
    Rule,
    ServiceTarget,
    Tag,
    Ticket,
    TicketClock,
)
from tickets.services.change_priority import change_priority
from tickets.services.change_status import change_status
from tickets.services.change_tags import set_tags
from tickets.services.change_type import change_type
from tickets.services.macros.carry_out import answer_with, carry_out
from tickets.services.rules.book import turn_page
from tickets.services.targets.clocks import clocks_for_new
from tickets.services.undo_reply import WAY_BACK, undo_reply, undo_run

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
ALL = (
    {"do": "set_priority", "value": "high"},
    {"do": "set_type", "value": "incident"},
    {"do": "assign_me"},
    {"do": "add_tags", "value": ["vpn"]},
    {"do": "remove_tags", "value": ["NEW"]},
    {"do": "set_status", "value": "resolved"},
)


def facts_of(ticket: Ticket) -> dict[str, Any]:
    found = the_ticket(ticket)
    names = ("status", "priority", "type", "assignee", "team", "resolved_at", "closed_at")
    return {name: getattr(found, name) for name in names} | {"tags": {tag.name for tag in found.tags.all()}}


def send(ticket: Ticket, by: User, now: datetime, *actions: dict[str, Any], **more: Any) -> Message:
    facts: dict[str, Any] = {"kind": MessageKind.REPLY, "body": "Done.", "then": Status.WAITING, **more}
    return answer_with(ticket=the_ticket(ticket), actions=acts(*actions), by=by, now=now, **facts)


def do(ticket: Ticket, by: User, now: datetime, *actions: dict[str, Any], **more: Any) -> MacroRun:
    return carry_out(ticket=the_ticket(ticket), actions=acts(*actions), by=by, now=now, **more)


def test_an_answer_brings_its_changes_along(ticket: Ticket, ada: User, now: datetime) -> None:
    set_tags(ticket, ["new"])
    message = send(ticket, ada, now, *ALL)
    assert facts_of(ticket) == {
        "status": "resolved", "priority": "high", "type": "incident", "assignee": ada, "team": None,
        "resolved_at": now, "closed_at": None, "tags": {"vpn"},
    }  # fmt: skip
    run = MacroRun.objects.get()
    assert (run.message, run.by, run.at) == (message, ada, now)
    fields = set(ticket.activities.filter(actor=ada).values_list("field", flat=True))
    assert fields == {"", "status", "priority", "type", "assignee", "tags"}


def test_an_undone_answer_takes_its_changes_back_once(ticket: Ticket, ada: User, now: datetime) -> None:
    set_tags(ticket, ["new"])
    before, lines = facts_of(ticket), ticket.activities.count()
    message = send(ticket, ada, now, *ALL)
    assert undo_reply(message=message, now=now + SECOND) == "Done."
    assert (facts_of(ticket), ticket.activities.count()) == (before, lines)
    assert not MacroRun.objects.exists()
    assert not Message.objects.exists()
    with pytest.raises(MailIsOut):
        undo_reply(message=message, now=now + SECOND)


def test_what_somebody_changed_since_stays(ticket: Ticket, ada: User, bob: User, now: datetime) -> None:
    message = send(ticket, ada, now, *ALL)
    change_priority(ticket=the_ticket(ticket), to=Priority.URGENT, by=bob, now=now + SECOND)
    undo_reply(message=message, now=now + 2 * SECOND)
    found = facts_of(ticket)
    assert (found["priority"], found["type"], found["status"]) == ("urgent", "", "open")
    assert ticket.activities.filter(field="priority").count() == 2


def test_an_answer_without_changes_keeps_no_way_back(ticket: Ticket, ada: User, now: datetime) -> None:
    send(ticket, ada, now)
    assert the_ticket(ticket).status == Status.WAITING
    assert not MacroRun.objects.exists()


def test_a_note_brings_its_changes_and_keeps_its_words(ticket: Ticket, ada: User, now: datetime) -> None:
    message = send(ticket, ada, now, {"do": "set_status", "value": "closed"}, kind=MessageKind.NOTE)
    assert facts_of(ticket)["status"] == "closed"
    undo_run(run=MacroRun.objects.get(), now=now + SECOND)
    assert (facts_of(ticket)["status"], facts_of(ticket)["closed_at"]) == ("open", None)
    assert list(Message.objects.all()) == [message]
    assert not OutgoingMail.objects.exists()


def test_a_note_with_other_changes_leaves_the_status(ticket: Ticket, ada: User, now: datetime) -> None:
    send(ticket, ada, now, {"do": "unassign"}, kind=MessageKind.NOTE)
    assert facts_of(ticket)["status"] == "open"


def test_all_or_nothing(ticket: Ticket, ada: User, now: datetime) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(contact_email="")
    with pytest.raises(TicketHasNoAddress):
        send(ticket, ada, now, *ALL)
    assert facts_of(ticket)["priority"] == "medium"
    assert not Activity.objects.exists()
    assert not MacroRun.objects.exists()


def test_a_move_that_is_not_allowed_stops_the_note_too(ticket: Ticket, ada: User, now: datetime) -> None:
    change_status(ticket=ticket, to=Status.CLOSED, by=ada, now=now)
    with pytest.raises(TicketClosed):
        send(ticket, ada, now, {"do": "set_status", "value": "open"}, kind=MessageKind.NOTE)
    assert not Message.objects.exists()


def test_at_once_and_back(ticket: Ticket, ada: User, now: datetime) -> None:
    set_tags(ticket, ["new"])
    before = facts_of(ticket)
    run = do(ticket, ada, now, *ALL)
    assert facts_of(ticket)["tags"] == {"vpn"}
    undo_run(run=run, now=now + SECOND)
    assert facts_of(ticket) == before
    with pytest.raises(Conflict, match="already"):
        undo_run(run=run, now=now + SECOND)


def test_what_went_with_an_answer_comes_back_with_it_alone(ticket: Ticket, ada: User, now: datetime) -> None:
    send(ticket, ada, now, {"do": "set_priority", "value": "high"})
    with pytest.raises(Conflict, match="with an answer"):
        undo_run(run=MacroRun.objects.get(), now=now + SECOND)
    assert facts_of(ticket)["priority"] == "high"


def test_the_way_back_ends(ticket: Ticket, ada: User, now: datetime) -> None:
    run = do(ticket, ada, now, {"do": "set_priority", "value": "high"})
    with pytest.raises(Conflict, match="too late"):
        undo_run(run=run, now=now + WAY_BACK + SECOND)
    assert facts_of(ticket)["priority"] == "high"


def test_what_is_so_already_changes_nothing(ticket: Ticket, ada: User, now: datetime) -> None:
    again = ({"do": "set_priority", "value": "medium"}, {"do": "add_tags", "value": ["vpn"]})
    set_tags(ticket, ["vpn"])
    assert do(ticket, ada, now, *again, {"do": "set_status", "value": "open"}).changes == {}


def test_old_ways_back_are_forgotten(ticket: Ticket, ada: User, now: datetime) -> None:
    do(ticket, ada, now, {"do": "set_priority", "value": "high"})
    late = do(ticket, ada, now + timedelta(days=2), {"do": "set_priority", "value": "low"})
    assert list(MacroRun.objects.all()) == [late]


def test_a_team_or_a_colleague_gets_it(ticket: Ticket, ada: User, bob: User, now: datetime) -> None:
    team = team_of(bob)
    run = do(ticket, ada, now, {"do": "assign_team", "value": str(team.pk)})
    assert facts_of(ticket)["team"] == team
    do(ticket, ada, now + SECOND, {"do": "assign_user", "value": str(bob.pk)})
    undo_run(run=run, now=now + 2 * SECOND)
    assert facts_of(ticket)["assignee"] == bob


def test_who_may_not_work_on_it_or_is_gone_does_not_get_it(
    ticket: Ticket, ada: User, gus: User, now: datetime
) -> None:
    for person in (gus.pk, 999_999):
        with pytest.raises(TicketInvalid):
            do(ticket, ada, now, {"do": "assign_user", "value": str(person)})
    assert not Activity.objects.exists()


def test_uses_count_for_what_one_is_offered(ticket: Ticket, ada: User, bob: User, now: datetime) -> None:
    mine, theirs = canned(now), canned(now, owner=bob)
    send(ticket, ada, now, macros=[mine.pk, theirs.pk])
    for macro in (mine, theirs):
        macro.refresh_from_db()
    assert (mine.uses, mine.used_at, theirs.uses, theirs.used_at) == (1, now, 0, None)


def test_clocks_follow_the_priority_there_and_back(
    acme: Client, anna: Contact, ticket: Ticket, ada: User, now: datetime
) -> None:
    calendar = Calendar.objects.create(name="Always", zone="UTC", week=[[[0, 1440]]] * 7)
    promises = {"medium": {"resolve": [2, "days"]}, "high": {"resolve": [4, "h"]}}
    tag = Tag.objects.create(name="vip")
    ServiceTarget.objects.create(name="VIP", calendar=calendar, promises=promises, tag=tag)
    ticket.tags.add(tag)
    clocks_for_new([ticket], now=now)
    before = TicketClock.objects.get().due_at
    high = {"do": "set_priority", "value": "high"}
    message = send(ticket, ada, now + SECOND, high, {"do": "add_tags", "value": ["vpn"]})
    assert TicketClock.objects.get().due_at != before
    undo_reply(message=message, now=now + 2 * SECOND)
    assert TicketClock.objects.get().due_at == before


def test_the_type_is_set_and_taken_away_by_hand(ticket: Ticket, ada: User, now: datetime) -> None:
    change_type(ticket=ticket, to=TicketType.PROBLEM, by=ada, now=now)
    change_type(ticket=ticket, to=TicketType.PROBLEM, by=ada, now=now)
    change_type(ticket=ticket, to=None, by=ada, now=now)
    lines = ticket.activities.order_by("id").values_list("field", "before", "after")
    assert list(lines) == [("type", "", "problem"), ("type", "problem", "")]


def test_rules_hear_of_a_type_set_by_hand(ticket: Ticket, ada: User, now: datetime) -> None:
    Rule.objects.create(
        name="Problems are high", position=5, trigger="type-changed", created_at=now, updated_at=now,
        conditions={"items": [{"field": "before", "op": "empty"}]},
        actions=[{"do": "set_priority", "value": "high"}],
    )  # fmt: skip
    turn_page()
    change_type(ticket=ticket, to=TicketType.PROBLEM, by=ada, now=now)
    assert the_ticket(ticket).priority == "high"


def test_a_second_click_says_nothing_twice(ticket: Ticket, ada: User, bob: User, now: datetime) -> None:
    first = send(ticket, ada, now, {"do": "add_tags", "value": ["vpn"]})
    assert send(ticket, ada, now + 4 * SECOND, {"do": "add_tags", "value": ["vpn"]}) == first
    assert (OutgoingMail.objects.count(), MacroRun.objects.count()) == (1, 1)
    others = (
        send(ticket, bob, now),
        send(ticket, ada, now, kind=MessageKind.NOTE),
        send(ticket, ada, now + 5 * SECOND),
    )
    assert len({first, *others}) == 4


def test_an_answer_taken_back_can_be_sent_again_at_once(ticket: Ticket, ada: User, now: datetime) -> None:
    undo_reply(message=send(ticket, ada, now), now=now + SECOND)
    send(ticket, ada, now + 2 * SECOND)
    assert Message.objects.count() == 1
