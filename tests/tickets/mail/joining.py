"""Situations of new and of known tickets."""

from tests.tickets.mail.conftest import MALLORY
from tests.tickets.mail.situations import (
    FAILED,
    FORGED,
    NEW,
    NEXT,
    OTHER,
    OWN,
    Situation,
    after,
    closed,
    from_home,
    merged,
    number,
    split,
    trust,
)
from tickets.domain.status import Status
from tickets.models import Ticket

JOINING = [
    # New tickets
    Situation("a first mail of a contact", lambda d: d.letter(), "ticket", NEW, "no-match", True),
    Situation(
        "a first mail of nobody we know", lambda d: d.letter("x@new.example"), "ticket", NEW, "no-match", True
    ),
    Situation(
        "a reply to something we never saw",
        lambda d: d.letter(in_reply_to="<unknown@acme.example>"),
        "ticket",
        NEW,
        "no-match",
        True,
    ),
    Situation(
        "a number in the subject of somebody who takes no part",
        lambda d: d.letter(f"Mallory <{MALLORY}>", subject=number(d)),
        "ticket",
        NEW,
        "no-match",
        True,
    ),
    Situation(
        "a number that no ticket has",
        lambda d: d.letter(subject="Re: [#99999] x"),
        "ticket",
        NEW,
        "no-match",
        True,
    ),
    Situation(
        "a stranger with a forged Message-ID of ours",
        lambda d: d.letter(MALLORY, in_reply_to=FORGED.format(d.own.number)),
        "ticket",
        NEW,
        "no-match",
        True,
    ),
    Situation(
        "a stranger with a forged reply address",
        lambda d: d.letter(MALLORY, to=f"support+t{d.own.number}.aaaaaaaaaaaaaaaa@desk.example"),
        "ticket",
        NEW,
        "no-match",
        True,
    ),
    Situation(
        "the owner with a forged Message-ID and no number",
        lambda d: d.letter(in_reply_to=FORGED.format(d.own.number)),
        "ticket",
        NEW,
        "no-match",
        True,
    ),
    Situation(
        "a monitoring system's alert",
        lambda d: d.letter("alert@mon.example", auto_submitted="auto-generated"),
        "ticket",
        NEW,
        "no-match",
    ),
    Situation(
        "a mailing list",
        lambda d: d.letter("ann@list.example", list_id="<news.list.example>", precedence="list"),
        "ticket",
        NEW,
        "no-match",
    ),
    Situation(
        "an out of office that answers nothing of ours",
        lambda d: d.letter(subject="Out of office", auto_submitted="auto-replied"),
        "ticket",
        NEW,
        "no-match",
    ),
    Situation("a no-reply sender", lambda d: d.letter("no-reply@shop.example"), "ticket", NEW, "no-match"),
    Situation(
        "a forged sender that our own server found out",
        after(trust, lambda d: d.letter(authentication_results=FAILED)),
        "ticket",
        NEW,
        "dmarc-failed",
    ),
    Situation(
        "a technician's own first mail",
        lambda d: d.letter(f"Ada <{d.ada.email}>"),
        "ticket",
        NEW,
        "no-match",
        True,
    ),
    Situation("a mail without a sender", lambda d: d.letter(""), "ticket", NEW, "no-match"),
    # Joining
    Situation(
        "the owner answers our mail", lambda d: d.letter(in_reply_to=d.marked()), "joined", OWN, "signed-id"
    ),
    Situation(
        "the owner's client keeps only References",
        lambda d: d.letter(references=f"<a@b> {d.marked()} <c@d>"),
        "joined",
        OWN,
        "signed-id",
    ),
    Situation(
        "the owner's server folds our id to capitals",
        lambda d: d.letter(in_reply_to=d.marked().upper()),
        "joined",
        OWN,
        "signed-id",
    ),
    Situation(
        "the owner writes to the reply address",
        lambda d: d.letter(to=d.address()),
        "joined",
        OWN,
        "signed-address",
    ),
    Situation(
        "only the envelope holds the reply address",
        lambda d: (d.letter(), {"envelope_to": (d.address(),)}),
        "joined",
        OWN,
        "signed-address",
    ),
    Situation(
        "Delivered-To holds the reply address",
        lambda d: d.letter(delivered_to=d.address()),
        "joined",
        OWN,
        "signed-address",
    ),
    Situation(
        "the owner names the number", lambda d: d.letter(subject=number(d)), "joined", OWN, "subject-number"
    ),
    Situation(
        "the owner from another address of hers",
        lambda d: from_home(d),
        "joined",
        OWN,
        "takes-part",
    ),
    Situation(
        "a Cc person answers all",
        after(
            lambda d: d.join("cc@acme.example"), lambda d: d.letter("cc@acme.example", in_reply_to=d.marked())
        ),
        "joined",
        OWN,
        "takes-part",
    ),
    Situation(
        "a Cc person names the number",
        after(lambda d: d.join("cc@acme.example"), lambda d: d.letter("cc@acme.example", subject=number(d))),
        "joined",
        OWN,
        "subject-number",
    ),
    Situation(
        "the owner answers a waiting ticket",
        after(
            lambda d: Ticket.objects.filter(pk=d.own.pk).update(status=Status.WAITING),
            lambda d: d.letter(in_reply_to=d.marked()),
        ),
        "joined",
        OWN,
        "takes-part",
    ),
    Situation(
        "the owner writes to a closed ticket",
        after(closed, lambda d: d.letter(in_reply_to=d.marked())),
        "joined",
        NEXT,
        "follow-up",
        answers=True,
    ),
    Situation(
        "the owner's out of office to our mail",
        lambda d: d.letter(in_reply_to=d.marked(), auto_submitted="auto-replied"),
        "joined",
        OWN,
        "automatic",
    ),
    Situation(
        "the owner's out of office to a closed ticket",
        after(closed, lambda d: d.letter(in_reply_to=d.marked(), auto_submitted="auto-replied")),
        "joined",
        OWN,
        "automatic",
    ),
    Situation(
        "DMARC passed at our own server",
        after(
            trust,
            lambda d: d.letter(in_reply_to=d.marked(), authentication_results="mx.desk.example; dmarc=pass"),
        ),
        "joined",
        OWN,
        "takes-part",
    ),
    Situation(
        "a DMARC failure that some other server claims",
        after(
            trust,
            lambda d: d.letter(in_reply_to=d.marked(), authentication_results="mx.evil.example; dmarc=fail"),
        ),
        "joined",
        OWN,
        "takes-part",
    ),
    # Merged and split
    Situation(
        "the owner answers a ticket that was merged",
        after(merged, lambda d: d.letter(in_reply_to=d.marked())),
        "joined",
        OTHER,
        "takes-part",
    ),
    Situation(
        "the owner names the number of a ticket that was merged",
        after(merged, lambda d: d.letter(subject=number(d))),
        "joined",
        OTHER,
        "subject-number",
    ),
    Situation(
        "a stranger answers a ticket that was merged",
        after(merged, lambda d: d.letter(MALLORY, to=d.address())),
        "held",
        OTHER,
        "stranger",
    ),
    Situation(
        "the owner answers a mail that was split off",
        after(split, lambda d: d.letter(in_reply_to="<fax@acme.example>", to=d.address())),
        "joined",
        OTHER,
        "split-off",
    ),
]
