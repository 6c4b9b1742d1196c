"""Rows of the filter builder about fields that the desk added to tickets, to contacts and to devices."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext as _

from agents.domain.fields import NO, YES, FieldOf, FieldType
from agents.models import ContactValue, CustomField, DeviceValue
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from tickets.domain.conditions import Field, Op, Row, name_of_own
from tickets.domain.filters import TicketFilters
from tickets.domain.find import FIELDS
from tickets.domain.own_values import names_in, taken_from
from tickets.models import Snooze, Tag, Ticket, TicketValue
from tickets.selectors.access import client_scope

#: So many of the newest tickets are looked through where no index answers.
DEPTH: Final = 10_000
#: At most so many that an index finds are read: they lie all over the table.
FEW: Final = 2_000
#: At most so many rows of one list are asked how many tickets they leave.
_PROBES = 2
_VALUES: Final = {
    FieldOf.TICKET: (TicketValue, "ticket", "pk"),
    FieldOf.CONTACT: (ContactValue, "contact", "contact_id"),
    FieldOf.DEVICE: (DeviceValue, "device", "device_id"),
}
_NUMBERS = frozenset({Op.OVER, Op.UNDER})
_LABELS: Final = {
    FieldOf.CONTACT: lambda name: _("Contact: %(name)s") % {"name": name},
    FieldOf.DEVICE: lambda name: _("Device: %(name)s") % {"name": name},
}


class _Number(models.Func):
    """A kept value as a number. What is none is passed over: a planner may look at rows of other fields."""

    template = "CAST(%(expressions)s AS NUMERIC)"
    arity = 1
    output_field = models.DecimalField(max_digits=30, decimal_places=6)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:  # noqa: ANN401 - Django's
        is_one = r"~ '^-?[0-9]+(\.[0-9]+)?$'"
        template = f"CASE WHEN %(expressions)s {is_one} THEN CAST(%(expressions)s AS numeric) END"
        return self.as_sql(compiler, connection, template=template, **more)


class _Decimal(models.Func):
    """A number that came as text."""

    template = "CAST(%(expressions)s AS NUMERIC)"
    arity = 1
    output_field = models.DecimalField(max_digits=30, decimal_places=6)


class OwnRows:
    """The rows of one list, for one asker; a query where one of them is about a field of the desk."""

    def __init__(self, rows: Sequence[Row], user: User | AnonymousUser) -> None:
        self._rows, self._user = rows, user
        #: (owner, key) -> the field's number and type: a planner knows what a number stands for.
        self._fields: dict[tuple[str, str], tuple[int, str]] = {}
        if asked := {row.own[1] for row in rows if row.own}:
            known = CustomField.objects.filter(key__in=asked, deleted_at=None).order_by()
            columns = known.values_list("belongs_to", "key", "pk", "type")
            self._fields = {(owner, key): (pk, kind) for owner, key, pk, kind in columns}

    def condition(self, row: Row) -> Q:
        """Whether a ticket has such a value, asked ticket by ticket; the sense is not yet turned round."""
        owner, _key = _own(row)
        _model, name, of_ticket = _VALUES[owner]
        return Q(Exists(self._values(row).filter(**{name: OuterRef(of_ticket)})))

    def led(self) -> Q | None:
        """One of the rows as an index finds its tickets, where these are few; one or two queries a row."""
        for row in [row for row in self._rows if _is_leading(row)][:_PROBES]:
            found = _LEADS[row.field](row.value) if row.field in _LEADS else self._leading(row)
            if found is not None and _is_few(found):
                return Q(pk__in=found)
        return None

    def _leading(self, row: Row) -> QuerySet[Any, Any] | None:
        owner, _key = _own(row)
        _model, name, of_ticket = _VALUES[owner]
        # The index of values knows no numbers and no middles: each value of the field is looked at.
        is_unordered = row.op is Op.HAS or _kind_of(row) is FieldType.NUMBER
        if is_unordered and not _is_few(self._filled(row).values("pk")):
            return None
        found = self._values(row).values(name)
        if owner is FieldOf.TICKET:
            return found
        return Ticket.objects.filter(**{f"{of_ticket}__in": found}).order_by().values("pk")

    def _filled(self, row: Row) -> QuerySet[Any]:
        """Every value of the row's field; of people and devices those that the asker may look at (A12)."""
        owner, key = _own(row)
        model, name, _of_ticket = _VALUES[owner]
        pk, type_ = self._fields.get((owner, key), (0, ""))
        if (kind := _kind_of(row)) and kind != type_:
            pk = 0
        rows = model._default_manager.filter(field=pk).order_by()
        scope = None if owner is FieldOf.TICKET else client_scope(self._user, Permission.CLIENTS_VIEW)
        return rows if scope is None else rows.filter(**{f"{name}__client__in": sorted(scope)})

    def _values(self, row: Row) -> QuerySet[Any]:
        """The values that the row means."""
        rows, kind, (first, last) = self._filled(row), _kind_of(row), row.bounds
        if kind is FieldType.NUMBER:
            return _numbers(rows, row.op, first, last)
        if row.op in {Op.FILLED, Op.EMPTY}:
            return rows
        if row.op in {Op.HAS, Op.LACKS}:
            return rows.filter(value__icontains=row.value)
        if kind is None:
            return rows.filter(value=row.value)
        if first:
            rows = rows.filter(value__gte=first)
        if last:
            side = "lt" if row.op in {Op.BEFORE, Op.OLDER} else "lte"
            rows = rows.filter(**{f"value__{side}": last})
        return rows


