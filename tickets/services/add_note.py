from collections.abc import Sequence
from datetime import datetime

from tickets.models import Message, Ticket
from tickets.services.files import StoredFile

from helpdesk.core.models import User


def add_note(
    *, ticket: Ticket, body: str, by: User, now: datetime, stored: Sequence[StoredFile] = ()
) -> Message:
    """Write an internal note; no mail. Closed tickets take notes too. Raises `Invalid` (empty body)."""
    raise NotImplementedError
