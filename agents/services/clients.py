"""Clients and the people there, by hand."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agents.domain import text
from agents.domain.profile import State
from agents.models import Client, Contact, Kind, Profile
from agents.services.move import publish_profile
from agents.services.profiles import enable_profile
from helpdesk.core.errors import Conflict, Invalid
from helpdesk.core.models import User
from helpdesk.core.services.audit import record


def create_client(
    *,
    name: str,
    mail_domains: str = "",
    phone: str = "",
    notes: str = "",
    every_profile: bool = False,
    by: User | None,
    now: datetime,
) -> Client:
    """`mail_domains` is text: domains parted by blanks, commas or lines. Invalid names the wrong field."""
    fields = _client_fields(name=name, mail_domains=mail_domains, phone=phone, notes=notes)
    try:
        with transaction.atomic():
            client = Client.objects.create(**fields, every_profile=every_profile, created_at=now)
            record(actor=by, verb="client.created", target=client, after=_facts(client), now=now)
    except IntegrityError as error:
        raise _name_taken() from error
    return client


def update_client(
    *,
    client: Client,
    name: str,
    mail_domains: str,
    phone: str,
    notes: str,
    every_profile: bool,
    by: User,
    now: datetime,
) -> Client:
    """Change what is known of a client. Switching the policy on also enables every profile that is off now;

    switching it off changes no profile.
    """
    fields = _client_fields(name=name, mail_domains=mail_domains, phone=phone, notes=notes)
    before = _facts(client)
    had_policy = client.every_profile
    try:
        with transaction.atomic():
            Client.objects.filter(pk=client.pk).update(**fields, every_profile=every_profile)
            client.refresh_from_db()
            record(
                actor=by, verb="client.changed", target=client, before=before, after=_facts(client), now=now
            )
            if every_profile and not had_policy:
                _enable_what_is_off(client, by=by, now=now)
            for profile in Profile.objects.filter(device__client=client).select_related("device"):
                publish_profile(profile)  # the agent shows the client's name
    except IntegrityError as error:
        raise _name_taken() from error
    return client


def create_contact(
    *,
    client: Client | None,
    full_name: str,
    email: str,
    phone: str = "",
    language: str = "",
    by: User | None,
    now: datetime,
) -> Contact:
    """A person at a client. Conflict `contact-exists` if somebody has the address, at whichever client."""
    full_name, address = text.clean_name(full_name, limit=100), text.normal_email(email)
    wrong: dict[str, str] = {}
    if not full_name:
        wrong["full_name"] = _("Enter the name of the person.")
    try:
        validate_email(address)
    except ValidationError:
        wrong["email"] = _("Enter one e-mail address, such as claire@maisonduval.example.")
    if wrong:
        raise Invalid(fields=wrong)
    taken = Conflict(
        _("There is a contact with this e-mail address already."),
        code="contact-exists",
        title=_("This person is known"),
        fields={"email": _("Enter another address: this one belongs to a contact.")},
    )
    if Contact.objects.with_address(address).exists():
        raise taken
    try:
        with transaction.atomic():
            contact = Contact.objects.create(
                client=client,
                full_name=full_name,
                email=address,
                phone=text.clean_name(phone, limit=40),
                language=text.clean_name(language, limit=10),
                created_at=now,
            )
            record(actor=by, verb="contact.created", target=contact, after={"email": address}, now=now)
    except IntegrityError as error:
        raise taken from error
    return contact


def _client_fields(*, name: str, mail_domains: str, phone: str, notes: str) -> dict[str, Any]:
    wrong: dict[str, str] = {}
    name = text.clean_name(name, limit=200)
    if not name or len(name) > 100:
        wrong["name"] = _("Enter the name of the client, at most 100 characters.")
    domains: list[str] = []
    try:
        domains = text.normal_domains(mail_domains)
    except ValueError as error:
        wrong["mail_domains"] = _("“%(word)s” is no mail domain. Write them like maisonduval.example.") % {
            "word": str(error)[:60]
        }
    if len(notes) > 10_000:
        wrong["notes"] = _("Shorten the notes to 10,000 characters.")
    if wrong:
        raise Invalid(fields=wrong)
    return {
        "name": name,
        "mail_domains": domains,
        "phone": text.clean_name(phone, limit=40),
        "notes": notes,
    }


def _facts(client: Client) -> dict[str, Any]:
    return {
        "name": client.name,
        "mail_domains": client.mail_domains,
        "phone": client.phone,
        "every_profile": client.every_profile,
    }


def _name_taken() -> Conflict:
    return Conflict(
        _("There is a client with this name already."),
        code="name-taken",
        title=_("This name is taken"),
        fields={"name": _("Choose another name: a client has this one.")},
    )


def _enable_what_is_off(client: Client, *, by: User, now: datetime) -> None:
    off = Profile.objects.filter(
        device__client=client, device__kind=Kind.WORKSTATION, state=State.OFF.value
    ).select_related("device")
    for profile in off:
        enable_profile(profile=profile, by=by, now=now)
