from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from helpdesk.core.models import User
from tickets.domain.kinds import MessageKind, Verb
from tickets.errors import TicketMerged
from tickets.models import Message, Ticket
from tickets.services.change import write_activity, written_body
from tickets.services.files import StoredFile, attach
from tickets.services.mention import call_mentioned


def add_note(
    *, ticket: Ticket, body: str, by: User, now: datetime, stored: Sequence[StoredFile] = ()
) -> Message:
    """Write an internal note; no mail. Closed tickets take notes too, merged ones do not. Colleagues whom it
    calls by `@name` are told.

    Raises `TicketInvalid` (empty body), `TicketMerged`.
    """
    text = written_body(body)
    with transaction.atomic():
        if not Ticket.objects.filter(pk=ticket.pk, merged_into=None).update(updated_at=now):
            raise TicketMerged
        message = Message.objects.create(
            ticket=ticket,
            kind=MessageKind.NOTE,
            author=by,
            author_name=by.full_name,
            body=text,
            created_at=now,
        )
        attach(ticket=ticket, stored=stored, message=message)
        write_activity(ticket=ticket, verb=Verb.NOTED, by=by, now=now)
        call_mentioned(message=message, by=by, now=now)
    return message
