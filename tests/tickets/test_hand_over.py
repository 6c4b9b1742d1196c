"""Somebody leaves: their open tickets go to a person, a team or nobody."""

from datetime import datetime

import pytest

from agents.models import Client
from helpdesk.core.errors import Invalid
from helpdesk.core.models import AuditEntry, Job, Team, User
from tests.tickets.conftest import make_tickets
from tickets.domain.status import Status
from tickets.models import Ticket
from tickets.selectors.hand_over import open_tickets_of
from tickets.services.hand_over import deactivate, hand_over, hand_over_job

pytestmark = pytest.mark.django_db


def leave(of: User, to: User | Team | None, by: User, now: datetime) -> int:
    count = hand_over(of=of, to=to, by=by, now=now)
    for job in Job.objects.filter(kind="hand_over"):
        hand_over_job(job.ref, now)
        hand_over_job(job.ref, now)
    return count


@pytest.fixture
def three(acme: Client, ada: User, now: datetime) -> list[Ticket]:
    """Two open ones of Ada and a resolved one."""
    tickets = make_tickets(3, now, client=acme, assignee=ada)
    Ticket.objects.filter(pk=tickets[2].pk).update(status=Status.RESOLVED)
    return tickets


def test_open_tickets_go_to_a_colleague_and_finished_ones_stay(
    three: list[Ticket], ada: User, bob: User, carla: User, now: datetime
) -> None:
    assert open_tickets_of(ada) == 2
    assert leave(ada, bob, carla, now) == 2
    assert (open_tickets_of(ada), open_tickets_of(bob)) == (0, 2)
    assert Ticket.objects.get(pk=three[2].pk).assignee == ada
    assert AuditEntry.objects.get(verb="handed over tickets").after == {"tickets": 2, "to": "Bob Kahn"}


def test_or_to_a_team(three: list[Ticket], ada: User, carla: User, now: datetime) -> None:
    team = Team.objects.create(name="Night")
    leave(ada, team, carla, now)
    assert open_tickets_of(team) == 2


def test_what_the_colleague_may_not_see_waits_for_anybody(
    three: list[Ticket], ada: User, gus: User, carla: User, now: datetime
) -> None:
    leave(ada, gus, carla, now)
    assert open_tickets_of(gus) == 0
    assert Ticket.objects.filter(status=Status.OPEN, assignee=None, team=None).count() == 2


def test_a_ticket_that_was_closed_meanwhile_is_passed_over(
    three: list[Ticket], ada: User, carla: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(**_kwargs: object) -> None:
        from tickets.errors import TicketClosed

        raise TicketClosed

    monkeypatch.setattr("tickets.services.hand_over.change_assignee", closed)
    leave(ada, None, carla, now)
    assert open_tickets_of(ada) == 2


def test_nothing_to_hand_over_is_nothing_to_do(ada: User, carla: User, now: datetime) -> None:
    assert leave(ada, None, carla, now) == 0
    assert not Job.objects.exists()


def test_nobody_hands_over_to_themselves_or_who_is_out(
    ada: User, bob: User, carla: User, now: datetime
) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    bob.refresh_from_db()
    for to in (ada, bob):
        with pytest.raises(Invalid):
            deactivate(user=ada, to=to, by=carla, now=now)
    assert User.objects.get(pk=ada.pk).is_active
