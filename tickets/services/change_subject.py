from datetime import datetime

from django.db import transaction

from helpdesk.core.models import User
from tickets.domain.kinds import Verb
from tickets.domain.text import MAX_SUBJECT, clean_subject
from tickets.errors import TicketInvalid
from tickets.models import Ticket
from tickets.services.change import update_if_unchanged, write_activity
from tickets.services.open_ticket import subject_rule


def change_subject(*, ticket: Ticket, to: str, by: User, now: datetime) -> None:
    """Raises `TicketInvalid` (field `subject`), `TicketClosed`, `TicketChanged`."""
    before, subject = ticket.subject, clean_subject(to)
    if not 1 <= len(subject) <= MAX_SUBJECT:
        raise TicketInvalid(fields={"subject": subject_rule()})
    if before == subject:
        return
    with transaction.atomic():
        update_if_unchanged(ticket=ticket, now=now, subject=subject)
        write_activity(
            ticket=ticket, verb=Verb.CHANGED, by=by, now=now, field="subject", before=before, after=subject
        )
