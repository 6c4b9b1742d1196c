"""Mail that belongs to a ticket, or to a mail of ours: joined, held, answered for, noted, or left out."""

from collections.abc import Callable
from datetime import datetime

from helpdesk.core.models import OutgoingMail
from helpdesk.core.rows import insert_rows
from helpdesk.core.services.mail_fate import mark_bounced
from tickets.domain.kinds import MessageKind, Verb
from tickets.domain.mail.parsed import Bounced
from tickets.domain.mail.threading import Known, Outcome, Reason, dmarc_of, why_doubted, why_silent
from tickets.domain.rule_facts import mail_facts
from tickets.models import Message, Participant, StoppedAddress, Ticket
from tickets.services.add_customer_message import ByMail, add_customer_message, mail_columns
from tickets.services.change import write_activity
from tickets.services.files import attach
from tickets.services.mail.opening import warnings_of
from tickets.services.mail.people import new_participants, sender_name
from tickets.services.mail.reading import Reading
from tickets.services.mail.technicians import answer_by_mail
from tickets.services.merged import locked_final

Act = Callable[[Reading, Known, datetime], None]


def act_on(reading: Reading, known: Known, *, now: datetime) -> None:
    """Do what was decided, in the caller's transaction; the journal's row is filled in, not yet written."""
    _ACTS[reading.decision.outcome](reading, known, now)


def _ticket_of(reading: Reading) -> Ticket:
    """The ticket, locked: two mails to it are taken one after the other."""
    return locked_final(reading.decision.ticket)


def _by_mail(reading: Reading) -> ByMail:
    letter = reading.letter
    return ByMail(
        mail_in=reading.row, author_email=reading.sender[:254], html=letter.html, folded=letter.folded
    )


def _join(reading: Reading, known: Known, now: datetime) -> None:
    ticket = _ticket_of(reading)
    if reading.mail.is_surely_automatic:
        reading.notes.append(Reason("automatic"))
        message = _add(reading, ticket, now, is_automatic=True)
        write_activity(ticket=ticket, verb=Verb.WROTE, by=None, now=now, label=message.author_name)
    else:
        message = add_customer_message(
            ticket=ticket,
            body=reading.letter.visible,
            author_name=_name(reading, ticket),
            stored=reading.files,
            by_mail=_by_mail(reading),
            facts=mail_facts(
                reading.mail,
                mailbox=reading.row.mailbox.address if reading.row.mailbox else "",
                body=reading.letter.visible,
            ),
            why_no_answer=why_silent(reading.arrival, reading.decision),
            now=now,
        )
        if message.ticket_id != ticket.pk:
            reading.notes.append(Reason("follow-up", f"#{message.ticket_id}"))
        _welcome_others(reading, message.ticket, known, now)
    _remember(reading, message)
    insert_rows(warnings_of(reading, message.ticket, now))


def _name(reading: Reading, ticket: Ticket) -> str:
    """The owner is called as we know him, whatever the mail says."""
    is_owner = reading.sender == ticket.contact_email.lower()
    return ticket.contact_name if is_owner and ticket.contact_name else sender_name(reading)


def _welcome_others(reading: Reading, ticket: Ticket, known: Known, now: datetime) -> None:
    present = ticket.participants.values_list("email", flat=True)
    people = new_participants(reading, ticket, known, present, now=now)
    if people and _is_guessed(reading):
        words = ", ".join(person.email for person in people)
        reading.notes.append(Reason("people-unproved", words[:300]))
        return
    Participant.objects.bulk_create(people, ignore_conflicts=True)


def _is_guessed(reading: Reading) -> bool:
    """Anybody can count to the number of a ticket and forge the sender: that must not let others read on."""
    return reading.decision.reasons[0].step == "subject-number" and dmarc_of(reading.arrival) != "pass"


def _add(reading: Reading, ticket: Ticket, now: datetime, **more: object) -> Message:
    """A message that changes nothing about the ticket."""
    message = Message.objects.create(
        ticket=ticket,
        kind=MessageKind.CUSTOMER,
        author_name=_name(reading, ticket),
        body=reading.letter.visible,
        created_at=now,
        **mail_columns(_by_mail(reading)),
        **more,
    )
    attach(ticket=ticket, stored=reading.files, message=message)
    return message


