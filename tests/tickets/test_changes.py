"""Changing a ticket and taking it: who is first, what is final."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connections

from helpdesk.core.models import Team, User
from tests.tickets.conftest import last_activity, the_ticket
from tickets.domain.kinds import Verb
from tickets.domain.priority import Priority
from tickets.domain.status import Status
from tickets.errors import (
    AlreadyTaken,
    MoveNotAllowed,
    TicketChanged,
    TicketClosed,
    TicketInvalid,
)
from tickets.models import Activity, Tag, Ticket
from tickets.services.change_assignee import change_assignee
from tickets.services.change_priority import change_priority
from tickets.services.change_status import change_status, move
from tickets.services.change_subject import change_subject
from tickets.services.change_tags import change_tags
from tickets.services.take_ticket import take_ticket

# --- changes


def test_a_status_moves_with_its_times(ticket: Ticket, ada: User, now: datetime) -> None:
    change_status(ticket=ticket, to=Status.RESOLVED, by=ada, now=now)
    assert the_ticket(ticket).resolved_at == now
    change_status(ticket=ticket, to=Status.PROCESSING, by=ada, now=now)
    assert the_ticket(ticket).resolved_at is None
    change_status(ticket=ticket, to=Status.RESOLVED, by=ada, now=now)
    later = now + timedelta(days=1)
    change_status(ticket=ticket, to=Status.CLOSED, by=ada, now=later)
    fresh = the_ticket(ticket)
    assert (fresh.status, fresh.resolved_at, fresh.closed_at) == (Status.CLOSED, now, later)
    assert [a.after for a in fresh.activities.order_by("id")] == [
        "resolved",
        "processing",
        "resolved",
        "closed",
    ]


def test_closing_at_once_counts_as_resolved_too(ticket: Ticket, ada: User, now: datetime) -> None:
    change_status(ticket=ticket, to=Status.CLOSED, by=ada, now=now)
    assert the_ticket(ticket).resolved_at == now


def test_the_same_value_again_changes_nothing(ticket: Ticket, ada: User, now: datetime) -> None:
    change_status(ticket=ticket, to=Status.OPEN, by=ada, now=now)
    change_priority(ticket=ticket, to=Priority.MEDIUM, by=ada, now=now)
    change_assignee(ticket=ticket, to=None, by=ada, now=now)
    change_subject(ticket=ticket, to=ticket.subject, by=ada, now=now)
    change_tags(ticket=ticket, names=[], by=ada, now=now)
    assert not Activity.objects.exists()


def test_nothing_moves_a_closed_ticket(closed: Ticket, ada: User, now: datetime) -> None:
    with pytest.raises(TicketClosed):
        change_status(ticket=closed, to=Status.OPEN, by=ada, now=now)
    with pytest.raises(TicketClosed):
        change_priority(ticket=closed, to=Priority.LOW, by=ada, now=now)
    with pytest.raises(TicketClosed):
        change_assignee(ticket=closed, to=ada, by=ada, now=now)
    with pytest.raises(TicketClosed):
        change_tags(ticket=closed, names=["x"], by=ada, now=now)
    with pytest.raises(TicketClosed):
        take_ticket(ticket=closed, by=ada, now=now)
    assert not Activity.objects.exists()


def test_a_move_that_the_table_does_not_know_is_refused(
    ticket: Ticket, ada: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickets.services.change_status.may_move", lambda *_: False)
    with pytest.raises(MoveNotAllowed):
        move(ticket=ticket, to=Status.WAITING, by=ada, now=now)


def test_the_second_of_two_changes_at_once_hears_of_it(
    ticket: Ticket, ada: User, bob: User, now: datetime
) -> None:
    seen_by_bob = the_ticket(ticket)
    change_priority(ticket=ticket, to=Priority.URGENT, by=ada, now=now)
    with pytest.raises(TicketChanged):
        change_priority(ticket=seen_by_bob, to=Priority.LOW, by=bob, now=now)
    assert the_ticket(ticket).priority == Priority.URGENT
    assert (last_activity(ticket).before, last_activity(ticket).after) == ("medium", "urgent")


def test_a_ticket_goes_to_a_technician_a_team_or_nobody(ticket: Ticket, ada: User, now: datetime) -> None:
    team = Team.objects.create(name="Printers")
    change_assignee(ticket=ticket, to=ada, by=ada, now=now)
    change_assignee(ticket=ticket, to=team, by=ada, now=now)
    assert (the_ticket(ticket).assignee, the_ticket(ticket).team) == (None, team)
    change_assignee(ticket=ticket, to=None, by=ada, now=now)
    assert (the_ticket(ticket).assignee, the_ticket(ticket).team) == (None, None)
    changes = [(a.before, a.after) for a in ticket.activities.order_by("id")]
    assert changes == [("", "Ada Lovelace"), ("Ada Lovelace", "Printers"), ("Printers", "")]


def test_a14_nobody_gets_a_ticket_that_they_may_not_see(
    ticket: Ticket, gus: User, ada: User, now: datetime
) -> None:
    with pytest.raises(TicketInvalid):
        change_assignee(ticket=ticket, to=gus, by=ada, now=now)


def test_tags_are_made_when_new_and_kept_once_whatever_their_case(
    ticket: Ticket, ada: User, now: datetime
) -> None:
    Tag.objects.create(name="Printer")
    change_tags(ticket=ticket, names=["printer", "fire", "FIRE", " "], by=ada, now=now)
    assert sorted(tag.name for tag in ticket.tags.all()) == ["Printer", "fire"]
    assert last_activity(ticket).after == "Printer, fire"
    change_tags(ticket=ticket, names=["FIRE", "PRINTER"], by=ada, now=now)
    assert Activity.objects.count() == 1
    change_tags(ticket=ticket, names=["PRINTER"], by=ada, now=now)
    assert [tag.name for tag in ticket.tags.all()] == ["Printer"]
    change_tags(ticket=ticket, names=[], by=ada, now=now)
    assert not ticket.tags.exists()


@pytest.mark.parametrize("names", [["x" * 41], [str(i) for i in range(21)]])
def test_tags_have_limits(ticket: Ticket, names: list[str], ada: User, now: datetime) -> None:
    with pytest.raises(TicketInvalid) as refused:
        change_tags(ticket=ticket, names=names, by=ada, now=now)
    assert list(refused.value.fields or {}) == ["tags"]


def test_a_subject_changes_but_never_to_nothing(ticket: Ticket, ada: User, now: datetime) -> None:
    change_subject(ticket=ticket, to="Scanner", by=ada, now=now)
    assert the_ticket(ticket).subject == "Scanner"
    with pytest.raises(TicketInvalid):
        change_subject(ticket=ticket, to="\n", by=ada, now=now)


# --- taking


def test_taking_ones_own_ticket_again_changes_nothing(ticket: Ticket, ada: User, now: datetime) -> None:
    take_ticket(ticket=ticket, by=ada, now=now)
    take_ticket(ticket=ticket, by=ada, now=now)
    assert Activity.objects.count() == 1


def test_taking_from_a_team_works_and_the_second_technician_is_told(
    ticket: Ticket, ada: User, bob: User, now: datetime
) -> None:
    change_assignee(ticket=ticket, to=Team.objects.create(name="Printers"), by=ada, now=now)
    seen_by_bob = the_ticket(ticket)
    take_ticket(ticket=ticket, by=ada, now=now)
    with pytest.raises(AlreadyTaken):
        take_ticket(ticket=seen_by_bob, by=bob, now=now)
    assert (the_ticket(ticket).assignee, the_ticket(ticket).team) == (ada, None)


@pytest.mark.django_db(transaction=True)
def test_of_two_technicians_at_once_one_gets_it(ticket: Ticket, ada: User, bob: User, now: datetime) -> None:
    start, results = threading.Barrier(2), []

    def take(by: User) -> None:
        try:
            start.wait(5)
            take_ticket(ticket=the_ticket(ticket), by=by, now=now)
            results.append("taken")
        except AlreadyTaken:
            results.append("late")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=(user,)) for user in (ada, bob)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["late", "taken"]
    assert Activity.objects.filter(verb=Verb.TAKEN).count() == 1
