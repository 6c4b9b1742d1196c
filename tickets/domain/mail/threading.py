"""Where a mail belongs, and whether its sender is believed. Pure: what is known comes in as `Known`.

First match wins: a copy of our own, a bounce, a complaint, a receipt, a blocked sender; then the ticket, by
signed address, signed Message-ID, known foreign id, or a number in the subject of somebody who takes part.
After a match the sender decides: who takes part joins, a technician with a mark signed for himself answers,
anybody else is held. Display names, Reply-To and X-headers never count.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from tickets.domain.mail import ids
from tickets.domain.mail.parsed import ParsedMail

#: So many addresses and ids of a mail are looked at: each may be checked for each person of a ticket (A8).
MOST_MARKS = 50


class Outcome(StrEnum):
    TICKET = "ticket"
    JOINED = "joined"
    HELD = "held"
    ANSWER = "answer"
    NOTE = "note"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    RECEIPT = "receipt"
    DROPPED = "dropped"
    UNPARSED = "unparsed"


class Reason(NamedTuple):
    """One decision: a word that the page turns into a sentence, and what it was made from."""

    step: str
    words: str = ""


class Sent(NamedTuple):
    """A mail of ours: its row, the ticket that it speaks of (0: none), and who got it."""

    mail: int
    ticket: int
    to: str


@dataclass(frozen=True, slots=True)
class Circle:
    """Who takes part in a ticket: the owner's addresses, and the others'. All in lower case."""

    owner: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()

    def __contains__(self, email: object) -> bool:
        return email in self.owner or email in self.others

    def __iter__(self) -> Iterator[str]:
        yield from self.owner
        yield from self.others


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the house knows about the mails of one batch. Addresses in lower case, ids without brackets."""

    secret: bytes
    domain: str
    own: frozenset[str] = frozenset()
    circles: Mapping[int, Circle] = field(default_factory=dict)
    #: Ids of our mails -> what was sent.
    sent: Mapping[str, Sent] = field(default_factory=dict)
    #: Numbers of our mails -> the same, for VERP addresses.
    sent_by_number: Mapping[int, Sent] = field(default_factory=dict)
    #: (mailbox, foreign Message-ID) -> the tickets that its mail is on.
    foreign: Mapping[tuple[int | None, str], tuple[int, ...]] = field(default_factory=dict)
    #: Merged tickets -> the one that took them in.
    moved: Mapping[int, int] = field(default_factory=dict)
    #: (mailbox, foreign Message-ID) of a mail that was split off -> (where it stood, where it stands).
    split: Mapping[tuple[int | None, str], tuple[int, int]] = field(default_factory=dict)
    #: Active technicians among the senders; `staff` are the addresses of all whom we may have written to.
    technicians: Mapping[str, int] = field(default_factory=dict)
    staff: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A mail and the way by which it came."""

    mail: ParsedMail
    mailbox: int | None = None
    envelope_from: str = ""
    envelope_to: tuple[str, ...] = ()
    trusted_authserv_id: str = ""
    sender: str = field(init=False)
    #: Every address that the mail names as its own goal, the envelope's first.
    addressed_to: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        people = (person.email.lower() for person in (*self.mail.to, *self.mail.cc))
        object.__setattr__(self, "sender", self.mail.from_.email.strip().lower())
        addressed_to = (*self.envelope_to, *self.mail.delivered_to, *people)[:MOST_MARKS]
        object.__setattr__(self, "addressed_to", addressed_to)


@dataclass(frozen=True, slots=True)
class Decision:
    """`ticket` is 0 where there is none; `by`: the technician; `sent`: the mail of ours that is meant."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    ticket: int = 0
    by: int = 0
    sent: Sent | None = None


def decide(arrival: Arrival, known: Known) -> Decision:
    """What becomes of this mail. Never raises for anything that a mail holds."""
    mail = arrival.mail
    if loop := own_loop(arrival, known):
        return Decision(Outcome.DROPPED, (loop,))
    if not mail.is_unparsed and (mail.is_bounce or mail.is_complaint or mail.is_receipt):
        report = _about_ours(arrival, known)
        if report.reasons[0].step in _PROVES_A_REPORT or not _is_of_a_person(arrival):
            return report
    if reason := _unwanted(arrival, known):
        return Decision(Outcome.DROPPED, (reason,))
    if mail.is_unparsed:
        return Decision(Outcome.UNPARSED, (Reason("unparsed", "; ".join(mail.problems)[:500]),))
    match = _match(arrival, known)
    if match is None:
        return Decision(Outcome.TICKET, (Reason("no-match"), *_warnings(arrival)))
    return _believe(arrival, known, match)


