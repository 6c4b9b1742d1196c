"""Whom a technician lets take part in a ticket by mail."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agents.domain.text import domain_of
from helpdesk.core.models import User
from helpdesk.core.services.mail_queue import is_address
from tickets.domain.kinds import Verb
from tickets.domain.mail.ids import base_address, without_plus
from tickets.errors import TicketInvalid
from tickets.models import BlockedSender, Participant, Ticket
from tickets.selectors.mail import MAX_PEOPLE, contacts_by_address, own_addresses
from tickets.services.change import touch, write_activity

MAX_ADDRESS = 254


@transaction.atomic
def add_participant(*, ticket: Ticket, email: str, by: User, now: datetime) -> None:
    """Gets the answers from now on, and may answer. Safe to repeat; somebody who was sent away is back.

    Raises `TicketInvalid` (field `email`: no person, blocked on the whole desk, too many), `TicketClosed`.
    """
    address = email.strip().lower()
    is_ours = not own_addresses().isdisjoint({base_address(address), without_plus(address)})
    if is_ours or len(address) > MAX_ADDRESS or not is_address(address):
        raise TicketInvalid(fields={"email": _("Write the address of a person, like name@example.com.")})
    if BlockedSender.objects.filter(pattern__in=[address, domain_of(address)]).exists():
        words = _("%(address)s is blocked and would get nothing. Take it off the blocked senders first.")
        raise TicketInvalid(fields={"email": words % {"address": address}})
    touch(ticket=ticket, now=now)  # its lock lets two additions count each other
    present = ticket.participants.filter(is_blocked=False)
    if address == ticket.contact_email.lower() or present.filter(email=address).exists():
        return
    if present.count() >= MAX_PEOPLE - 1:
        words = _("At most %(count)s people take part in a ticket.") % {"count": MAX_PEOPLE}
        raise TicketInvalid(fields={"email": words})
    contact = contacts_by_address([address]).get(address)
    Participant.objects.update_or_create(
        ticket=ticket,
        email=address,
        defaults={"is_blocked": False, "contact": contact},
        create_defaults={
            "name": contact.full_name if contact else "",
            "contact": contact,
            "added_at": now,
        },
    )
    write_activity(ticket=ticket, verb=Verb.MAIL, by=by, now=now, field="admitted", after=address)
