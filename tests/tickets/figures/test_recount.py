"""A recount gives what independent counting gives, and what was counted step by step."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from random import Random
from statistics import median_low

import pytest
from django.core.management import call_command

from agents.models import Client, Contact
from helpdesk.core import jobs
from helpdesk.core.models import Job, Organisation, Team, User
from helpdesk.core.selectors.organisation import forget_organisation
from helpdesk.core.services.jobs import run_job
from tests.tickets.conftest import make_tickets
from tickets.domain.figures import ALL, LIVE, median_of, step_of, timed_count
from tickets.models import FigureDay, FigureState, Message, Survey, Ticket, TicketFigure
from tickets.services.figures import recount as recounting
from tickets.services.figures.counting import catch_up, count_changes
from tickets.services.figures.recount import begin, recount, recount_if_needed, step


def all_sums() -> dict[tuple[str, date], dict[str, int]]:
    return {(row.scope, row.day): row.counts for row in FigureDay.objects.all() if row.counts}


@pytest.fixture
def history(acme: Client, globex: Client, anna: Contact, ada: User, bob: User, now: datetime) -> list[Ticket]:
    """Forty tickets of two months, some answered, solved, rated or closed."""
    dice = Random(5)
    team = Team.objects.create(name="First line")
    whose: list[dict[str, object]] = [{"assignee": ada}, {"assignee": bob}, {"team": team}, {}]
    tickets = []
    for i in range(40):
        opened = now - timedelta(days=dice.randrange(60), minutes=dice.randrange(1000))
        status = dice.choice(["open", "processing", "waiting", "resolved", "closed"])
        (ticket,) = make_tickets(
            1,
            opened,
            client=dice.choice([acme, globex, None]),
            contact=anna,
            status=status,
            priority=dice.choice(["low", "medium", "high", "urgent"]),
            source=dice.choice(["mail", "agent"]),
            **whose[dice.randrange(4)],
        )
        if status in {"resolved", "closed"}:
            end = opened + timedelta(minutes=dice.randrange(5000))
            Ticket.objects.filter(pk=ticket.pk).update(resolved_at=end)
            if i % 2:
                Survey.objects.create(
                    ticket=ticket, email="anna@acme.example", language="en", key_hash=f"{i}", solved_at=end,
                    asked_at=end, expires_at=end, rating="happy", answered_at=end,
                )  # fmt: skip
        if dice.random() < 0.7:
            at = opened + timedelta(minutes=dice.randrange(300))
            Message.objects.create(ticket=ticket, kind="reply", author_name="Ada", body="x", created_at=at)
        tickets.append(ticket)
    return tickets


def test_the_sums_are_those_of_counting_by_hand(history: list[Ticket], now: datetime) -> None:
    catch_up()
    tickets = list(Ticket.objects.all())
    unfinished = [ticket for ticket in tickets if ticket.status in {"open", "processing", "waiting"}]
    live = FigureDay.objects.get(scope=ALL, day=LIVE).counts
    for word, n in Counter(ticket.status for ticket in unfinished).items():
        assert live[word] == n
    for word, n in Counter(ticket.priority for ticket in unfinished).items():
        assert live[f"p.{word}"] == n
    assert live["nobody"] == sum(ticket.assignee is None and ticket.team is None for ticket in unfinished)
    by_day = {row.day: row.counts for row in FigureDay.objects.filter(scope=ALL).exclude(day=LIVE)}
    for word, moments in (
        ("created", [ticket.created_at for ticket in tickets]),
        ("resolved", [ticket.resolved_at for ticket in tickets if ticket.resolved_at]),
        ("rated.happy", [survey.answered_at for survey in Survey.objects.all() if survey.answered_at]),
    ):
        assert Counter(at.astimezone(UTC).date() for at in moments) == {
            day: counts[word] for day, counts in by_day.items() if word in counts
        }
    total: Counter[str] = Counter()
    for counts in by_day.values():
        total.update(counts)
    first = [
        (message.created_at - message.ticket.created_at) // timedelta(minutes=1)
        for message in Message.objects.select_related("ticket")
    ]
    solved = [
        (ticket.resolved_at - ticket.created_at) // timedelta(minutes=1)
        for ticket in tickets
        if ticket.resolved_at
    ]
    assert timed_count(total, "f") == len(first)
    assert median_of(total, "f") == step_of(median_low(first))
    assert median_of(total, "r") == step_of(median_low(solved))


def test_a_recount_changes_nothing_that_was_right(
    history: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recounting, "TICKETS_AT_ONCE", 7)
    catch_up()
    before = all_sums()
    recount()
    assert all_sums() == before
    FigureDay.objects.all().delete()
    TicketFigure.objects.filter(number__lt=history[9].pk).delete()
    TicketFigure.objects.filter(number=history[-1].pk).update(number=history[-1].pk + 9)
    call_command("recount_figures", stdout=StringIO())
    assert all_sums() == before
    assert TicketFigure.objects.count() == len(history)


def test_another_clock_of_the_house_moves_the_days(ticket: Ticket, now: datetime) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(created_at=datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    count_changes(now)
    recount_if_needed(now)
    assert not Job.objects.filter(kind=recounting.KIND).exists()
    Organisation.objects.update_or_create(pk=1, defaults={"time_zone": "Europe/Berlin"})
    forget_organisation()
    recount_if_needed(now)
    job = Job.objects.get(kind=recounting.KIND)
    count_changes(now)  # waits for the recount
    run_job(job.pk, now)
    assert FigureDay.objects.get(scope=ALL, day=date(2026, 11, 23)).counts["created"] == 1
    assert not FigureDay.objects.filter(day=date(2026, 11, 22)).exists()
    recount_if_needed(now)
    assert Job.objects.filter(kind=recounting.KIND).count() == 1


def test_tickets_from_before_the_figures_are_counted(
    ticket: Ticket, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tickets.models import FigureChange

    FigureChange.objects.all().delete()
    recount_if_needed(now)
    recount_if_needed(now)  # it has begun
    monkeypatch.setattr(recounting, "STEPS_OF_A_JOB", 1)
    with pytest.raises(jobs.Later):
        recounting.go_on("", now)
    while step():
        pass
    recounting.go_on("", now)
    assert FigureDay.objects.get(scope=ALL, day=LIVE).counts["open"] == 1


def test_what_changes_meanwhile_is_counted_afterwards(ticket: Ticket, now: datetime) -> None:
    catch_up()
    begin(FigureState.objects.get())
    Ticket.objects.filter(pk=ticket.pk).update(priority="high")
    catch_up()
    while step():
        pass
    catch_up()
    assert FigureDay.objects.get(scope=ALL, day=LIVE).counts == {"open": 1, "p.high": 1, "nobody": 1}
