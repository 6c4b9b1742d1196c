"""Situations of holding, technicians, dropping, reports and noise."""

from tests.tickets.mail.conftest import ANNA, MALLORY, SUPPORT
from tests.tickets.mail.reports import complaint, dsn, receipt
from tests.tickets.mail.situations import (
    FAILED,
    NEW,
    NONE,
    OWN,
    Situation,
    after,
    closed,
    remove,
    trust,
)
from tickets.models import BlockedSender
from tickets.services.mail.identity import desk_domain

LEAVING_OUT = [
    # Holding
    Situation(
        "a stranger got our mail forwarded and answers",
        lambda d: d.letter(MALLORY, in_reply_to=d.marked()),
        "held",
        OWN,
        "stranger",
    ),
    Situation(
        "a stranger writes to the reply address",
        lambda d: d.letter(MALLORY, to=d.address()),
        "held",
        OWN,
        "stranger",
    ),
    Situation(
        "the owner, but DMARC failed at our own server",
        after(trust, lambda d: d.letter(in_reply_to=d.marked(), authentication_results=FAILED)),
        "held",
        OWN,
        "dmarc-failed",
    ),
    Situation(
        "a technician's address with the customer's mark",
        lambda d: d.letter(d.ada.email, in_reply_to=d.marked()),
        "held",
        OWN,
        "technician-unsigned",
    ),
    Situation(
        "a technician's address, a right mark, DMARC failed",
        after(
            trust,
            lambda d: d.letter(
                d.ada.email, in_reply_to=d.marked(to=d.ada.email), authentication_results=FAILED
            ),
        ),
        "held",
        OWN,
        "dmarc-failed",
    ),
    Situation(
        "a removed technician with the mark that he had",
        after(lambda d: remove(d.ada), lambda d: d.letter(d.ada.email, in_reply_to=d.marked(to=d.ada.email))),
        "held",
        OWN,
        "stranger",
    ),
    Situation(
        "a stranger's out of office to our mail",
        lambda d: d.letter(MALLORY, in_reply_to=d.marked(), auto_submitted="auto-replied"),
        "held",
        OWN,
        "stranger",
    ),
    Situation(
        "a display name that says Anna",
        lambda d: d.letter(f'"{ANNA}" <{MALLORY}>', in_reply_to=d.marked()),
        "held",
        OWN,
        "stranger",
    ),
    Situation(
        "a Reply-To that says Anna",
        lambda d: d.letter(MALLORY, in_reply_to=d.marked(), reply_to=ANNA),
        "held",
        OWN,
        "stranger",
    ),
    # Technicians
    Situation(
        "a technician answers his notice",
        lambda d: d.letter(f"Ada <{d.ada.email}>", in_reply_to=d.marked(to=d.ada.email)),
        "answer",
        OWN,
        "technician",
    ),
    Situation(
        "a technician notes by mail",
        lambda d: d.letter(d.ada.email, body="#note\nShe calls back.", in_reply_to=d.marked(to=d.ada.email)),
        "note",
        OWN,
        "technician",
    ),
    Situation(
        "a technician moves the ticket by mail",
        lambda d: d.letter(d.ada.email, body="#status resolved", in_reply_to=d.marked(to=d.ada.email)),
        "note",
        OWN,
        "moved",
    ),
    Situation(
        "a technician mistypes a command",
        lambda d: d.letter(d.ada.email, body="#nite\nsecret", in_reply_to=d.marked(to=d.ada.email)),
        "note",
        OWN,
        "unknown-command",
    ),
    Situation(
        "a technician answers on a closed ticket",
        after(closed, lambda d: d.letter(d.ada.email, in_reply_to=d.marked(to=d.ada.email))),
        "note",
        OWN,
        "not-sent",
    ),
    Situation(
        "a technician's out of office",
        lambda d: d.letter(d.ada.email, in_reply_to=d.marked(to=d.ada.email), auto_submitted="auto-replied"),
        "dropped",
        OWN,
        "automatic",
    ),
    # Dropping
    Situation(
        "our own mail comes back by a forwarder",
        lambda d: d.letter(x_loop=desk_domain()),
        "dropped",
        NONE,
        "own-loop",
    ),
    Situation(
        "a copy of what we sent, because the mailbox was in Cc",
        lambda d: d.letter(to=f"{ANNA}, {SUPPORT}", message_id=d.marked()),
        "dropped",
        NONE,
        "own-message-id",
    ),
    Situation("our own address as the sender", lambda d: d.letter(SUPPORT), "dropped", NONE, "own-address"),
    Situation(
        "one of our plus addresses as the sender",
        lambda d: d.letter(d.address()),
        "dropped",
        NONE,
        "own-address",
    ),
    Situation(
        "a blocked sender",
        after(
            lambda d: BlockedSender.objects.create(pattern=MALLORY, created_at=d.now),
            lambda d: d.letter(MALLORY),
        ),
        "dropped",
        NONE,
        "blocked",
    ),
    Situation(
        "a sender of a blocked domain, even with a mark",
        after(
            lambda d: BlockedSender.objects.create(pattern="evil.example", created_at=d.now),
            lambda d: d.letter(MALLORY, in_reply_to=d.marked()),
        ),
        "dropped",
        NONE,
        "blocked",
    ),
    Situation(
        "a contact whose mail is ignored",
        after(
            lambda d: type(d.anna).objects.update(ignores_mail=True),
            lambda d: d.letter(in_reply_to=d.marked()),
        ),
        "dropped",
        NONE,
        "ignored",
    ),
    Situation(
        "somebody who was sent away from this ticket",
        after(
            lambda d: d.join(MALLORY, is_blocked=True), lambda d: d.letter(MALLORY, in_reply_to=d.marked())
        ),
        "dropped",
        OWN,
        "blocked-here",
    ),
    # Reports
    Situation(
        "a bounce that returns our id", lambda d: dsn(d, d.sent().message_id), "bounce", OWN, "bounced"
    ),
    Situation(
        "a bounce to the bounce address of a mail",
        lambda d: (dsn(d), {"envelope_to": (d.bounce_to(d.sent()),)}),
        "bounce",
        OWN,
        "bounce-address",
    ),
    Situation(
        "a bounce of nothing that we sent",
        lambda d: dsn(d, "<x@elsewhere.example>"),
        "bounce",
        NONE,
        "unknown-mail-of-ours",
    ),
    Situation(
        "a delay that is no failure",
        lambda d: dsn(d, d.sent().message_id, "delayed", "4.4.1"),
        "bounce",
        OWN,
        "delayed",
    ),
    Situation(
        "a complaint of the receiver",
        after(lambda d: d.sent(), complaint),
        "complaint",
        OWN,
        "stopped",
    ),
    Situation("a read receipt", after(lambda d: d.sent(), receipt), "receipt", OWN, "answers-id"),
    # What cannot be read
    Situation("nothing but noise", lambda _d: b"\x00\xff" * 50, "ticket", NEW, "no-match"),
]
