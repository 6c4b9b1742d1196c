"""Answers that go out by mail."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from helpdesk.core import events
from helpdesk.core.models import OutgoingMail, User
from helpdesk.core.selectors.organisation import current_organisation
from helpdesk.core.services.mail import Enclosure, queue_mail
from tickets.domain.kinds import MessageKind, Verb
from tickets.domain.status import Status
from tickets.domain.targets import Event
from tickets.domain.text import mail_subject
from tickets.errors import TicketHasNoAddress
from tickets.models import Message, Ticket
from tickets.services.change import touch, write_activity, written_body
from tickets.services.change_status import move
from tickets.services.files import StoredFile, attach
from tickets.services.targets.clocks import keep_clocks

MAIL_KIND = "ticket-reply"


def reply_to_customer(
    *,
    ticket: Ticket,
    body: str,
    by: User,
    now: datetime,
    then: Status | None = None,
    stored: Sequence[StoredFile] = (),
) -> Message:
    """Answer the contact: message, mail with the files and, with `then`, the next status, all or nothing.

    Raises `TicketInvalid` (no body), `TicketHasNoAddress`, `TicketClosed`, `MoveNotAllowed`, `TicketChanged`.
    """
    text = written_body(body)
    if not ticket.contact_email:
        raise TicketHasNoAddress
    with transaction.atomic():
        # First the row that another reply could be changing too: its lock orders the two.
        touch(ticket=ticket, now=now)
        message = Message.objects.create(
            ticket=ticket,
            kind=MessageKind.REPLY,
            author=by,
            author_name=by.full_name,
            body=text,
            created_at=now,
            mail=_queue(ticket, text, stored, by=by, now=now),
        )
        attach(ticket=ticket, stored=stored, message=message)
        write_activity(ticket=ticket, verb=Verb.REPLIED, by=by, now=now)
        keep_clocks(ticket=ticket, event=Event.ANSWERED, now=now)
        if then is not None:
            move(ticket=ticket, to=then, by=by, now=now)
    return message


def _queue(
    ticket: Ticket, text: str, stored: Sequence[StoredFile], *, by: User, now: datetime
) -> OutgoingMail:
    organisation = current_organisation()
    language = (ticket.contact.language if ticket.contact else "") or organisation.default_language
    facts = {"ticket": ticket, "body": text, "author": by.full_name, "organisation": organisation.name}
    with translation.override(language):
        letter = render_to_string("tickets/mails/reply.body.txt", facts)
    return queue_mail(
        to=ticket.contact_email,
        subject=mail_subject(ticket.number, ticket.subject),
        text=letter,
        language=language,
        reply_to=organisation.support_email,
        kind=MAIL_KIND,
        ref=str(ticket.number),
        files=[Enclosure(file.blob, file.filename, file.media_type) for file in stored],
        now=now,
    )


def tell_reply_settled(ref: str) -> None:
    """The mail of a reply on the ticket with this number is out or given up: open pages show it."""
    for client_id in Ticket.objects.filter(pk=int(ref)).values_list("client_id", flat=True):
        events.publish("ticket", ref, client_id=client_id)
