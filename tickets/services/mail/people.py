"""Contacts and clients from mail: by any address of a contact, else by the client's mail domain."""

import re
from collections.abc import Iterable
from datetime import datetime

from agents.domain.text import clean_name, domain_of
from agents.models import Contact
from helpdesk.core.rows import insert_rows
from helpdesk.core.services.mail_queue import is_address
from tickets.domain.mail.ids import without_plus
from tickets.domain.mail.threading import Known, Reason, why_doubted
from tickets.models import Participant, Ticket
from tickets.selectors.mail import MAX_PEOPLE, People
from tickets.services.mail.reading import Reading

_NO_NAME = re.compile(r"\S@\S|://|\bwww\.", re.IGNORECASE)
_MACHINES = frozenset(
    {"mailer-daemon", "postmaster", "no-reply", "noreply", "donotreply", "do-not-reply", "bounce", "bounces"}
)


def sender_name(reading: Reading) -> str:
    """What the sender calls himself: shown, never believed."""
    return honest_name(reading.mail.from_.name, reading.sender) or reading.sender.partition("@")[0][:100]


def honest_name(name: str, email: str) -> str:
    """The name, unless it poses as somebody else's address (lists show no other one), or as a link that a
    confirmation would carry to whom it was never meant for.
    """
    name = clean_name(name, limit=100)
    if not _NO_NAME.search(name) or name.lower() == email.lower():
        return name
    own = re.sub(re.escape(email), " ", name, flags=re.IGNORECASE)  # "Anna Berg (anna@acme.example)"
    return "" if not email or _NO_NAME.search(own) else " ".join(own.split()).strip(" <>()[]|,;:-")


def is_machine(email: str) -> bool:
    return email.partition("@")[0].partition("+")[0].lower() in _MACHINES


def make_contacts(readings: Iterable[Reading], people: People, known: Known, *, now: datetime) -> People:
    """The people, now with a contact for each new sender, where the mailbox wants that. One query."""
    new = {
        reading.sender: Contact(
            full_name=sender_name(reading),
            email=reading.sender,
            client_id=people.clients.get(domain_of(reading.sender)),
            language=reading.mail.language[:10],
            created_at=now,
        )
        for reading in readings
        if reading.sender not in people.contacts and _is_person(reading, known)
    }
    if not new:
        return people
    insert_rows(new.values())  # whoever loses a race for an address finds the contact at his next try
    return People({**people.contacts, **new}, people.clients)


def _is_person(reading: Reading, known: Known) -> bool:
    mail, mailbox = reading.mail, reading.row.mailbox
    return (
        (mailbox is None or mailbox.creates_contacts)
        and not (mail.is_unparsed or mail.is_surely_automatic or mail.is_list or why_doubted(reading.arrival))
        and reading.sender not in known.technicians
        and not is_machine(reading.sender)
        and is_address(reading.sender)
    )


def new_participants(
    reading: Reading, ticket: Ticket, known: Known, present: Iterable[str], *, now: datetime
) -> list[Participant]:
    """Those whom the sender wrote to besides us, MAX_PEOPLE in all on a ticket; not of machines and lists."""
    mail = reading.mail
    if mail.is_surely_automatic or mail.is_list:
        return []
    seen = {*present, reading.sender, ticket.contact_email.lower()}
    room = MAX_PEOPLE - len(seen)
    added: dict[str, Participant] = {}
    for person in (*mail.to, *mail.cc):
        email = person.email.strip().lower()
        if email in seen or email in added or not _may_take_part(email, known):
            continue
        if len(added) >= room:
            reading.notes.append(Reason("people-left-out", str(MAX_PEOPLE)))
            break
        name = honest_name(person.name, email)
        added[email] = Participant(ticket=ticket, email=email, name=name, added_at=now)
    return list(added.values())


def _may_take_part(email: str, known: Known) -> bool:
    return without_plus(email) not in known.own and not is_machine(email) and is_address(email)
