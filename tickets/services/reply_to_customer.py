from collections.abc import Sequence
from datetime import datetime

from tickets.domain.status import Status
from tickets.models import Message, Ticket
from tickets.services.files import StoredFile

from helpdesk.core.models import User


def reply_to_customer(
    *,
    ticket: Ticket,
    body: str,
    by: User,
    now: datetime,
    then: Status | None = None,
    stored: Sequence[StoredFile] = (),
) -> Message:
    """Answer the contact: message, mail in the outbox and, with `then`, the next status, all or nothing.

    Raises `Invalid` (empty body), `TicketHasNoAddress`, `TicketClosed`, `MoveNotAllowed`, `TicketChanged`.
    """
    raise NotImplementedError
