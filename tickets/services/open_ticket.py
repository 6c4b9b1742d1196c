"""A ticket opened by hand, in the console or through the technician API."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import Client, Contact, Device
from helpdesk.core.models import Team, User
from tickets.domain.kinds import Source, Verb
from tickets.domain.priority import Priority
from tickets.domain.text import MAX_BODY, MAX_SUBJECT, clean_body, clean_subject
from tickets.errors import TicketInvalid
from tickets.models import Ticket
from tickets.selectors.choices import may_work_on
from tickets.services.change import write_activity
from tickets.services.change_tags import set_tags
from tickets.services.files import StoredFile, attach
from tickets.services.rules.events import shape_opened
from tickets.services.rules.finish import finish
from tickets.services.targets.clocks import clocks_for_new


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """What somebody fills in. Name, e-mail, phone and client are copied from the contact, if there is one;
    else the device tells the client.
    """

    subject: str
    description: str = ""
    priority: Priority = Priority.MEDIUM
    client: Client | None = None
    contact: Contact | None = None
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    device: Device | None = None
    assignee: User | None = None
    team: Team | None = None
    tags: Sequence[str] = ()


def open_ticket(
    *,
    new: NewTicket,
    by: User,
    now: datetime,
    source: Source = Source.CONSOLE,
    stored: Sequence[StoredFile] = (),
) -> Ticket:
    """A technician opens a ticket. Raises `TicketInvalid` with the fields; nothing is written then."""
    new = _completed(new)
    _check(new, by)
    with transaction.atomic():
        ticket = Ticket(
            subject=new.subject,
            description=new.description,
            priority=new.priority.value,
            client=new.client,
            contact=new.contact,
            contact_name=new.contact_name,
            contact_email=new.contact_email,
            contact_phone=new.contact_phone,
            device=new.device,
            assignee=new.assignee,
            team=new.team,
            source=source.value,
            created_at=now,
            updated_at=now,
        )
        plan = shape_opened(ticket=ticket, now=now, tags=new.tags, has_files=bool(stored))
        ticket.save(force_insert=True)
        if new.tags:
            set_tags(ticket, new.tags)
        attach(ticket=ticket, stored=stored)
        write_activity(ticket=ticket, verb=Verb.OPENED, by=by, now=now)
        finish([(ticket, plan)], now)
        clocks_for_new([ticket], now=now)
    return ticket


def _completed(new: NewTicket) -> NewTicket:
    contact, device = new.contact, new.device
    client = new.client or (contact.client if contact else None) or (device.client if device else None)
    new = replace(
        new,
        subject=clean_subject(new.subject),
        description=clean_body(new.description),
        client=client,
        contact_name=clean_subject(new.contact_name),
        contact_email=new.contact_email.strip(),
        contact_phone=clean_subject(new.contact_phone),
    )
    if contact is None:
        return new
    return replace(
        new, contact_name=contact.full_name, contact_email=contact.email, contact_phone=contact.phone
    )


def _check(new: NewTicket, by: User) -> None:
    wrong: dict[str, str] = {}
    if not 1 <= len(new.subject) <= MAX_SUBJECT:
        wrong["subject"] = subject_rule()
    if len(new.description) > MAX_BODY:
        wrong["description"] = _("Write at most %(count)s characters.") % {"count": MAX_BODY}
    client_id = new.client.pk if new.client else None
    if not may_work_on(by, client_id):
        wrong["client"] = _("Choose a client that is yours to work for.")
    wrong |= _mismatches(new, client_id)
    if new.assignee and new.team:
        wrong["assignee"] = _("Choose a technician or a team, not both.")
    elif new.assignee and not (new.assignee.is_active and may_work_on(new.assignee, client_id)):
        wrong["assignee"] = _("Choose somebody who may work on this ticket.")
    if wrong:
        raise TicketInvalid(fields=wrong)


def _mismatches(new: NewTicket, client_id: int | None) -> dict[str, str]:
    """Parts that belong to another client, and addresses that are none."""
    wrong: dict[str, str] = {}
    if new.contact and new.contact.client_id not in {None, client_id}:
        wrong["contact"] = _("Choose a contact of this client.")
    if new.device and new.device.client_id != client_id:
        wrong["device"] = _("Choose a device of this client.")
    if len(new.contact_name) > 200:
        wrong["contact_name"] = _("Write at most 200 characters.")
    if len(new.contact_phone) > 40:
        wrong["contact_phone"] = _("Write at most 40 characters.")
    if new.contact_email:
        try:
            validate_email(new.contact_email)
        except ValidationError:
            wrong["contact_email"] = _("Write an address like anna@example.com.")
    return wrong


def subject_rule() -> str:
    return _("Write a subject of 1 to %(count)s characters.") % {"count": MAX_SUBJECT}
