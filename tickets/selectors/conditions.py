"""Rows of the filter builder as conditions on tickets."""

from collections.abc import Callable, Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from agents.models import Client, CustomField
from agents.selectors.scope import clients_visible_to
from helpdesk.core.models import Team, User
from tickets.domain.conditions import CUSTOM, NOBODY, NONE, TEAM, Field, Op, Row
from tickets.models import Tag, Ticket, TicketValue
from tickets.models.labels import PRIORITY_CHOICES, SOURCE_CHOICES, STATUS_CHOICES, TYPE_CHOICES

#: So many of the newest tickets are looked through where no index answers.
DEPTH = 10_000
_CHOICES = {
    Field.STATUS: STATUS_CHOICES,
    Field.PRIORITY: PRIORITY_CHOICES,
    Field.TYPE: TYPE_CHOICES,
    Field.SOURCE: SOURCE_CHOICES,
}


def condition_of(rows: Iterable[Row], *, is_any: bool) -> Q:
    """All of the rows, or any of them."""
    found = Q()
    for row in rows:
        one = ~_condition(row) if row.is_turned else _condition(row)
        found = (found | one) if is_any and found else (found & one)
    return found


def is_indexed(rows: Iterable[Row], *, is_any: bool) -> bool:
    """Whether an index finds the few tickets that are meant, whatever else is asked for."""
    led = {Field.TAG.value}
    return not is_any and any(
        row.op is Op.IS and (row.field in led or row.field.startswith(CUSTOM)) for row in rows
    )


def _condition(row: Row) -> Q:
    if row.at is not None:
        return Q(**{f"{'created' if row.field == Field.OPENED else 'updated'}_at__gte": row.at})
    if row.field.startswith(CUSTOM):
        return _custom(row)
    if condition := _LED.get(row.field):
        return condition(row.value)
    return Q(**{row.field: row.value})


def _custom(row: Row) -> Q:
    fields = CustomField.objects.filter(belongs_to="ticket", key__iexact=row.field.removeprefix(CUSTOM))
    values = TicketValue.objects.filter(field__in=fields.order_by().values("pk"), value=row.value)
    return Q(pk__in=values.order_by().values("ticket"))


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


_LED: dict[str, Callable[[str], Q]] = {
    Field.TAG: _tagged,
    Field.CLIENT: _of_client,
    Field.ASSIGNEE: _assigned,
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


def names_of(rows: Iterable[Row], user: User) -> dict[str, str]:
    """What the values of these rows are called; a query for each kind that has a name of its own."""
    found: dict[str, str] = {}
    for row in rows:
        field, value = row.field, row.value
        if field == Field.ASSIGNEE and value == NOBODY:
            found[str(row)] = _("nobody")
        elif field == Field.ASSIGNEE and value.startswith(TEAM):
            found[str(row)] = str(Team.objects.filter(pk=value.removeprefix(TEAM)).first() or value)
        elif field == Field.ASSIGNEE:
            found[str(row)] = str(User.objects.filter(pk=value).first() or value)
        elif field == Field.CLIENT and value != NONE:
            found[str(row)] = str(clients_visible_to(user).filter(public_id=value).first() or value)
        elif field == Field.CLIENT:
            found[str(row)] = _("none")
        elif field in set(Field) and Field(field) in _CHOICES:
            found[str(row)] = str(dict(_CHOICES[Field(field)]).get(value, value))
        else:
            found[str(row)] = value
    return found
