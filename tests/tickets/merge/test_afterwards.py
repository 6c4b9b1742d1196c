"""What else knows a ticket: clocks, rules that wait, surveys, macros, mails on hold."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from agents.models import Client
from helpdesk.core import events
from helpdesk.core.models import OutgoingMail, User
from tests.tickets.conftest import last_activity, make_tickets, the_ticket
from tests.tickets.merge.conftest import merge, undo
from tests.tickets.merge.test_undo import state
from tickets.domain.priority import Priority
from tickets.domain.rules import Trigger
from tickets.domain.status import Status
from tickets.domain.survey import Rating
from tickets.errors import MergeRefused, TicketMerged
from tickets.models import MacroRun, Message, ServiceTarget, Survey, Tag, Ticket, TicketClock
from tickets.selectors.targets import forget_targets
from tickets.services.add_customer_message import add_customer_message
from tickets.services.change_status import change_status
from tickets.services.rate_solution import rate_solution
from tickets.services.reply_to_customer import reply_to_customer, tell_reply_settled
from tickets.services.rules.replay import past_events
from tickets.services.targets.clocks import clocks_for_new
from tickets.services.targets.retarget import retarget
from tickets.services.targets.watch import watch_clocks
from tickets.services.undo_reply import undo_reply, undo_run

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def promised(acme: Client) -> ServiceTarget:
    """Around the clock: an answer in two hours, a solution in eight."""
    limits = {"first": [2, "h"], "next": [2, "h"], "resolve": [8, "h"], "warn": 15}
    urgent = {**limits, "first": [1, "h"]}
    target = ServiceTarget.objects.create(name="Fast", promises={"medium": limits, "urgent": urgent})
    forget_targets()
    return target


@pytest.fixture
def pair(promised: ServiceTarget, source: Ticket, target: Ticket, now: datetime) -> tuple[Ticket, Ticket]:
    clocks_for_new([source, target], now=now)
    return source, target


def clock(ticket: Ticket, kind: str = "first") -> TicketClock:
    return TicketClock.objects.get(ticket=ticket, kind=kind)


def test_a_merged_ticket_misses_nothing_any_more(
    pair: tuple[Ticket, Ticket], ada: User, now: datetime
) -> None:
    source, target = pair
    merge(source, target, ada, now + HOUR)
    watch_clocks(now + 9 * HOUR)
    assert set(TicketClock.objects.exclude(missed_at=None).values_list("ticket", flat=True)) == {target.pk}


def test_what_was_late_before_is_not_told_after_and_leaves_the_top(
    pair: tuple[Ticket, Ticket], ada: User, now: datetime
) -> None:
    source, target = pair
    watch_clocks(now + 2 * HOUR)
    assert clock(source).is_on_top
    merge(source, target, ada, now + 9 * HOUR)
    watch_clocks(now + 10 * HOUR)
    assert (clock(source).is_on_top, clock(source, "resolve").missed_at) == (False, None)
    undo(source, ada, now + 10 * HOUR)
    assert clock(source).is_on_top


def test_after_an_undo_the_time_between_does_not_count(
    pair: tuple[Ticket, Ticket], ada: User, now: datetime
) -> None:
    source, target = pair
    merge(source, target, ada, now + HOUR)
    undo(source, ada, now + 6 * HOUR)
    assert clock(source).due_at == now + 7 * HOUR


def test_undone_at_once_it_is_as_if_nothing_had_been(
    pair: tuple[Ticket, Ticket], ada: User, now: datetime
) -> None:
    before = state(*pair)
    merge(*pair, ada, now + HOUR)
    undo(pair[0], ada, now + HOUR)
    assert state(*pair) == before


def test_promises_for_tags_and_priority_come_and_go(
    pair: tuple[Ticket, Ticket], ada: User, now: datetime
) -> None:
    source, target = pair
    change_status(ticket=source, to=Status.WAITING, by=ada, now=now)
    Ticket.objects.filter(pk=source.pk).update(priority=Priority.URGENT)
    tag = Tag.objects.create(name="printer")
    source.tags.add(tag)
    ServiceTarget.objects.create(name="Printers", tag=tag, promises={"urgent": {"first": [30, "min"]}})
    forget_targets()
    before = state(source, target)
    merge(source, target, ada, now + HOUR, keep_highest=True)
    assert clock(target).due_at == now + timedelta(minutes=30)
    undo(source, ada, now + HOUR)
    after = state(source, target)
    assert after[:3] == before[:3]
    assert clock(target).due_at == now + 2 * HOUR


def test_words_of_another_ticket_start_no_clock(
    pair: tuple[Ticket, Ticket], ada: User, now: datetime
) -> None:
    source, target = pair
    add_customer_message(ticket=source, body="And?", now=now)
    TicketClock.objects.filter(ticket=target).update(met_at=now)
    merge(source, target, ada, now)
    retarget([the_ticket(target)], now=now)
    assert not TicketClock.objects.filter(ticket=target, kind="next").exists()


def test_an_answer_that_can_still_be_taken_back_keeps_its_ticket(
    source: Ticket, target: Ticket, ada: User, now: datetime
) -> None:
    reply_to_customer(ticket=source, body="Oops", by=ada, now=now, may_be_undone=True)
    with pytest.raises(MergeRefused, match="in a few seconds"):
        merge(source, target, ada, now)
    OutgoingMail.objects.update(status="sent", sent_at=now)
    merge(source, target, ada, now)


def test_an_answer_in_the_target_can_still_be_taken_back(
    source: Ticket, target: Ticket, ada: User, now: datetime
) -> None:
    reply = reply_to_customer(ticket=target, body="Oops", by=ada, now=now, may_be_undone=True)
    merge(source, target, ada, now)
    assert undo_reply(message=Message.objects.get(pk=reply.pk), now=now) == "Oops"


def test_macros_on_a_merged_ticket_stay_as_they_are(
    source: Ticket, target: Ticket, ada: User, now: datetime
) -> None:
    run = MacroRun.objects.create(ticket=source, by=ada, at=now)
    merge(source, target, ada, now)
    with pytest.raises(TicketMerged):
        undo_run(run=run, now=now)


def test_how_it_went_is_told_where_the_story_goes_on(
    source: Ticket, target: Ticket, ada: User, now: datetime
) -> None:
    survey = Survey.objects.create(
        ticket=source,
        email="anna@acme.example",
        language="en",
        solved_at=now,
        asked_at=now,
        expires_at=now + HOUR,
    )
    merge(source, target, ada, now)
    rate_solution(survey=survey, rating=Rating.SAD, comment="", now=now)
    assert last_activity(target).field == "rating"
    assert last_activity(source).field == "merged-into"


def test_a_ticket_that_was_never_answered_can_be_merged_while_it_is_new(
    acme: Client, ada: User, now: datetime
) -> None:
    one, other = make_tickets(2, now, client=acme)
    assert merge(one, other, ada, now).kept["clocks"] == []


def test_an_answer_that_goes_out_later_shows_where_it_stands_now(
    source: Ticket,
    target: Ticket,
    ada: User,
    now: datetime,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    merge(source, target, ada, now)
    heard: list[str] = []
    stop = events.hub.subscribe(lambda event: heard.append(event.ref))
    with django_capture_on_commit_callbacks(execute=True):
        tell_reply_settled(str(source.pk))
    stop()
    assert heard == [str(target.pk)]


def test_a_program_learns_where_a_ticket_goes_on(
    client_ada: Browser, ada: User, source: Ticket, target: Ticket, now: datetime
) -> None:
    merge(source, target, ada, now)
    path = f"/api/v1/tickets/{source.pk}/"
    assert client_ada.get(path).json()["ticket"]["merged_into"] == target.pk
    for kind in ("note", "reply"):
        answer = client_ada.post(
            f"{path}messages/", {"kind": kind, "body": "Hm"}, content_type="application/json"
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "ticket-merged")


def test_a_dry_run_meets_neither_merged_tickets_nor_moved_words(
    source: Ticket, target: Ticket, ada: User, now: datetime
) -> None:
    add_customer_message(ticket=source, body="Moved.", now=now)
    add_customer_message(ticket=target, body="Own.", now=now)
    merge(source, target, ada, now)
    opened = past_events(Trigger.CREATED, by=ada, last=5, now=now)
    answered = past_events(Trigger.CUSTOMER_REPLIED, by=ada, last=5, now=now)
    assert [event.ticket for event in opened] == [target]
    assert [event.facts["body"] for event in answered] == ["Own."]
