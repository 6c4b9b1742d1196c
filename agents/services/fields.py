"""Fields that a desk adds: made, changed, deleted and brought back; and the values that people give them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from agents.domain.fields import MAX_CHOICES, MAX_VALUE, FieldOf, FieldType, NotAValue, canonical
from agents.models import Contact, ContactValue, CustomField, Device, DeviceValue
from agents.selectors.fields import fields_of
from helpdesk.core.errors import Invalid
from helpdesk.core.models import User
from helpdesk.core.services.audit import record

MAX_FIELDS = 40
MAX_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """What an administrator says of a field. The type and what it belongs to stay as they were made."""

    name: str
    belongs_to: FieldOf = FieldOf.TICKET
    type: FieldType = FieldType.TEXT
    choices: Sequence[str] = ()
    is_required: bool = False


@transaction.atomic
def save_field(*, field: CustomField | None, spec: FieldSpec, by: User, now: datetime) -> CustomField:
    """Change a field, or make one with None. Values that are no choice any more stay where they are.

    Raises `Invalid` (name, choices).
    """
    name = " ".join(spec.name.split())
    choices = list(dict.fromkeys(" ".join(one.split()) for one in spec.choices if one.strip()))
    row = field or CustomField(belongs_to=spec.belongs_to, type=spec.type)
    _check(row, name, choices)
    before = _facts(row) if field else None
    row.name, row.choices = name, choices if row.type == FieldType.CHOICE else []
    row.is_required = spec.is_required and row.belongs_to == FieldOf.TICKET
    if field is None:
        row.key, row.place = _new_key(row), len(fields_of(spec.belongs_to)) + 1
    row.save()
    if before != _facts(row):
        verb = "changed field" if field else "added field"
        record(actor=by, verb=verb, target=row, before=before, after=_facts(row), now=now)
    return row


@transaction.atomic
def delete_field(*, field: CustomField, by: User, now: datetime) -> None:
    """It is shown nowhere; its values wait for as long as it can be brought back."""
    if CustomField.objects.filter(pk=field.pk, deleted_at=None).update(deleted_at=now) == 1:
        record(actor=by, verb="deleted field", target=field, now=now)


@transaction.atomic
def restore_field(*, field: CustomField, by: User, now: datetime) -> None:
    if CustomField.objects.filter(pk=field.pk).exclude(deleted_at=None).update(deleted_at=None) == 1:
        record(actor=by, verb="restored field", target=field, now=now)


@transaction.atomic
def move_field(*, field: CustomField, steps: int) -> None:
    """Up with -1, down with 1, among those of its kind."""
    fields = fields_of(FieldOf(field.belongs_to))
    if field in fields:
        at = fields.index(field)
        fields.insert(min(max(at + steps, 0), len(fields) - 1), fields.pop(at))
        for place, each in enumerate(fields, 1):
            each.place = place
        CustomField.objects.bulk_update(fields, ["place"])


def checked_values(fields: Iterable[CustomField], typed: Mapping[str, str]) -> dict[CustomField, str]:
    """What was typed, by the keys of the fields, in the one way to write it. Keys of no field are left out.

    Raises `Invalid` with a sentence for each field that has it wrong (`field-<key>`).
    """
    values, wrong = {}, {}
    for field in fields:
        if field.key in typed:
            try:
                values[field] = canonical(FieldType(field.type), typed[field.key], tuple(field.choices))
            except NotAValue:
                wrong[f"field-{field.key}"] = rule_of(field)
    if wrong:
        raise Invalid(fields=wrong)
    return values


@transaction.atomic
def fill_device(*, device: Device, typed: Mapping[str, str], by: User, now: datetime) -> None:
    """Raises `Invalid` as `checked_values`."""
    store_values(DeviceValue, {"device": device}, checked_values(fields_of(FieldOf.DEVICE), typed))
    record(actor=by, verb="filled in fields", target=device, after=dict(typed), now=now)


@transaction.atomic
def fill_contact(*, contact: Contact, typed: Mapping[str, str], by: User, now: datetime) -> None:
    """Raises `Invalid` as `checked_values`."""
    store_values(ContactValue, {"contact": contact}, checked_values(fields_of(FieldOf.CONTACT), typed))
    record(actor=by, verb="filled in fields", target=contact, after=dict(typed), now=now)


def store_values(
    model: type[models.Model], owner: Mapping[str, models.Model], values: Mapping[CustomField, str]
) -> None:
    """In the caller's transaction; an empty value takes the row away. Of two people the last one wins."""
    rows: Any = model._default_manager
    empty = [field.pk for field, value in values.items() if not value]
    rows.filter(**owner, field__in=empty).delete()
    rows.bulk_create(
        [model(**owner, field=field, value=value) for field, value in values.items() if value],
        update_conflicts=True,
        unique_fields=[*owner, "field"],
        update_fields=["value"],
    )


def _check(row: CustomField, name: str, choices: Sequence[str]) -> None:
    wrong = {}
    if not 1 <= len(name) <= MAX_NAME:
        wrong["name"] = _("Give the field a name of 1 to %(count)s characters.") % {"count": MAX_NAME}
    same = CustomField.objects.filter(belongs_to=row.belongs_to, name__iexact=name, deleted_at=None)
    if same.exclude(pk=row.pk).exists():
        wrong["name"] = _("There is a field with this name. Choose another one.")
    if row.type == FieldType.CHOICE and not 1 <= len(choices) <= MAX_CHOICES:
        rule = _("Write the choices, one a line: at least one, at most %(count)s.")
        wrong["choices"] = rule % {"count": MAX_CHOICES}
    if any(len(one) > MAX_VALUE for one in choices):
        wrong["choices"] = _("A choice has at most %(count)s characters.") % {"count": MAX_VALUE}
    if row.pk is None and len(fields_of(FieldOf(row.belongs_to))) >= MAX_FIELDS:
        wrong["name"] = _("There are %(count)s fields already. Delete one first.") % {"count": MAX_FIELDS}
    if wrong:
        raise Invalid(fields=wrong)


def _new_key(row: CustomField) -> str:
    """A word for addresses and programs, of the first name; it never changes."""
    base = re.sub("[^a-z0-9]+", "_", slugify(row.name))[:34].strip("_") or "field"
    taken = set(CustomField.objects.filter(belongs_to=row.belongs_to).values_list("key", flat=True))
    return next(key for key in (base, *(f"{base}_{n}" for n in range(2, 10_000))) if key not in taken)


def _facts(row: CustomField) -> dict[str, Any]:
    return {"name": row.name, "choices": list(row.choices), "required": row.is_required}


def rule_of(field: CustomField) -> str:
    """What a right value looks like, as a sentence."""
    rules = {
        FieldType.TEXT: _("%(name)s: at most %(count)s characters."),
        FieldType.NUMBER: _("%(name)s: write a number, for example 12 or 3.5."),
        FieldType.CHOICE: _("%(name)s: choose one from the list."),
        FieldType.DATE: _("%(name)s: choose a day."),
        FieldType.YES_NO: _("%(name)s: choose yes or no."),
    }
    return rules[FieldType(field.type)] % {"name": field.name, "count": MAX_VALUE}
