"""What the tray agent shows of tickets that were merged."""

from datetime import datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from agents.models import Profile
from helpdesk.core.models import User
from tests.tickets.conftest import make_tickets
from tests.tickets.merge.conftest import merge
from tickets.domain.status import Status
from tickets.models import Ticket
from tickets.selectors.own import tickets_of_profile

pytestmark = pytest.mark.django_db


def shown(profile: Profile) -> list[tuple[int, str, str]]:
    return [(one.number, one.subject, one.status) for one in tickets_of_profile(profile)]


def test_a_merged_ticket_shows_number_and_state_of_its_target_and_its_own_words(
    source: Ticket, target: Ticket, profile: Profile, ada: User, now: datetime
) -> None:
    """A30: the words of the target are somebody else's."""
    Ticket.objects.filter(pk=source.pk).update(profile=profile)
    Ticket.objects.filter(pk=target.pk).update(status=Status.WAITING)
    merge(source, target, ada, now)
    assert shown(profile) == [(target.pk, source.subject, "waiting")]


def test_tickets_of_one_person_that_became_one_stand_once(profile: Profile, ada: User, now: datetime) -> None:
    mine = make_tickets(3, now, profile=profile, client=profile.device.client)
    merge(mine[1], mine[0], ada, now)
    assert shown(profile) == [(mine[2].pk, mine[2].subject, "open"), (mine[0].pk, mine[0].subject, "open")]


def test_without_a_merge_it_is_one_query(
    profile: Profile, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_tickets(2, now, profile=profile)
    with django_assert_num_queries(1):
        assert len(tickets_of_profile(profile)) == 2