def _remember(reading: Reading, message: Message) -> None:
    reading.row.ticket_id, reading.row.entry = message.ticket_id, message


def _hold(reading: Reading, _known: Known, now: datetime) -> None:
    """Shown to technicians with a warning; nobody else learns of it, nobody is added, nothing goes out."""
    ticket = _ticket_of(reading)
    message = _add(reading, ticket, now, is_held=True, is_automatic=reading.mail.is_surely_automatic)
    message.author_name = sender_name(reading)
    message.save(update_fields=["author_name"])
    Ticket.objects.filter(pk=ticket.pk).update(updated_at=now)
    _note(ticket, why_doubted(reading.arrival) or "held", reading.sender, now)
    _remember(reading, message)


def _note(ticket: Ticket, what: str, words: str, now: datetime) -> None:
    write_activity(ticket=ticket, verb=Verb.MAIL, by=None, now=now, field=what, after=words)


def _answer(reading: Reading, _known: Known, now: datetime) -> None:
    ticket = _ticket_of(reading)
    message, outcome = answer_by_mail(reading, ticket, now=now)
    reading.row.outcome = outcome.value
    reading.row.ticket_id = ticket.pk
    if message:
        Message.objects.filter(pk=message.pk).update(**mail_columns(_by_mail(reading)))
        _remember(reading, message)


def _bounce(reading: Reading, _known: Known, now: datetime) -> None:
    """Shown at the mail that failed. A delay is only told: the other server still tries."""
    words = _failure_words(reading.mail.bounced) or reading.mail.subject[:300]
    if reading.mail.bounce_temporary:
        reading.notes.append(Reason("delayed", words))
    elif sent := _sent(reading):
        is_first = mark_bounced(mail=sent, words=words)
        reading.notes.append(Reason("bounced" if is_first else "bounced-before", words))
    _tell_ticket(reading, "delayed" if reading.mail.bounce_temporary else "bounce", words, now)


def _failure_words(bounced: tuple[Bounced, ...]) -> str:
    """Whose mail it was, the status and what the server said, each once."""
    told = ((*(part for part in (b.address, b.status) if part not in b.words), b.words) for b in bounced[:5])
    return "; ".join(" ".join(filter(None, parts)) for parts in told)[:2000]


def _sent(reading: Reading) -> OutgoingMail | None:
    sent = reading.decision.sent
    return OutgoingMail.objects.filter(pk=sent.mail).first() if sent else None


def _tell_ticket(reading: Reading, what: str, words: str, now: datetime) -> None:
    ticket = Ticket.objects.filter(pk=reading.decision.ticket).first()
    if ticket:
        ticket = locked_final(ticket.pk) if ticket.merged_into_id else ticket
        reading.row.ticket = ticket
        _note(ticket, what, words, now)


def _complain(reading: Reading, _known: Known, now: datetime) -> None:
    """RFC 5965: whoever calls our mail spam gets no more of a machine's."""
    if sent := _sent(reading):
        email = sent.to.lower()
        stopped = StoppedAddress(email=email, reason=reading.mail.subject[:200], created_at=now)
        StoppedAddress.objects.bulk_create([stopped], ignore_conflicts=True)
        reading.notes.append(Reason("stopped", email))
        _tell_ticket(reading, "complaint", email, now)


def _receipt(reading: Reading, _known: Known, now: datetime) -> None:
    """RFC 8098: a line on the ticket, nothing more."""
    _tell_ticket(reading, "receipt", reading.sender, now)


def _drop(reading: Reading, _known: Known, _now: datetime) -> None:
    """The journal keeps it; nothing else learns of it."""
    reading.row.ticket_id = reading.decision.ticket or None


_ACTS: dict[Outcome, Act] = {
    Outcome.JOINED: _join,
    Outcome.HELD: _hold,
    Outcome.ANSWER: _answer,
    Outcome.BOUNCE: _bounce,
    Outcome.COMPLAINT: _complain,
    Outcome.RECEIPT: _receipt,
    Outcome.DROPPED: _drop,
}