def _is_leading(row: Row) -> bool:
    """Whether an index may know the few tickets that a row means."""
    if row.is_turned or (row.field == Field.ASLEEP and row.value != YES):
        return False
    return row.field in _LEADS or row.own is not None


def _is_few(rows: QuerySet[Any, Any]) -> bool:
    return rows[: FEW + 1].count() <= FEW


def _tagged(value: str) -> QuerySet[Any, Any]:
    tags = Tag.objects.filter(name__iexact=value).order_by().values("pk")
    return Ticket.tags.through.objects.filter(tag__in=tags).values("ticket_id")


_LEADS: Final[dict[str, Callable[[str], QuerySet[Any, Any]]]] = {
    Field.TAG: _tagged,
    Field.ASLEEP: lambda _value: Snooze.objects.order_by().values("ticket_id"),
}


def _own(row: Row) -> tuple[FieldOf, str]:
    return row.own or (FieldOf.TICKET, "")


def _kind_of(row: Row) -> FieldType | None:
    """What the values must be to be compared so; None where any are."""
    if row.op in _NUMBERS or (row.op is Op.BETWEEN and not _is_day(row.bounds[0])):
        return FieldType.NUMBER
    return FieldType.DATE if any(row.bounds) and row.op not in {Op.IS, Op.NOT, Op.HAS, Op.LACKS} else None


def _is_day(text: str) -> bool:
    return text[4:5] == "-" and text[7:8] == "-"


def _numbers(rows: QuerySet[Any], op: Op, first: str, last: str) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.annotate(number=_Number(F("value")))
    if first:
        side = "gt" if op is Op.OVER else "gte"
        found = found.filter(**{f"number__{side}": _Decimal(Value(first))})
    if last:
        side = "lt" if op is Op.UNDER else "lte"
        found = found.filter(**{f"number__{side}": _Decimal(Value(last))})
    return found


def own_row_fields(user: User) -> dict[str, CustomField]:
    """Every field that a row can ask for, by its name in an address; those of people and devices for who
    may look at clients. One query.
    """
    owners = [FieldOf.TICKET]
    if user.may(Permission.CLIENTS_VIEW):
        owners += [FieldOf.CONTACT, FieldOf.DEVICE]
    rows = CustomField.objects.filter(belongs_to__in=owners, deleted_at=None)
    place = {owner.value: at for at, owner in enumerate(_VALUES)}
    found = sorted(rows, key=lambda row: place[row.belongs_to])
    return {name_of_own(row.belongs_to, row.key): row for row in found}


def own_label(field: CustomField) -> str:
    label = _LABELS.get(FieldOf(field.belongs_to))
    return label(field.name) if label else field.name


def own_choices(field: CustomField) -> list[tuple[str, str]]:
    """What the value is chosen from; nothing where it is typed."""
    if field.type == FieldType.YES_NO:
        return [(YES, _("yes")), (NO, _("no"))]
    return [(each, each) for each in field.choices] if field.type == FieldType.CHOICE else []


def labels_of(rows: Iterable[Row], user: User) -> dict[str, tuple[str, dict[str, str]]]:
    """For the rows about such fields: what each is called, and its choices. A query where there is one."""
    if not any(row.own for row in rows):
        return {}
    return {
        name: (own_label(field), dict(own_choices(field))) for name, field in own_row_fields(user).items()
    }


def with_own_words(filters: TicketFilters, user: User | AnonymousUser) -> TicketFilters:
    """`cost:5` in a search asks the field of that key; beside "any of this is true" it is a word as others.

    A query where a search says such a thing at all.
    """
    names = names_in(filters.query) - set(FIELDS)
    if filters.is_any or not names or not isinstance(user, User):
        return filters
    fields = own_row_fields(user)

    def known(name: str) -> tuple[FieldType, tuple[str, ...]] | None:
        field = fields.get(name)
        return (FieldType(field.type), tuple(field.choices)) if field else None

    query, rows = taken_from(filters.query, known)
    return replace(filters, query=query, rows=(*filters.rows, *rows)) if rows else filters
