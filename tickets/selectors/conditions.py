"""Rows of the filter builder as conditions on tickets."""

from collections.abc import Callable, Iterable

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.domain.fields import NO, YES
from agents.models import Client
from agents.selectors.scope import clients_visible_to
from helpdesk.core.models import Team, User
from tickets.domain.conditions import NOBODY, NONE, TEAM, UP_TO, Field, Row
from tickets.models import Snooze, Tag, Ticket
from tickets.models.labels import PRIORITY_CHOICES, SOURCE_CHOICES, STATUS_CHOICES, TYPE_CHOICES
from tickets.selectors.own_rows import OwnRows, labels_of

_CHOICES = {
    Field.STATUS: STATUS_CHOICES,
    Field.PRIORITY: PRIORITY_CHOICES,
    Field.TYPE: TYPE_CHOICES,
    Field.SOURCE: SOURCE_CHOICES,
    Field.ASLEEP: ((YES, gettext_lazy("yes")), (NO, gettext_lazy("no"))),
}


def condition_of(rows: Iterable[Row], own: OwnRows, *, is_any: bool) -> Q:
    """All of the rows, or any of them."""
    found = Q()
    for row in rows:
        positive = own.condition(row) if row.own else _condition(row)
        one = ~positive if row.is_turned else positive
        found = (found | one) if is_any and found else (found & one)
    return found


def _condition(row: Row) -> Q:
    if row.at is not None:
        return Q(**{f"{'created' if row.field == Field.OPENED else 'updated'}_at__gte": row.at})
    if condition := _LED.get(row.field):
        return condition(row.value)
    return Q(**{row.field: row.value})


def _tagged(value: str) -> Q:
    tags = Tag.objects.filter(name__iexact=value).order_by().values("pk")
    return Q(pk__in=Ticket.tags.through.objects.filter(tag__in=tags).values("ticket_id"))


def _of_client(value: str) -> Q:
    if value == NONE:
        return Q(client=None)
    return Q(client__in=Client.objects.filter(public_id=value).order_by().values("pk"))


def _assigned(value: str) -> Q:
    if value == NOBODY:
        return Q(assignee=None, team=None)
    if value.startswith(TEAM):
        return Q(team=int(value.removeprefix(TEAM)), team__isnull=False)
    return Q(assignee=int(value), assignee__isnull=False)


def _asleep(value: str) -> Q:
    is_asleep = Q(Exists(Snooze.objects.filter(ticket=OuterRef("pk"))))
    return is_asleep if value == YES else ~is_asleep


_LED: dict[str, Callable[[str], Q]] = {
    Field.TAG: _tagged,
    Field.CLIENT: _of_client,
    Field.ASSIGNEE: _assigned,
    Field.ASLEEP: _asleep,
    Field.SUBJECT: lambda value: Q(subject__icontains=value),
}


def row_choices(user: User) -> dict[str, list[tuple[str, str]]]:
    """What the values of the builder may be, where they are chosen: four queries."""
    people = User.objects.filter(is_active=True).order_by("full_name").values_list("pk", "full_name")
    teams = Team.objects.order_by("name").values_list("pk", "name")
    clients = clients_visible_to(user).order_by("name").values_list("public_id", "name")
    return {
        **{field.value: [(value, str(label)) for value, label in found] for field, found in _CHOICES.items()},
        Field.ASSIGNEE.value: [
            ("me", _("Me")),
            (NOBODY, _("Nobody")),
            *((str(pk), name) for pk, name in people),
            *((f"{TEAM}{pk}", name) for pk, name in teams),
        ],
        Field.CLIENT.value: [(NONE, _("No client")), *((str(key), name) for key, name in clients[:500])],
    }


def names_of(rows: Iterable[Row], user: User) -> dict[str, tuple[str, str]]:
    """What the field of each row is called, where the desk added it, and its value; a query for each kind
    that has a name of its own.
    """
    rows = tuple(rows)
    own = labels_of(rows, user)
    found: dict[str, tuple[str, str]] = {}
    for row in rows:
        if row.own:
            label, choices = own.get(row.field, (row.own[1], {}))
            found[str(row)] = label, choices.get(row.value, row.value.replace(UP_TO, " – "))
        else:
            found[str(row)] = "", _name_of(row.field, row.value, user)
    return found


def _name_of(field: str, value: str, user: User) -> str:
    if field == Field.ASSIGNEE and value == NOBODY:
        return _("nobody")
    if field == Field.ASSIGNEE and value.startswith(TEAM):
        return str(Team.objects.filter(pk=value.removeprefix(TEAM)).first() or value)
    if field == Field.ASSIGNEE:
        return str(User.objects.filter(pk=value).first() or value)
    if field == Field.CLIENT:
        is_known = value != NONE
        return (
            str(clients_visible_to(user).filter(public_id=value).first() or value) if is_known else _("none")
        )
    return str(dict(_CHOICES.get(Field(field), ())).get(value, value))
