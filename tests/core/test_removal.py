"""What was deleted comes back with all that hung on it, for who deleted it and for ten minutes."""

from datetime import datetime, timedelta

import pytest

from helpdesk.core.errors import Conflict
from helpdesk.core.models import AuditEntry, Role, Team, User
from helpdesk.core.services.removal import WAY_BACK, bring_back, way_back
from helpdesk.core.services.roles import delete_team
from tickets.models import SavedView, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def night(ada: User, bob: User) -> Team:
    team = Team.objects.create(name="Night")
    team.members.set([ada, bob])
    return team


def test_a_team_comes_back_with_its_people_views_and_tickets(night: Team, carla: User, now: datetime) -> None:
    SavedView.objects.create(name="Ours", team=night, created_at=now, updated_at=now)
    ticket = Ticket.objects.create(subject="Old", team=night, created_at=now, updated_at=now)
    sealed = way_back(target=night, by=carla, now=now)
    delete_team(team=night, by=carla, now=now)
    for _twice in range(2):
        bring_back(sealed=sealed, kind=Team, by=carla, now=now + WAY_BACK)
    team = Team.objects.get(name="Night")
    assert team.members.count() == 2
    assert SavedView.objects.get().team == team
    ticket.refresh_from_db()
    assert ticket.team == team
    assert AuditEntry.objects.filter(verb="brought back team").count() == 1


def test_a14_only_who_deleted_it_and_only_for_a_while(
    night: Team, carla: User, bob: User, now: datetime
) -> None:
    sealed = way_back(target=night, by=carla, now=now)
    delete_team(team=night, by=carla, now=now)
    late = now + WAY_BACK + timedelta(seconds=1)
    for wrong in ((sealed, Team, bob, now), (sealed, Team, carla, late), (sealed, Role, carla, now)):
        with pytest.raises(Conflict):
            bring_back(sealed=wrong[0], kind=wrong[1], by=wrong[2], now=wrong[3])
    with pytest.raises(Conflict):
        bring_back(sealed="", kind=Team, by=carla, now=now)
    assert not Team.objects.exists()


def test_a_name_that_was_given_anew_is_left(night: Team, carla: User, now: datetime) -> None:
    sealed = way_back(target=night, by=carla, now=now)
    delete_team(team=night, by=carla, now=now)
    Team.objects.create(pk=9_000, name="Night")
    with pytest.raises(Conflict):
        bring_back(sealed=sealed, kind=Team, by=carla, now=now)
