"""Two tickets that are one and the same, of Anna and of Max at Acme."""

from datetime import datetime, timedelta

import pytest

from agents.models import Client, Contact
from helpdesk.core.models import User
from tests.tickets.conftest import make_tickets, the_ticket
from tests.tickets.mail.conftest import _parse_here, box, desk  # noqa: F401
from tickets.models import Ticket, TicketMerge
from tickets.services.merge_tickets import merge_tickets
from tickets.services.undo_merge import undo_merge


@pytest.fixture
def max_(acme: Client) -> Contact:
    return Contact.objects.create(client=acme, full_name="Max Kern", email="max@acme.example")


@pytest.fixture
def source(ticket: Ticket, now: datetime) -> Ticket:
    """Anna's, an hour old."""
    Ticket.objects.filter(pk=ticket.pk).update(created_at=now - timedelta(hours=1))
    return the_ticket(ticket)


@pytest.fixture
def target(acme: Client, max_: Contact, now: datetime) -> Ticket:
    return make_tickets(1, now, client=acme, contact=max_, subject="Printer smokes")[0]


def merge(source: Ticket, target: Ticket, by: User, now: datetime, **more: bool) -> TicketMerge:
    return merge_tickets(sources=[the_ticket(source)], target=the_ticket(target), by=by, now=now, **more)[0]


def undo(source: Ticket, by: User, now: datetime) -> Ticket:
    return undo_merge(source=the_ticket(source), by=by, now=now)
