from collections.abc import Sequence
from datetime import datetime

from tickets.models import Message, Ticket
from tickets.services.files import StoredFile


def add_customer_message(
    *, ticket: Ticket, body: str, now: datetime, author_name: str = "", stored: Sequence[StoredFile] = ()
) -> Message:
    """The customer answers. Resolved and waiting tickets open again; a closed one stays closed and the words
    become a linked follow-up ticket: read `message.ticket`. Raises `Invalid` (empty body).
    """
    raise NotImplementedError
