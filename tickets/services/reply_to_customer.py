"""Answers that go out by mail."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.core import events
from helpdesk.core.domain.languages import mail_language
from helpdesk.core.models import Organisation, OutgoingMail, User
from helpdesk.core.selectors.organisation import current_organisation
from helpdesk.core.services.mail import Enclosure, MailSpec, is_address, queue_mails_bulk
from tickets.domain.kinds import MessageKind, Verb
from tickets.domain.status import Status
from tickets.domain.targets import Event
from tickets.domain.text import mail_subject
from tickets.errors import TicketHasNoAddress, TicketInvalid
from tickets.models import Message, Ticket
from tickets.selectors.merges import final_number
from tickets.selectors.recipients import Recipient, recipients_of
from tickets.services.change import touch, write_activity, written_body
from tickets.services.change_status import move
from tickets.services.files import StoredFile, attach
from tickets.services.mail.participants import add_participant
from tickets.services.mail_out.envelopes import message_id_for, sender_of, thread_of
from tickets.services.mail_out.letters import write_letter
from tickets.services.rules.events import status_changed
from tickets.services.targets.clocks import keep_clocks
from tickets.services.work.closing import may_finish

MAIL_KIND = "ticket-reply"


def reply_to_customer(
    *,
    ticket: Ticket,
    body: str,
    by: User,
    now: datetime,
    then: Status | None = None,
    stored: Sequence[StoredFile] = (),
    may_be_undone: bool = False,
    without: Collection[str] = (),
    cc: Sequence[str] = (),
    anyway: bool = False,
) -> Message:
    """Answer the contact and who else takes part: message, a mail for each with the files and, with `then`,
    the next status, all or nothing. With `may_be_undone` the mails are held for the house's seconds.
    Addresses in `cc` take part from now on; those in `without` are left out this once. `anyway` finishes a
    parent whose children are open.

    Raises `TicketInvalid` (no body, an address that is none, nobody left), `TicketHasNoAddress`,
    `TicketClosed`, `MoveNotAllowed`, `TicketChanged`, and what `may_finish` raises.
    """
    text = written_body(body)
    if not ticket.contact_email:
        raise TicketHasNoAddress
    if then is not None:
        may_finish(ticket=ticket, to=then, anyway=anyway)
    with transaction.atomic():
        # First the row that another reply could be changing too: its lock orders the two.
        touch(ticket=ticket, now=now)
        recipients = _recipients(ticket, without=without, cc=cc, by=by, now=now)
        message = Message.objects.create(
            ticket=ticket,
            kind=MessageKind.REPLY,
            author=by,
            author_name=by.full_name,
            body=text,
            created_at=now,
        )
        attach(ticket=ticket, stored=stored, message=message)
        write_activity(ticket=ticket, verb=Verb.REPLIED, by=by, now=now)
        letters = _Letters(message, stored, by=by, is_resolved=then is Status.RESOLVED)
        letters.queue(recipients, now=now, may_be_undone=may_be_undone)
        keep_clocks(ticket=ticket, event=Event.ANSWERED, now=now)
        if then is not None:
            before = Status(ticket.status)
            move(ticket=ticket, to=then, by=by, now=now)
            status_changed(ticket=ticket, before=before, now=now)
    return message


def _recipients(
    ticket: Ticket, *, without: Collection[str], cc: Sequence[str], by: User, now: datetime
) -> list[Recipient]:
    for address in cc:
        add_participant(ticket=ticket, email=address, by=by, now=now)
    contact, *others = recipients_of(ticket)
    # A participant came with somebody's mail: an odd address must not keep the answer from the contact.
    found = [contact, *(other for other in others if is_address(other.email))]
    left_out = {address.lower() for address in without} - {address.lower() for address in cc}
    chosen = [one for one in found if one.email.lower() not in left_out]
    if not chosen:
        raise TicketInvalid(fields={"to": _("Choose somebody who gets the answer, or write a note.")})
    return chosen


class _Letters:
    """One message as mails: the contact's, and copies of it for the others, each signed for its reader."""

    def __init__(
        self, message: Message, stored: Sequence[StoredFile], *, by: User, is_resolved: bool
    ) -> None:
        self.message, self.ticket = message, message.ticket
        self.organisation = current_organisation()
        self.sender = sender_of(self.ticket, self.organisation)
        self.thread = thread_of(self.ticket)
        self.files = [Enclosure(file.blob, file.filename, file.media_type) for file in stored]
        self.author = by.full_name
        self.facts = {
            "ticket": self.ticket,
            "body": message.body,
            "signature": _signature(by, self.sender.signature, self.organisation),
            "is_resolved": is_resolved,
        }

    def queue(self, recipients: Sequence[Recipient], *, now: datetime, may_be_undone: bool) -> None:
        seconds = self.organisation.undo_seconds if may_be_undone else 0
        hold_until = now + timedelta(seconds=seconds) if seconds else None
        first, *others = recipients
        (mail,) = queue_mails_bulk([self._spec(first, hold_until)], now=now)
        copies = queue_mails_bulk([self._spec(other, hold_until, mail) for other in others], now=now)
        for one in (mail, *copies):
            one.envelope_from = self.sender.bounces_to(one.pk)
        OutgoingMail.objects.bulk_update([mail, *copies], ["envelope_from"])
        self.message.mail = mail
        self.message.save(update_fields=["mail"])

    def _spec(
        self, to: Recipient, hold_until: datetime | None, copy_of: OutgoingMail | None = None
    ) -> MailSpec:
        language = mail_language(to.language, self.organisation.default_language)
        letter = write_letter("reply", language=language, organisation=self.organisation, facts=self.facts)
        return MailSpec(
            to=to.email,
            to_name=to.name,
            subject=mail_subject(self.ticket.number, self.ticket.subject),
            text=letter.text,
            html=letter.html,
            kind=MAIL_KIND,
            ref=str(self.ticket.number),
            language=language,
            from_address=self.sender.from_address,
            from_name=f"{self.author} ({self.sender.name})" if self.sender.name else self.author,
            reply_to=self.sender.reply_to(self.ticket, to.email),
            message_id=message_id_for(self.ticket, self.message.pk, to.email),
            in_reply_to=self.thread.in_reply_to,
            references=self.thread.references,
            automatic=OutgoingMail.Automatic.NO,
            files=self.files,
            hold_until=hold_until,
            copy_of=copy_of,
            lane=self.sender.lane,
        )


def _signature(by: User, of_mailbox: str, organisation: Organisation) -> str:
    """The technician's own words, else their name over the mailbox's or the house's."""
    return by.signature.strip() or f"{by.full_name}\n{of_mailbox.strip() or organisation.name}"


def tell_reply_settled(ref: str) -> None:
    """The mail of a reply on the ticket with this number is out or given up: open pages show it."""
    rows = Ticket.objects.filter(pk=int(ref)).values_list("client_id", "merged_into")
    for client_id, target in rows:
        if target:
            tell_reply_settled(str(final_number(target)))
        else:
            events.publish("ticket", ref, client_id=client_id)