def own_loop(arrival: Arrival, known: Known) -> Reason | None:
    """A copy of what we sent ourselves (A7): by X-Loop, by its Message-ID, or by its sender."""
    mail = arrival.mail
    for name, value in mail.headers:
        if name.lower() == "x-loop" and known.domain in value.lower().split():
            return Reason("own-loop", f"X-Loop: {value}"[:200])
    if mail.message_id in known.sent or ids.is_signed(known.secret, mail.message_id, arrival.addressed_to):
        return Reason("own-message-id", mail.message_id)
    sender = arrival.sender
    if not known.own.isdisjoint((sender, ids.base_address(sender), ids.without_plus(sender))):
        return Reason("own-address", arrival.sender)
    return None


def _unwanted(arrival: Arrival, known: Known) -> Reason | None:
    sender = arrival.sender
    domain = sender.rpartition("@")[2]
    for pattern in (sender, domain):
        if pattern in known.blocked:
            return Reason("blocked", pattern)
    return Reason("ignored", sender) if sender in known.ignored else None


_ABOUT = {"is_complaint": Outcome.COMPLAINT, "is_receipt": Outcome.RECEIPT, "is_bounce": Outcome.BOUNCE}


#: Only a server that refused our mail has its bounce address, or returns it with a failure.
_PROVES_A_REPORT = frozenset({"bounce-address", "returned-id"})


def _is_of_a_person(arrival: Arrival) -> bool:
    """A customer who writes "My mails come back, please help", with the words of the bounce."""
    mail = arrival.mail
    has_sender = bool(arrival.envelope_from or mail.return_path)
    return has_sender and not (mail.is_by_machine or mail.is_complaint or mail.is_receipt)


def _about_ours(arrival: Arrival, known: Known) -> Decision:
    """A report about a mail of ours: which one? No ticket is ever opened for it."""
    mail = arrival.mail
    outcome = next(outcome for name, outcome in _ABOUT.items() if getattr(mail, name))
    for address in arrival.addressed_to:
        number = ids.read_bounce_address(known.secret, address)
        if number is not None and (sent := known.sent_by_number.get(number)):
            return Decision(outcome, (Reason("bounce-address", address),), sent.ticket, sent=sent)
    for step, texts in (("returned-id", mail.returned_ids), ("answers-id", thread_ids(mail))):
        for text in texts:
            if sent := known.sent.get(text):
                return Decision(outcome, (Reason(step, text),), sent.ticket, sent=sent)
    return Decision(outcome, (Reason("unknown-mail-of-ours"),))


class Match(NamedTuple):
    """The ticket that a mail speaks of; `is_his`: by a mark that we gave to the sender himself."""

    ticket: int
    why: Reason
    is_his: bool = False


def _match(arrival: Arrival, known: Known) -> Match | None:
    """A wrong signature counts as none at all: nothing tells the sender."""
    match = (
        _by_address(arrival, known)
        or _by_signed_id(arrival, known)
        or _by_foreign_id(arrival, known)
        or _by_subject(arrival, known)
    )
    return _with_its_mail(match, arrival, known) if match and known.split else match


def _with_its_mail(match: Match, arrival: Arrival, known: Known) -> Match:
    """An answer to a mail that was split off goes where that went, though it has the marks of the ticket
    where it stood.
    """
    for text in arrival.mail.in_reply_to:
        before, now = known.split.get((arrival.mailbox, text), (0, 0))
        if now in known.circles and _end(match.ticket, known) == _end(before, known):
            return Match(now, Reason("split-off", text), match.is_his)
    return match


def _end(ticket: int, known: Known) -> int:
    return known.moved.get(ticket, ticket)


def _by_address(arrival: Arrival, known: Known) -> Match | None:
    for address in arrival.addressed_to:
        read = ids.read_reply_address(address)
        circle = known.circles.get(read[0]) if read else None
        if read is None or circle is None:
            continue
        is_his = ids.is_reply_address(known.secret, address, [arrival.sender])
        if is_his or ids.is_reply_address(known.secret, address, (*circle, *known.staff)):
            return Match(read[0], Reason("signed-address", address), is_his)
    return None


def _by_signed_id(arrival: Arrival, known: Known) -> Match | None:
    """A Message-ID of ours: signed, or the unguessable one of a mail that we know to have sent."""
    for text in thread_ids(arrival.mail):
        read, sent = ids.read_message_id(text), known.sent.get(text)
        ticket = read[0] if read else sent.ticket if sent else 0
        circle = known.circles.get(ticket)
        if circle is None:
            continue
        is_his = ids.is_signed(known.secret, text, [arrival.sender]) or (
            sent is not None and sent.to == arrival.sender
        )
        if is_his or sent or ids.is_signed(known.secret, text, (*circle, *known.staff)):
            return Match(ticket, Reason("signed-id", text), is_his)
    return None


def thread_ids(mail: ParsedMail) -> tuple[str, ...]:
    """In-Reply-To, then References from the right; MOST_MARKS of them."""
    return (*mail.in_reply_to, *reversed(mail.references))[:MOST_MARKS]


