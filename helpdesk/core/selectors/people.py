from django.db.models import Count, QuerySet, Value

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import Role, Team, User
from helpdesk.core.selectors.accounts import has_factor


def active_users() -> QuerySet[User]:
    """Who can be signed in, by name."""
    return User.objects.filter(is_active=True).order_by("full_name", "id")


def is_invited(user: User) -> bool:
    """Asked to come, and has chosen no password yet."""
    return user.is_active and user.last_login is None and not user.has_usable_password()


def users_visible_to(user: User) -> QuerySet[User]:
    """For the people's page: everybody for who may edit them, else only oneself."""
    people = (
        User.objects.prefetch_related("roles", "teams")
        .annotate(has_factor=has_factor("pk"))
        .order_by("full_name", "id")
    )
    return people if user.may(Permission.USERS_EDIT) else people.filter(pk=user.pk)


def all_teams() -> QuerySet[Team]:
    return Team.objects.all()


def tab_counts() -> dict[str, int]:
    """How many rows each tab of People and roles has, in one query."""
    people, teams, roles = (
        model.objects.order_by().values(tab=Value(tab)).annotate(rows=Count("pk"))
        for tab, model in (("people", User), ("teams", Team), ("roles", Role))
    )
    found = people.union(teams, roles, all=True)
    return {"people": 0, "teams": 0, "roles": 0} | {row["tab"]: row["rows"] for row in found}
