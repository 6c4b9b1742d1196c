"""The fields that a desk added, and their values."""

from collections.abc import Sequence
from dataclasses import dataclass

from agents.domain.fields import FieldOf
from agents.models import Contact, ContactValue, CustomField, Device, DeviceValue


@dataclass(frozen=True, slots=True)
class Filled:
    """A field with the value of one thing, "" without one."""

    field: CustomField
    value: str

    @property
    def key(self) -> str:
        return self.field.key

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def type(self) -> str:
        return self.field.type

    @property
    def choices(self) -> list[str]:
        return self.field.choices


def fields_of(what: FieldOf) -> list[CustomField]:
    """In their order; without deleted ones."""
    return list(CustomField.objects.filter(belongs_to=what, deleted_at=None))


def filled_of_device(device: Device) -> list[Filled]:
    """Of a device that came through its door; two queries, one where the desk has no such field."""
    fields = fields_of(FieldOf.DEVICE)
    values = dict(DeviceValue.objects.filter(device=device).values_list("field", "value")) if fields else {}
    return [Filled(field, values.get(field.pk, "")) for field in fields]


def filled_of_contacts(contacts: Sequence[Contact]) -> dict[int, list[Filled]]:
    """The same of people: the key of each, and their fields."""
    fields = fields_of(FieldOf.CONTACT)
    rows = ContactValue.objects.filter(contact__in=contacts) if fields else ContactValue.objects.none()
    values = {(row.contact_id, row.field_id): row.value for row in rows}
    return {
        contact.pk: [Filled(field, values.get((contact.pk, field.pk), "")) for field in fields]
        for contact in contacts
    }
