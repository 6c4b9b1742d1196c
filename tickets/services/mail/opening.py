"""New tickets from mail, many with one INSERT a table."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from agents.domain.text import domain_of
from agents.models import Contact
from helpdesk.core import events
from helpdesk.core.rows import insert_rows
from helpdesk.core.services.mail_queue import is_address
from tickets.domain.kinds import MessageKind, Source, Verb
from tickets.domain.mail.ids import without_number
from tickets.domain.mail.threading import Known, Outcome, Reason, why_doubted, why_silent
from tickets.domain.rule_facts import LazyFacts, mail_facts
from tickets.domain.rules import Trigger
from tickets.domain.text import MAX_SUBJECT, clean_subject
from tickets.models import Activity, Message, Ticket
from tickets.selectors.mail import People
from tickets.services.files import attachment_of
from tickets.services.mail.people import make_contacts, new_participants, sender_name
from tickets.services.mail.reading import Reading
from tickets.services.rules import People as Crew
from tickets.services.rules import Plan, active_rules, finish, plan, shape_new
from tickets.services.rules.facts import facts_of
from tickets.services.targets.clocks import clocks_for_new


def open_from_mail(
    readings: Sequence[Reading], people: People, known: Known, *, now: datetime
) -> list[Ticket]:
    """A ticket for each mail, in the caller's transaction, with contact, people, files and rules' doing."""
    if not readings:
        return []
    known_before, people = people.contacts, make_contacts(readings, people, known, now=now)
    tickets = [_ticket(reading, people, now) for reading in readings]
    pairs = list(zip(readings, tickets, strict=True))
    plans = _planned(pairs, known_before, now)
    messages = insert_rows([_opening(reading, ticket, now) for reading, ticket in pairs])
    for (reading, ticket), message in zip(pairs, messages, strict=True):
        reading.row.ticket, reading.row.entry = ticket, message
    insert_rows(
        attachment_of(file, ticket=ticket, message=None)
        for reading, ticket in pairs
        for file in reading.files
    )
    insert_rows(
        person
        for reading, ticket in pairs
        for person in new_participants(reading, ticket, known, (), now=now)
    )
    insert_rows(line for reading, ticket in pairs for line in _lines(reading, ticket, now))
    silence = [why_silent(reading.arrival, reading.decision) for reading in readings]
    finish(zip(tickets, plans, strict=True), now, why_no_answer=silence)
    clocks_for_new([ticket for reading, ticket in pairs if not reading.mail.is_surely_automatic], now=now)
    for ticket in tickets:
        events.publish("ticket", str(ticket.number), client_id=ticket.client_id)
    return tickets


def _planned(
    pairs: Sequence[tuple[Reading, Ticket]], known_before: Collection[str], now: datetime
) -> list[Plan]:
    """Asks the rules about each ticket, gives it the fields that they set, and saves them all.

    A known sender is one of `known_before`: not whose contact this very mail has made.
    """
    rules, crew = active_rules(Trigger.CREATED), Crew(now)
    plans = [plan(rules, _facts(reading, ticket, known_before, now), now) for reading, ticket in pairs]
    for (_reading, ticket), wanted in zip(pairs, plans, strict=True):
        shape_new(ticket, wanted, crew)
    insert_rows(ticket for _reading, ticket in pairs)
    crew.save_turns()
    return plans


def _facts(reading: Reading, ticket: Ticket, known_before: Collection[str], now: datetime) -> LazyFacts:
    """Headers are asked about; they never set anything (A6)."""
    mailbox = reading.row.mailbox
    told = mail_facts(reading.mail, mailbox=mailbox.address if mailbox else "", body=reading.letter.visible)
    if not reading.mail.language:
        del told["language"]
    is_known = ticket.contact is not None and reading.sender in known_before
    return facts_of(ticket, now, **told, is_known_sender=is_known)


def _ticket(reading: Reading, people: People, now: datetime) -> Ticket:
    mail, sender = reading.mail, reading.sender
    contact = _contact_of(reading, people)
    client = contact.client_id if contact else people.clients.get(domain_of(sender))
    mailbox = reading.row.mailbox
    return Ticket(
        subject=subject_of(mail.subject) or _nameless(reading),
        description=reading.letter.visible,
        client_id=None if why_doubted(reading.arrival) else client,
        contact=contact,
        contact_name=contact.full_name if contact else sender_name(reading),
        contact_email=sender if is_address(sender) else "",
        contact_phone=contact.phone if contact else "",
        source=Source.MAIL.value,
        mailbox=mailbox,
        team_id=mailbox.team_id if mailbox else None,
        details={"language": mail.language} if mail.language else {},
        created_at=now,
        updated_at=now,
    )


def _contact_of(reading: Reading, people: People) -> Contact | None:
    """Nobody when the sender may be forged: his name must not open a client's door."""
    if why_doubted(reading.arrival):
        return None
    contact = people.contacts.get(reading.sender)
    if contact:
        reading.notes.append(Reason("contact", contact.email))
    return contact


def subject_of(text: str) -> str:
    """A mail's subject as a ticket's; it may be empty."""
    return clean_subject(without_number(text))[:MAX_SUBJECT].strip()


def _nameless(reading: Reading) -> str:
    is_unread = reading.decision.outcome is Outcome.UNPARSED and not reading.mail.subject.strip()
    return _("A mail that cannot be read") if is_unread else _("(no subject)")


def _opening(reading: Reading, ticket: Ticket, now: datetime) -> Message:
    """The mail behind the description: HTML, history, and the journal's row."""
    return Message(
        ticket=ticket,
        kind=MessageKind.CUSTOMER,
        author_name=ticket.contact_name,
        author_email=ticket.contact_email,
        body="",
        html=reading.letter.html,
        folded=reading.letter.folded,
        mail_in=reading.row,
        is_automatic=reading.mail.is_surely_automatic,
        is_opening=True,
        created_at=now,
    )


def _lines(reading: Reading, ticket: Ticket, now: datetime) -> list[Activity]:
    """The opening, and what a technician must know about the mail."""
    opened = Activity(ticket=ticket, at=now, actor_label=ticket.contact_name[:200], verb=Verb.OPENED)
    return [opened, *warnings_of(reading, ticket, now)]


WARNINGS = frozenset(
    {
        "program-left-out",
        "files-left-out",
        "people-left-out",
        "people-unproved",
        "dmarc-failed",
        "sender-doubtful",
    }
)


def warnings_of(reading: Reading, ticket: Ticket, now: datetime) -> list[Activity]:
    return [
        Activity(ticket=ticket, at=now, verb=Verb.MAIL, field=reason.step[:20], after=reason.words[:300])
        for reason in (*reading.decision.reasons, *reading.notes)
        if reason.step in WARNINGS
    ]
