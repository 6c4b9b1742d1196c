"""Values of the fields that the desk added, of contacts and devices: /api/v1/contacts/<id>/fields/."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import call, rows_of
from agents.api.door import StrictSerializer, valid
from agents.api.technician import ClientsDoor
from agents.domain.fields import MAX_VALUE, FieldType
from agents.models import Contact, Device
from agents.selectors import contacts_visible_to, devices_visible_to
from agents.selectors.fields import filled_of_contacts, filled_of_device
from agents.services.fields import fill_contact, fill_device
from helpdesk.core.errors import Invalid, NotFound

TAG = "Own fields"
TYPES = [kind.value for kind in FieldType]
FILLED = {
    "results": [{"key": "room", "name": "Room", "type": "text", "choices": [], "value": "2.14"}],
}


class FilledSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    type = serializers.ChoiceField(TYPES)
    choices = serializers.ListField(child=serializers.CharField())
    value = serializers.CharField(help_text="Empty without one; 1.5, 2026-11-22, yes, no.")


FilledFieldsSerializer = rows_of("FilledFields", FilledSerializer)


class ValuesSerializer(StrictSerializer):
    values = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=MAX_VALUE),
        help_text="Key of a field -> its value, empty to clear it; fields that are not named stay.",
    )


def typed_values(sent: object, keys: Collection[str]) -> dict[str, str]:
    """What a program wants to fill in. Raises `Invalid` for a key that is none."""
    values: dict[str, str] = valid(ValuesSerializer(data=sent))["values"]
    rule = _("There is no such field; there are: %(names)s.") % {"names": ", ".join(keys)}
    if wrong := {f"values.{key}": rule for key in values if key not in keys}:
        raise Invalid(fields=wrong)
    return values


def fill(deed: Callable[..., None], values: Mapping[str, str], **facts: Any) -> None:
    """Calls the service; its problems get the names that the program used."""
    try:
        deed(typed=values, **facts)
    except Invalid as problem:
        fields = {
            name.replace("field-", "values.", 1): words for name, words in (problem.fields or {}).items()
        }
        raise Invalid(fields=fields) from None


class FieldsDoor(ClientsDoor):
    def told(self, rows: Sequence[object]) -> Response:
        return self.tagged(FilledFieldsSerializer({"results": rows}).data)


class ContactFieldsView(FieldsDoor):
    @call("read_contact_fields", TAG, "Own fields of a person", gives=FilledFieldsSerializer, told=FILLED)
    def get(self, request: Request, contact: UUID) -> Response:
        found = self._contact(contact)
        return self.told(filled_of_contacts([found])[found.pk])

    @call(
        "fill_contact",
        TAG,
        "Fill in own fields of a person",
        takes=ValuesSerializer,
        asked={"values": {"room": "2.14"}},
        gives=FilledFieldsSerializer,
        told=FILLED,
    )
    @transaction.atomic
    def patch(self, request: Request, contact: UUID) -> Response:
        self.hold(Contact.objects.filter(public_id=contact))
        found = self._contact(contact)
        rows = filled_of_contacts([found])[found.pk]
        values = typed_values(request.data, [row.key for row in rows])
        self.check_unchanged(FilledFieldsSerializer({"results": rows}).data)
        fill(fill_contact, values, contact=found, by=self.user, now=self.now)
        return self.told(filled_of_contacts([found])[found.pk])

    def _contact(self, public_id: UUID) -> Contact:
        found = contacts_visible_to(self.user).filter(public_id=public_id).first()
        if found is None:
            raise NotFound
        return found


class DeviceFieldsView(FieldsDoor):
    @call("read_device_fields", TAG, "Own fields of a device", gives=FilledFieldsSerializer, told=FILLED)
    def get(self, request: Request, device: UUID) -> Response:
        return self.told(filled_of_device(self._device(device)))

    @call(
        "fill_device",
        TAG,
        "Fill in own fields of a device",
        takes=ValuesSerializer,
        asked={"values": {"room": "2.14"}},
        gives=FilledFieldsSerializer,
        told=FILLED,
    )
    @transaction.atomic
    def patch(self, request: Request, device: UUID) -> Response:
        self.hold(Device.objects.filter(public_id=device))
        found = self._device(device)
        rows = filled_of_device(found)
        values = typed_values(request.data, [row.key for row in rows])
        self.check_unchanged(FilledFieldsSerializer({"results": rows}).data)
        fill(fill_device, values, device=found, by=self.user, now=self.now)
        return self.told(filled_of_device(found))

    def _device(self, public_id: UUID) -> Device:
        found = devices_visible_to(self.user).filter(public_id=public_id).first()
        if found is None:
            raise NotFound
        return found
