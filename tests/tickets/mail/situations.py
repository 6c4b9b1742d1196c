"""How the situations of test_situations are told."""

from collections.abc import Callable
from typing import Any, NamedTuple

from agents.models import ContactAddress
from helpdesk.core.models import User
from tests.tickets.mail.conftest import ANNA, Desk
from tickets.domain.status import Status
from tickets.models import Mailbox, Ticket
from tickets.services.merge_tickets import merge_tickets
from tickets.services.split_ticket import Split, split_ticket

Mail = bytes | tuple[bytes, dict[str, Any]]
OWN, NEW, NONE, NEXT = "Anna's ticket", "a new ticket", "no ticket", "a follow-up"
OTHER = "another ticket"


class Situation(NamedTuple):
    """`where`: on which ticket the mail ends; `step`: a reason that the journal must give."""

    words: str
    write: Callable[[Desk], Mail]
    outcome: str
    where: str
    step: str
    answers: bool = False


def closed(desk: Desk) -> None:
    Ticket.objects.filter(pk=desk.own.pk).update(status=Status.CLOSED, closed_at=desk.now)


def after(act: Callable[[Desk], object], write: Callable[[Desk], Mail]) -> Callable[[Desk], Mail]:
    def both(desk: Desk) -> Mail:
        act(desk)
        return write(desk)

    return both


def number(desk: Desk) -> str:
    return f"Re: [#{desk.own.number}] Printer"


def remove(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def earlier(desk: Desk, **headers: str) -> None:
    """A first mail of Anna with this foreign id; its ticket is a new one."""
    desk.receive(desk.letter(message_id="<first@acme.example>", **headers))


def trust(desk: Desk) -> None:
    Mailbox.objects.filter(pk=desk.box.pk).update(trusted_authserv_id="mx.desk.example")
    desk.box.refresh_from_db()


def merged(desk: Desk) -> None:
    """Anna's ticket went into one of Max."""
    target = desk.make_ticket(client=desk.own.client, contact_email="max@acme.example")
    merge_tickets(sources=[desk.own], target=target, by=desk.ada, now=desk.now)


def split(desk: Desk) -> None:
    """A mail of Anna got a ticket of its own."""
    entry = desk.receive(desk.letter(message_id="<fax@acme.example>", in_reply_to=desk.marked())).entry
    assert entry
    split_ticket(message=entry, split=Split(subject="Fax", email=ANNA), by=desk.ada, now=desk.now)


FAILED = "mx.desk.example; dmarc=fail header.from=acme.example"
FORGED = "<t{0}.m1.aaaaaaaaaaaaaaaa@desk.example>"


def from_home(desk: Desk) -> bytes:
    ContactAddress.objects.create(contact=desk.anna, email="anna@home.example")
    return desk.letter("anna@home.example", in_reply_to=desk.marked())
