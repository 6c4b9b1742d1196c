"""The only door to saved views, and how a person wants the list."""

from typing import Any

from django.db.models import Q, QuerySet, Value

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import Team, User
from tickets.models import SavedView


def views_visible_to(user: User | int) -> QuerySet[SavedView]:
    """One's own, those of one's teams and everybody's, deleted ones too. The key of the user will do."""
    teams = Team.objects.filter(members=user).order_by().values("pk")
    theirs = Q(owner=user) | Q(owner=None, team=None) | Q(team__in=teams)
    return SavedView.objects.filter(theirs).select_related("team")


def shelf_of(user: User | int) -> QuerySet[SavedView, Any]:
    """For the side of every page, to be united with what else stands there: ("view", id, name, query,
    colour, position).
    """
    rows = views_visible_to(user).filter(deleted_at=None).order_by().select_related(None)
    return rows.values_list(Value("view"), "pk", "name", "query", "colour", "position")


def may_change_view(user: User, view: SavedView) -> bool:
    """One's own: oneself. A team's: its members, and who sets up the desk. Everybody's: who sets it up."""
    if view.owner_id:
        return view.owner_id == user.pk
    if user.may(Permission.SETTINGS_EDIT):
        return True
    return view.team_id is not None and user.teams.filter(pk=view.team_id).exists()