def _by_foreign_id(arrival: Arrival, known: Known) -> Match | None:
    """An id of somebody else's that this mailbox has seen. Anybody can have used it first (A5): a ticket of
    the sender goes before any other.
    """
    for text in thread_ids(arrival.mail):
        tickets = [
            number for number in known.foreign.get((arrival.mailbox, text), ()) if number in known.circles
        ]
        mine = [number for number in tickets if arrival.sender in known.circles[number]]
        if tickets:
            return Match((mine or tickets)[0], Reason("known-id", text))
    return None


def _by_subject(arrival: Arrival, known: Known) -> Match | None:
    for number in ids.subject_numbers(arrival.mail.subject):
        if arrival.sender in known.circles.get(number, Circle()):
            return Match(number, Reason("subject-number", f"#{number}"))
    return None


def _believe(arrival: Arrival, known: Known, match: Match) -> Decision:
    """The sender decides what a mail that belongs to a ticket may do there."""
    sender, circle = arrival.sender, known.circles[match.ticket]
    ticket, by = _end(match.ticket, known), 0
    if sender in circle.blocked:
        outcome, reason = Outcome.DROPPED, Reason("blocked-here", sender)
    elif doubt := why_doubted(arrival):
        outcome, reason = Outcome.HELD, Reason(doubt, sender)
    elif sender in known.technicians and match.is_his and sender not in circle.owner:
        outcome, reason, by = Outcome.ANSWER, Reason("technician", sender), known.technicians[sender]
    elif sender in circle:
        outcome, reason = Outcome.JOINED, Reason("takes-part", sender)
    elif sender in known.technicians:
        outcome, reason = Outcome.HELD, Reason("technician-unsigned", sender)
    else:
        outcome, reason = Outcome.HELD, Reason("stranger", sender or "?")
    merged = (Reason("merged", f"#{ticket}"),) if ticket != match.ticket else ()
    return Decision(outcome, (match.why, reason, *merged), ticket, by=by)


def _warnings(arrival: Arrival) -> tuple[Reason, ...]:
    doubt = why_doubted(arrival)
    return (Reason(doubt, arrival.sender),) if doubt else ()


#: What `why_doubted` answers, as steps of the journal.
DOUBTS = frozenset({"dmarc-failed", "sender-doubtful"})


def is_doubted(reasons: Iterable[Mapping[str, str]]) -> bool:
    """Does the journal say of a mail that its sender may be forged?"""
    return any(reason.get("step") in DOUBTS for reason in reasons)


def why_doubted(arrival: Arrival) -> str:
    """The reason not to believe the sender: the server that we trust found him forged, or the mail names more
    than one author, or hides the one. Nobody is believed whom that server may have read otherwise.
    """
    if dmarc_of(arrival).startswith("fail"):
        return "dmarc-failed"
    return "sender-doubtful" if arrival.mail.is_author_doubtful and arrival.sender else ""


def dmarc_of(arrival: Arrival) -> str:
    """What the server that we trust says of the sender: "pass", "fail" and the like. Only the topmost line
    with its name that speaks of DMARC counts; any line below can have been written by anybody, and so can one
    that praises below another. Nothing said is neutral.
    """
    trusted = arrival.trusted_authserv_id.lower()
    lines = [results for server, results in arrival.mail.authentication if server.lower() == trusted]
    for at, results in enumerate(lines if trusted else ()):
        if found := results.get("dmarc", "").lower():
            return found if at == 0 or found.startswith("fail") else ""
    return ""


def why_silent(arrival: Arrival, decision: Decision) -> str:
    """Why no machine may answer this mail (RFC 3834 and our own reasons); empty: one may."""
    if doubt := why_doubted(arrival):
        return doubt
    if decision.outcome not in {Outcome.TICKET, Outcome.JOINED}:
        return decision.outcome.value
    return arrival.mail.why_no_answer


_COMMAND = re.compile(r"\s*#(?P<word>[a-zA-Z-]+)(?:[ \t]+(?P<value>.*?))?\s*")


class Commands(NamedTuple):
    """What the first lines of a technician's mail ask for: `#note`, `#status resolved`; `text` is the rest.

    A word that is no command makes a note as well: better kept inside than sent to the customer by mistake.
    """

    text: str
    is_note: bool = False
    status: str = ""
    unknown: str = ""


def read_commands(text: str) -> Commands:
    """Commands stand in the first lines, one each; the first other line ends them."""
    lines, found = text.strip("\n").split("\n"), Commands("")
    while lines and (line := _COMMAND.fullmatch(lines[0])):
        word, value = line["word"].lower(), line["value"] or ""
        if word == "status" and value:
            found = found._replace(status=value.lower())
        elif word == "note":
            found = found._replace(is_note=True)
        else:
            found = found._replace(is_note=True, unknown=f"#{word}")
            break
        lines[:1] = [value] if word == "note" and value else []
    return found._replace(text="\n".join(lines).strip("\n"))
