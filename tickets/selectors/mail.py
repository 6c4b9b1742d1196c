"""What the house knows about a batch of mails, in a handful of queries however many they are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from django.db.models import Q
from django.db.models.functions import Lower

from agents.domain.text import domain_of
from agents.models import Client, Contact, ContactAddress
from helpdesk.core.models import OutgoingMail, User
from helpdesk.core.selectors.organisation import current_organisation
from tickets.domain.mail import ids
from tickets.domain.mail.threading import Arrival, Circle, Known, Sent, thread_ids
from tickets.models import BlockedSender, Mailbox, MailIn, Participant, StoppedAddress, Ticket
from tickets.selectors.merges import merged_targets

MAX_PEOPLE = 40
_MAX_IDS = 50
#: A Message-ID as one mailbox has seen it.
_Heard = tuple[int | None, str]


@dataclass(frozen=True, slots=True)
class People:
    """Contacts by any of their addresses, and the clients of the mail domains that just one client has."""

    contacts: Mapping[str, Contact] = field(default_factory=dict)
    clients: Mapping[str, int] = field(default_factory=dict)


def own_addresses() -> frozenset[str]:
    """Every address that mail to the desk may carry."""
    addresses = {
        address.lower()
        for address in Mailbox.objects.filter(deleted_at=None).values_list("address", flat=True)
    }
    return frozenset(addresses | {current_organisation().support_email.lower()}) - {""}


def people_for(arrivals: Iterable[Arrival]) -> People:
    """Senders and those whom they wrote to besides us; the clients only where a sender is nobody yet."""
    senders = {arrival.sender for arrival in arrivals} - {""}
    contacts = contacts_by_address(senders)
    strange = {domain_of(sender) for sender in senders - set(contacts)}
    return People(contacts, _clients_of(strange) if strange else {})


def contacts_by_address(emails: Collection[str]) -> dict[str, Contact]:
    """Contacts by their main address or another one. Two queries."""
    if not emails:
        return {}
    found = {contact.email: contact for contact in Contact.objects.filter(email__in=emails)}
    others = ContactAddress.objects.filter(email__in=emails).select_related("contact")
    return {row.email: row.contact for row in others} | found


def _clients_of(domains: Collection[str]) -> dict[str, int]:
    owners: dict[str, set[int]] = defaultdict(set)
    for client, names in Client.objects.exclude(mail_domains=[]).values_list("pk", "mail_domains"):
        for name in names:
            if name in domains:
                owners[name].add(client)
    return {name: next(iter(clients)) for name, clients in owners.items() if len(clients) == 1}


def known_for(
    arrivals: Sequence[Arrival], people: People, *, secret: bytes, domain: str, own: frozenset[str]
) -> Known:
    """Everything that `decide` asks about these mails."""
    senders = {arrival.sender for arrival in arrivals} - {""}
    mentioned = {text for arrival in arrivals for text in _ids_of(arrival)}
    sent, by_number = _sent(mentioned, arrivals, secret)
    foreign, split = _foreign({text for arrival in arrivals for text in thread_ids(arrival.mail)[:_MAX_IDS]})
    numbers = set(chain.from_iterable(_numbers_of(arrival) for arrival in arrivals))
    numbers |= {number for tickets in (*foreign.values(), *split.values()) for number in tickets}
    moved, circles = _circles(numbers)
    patterns = senders | {domain_of(sender) for sender in senders}
    return Known(
        secret=secret,
        domain=domain,
        own=own,
        circles=circles,
        sent=sent,
        sent_by_number=by_number,
        foreign=foreign,
        moved=moved,
        split=split,
        technicians=_technicians(senders),
        staff=_staff() if circles else frozenset(),
        blocked=frozenset(
            BlockedSender.objects.filter(pattern__in=patterns).values_list("pattern", flat=True)
        ),
        ignored=frozenset(email for email, contact in people.contacts.items() if contact.ignores_mail),
    )


def _ids_of(arrival: Arrival) -> list[str]:
    mail = arrival.mail
    return [mail.message_id, *thread_ids(mail)[:_MAX_IDS], *mail.returned_ids[:_MAX_IDS]]


def _numbers_of(arrival: Arrival) -> list[int]:
    """The tickets that a mail may speak of, believed or not."""
    mail = arrival.mail
    addresses = (ids.read_reply_address(address) for address in arrival.addressed_to[:_MAX_IDS])
    messages = (ids.read_message_id(text) for text in thread_ids(mail)[:_MAX_IDS])
    named = [read[0] for read in (*addresses, *messages) if read]
    return named + ids.subject_numbers(mail.subject)[:5]


def _sent(
    mentioned: Collection[str], arrivals: Iterable[Arrival], secret: bytes
) -> tuple[dict[str, Sent], dict[int, Sent]]:
    """Mails of ours that are mentioned, by their id and by their number."""
    wanted = {f"<{text}>" for text in mentioned if text}
    addresses = chain.from_iterable(arrival.addressed_to[:_MAX_IDS] for arrival in arrivals)
    numbers = {ids.read_bounce_address(secret, address) for address in addresses} - {None}
    if not wanted and not numbers:
        return {}, {}
    rows = OutgoingMail.objects.filter(Q(message_id__in=wanted) | Q(pk__in=numbers))
    by_id: dict[str, Sent] = {}
    by_number: dict[int, Sent] = {}
    for number, message_id, ref, to in rows.values_list("pk", "message_id", "ref", "to"):
        read = ids.read_message_id(message_id)
        ticket = read[0] if read else int(ref) if ref.isdecimal() else 0
        by_id[message_id.strip("<>")] = by_number[number] = Sent(number, ticket, to.lower())
    return by_id, by_number


def _foreign(
    mentioned: Collection[str],
) -> tuple[dict[_Heard, tuple[int, ...]], dict[_Heard, tuple[int, int]]]:
    """(the tickets of each mail, where those that were split off stood and stand)."""
    wanted = {text for text in mentioned if text and ids.read_message_id(text) is None}
    if not wanted:
        return {}, {}
    rows = MailIn.objects.filter(message_id__in=wanted, ticket__isnull=False).order_by("id")
    found: dict[_Heard, dict[int, None]] = defaultdict(dict)
    split: dict[_Heard, tuple[int, int]] = {}
    columns = ("mailbox_id", "message_id", "ticket_id", "entry__origin")
    for mailbox, text, ticket, origin in rows.values_list(*columns):
        found[mailbox, text][ticket] = None
        if origin and origin != ticket:
            split[mailbox, text] = origin, ticket
    return {key: tuple(tickets) for key, tickets in found.items()}, split


def _circles(numbers: Collection[int]) -> tuple[dict[int, int], dict[int, Circle]]:
    """(merged tickets -> their targets, who takes part in which ticket); a merged one is its target's too."""
    if not numbers:
        return {}, {}
    moved = merged_targets(numbers)
    rows = Ticket.objects.filter(pk__in={*numbers, *moved, *moved.values()})
    tickets = {
        number: (contact_email.lower(), contact)
        for number, contact_email, contact in rows.values_list("pk", "contact_email", "contact_id")
    }
    addresses = _addresses_of({contact for _email, contact in tickets.values() if contact})
    others: dict[int, set[str]] = defaultdict(set)
    blocked: dict[int, set[str]] = defaultdict(set)
    people = Participant.objects.filter(ticket__in=list(tickets))
    for number, email, is_blocked in people.values_list("ticket_id", "email", "is_blocked"):
        (blocked if is_blocked else others)[number].add(email)
    circles = {
        number: Circle(
            frozenset({email, *addresses.get(contact, ())} - {""}),
            frozenset(others[number]),
            frozenset(blocked[number]),
        )
        for number, (email, contact) in tickets.items()
    }
    for number, target in moved.items():
        circles[number] = _joined(circles[number], circles[target])
    return moved, circles


def _joined(one: Circle, other: Circle) -> Circle:
    return Circle(one.owner | other.owner, one.others | other.others, one.blocked | other.blocked)


def _addresses_of(contacts: Collection[int]) -> dict[int, set[str]]:
    if not contacts:
        return {}
    found: dict[int, set[str]] = defaultdict(set)
    for pk, email in Contact.objects.filter(pk__in=contacts).values_list("pk", "email"):
        found[pk].add(email)
    for pk, email in ContactAddress.objects.filter(contact__in=contacts).values_list("contact_id", "email"):
        found[pk].add(email)
    return found


def stopped_addresses(emails: Collection[str]) -> frozenset[str]:
    """Those of these addresses to which no machine writes any more."""
    return frozenset(StoppedAddress.objects.filter(email__in=emails).values_list("email", flat=True))


def _staff() -> frozenset[str]:
    return frozenset(email.lower() for email in User.objects.values_list("email", flat=True))


def _technicians(senders: Collection[str]) -> dict[str, int]:
    """Active people of the console, by address: a removed technician is a stranger (A4)."""
    rows = User.objects.filter(is_active=True).annotate(address=Lower("email")).filter(address__in=senders)
    return dict(rows.values_list("address", "pk"))
