from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tickets.models import Activity, Attachment, Message, Tag, Ticket

from helpdesk.core.models import User


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the time line: the description (kind "description"), a message ("customer", "reply", "note")
    or a change ("activity"). Templates switch on `kind`.
    """

    kind: str
    at: datetime
    author: User | None
    author_name: str
    body: str = ""
    message: Message | None = None
    activity: Activity | None = None
    attachments: list[Attachment] = field(default_factory=list)
    #: State of the mail of a reply: "", "queued", "sending", "sent" or "failed".
    mail_state: str = ""


@dataclass(frozen=True, slots=True)
class TicketSheet:
    """Everything that the ticket page shows."""

    ticket: Ticket
    tags: Sequence[Tag]
    entries: Sequence[Entry]
    #: Earlier tickets of the same contact that the user may see, newest first, at most five.
    earlier: Sequence[Ticket]


def ticket_sheet(user: User, number: int) -> TicketSheet:
    """The ticket page in at most 7 queries, whatever its length; `TicketNotFound` (404) for strangers."""
    raise NotImplementedError
