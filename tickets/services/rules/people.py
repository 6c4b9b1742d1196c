"""Whom a rule can give a ticket to. One `People` serves a batch: it reads each thing once."""

from collections import Counter
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Count

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import Team, User
from tickets.domain.status import UNFINISHED
from tickets.models import RuleTurn, Ticket

#: An open page of the console tells every minute that its reader is there.
PRESENT = timedelta(minutes=3)


class People:
    """Technicians and teams as they are at `now`."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.turns: dict[int, int] = {}
        self._members: dict[int, list[User]] = {}
        self._loads: dict[int, Counter[int]] = {}

    @cached_property
    def _users(self) -> dict[int, User]:
        users = User.objects.filter(is_active=True).prefetch_related("roles__scopes")
        return {user.pk: user for user in users}

    @cached_property
    def _teams(self) -> dict[int, str]:
        return dict(Team.objects.values_list("pk", "name"))

    def name_of(self, *, user: int | None, team: int | None) -> str:
        """As the activity of a ticket says it; also of people who left."""
        if user is not None:
            known = self._users.get(user)
            return str(known or User.objects.filter(pk=user).first() or "")
        return self._teams.get(team or 0, "")

    def user_for(self, user_id: int, client_id: int | None) -> User | None:
        """The active technician, if they may work on tickets of this client."""
        user = self._users.get(user_id)
        return user if user and _may_work_on(user, client_id) else None

    def has_team(self, team_id: int) -> bool:
        return team_id in self._teams

    def next_in_turn(self, team_id: int, client_id: int | None) -> User | None:
        """The member after the one who was served last, among those present; takes the turn."""
        present = self._present(team_id, client_id)
        if not present:
            return None
        if team_id not in self.turns:
            last = RuleTurn.objects.filter(team=team_id).values_list("user", flat=True).first()
            self.turns[team_id] = last or 0
        chosen = next((user for user in present if user.pk > self.turns[team_id]), present[0])
        self.turns[team_id] = chosen.pk
        return chosen

    def least_busy(self, team_id: int, client_id: int | None) -> User | None:
        """The member with the fewest unfinished tickets, among those present; counts this one too."""
        present = self._present(team_id, client_id)
        if not present:
            return None
        if team_id not in self._loads:
            self._loads[team_id] = self._read_loads(team_id)
        loads = self._loads[team_id]
        chosen = min(present, key=lambda user: (loads[user.pk], user.pk))
        loads[chosen.pk] += 1
        return chosen

    def save_turns(self) -> None:
        """Remembers whose turn it was; in the transaction that writes the tickets."""
        for team_id, user_id in self.turns.items():
            RuleTurn.objects.update_or_create(team_id=team_id, defaults={"user_id": user_id})
        self.turns = {}

    def _present(self, team_id: int, client_id: int | None) -> list[User]:
        if team_id not in self._members:
            ids = Team.members.through.objects.filter(team_id=team_id).values_list("user_id", flat=True)
            members = [user for pk in sorted(ids) if (user := self._users.get(pk))]
            self._members[team_id] = [user for user in members if is_present(user, self.now)]
        return [user for user in self._members[team_id] if _may_work_on(user, client_id)]

    def _read_loads(self, team_id: int) -> Counter[int]:
        members = [user.pk for user in self._members[team_id]]
        rows = Ticket.objects.filter(assignee__in=members, status__in=UNFINISHED)
        counts = rows.order_by().values_list("assignee").annotate(count=Count("pk"))
        return Counter({pk: count for pk, count in counts if pk})


def is_present(user: User, now: datetime) -> bool:
    """Has a page of the console open and is not marked as away."""
    return not user.is_away and user.seen_at is not None and user.seen_at > now - PRESENT


def _may_work_on(user: User, client_id: int | None) -> bool:
    """As `tickets.selectors.choices.may_work_on`, from what is prefetched."""
    return any(
        Permission.TICKETS_EDIT in role.given
        and (role.all_clients or client_id in {scope.client_id for scope in role.scopes.all()})
        for role in user.roles.all()
    )
