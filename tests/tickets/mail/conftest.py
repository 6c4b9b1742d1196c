"""A desk with a mailbox, Anna's ticket, and mails written for the occasion."""

from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import pytest

from agents.models import Client, Contact
from helpdesk.core.models import OutgoingMail, User
from tests.tickets.conftest import make_tickets
from tickets.domain.mail.ids import make_bounce_address, make_message_id, make_reply_address
from tickets.models import Mailbox, MailIn, Message, Participant, Ticket
from tickets.services.mail import reading
from tickets.services.mail.identity import desk_domain, mail_secret
from tickets.services.mail.journal import store_raw
from tickets.services.mail.parser import read_in_process
from tickets.services.mail.take import take_due_mails

ANNA = "anna@acme.example"
MALLORY = "mallory@evil.example"
SUPPORT = "support@desk.example"


@dataclass
class Desk:
    """`own` is the ticket of Anna at Acme; Ada and Bob work here."""

    now: datetime
    box: Mailbox
    own: Ticket
    anna: Contact
    ada: User
    bob: User
    count: int = field(default=0)

    def letter(
        self,
        from_: str = f"Anna Berg <{ANNA}>",
        *,
        subject: str = "Printer",
        body: str = "It burns again.",
        to: str = SUPPORT,
        **headers: str,
    ) -> bytes:
        """A plain mail; `In_Reply_To="..."` and the like become headers. An empty one is left out."""
        self.count += 1
        given = {"message-id": f"<m{self.count}@mail.example>"}
        given |= {name.replace("_", "-").lower(): value for name, value in headers.items()}
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = from_, to, subject
        for name, value in given.items():
            if value:
                mail[name] = value
        mail.set_content(body)
        return mail.as_bytes()

    def receive(self, raw: bytes, **envelope: Any) -> MailIn:
        """What became of the mail."""
        mail = store_raw(
            raw=raw, source=MailIn.Source.SMTP, now=self.now, **{"mailbox": self.box, **envelope}
        )
        take_due_mails(now=self.now)
        return MailIn.objects.select_related("ticket", "entry").get(pk=mail.pk)

    def marked(self, ticket: Ticket | None = None, to: str = ANNA) -> str:
        """The Message-ID of a mail of ours about the ticket to this recipient."""
        number = (ticket or self.own).number
        return make_message_id(mail_secret(), ticket=number, message=1, recipient=to, domain=desk_domain())

    def address(self, ticket: Ticket | None = None, to: str = ANNA) -> str:
        """The Reply-To of such a mail."""
        number = (ticket or self.own).number
        return make_reply_address(mail_secret(), address=SUPPORT, ticket=number, recipient=to)

    def sent(self, to: str = ANNA, **facts: Any) -> OutgoingMail:
        """A mail of ours that went out about the ticket."""
        return OutgoingMail.objects.create(
            **{
                "kind": "ticket-reply",
                "ref": str(self.own.number),
                "to": to,
                "subject": "x",
                "text": "x",
                "message_id": self.marked(to=to),
                "status": "sent",
                "sent_at": self.now,
                "next_try_at": self.now,
                "created_at": self.now,
                **facts,
            }
        )

    def bounce_to(self, mail: OutgoingMail) -> str:
        return make_bounce_address(mail_secret(), address=SUPPORT, mail=mail.pk)

    def join(self, email: str, **facts: Any) -> Participant:
        return Participant.objects.create(ticket=self.own, email=email, added_at=self.now, **facts)

    def words(self) -> list[tuple[str, str, bool]]:
        """(kind, body, is held) of what stands on Anna's ticket."""
        rows = Message.objects.filter(ticket=self.own, is_opening=False).order_by("id")
        return list(rows.values_list("kind", "body", "is_held"))

    def make_ticket(self, **facts: Any) -> Ticket:
        return make_tickets(1, self.now, **facts)[0]


@pytest.fixture(autouse=True)
def _parse_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker process for mails that we have written ourselves."""
    monkeypatch.setattr(reading, "read_many", read_in_process)


@pytest.fixture
def box(db: None, now: datetime) -> Mailbox:
    return Mailbox.objects.update_or_create(address=SUPPORT, defaults={"name": "Support", "created_at": now})[
        0
    ]


@pytest.fixture
def desk(
    now: datetime, box: Mailbox, acme: Client, anna: Contact, ticket: Ticket, ada: User, bob: User
) -> Desk:
    Ticket.objects.filter(pk=ticket.pk).update(mailbox=box)
    return Desk(now, box, ticket, anna, ada, bob)


def steps(mail: MailIn) -> list[str]:
    return [reason["step"] for reason in mail.reasons]
