"""Timers and entries of time."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from agents.models import Client, Contact
from helpdesk.core.models import User
from tests.conftest import browser_of
from tests.tickets.conftest import last_activity, make_tickets
from tickets.domain.work import NotALength, TimeOrigin, length_of
from tickets.errors import ItemNotFound, TicketInvalid
from tickets.models import Ticket, TimeEntry, Timer
from tickets.selectors.beside import beside
from tickets.selectors.times import own_times, time_choice, time_for, times_of
from tickets.selectors.work import Work, work_of
from tickets.services.merge_tickets import merge_tickets
from tickets.services.undo_merge import undo_merge
from tickets.services.work.checklist import add_item
from tickets.services.work.time import Spent, add_time, correct_time, remove_time, restore_time
from tickets.services.work.timers import (
    answer_asked,
    choose_timers,
    keep_alive,
    start_timer,
    stop_idle_timers,
    stop_timer,
)

MINUTE = timedelta(minutes=1)


def shown(user: User, ticket: Ticket, now: datetime) -> Work:
    return work_of(beside(user, ticket), now)


def lengths(ticket: Ticket) -> list[timedelta]:
    return [timedelta(seconds=entry.seconds) for entry in times_of(ticket)]


@pytest.fixture
def other(ticket: Ticket, acme: Client, anna: Contact, now: datetime) -> Ticket:
    return make_tickets(1, now, client=acme, contact=anna)[0]


class TestTimer:
    def test_it_goes_along_to_the_next_ticket(
        self, ticket: Ticket, other: Ticket, ada: User, now: datetime
    ) -> None:
        start_timer(ticket=ticket, by=ada, now=now)
        start_timer(ticket=ticket, by=ada, now=now + 2 * MINUTE)
        start_timer(ticket=other, by=ada, now=now + 7 * MINUTE)
        stop_timer(by=ada, now=now + 9 * MINUTE)
        stop_timer(by=ada, now=now + 10 * MINUTE)
        assert (lengths(ticket), lengths(other)) == ([7 * MINUTE], [2 * MINUTE])
        assert shown(ada, ticket, now).spent == 7 * MINUTE
        entry = times_of(ticket)[0]
        assert (entry.origin, entry.user_name, str(entry)) == (
            TimeOrigin.TIMER, "Ada Lovelace", f"420 s on #{ticket.pk}",
        )  # fmt: skip

    def test_a_glance_is_no_work(self, ticket: Ticket, other: Ticket, ada: User, now: datetime) -> None:
        start_timer(ticket=ticket, by=ada, now=now)
        stop_timer(by=ada, now=now + MINUTE / 2)
        stop_timer(by=ada, now=now + MINUTE, ticket=other)
        assert lengths(ticket) == []

    def test_without_a_sign_of_life_it_stops_and_asks(
        self, ticket: Ticket, ada: User, bob: User, now: datetime
    ) -> None:
        start_timer(ticket=ticket, by=ada, now=now)
        assert keep_alive(ticket=ticket, by=ada, now=now + 5 * MINUTE)
        assert not keep_alive(ticket=ticket, by=bob, now=now)
        stop_idle_timers(now + 14 * MINUTE)
        running = shown(ada, ticket, now + 14 * MINUTE).timer
        assert running
        assert (running.started_at, running.stopped_at) == (now, None)
        late = shown(ada, ticket, now + 15 * MINUTE).timer
        assert late
        assert late.stopped_at == now + 5 * MINUTE
        stop_idle_timers(now + 15 * MINUTE)
        stop_idle_timers(now + 15 * MINUTE)
        assert not keep_alive(ticket=ticket, by=ada, now=now + 16 * MINUTE)
        work = shown(ada, ticket, now)
        assert [one.length for one in work.asked] == [5 * MINUTE]
        assert work.spent == timedelta()
        assert shown(bob, ticket, now).asked == []

    @pytest.mark.parametrize("keep", [True, False])
    def test_the_first_answer_counts(self, ticket: Ticket, ada: User, now: datetime, keep: bool) -> None:
        start_timer(ticket=ticket, by=ada, now=now)
        keep_alive(ticket=ticket, by=ada, now=now + 9 * MINUTE)
        stop_timer(by=ada, now=now + 12 * MINUTE, ticket=ticket, is_away=True)
        entry = TimeEntry.objects.get(is_asked=True)
        answer_asked(entry=entry, keep=keep)
        answer_asked(entry=entry, keep=not keep)
        assert shown(ada, ticket, now).spent == (9 * MINUTE if keep else timedelta())

    def test_who_comes_back_at_once_goes_on(self, ticket: Ticket, ada: User, now: datetime) -> None:
        start_timer(ticket=ticket, by=ada, now=now)
        stop_timer(by=ada, now=now + 3 * MINUTE)
        start_timer(ticket=ticket, by=ada, now=now + 4 * MINUTE)
        stop_timer(by=ada, now=now + 6 * MINUTE)
        start_timer(ticket=ticket, by=ada, now=now + 16 * MINUTE)
        stop_timer(by=ada, now=now + 18 * MINUTE)
        assert sorted(lengths(ticket)) == [2 * MINUTE, 6 * MINUTE]
        TimeEntry.objects.update(note="Mine")
        start_timer(ticket=ticket, by=ada, now=now + 19 * MINUTE)
        assert Timer.objects.get().started_at == now + 19 * MINUTE

    def test_an_idle_one_of_the_same_ticket_is_asked_about(
        self, ticket: Ticket, ada: User, now: datetime
    ) -> None:
        start_timer(ticket=ticket, by=ada, now=now)
        keep_alive(ticket=ticket, by=ada, now=now + 2 * MINUTE)
        start_timer(ticket=ticket, by=ada, now=now + 60 * MINUTE)
        assert TimeEntry.objects.get().is_asked
        assert str(Timer.objects.get()) == f"{ada.pk} on #{ticket.pk}"

    def test_a_sign_of_life_meanwhile_keeps_it(self, ticket: Ticket, ada: User, now: datetime) -> None:
        from tickets.services.work import timers

        start_timer(ticket=ticket, by=ada, now=now)
        stale = Timer.objects.get()
        keep_alive(ticket=ticket, by=ada, now=now + MINUTE)
        timers._end(stale, now + 20 * MINUTE)
        assert Timer.objects.exists()

    def test_it_can_be_switched_off(self, ticket: Ticket, ada: User, bob: User, now: datetime) -> None:
        start_timer(ticket=ticket, by=ada, now=now)
        choose_timers(user=ada, is_on=False)
        assert not Timer.objects.exists()
        assert (time_choice(ada), time_choice(bob)) == ((True, False), (True, True))
        assert (shown(ada, ticket, now).is_timed, shown(bob, ticket, now).is_timed) == (False, True)
        choose_timers(user=ada, is_on=True)
        choose_timers(user=None, is_on=False)
        work = shown(ada, ticket, now)
        assert (work.is_timed, work.is_time_off) == (False, True)


class TestEntries:
    def test_by_hand_corrected_deleted_and_back(
        self, ticket: Ticket, ada: User, bob: User, carla: User, gus: User, now: datetime
    ) -> None:
        spent = Spent(length=60 * MINUTE, started_at=now, is_billable=False, note=" Drive  there ")
        entry = add_time(ticket=ticket, spent=spent, by=ada, now=now)
        assert (entry.note, shown(ada, ticket, now).billable) == ("Drive there", timedelta())
        assert time_for(carla, entry.pk) == time_for(ada, entry.pk) == entry
        for user in (bob, gus):
            with pytest.raises(ItemNotFound):
                time_for(user, entry.pk)
        correct_time(entry=entry, spent=Spent(length=20 * MINUTE, started_at=now), by=ada, now=now)
        assert (last_activity(ticket).before, last_activity(ticket).after) == ("1 h", "20 m")
        correct_time(entry=entry, spent=Spent(length=20 * MINUTE, started_at=now, note="x"), by=ada, now=now)
        assert shown(ada, ticket, now).billable == 20 * MINUTE
        for _twice in range(2):
            remove_time(entry=entry, by=ada, now=now)
        assert (lengths(ticket), list(own_times(ada, now))) == ([], [])
        for _twice in range(2):
            restore_time(entry=entry, by=ada, now=now)
        assert list(own_times(ada, now)) == [entry]
        assert ticket.activities.filter(field="time").count() == 3

    @pytest.mark.parametrize("wrong", [{"note": "x" * 201}, {"started_at": None}])
    def test_what_is_wrong_is_said(
        self, ticket: Ticket, ada: User, now: datetime, wrong: dict[str, object]
    ) -> None:
        if "started_at" in wrong:
            wrong = {"started_at": now - timedelta(days=400)}
        facts: dict[str, object] = {"length": MINUTE, "started_at": now, **wrong}
        with pytest.raises(TicketInvalid):
            add_time(ticket=ticket, spent=Spent(**facts), by=ada, now=now)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("text", "minutes"),
        [("1 h 20 m", 80), ("1:20", 80), ("1,5h", 90), ("80", 80), ("45 min", 45), ("2H", 120)],
    )
    def test_lengths_are_understood(self, text: str, minutes: int) -> None:
        assert length_of(text) == minutes * MINUTE

    @pytest.mark.parametrize("text", ["", "soon", "0", "25h", "1:75", "-5"])
    def test_other_words_are_not(self, text: str) -> None:
        with pytest.raises(NotALength):
            length_of(text)


class TestPages:
    def test_a_technician_adds_corrects_and_deletes(self, ticket: Ticket, ada: User) -> None:
        browser = browser_of(ada)
        answer = browser.post(f"/tickets/{ticket.pk}/time/", {"length": "soon"}, follow=True)
        assert "Write how long it took" in answer.content.decode()
        browser.post(f"/tickets/{ticket.pk}/time/", {"length": "1:20", "billable": "1", "note": "Phone"})
        entry = TimeEntry.objects.get()
        assert "1 h 20 m" in browser.get("/time/").content.decode()
        assert "Phone" in browser.get(f"/tickets/{ticket.pk}/time/").content.decode()
        assert browser.post(f"/time/{entry.pk}/", {"length": "x"}).status_code == 422
        browser.post(f"/time/{entry.pk}/", {"length": "10", "started": "2026-11-20T10:00"})
        entry.refresh_from_db()
        assert (entry.seconds, entry.is_billable) == (600, False)
        answer = browser.post(f"/time/{entry.pk}/", {"do": "delete"}, follow=True)
        assert "10 m on" in answer.content.decode()
        browser.post(f"/time/{entry.pk}/", {"do": "restore"})
        assert times_of(ticket).exists()

    def test_the_timer_by_plain_forms(self, ticket: Ticket, ada: User) -> None:
        browser, address = browser_of(ada), f"/tickets/{ticket.pk}/timer/"
        browser.post(address, {"do": "start"})
        assert "running since" in browser.get(f"/tickets/{ticket.pk}/").content.decode()
        assert browser.post(address, {"do": "alive"}).status_code == 204
        browser.post(address, {"do": "stop"})
        assert browser.post(address, {"do": "alive"}).status_code == 302

    def test_what_is_asked_is_answered_among_ones_own_time(
        self, ticket: Ticket, ada: User, bob: User
    ) -> None:
        begun = timezone.now() - 30 * MINUTE
        for by in (ada, bob):
            start_timer(ticket=ticket, by=by, now=begun)
            keep_alive(ticket=ticket, by=by, now=begun + 9 * MINUTE)
            stop_timer(by=by, now=begun + 20 * MINUTE, ticket=ticket, is_away=True)
        own, others = (TimeEntry.objects.get(user=user) for user in (ada, bob))
        browser = browser_of(ada)
        assert "Keep the time" in browser.get("/time/").content.decode()
        assert browser.post("/time/", {"entry": others.pk, "do": "drop"}).status_code == 404
        browser.post("/time/", {"entry": own.pk, "do": "keep"})
        assert [entry.is_asked for entry in (TimeEntry.objects.get(pk=own.pk), others)] == [False, True]
        assert "Keep the time" not in browser.get("/time/").content.decode()

    def test_only_who_may_change_settings_switches_for_the_desk(self, ada: User, carla: User) -> None:
        off = {"whose": "desk", "is_on": "0"}
        assert browser_of(ada).post("/time/", off).status_code == 403
        browser_of(carla).post("/time/", off)
        assert time_choice(ada) == (False, True)


def test_time_and_checklist_go_along_with_a_merge_and_home_again(
    ticket: Ticket, other: Ticket, ada: User, now: datetime
) -> None:
    add_time(ticket=ticket, spent=Spent(length=5 * MINUTE, started_at=now), by=ada, now=now)
    add_item(ticket=ticket, text="Call")
    start_timer(ticket=ticket, by=ada, now=now)
    merge_tickets(sources=[ticket], target=other, by=ada, now=now)
    work = shown(ada, other, now)
    assert (work.spent, [item.text for item in work.items]) == (5 * MINUTE, ["Call"])
    assert Timer.objects.get().ticket == other
    undo_merge(source=Ticket.objects.get(pk=ticket.pk), by=ada, now=now)
    assert (shown(ada, ticket, now).spent, shown(ada, other, now).spent) == (5 * MINUTE, timedelta())
