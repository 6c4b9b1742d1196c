from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import Client, Contact, Device
from helpdesk.core.models import Team, User
from sessions.domain import kinds
from sessions.domain.kinds import Origin, Verb
from sessions.errors import RequestInvalid
from sessions.models import ServiceRequest, SupportKey
from sessions.selectors.access import may_serve
from sessions.selectors.limits import current_limits
from sessions.services.change import locked, note
from sessions.services.keys import add_key, fresh_code
from tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What is known of it. A ticket, a contact and a device fill in what is left empty."""

    origin: Origin = Origin.HAND
    description: str = ""
    customer_name: str = ""
    customer_email: str = ""
    language: str = ""
    waiting_message: str = ""
    custom_data: str = ""
    client: Client | None = None
    contact: Contact | None = None
    device: Device | None = None
    ticket: Ticket | None = None
    team: Team | None = None
    assignee: User | None = None


class Created(NamedTuple):
    request: ServiceRequest
    key: SupportKey
    is_new: bool


@transaction.atomic
def create_request(*, new: NewRequest, by: User | None, now: datetime) -> Created:
    """A request with its first support key. A ticket has one open request: it is found again instead.

    `by` None: a customer asked for it. Raises `RequestInvalid` (description, waiting_message, customer_name,
    customer_email, custom_data, assignee).
    """
    if new.ticket and (found := _open_request_of(new.ticket, now=now)):
        return Created(found, found.keys.latest("id"), is_new=False)
    new = _filled_in(new)
    _check(new)
    limits = current_limits()
    row = ServiceRequest.objects.create(
        code=fresh_code(),
        **{name: getattr(new, name) for name in _KEPT},
        origin=new.origin.value,
        assigned_at=now if new.assignee else None,
        created_by=by,
        created_at=now,
        expires_at=now + limits.request_lives,
    )
    if new.assignee and not may_serve(new.assignee, row):
        raise RequestInvalid(fields={"assignee": _("Choose somebody who may work on this request.")})
    key = add_key(row, code=row.code, limits=limits, now=now)
    note(row, Verb.CREATED, by=by, label=new.customer_name if by is None else "", after=new.origin, now=now)
    if new.assignee:
        note(row, Verb.ASSIGNED, by=by, after=new.assignee, now=now)
    return Created(row, key, is_new=True)


_KEPT = tuple(name for name in NewRequest.__slots__ if name != "origin")


def _open_request_of(ticket: Ticket, *, now: datetime) -> ServiceRequest | None:
    """Two who ask at once wait for each other here."""
    Ticket.objects.select_for_update(of=("self",), no_key=True).get(pk=ticket.pk)
    found = ServiceRequest.objects.filter(ticket=ticket, ended_at=None).first()
    row = locked(found, now=now) if found else None
    return row if row and not row.is_over else None


def _filled_in(new: NewRequest) -> NewRequest:
    ticket, contact, device = new.ticket, new.contact, new.device
    if ticket:
        contact = contact or ticket.contact
        device = device or ticket.device
    name = new.customer_name or (contact.full_name if contact else "")
    email = new.customer_email or (contact.email if contact else "")
    if ticket and not new.contact:
        name, email = new.customer_name or ticket.contact_name, new.customer_email or ticket.contact_email
    client = new.client or (ticket.client if ticket else None)
    client = client or (contact.client if contact else None) or (device.client if device else None)
    return replace(
        new,
        description=(new.description or (ticket.subject if ticket else "")).strip(),
        waiting_message=new.waiting_message.strip(),
        customer_name=name.strip(),
        customer_email=email.strip(),
        language=new.language or (contact.language if contact else ""),
        client=client,
        contact=contact,
        device=device,
    )


def _check(new: NewRequest) -> None:
    most = {
        "description": kinds.MOST_DESCRIPTION,
        "waiting_message": kinds.MOST_WAITING_MESSAGE,
        "customer_name": kinds.MOST_NAME,
        "customer_email": kinds.MOST_EMAIL,
        "custom_data": kinds.MOST_CUSTOM_DATA,
    }
    sentence = _("Write at most %(most)s characters.")
    fields = {
        name: sentence % {"most": count} for name, count in most.items() if len(getattr(new, name)) > count
    }
    if new.customer_email and "customer_email" not in fields:
        try:
            validate_email(new.customer_email)
        except ValidationError:
            fields["customer_email"] = _("Enter an e-mail address, like name@example.com.")
    if fields:
        raise RequestInvalid(fields=fields)
