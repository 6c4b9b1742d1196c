from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from agents.models import Client, Contact, Device
from tickets.domain.kinds import Source
from tickets.domain.priority import Priority
from tickets.models import Ticket
from tickets.services.files import StoredFile

from helpdesk.core.models import Team, User


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """What somebody fills in. With a contact, its name, e-mail, phone and client are copied from it."""

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
    tags: Iterable[str] = ()


def open_ticket(
    *, new: NewTicket, by: User, now: datetime, source: Source = Source.CONSOLE, stored: Sequence[StoredFile] = ()
) -> Ticket:
    """A technician opens a ticket by hand or through the API. Raises `Invalid` with the fields."""
    raise NotImplementedError
