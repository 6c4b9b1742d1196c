"""What is known of a person, changed by hand or by an import."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agents.domain import text
from agents.models import Client, Contact
from helpdesk.core.errors import Conflict, Invalid
from helpdesk.core.models import User
from helpdesk.core.services.audit import record

FIELDS = ("client", "full_name", "email", "phone", "language", "is_active")


def update_contact(*, contact: Contact, changes: dict[str, Any], by: User, now: datetime) -> Contact:
    """`changes` holds some of FIELDS. Invalid names the wrong field, Conflict `contact-exists` for an address
    that belongs to somebody.
    """
    fields = _cleaned(changes)
    email = fields.get("email", contact.email)
    taken = Conflict(
        _("There is a contact with this e-mail address already."),
        code="contact-exists",
        fields={"email": _("Enter another address: this one belongs to a contact.")},
    )
    if Contact.objects.with_address(email).exclude(pk=contact.pk).exists():
        raise taken
    before = {name: _plain(getattr(contact, name)) for name in fields}
    try:
        with transaction.atomic():
            Contact.objects.filter(pk=contact.pk).update(**fields)
            contact.refresh_from_db()
            after = {name: _plain(getattr(contact, name)) for name in fields}
            record(actor=by, verb="contact.changed", target=contact, before=before, after=after, now=now)
    except IntegrityError as error:
        raise taken from error
    return contact


def _cleaned(changes: dict[str, Any]) -> dict[str, Any]:
    fields, wrong = dict(changes), {}
    for name, limit in (("full_name", 100), ("phone", 40), ("language", 10)):
        if name in fields:
            fields[name] = text.clean_name(fields[name], limit=limit)
    if fields.get("full_name") == "":
        wrong["full_name"] = _("Enter the name of the person.")
    if "email" in fields:
        fields["email"] = text.normal_email(fields["email"])
        try:
            validate_email(fields["email"])
        except ValidationError:
            wrong["email"] = _("Enter one e-mail address, such as claire@maisonduval.example.")
    if wrong:
        raise Invalid(fields=wrong)
    return fields


def _plain(value: object) -> object:
    return value.name if isinstance(value, Client) else value
