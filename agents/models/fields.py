from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from agents.domain.fields import MAX_VALUE, FieldOf, FieldType
from agents.models.contact import Contact
from agents.models.device import Device

FIELD_OF_CHOICES = [
    (FieldOf.TICKET.value, _("Tickets")),
    (FieldOf.CONTACT.value, _("Contacts")),
    (FieldOf.DEVICE.value, _("Devices")),
]
FIELD_TYPE_CHOICES = [
    (FieldType.TEXT.value, _("Text")),
    (FieldType.NUMBER.value, _("Number")),
    (FieldType.CHOICE.value, _("Choice")),
    (FieldType.DATE.value, _("Date")),
    (FieldType.YES_NO.value, _("Yes or no")),
]


class CustomField(models.Model):
    """A field that a desk adds. `key` is what the API, the CSV and filters call it; it never changes."""

    belongs_to = models.CharField(max_length=8, choices=FIELD_OF_CHOICES)
    key = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=60)
    type = models.CharField(_("type"), max_length=8, choices=FIELD_TYPE_CHOICES)
    choices: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list, blank=True)
    is_required = models.BooleanField(_("needed before a ticket is closed"), default=False)
    place = models.PositiveIntegerField(default=0)
    #: Deleted ones keep their values for as long as the deletion can be undone.
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("belongs_to", "place", "id")
        constraints = (
            models.UniqueConstraint("belongs_to", Lower("key"), name="agents_field_key_once"),
            models.CheckConstraint(
                condition=Q(belongs_to__in=[each.value for each in FieldOf]), name="agents_field_of_known"
            ),
            models.CheckConstraint(
                condition=Q(type__in=[each.value for each in FieldType]), name="agents_field_type_known"
            ),
        )

    def __str__(self) -> str:
        return self.name


class ContactValue(models.Model):
    """A contact's value of a field, in the one way to write it (`agents.domain.fields.canonical`)."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="field_values", db_index=False)
    field = models.ForeignKey(CustomField, models.CASCADE, related_name="+", db_index=False)
    value = models.CharField(max_length=MAX_VALUE)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["contact", "field"], name="agents_contact_value_once"),
        )
        indexes = (models.Index(fields=["field", "value", "contact"], name="agents_contact_values"),)

    def __str__(self) -> str:
        return self.value


class DeviceValue(models.Model):
    """The same of a device."""

    device = models.ForeignKey(Device, models.CASCADE, related_name="field_values", db_index=False)
    field = models.ForeignKey(CustomField, models.CASCADE, related_name="+", db_index=False)
    value = models.CharField(max_length=MAX_VALUE)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["device", "field"], name="agents_device_value_once"),)
        indexes = (models.Index(fields=["field", "value", "device"], name="agents_device_values"),)

    def __str__(self) -> str:
        return self.value
