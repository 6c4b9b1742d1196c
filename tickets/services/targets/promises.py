"""The settings of service targets."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from agents.domain.fields import FieldOf, FieldType
from agents.models import Client
from agents.selectors.fields import fields_of
from agents.services.fields import rule_of
from helpdesk.core.errors import Invalid
from helpdesk.core.jobs import handler
from helpdesk.core.models import User
from helpdesk.core.services.audit import record
from helpdesk.core.services.jobs import enqueue
from tickets.domain.conditions import CUSTOM, BadRow, Op
from tickets.domain.own_values import typed_row
from tickets.domain.priority import Priority
from tickets.domain.targets import MAX_AMOUNT, ClockKind, Promise
from tickets.domain.text import clean_subject
from tickets.models import Calendar, ServiceTarget
from tickets.selectors.targets import forget_targets
from tickets.services.change_tags import MAX_LENGTH, tags_named
from tickets.services.targets.retarget import recalculate

JOB = "recalculate_targets"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTarget:
    """What somebody fills in. Without clients, tag and own field it counts for everybody.

    `own`: the key of a field that the desk added to tickets, and what it must say (`own_values.typed_row`).
    """

    name: str
    calendar: Calendar | None = None
    clients: Collection[Client] = ()
    tag: str = ""
    own: str = ""
    own_op: str = ""
    own_value: str = ""
    promises: Mapping[Priority, Promise] = field(default_factory=dict)
    tells_people: bool = True
    goes_on_top: bool = True
    raises_priority: bool = False


@transaction.atomic
def save_target(*, target: ServiceTarget | None, new: NewTarget, by: User, now: datetime) -> ServiceTarget:
    """Change a target, or make one with None. Tickets that are open keep what they were promised until they
    are recalculated. Raises `Invalid` (name, tag, own, own_op, own_value, promises).
    """
    name, tag = clean_subject(new.name), clean_subject(new.tag)
    _check(name, tag, new.promises)
    own = _own(new)
    row = target or ServiceTarget(position=(ServiceTarget.objects.aggregate(n=Max("position"))["n"] or 0) + 1)
    before = _facts(row) if target else None
    row.name, row.calendar = name, new.calendar
    row.tag = tags_named({tag.casefold(): tag})[0] if tag else None
    row.own = own
    row.promises = {priority.value: _as_json(promise) for priority, promise in new.promises.items()}
    row.tells_people, row.goes_on_top = new.tells_people, new.goes_on_top
    row.raises_priority = new.raises_priority
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        taken = _("There is a target with this name. Choose another one.")
        raise Invalid(fields={"name": taken}) from None
    row.clients.set(new.clients)
    after = _facts(row)
    if before != after:
        record(actor=by, verb="changed a target", target=row, before=before, after=after, now=now)
    transaction.on_commit(forget_targets)
    return row


@transaction.atomic
def delete_target(*, target: ServiceTarget, by: User, now: datetime) -> None:
    """The target, its clocks and what is known of how it was kept are gone."""
    record(actor=by, verb="deleted a target", target=target, before=_facts(target), now=now)
    target.delete()
    transaction.on_commit(forget_targets)


@transaction.atomic
def start_recalculation(*, by: User, now: datetime) -> None:
    """Every open ticket gets the promises of today, in the background, some hundred at a time."""
    enqueue(kind=JOB, ref="0", now=now)
    record(actor=by, verb="recalculated targets", target=by, now=now)


@handler(JOB)
def go_on_recalculating(ref: str, now: datetime) -> None:
    """Safe to run twice: a ticket that has its promises already is left as it is."""
    with transaction.atomic():
        if last := recalculate(after=int(ref), now=now):
            enqueue(kind=JOB, ref=str(last), now=now)


def _check(name: str, tag: str, promises: Mapping[Priority, Promise]) -> None:
    wrong = {}
    if not 1 <= len(name) <= 80:
        wrong["name"] = _("Give the target a name of 1 to 80 characters.")
    if len(tag) > MAX_LENGTH:
        wrong["tag"] = _("Write a tag of at most %(count)s characters.") % {"count": MAX_LENGTH}
    limits = [limit for promise in promises.values() for kind in ClockKind if (limit := promise.limit(kind))]
    if not limits:
        wrong["promises"] = _("Promise at least one time, for example a first answer within 4 h.")
    if any(not 1 <= limit.amount <= MAX_AMOUNT for limit in limits):
        wrong["promises"] = _("Write times from 1 to %(count)s.") % {"count": MAX_AMOUNT}
    if wrong:
        raise Invalid(fields=wrong)


def _own(new: NewTarget) -> str:
    if not new.own:
        return ""
    field = next((each for each in fields_of(FieldOf.TICKET) if each.key == new.own), None)
    if field is None:
        raise Invalid(fields={"own": _("There is no such field any more. Choose another one.")})
    kind, choices = FieldType(field.type), tuple(field.choices)
    try:
        return str(typed_row(f"{CUSTOM}{field.key}", new.own_op, new.own_value, kind=kind, choices=choices))
    except BadRow as wrong:
        if wrong.part == "op":
            words = {"own_op": _("This field cannot be asked so. Choose another condition.")}
        elif new.own_op == Op.BETWEEN:
            sentence = _("Write both ends, the smaller one first, with two points between them: 1..10")
            words = {"own_value": sentence}
        else:
            words = {"own_value": rule_of(field)}
    raise Invalid(fields=words)


def _as_json(promise: Promise) -> dict[str, Any]:
    limits = {kind.value: promise.limit(kind) for kind in ClockKind}
    found: dict[str, Any] = {
        name: [limit.amount, limit.unit.value] for name, limit in limits.items() if limit
    }
    return {**found, "warn": promise.warn_minutes}


def _facts(row: ServiceTarget) -> dict[str, Any]:
    return {
        "name": row.name,
        "hours": str(row.calendar or "24/7"),
        "clients": sorted(client.name for client in row.clients.all()),
        "tag": str(row.tag or ""),
        "own": row.own,
        "promises": row.promises,
        "when missed": [row.tells_people, row.goes_on_top, row.raises_priority],
    }
