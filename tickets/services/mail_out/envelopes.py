"""From whom a ticket's mails come, where answers go, and what makes them one thread."""

from collections.abc import Sequence
from typing import NamedTuple

from helpdesk.core.models import Organisation
from helpdesk.core.services.mail import is_address
from tickets.domain.mail.ids import make_bounce_address, make_message_id, make_reply_address
from tickets.models import Mailbox, Message, Ticket
from tickets.services.mail.identity import desk_domain, mail_secret
from tickets.services.mailboxes.sending import lane_of


class Sender(NamedTuple):
    """`address` takes the answers; it stands in From too if it is a mailbox of ours."""

    address: str = ""
    name: str = ""
    from_address: str = ""
    signature: str = ""
    answers_automatic: bool = True
    lane: str = ""
    is_stopped: bool = False

    def reply_to(self, ticket: Ticket, to: str) -> str:
        """Where this recipient answers about this ticket (A3)."""
        if not self.address:
            return ""
        return make_reply_address(mail_secret(), address=self.address, ticket=ticket.number, recipient=to)

    def bounces_to(self, mail: int) -> str:
        return make_bounce_address(mail_secret(), address=self.address, mail=mail) if self.address else ""


class Thread(NamedTuple):
    """The last mail of the customer, and all ids so far, oldest first."""

    in_reply_to: str = ""
    references: Sequence[str] = ()


def sender_of(ticket: Ticket, organisation: Organisation) -> Sender:
    """The mailbox that the ticket came to, also if it was deleted and added again, else the first one of the
    desk, else the support address.
    """
    mailbox = _own_mailbox(ticket) or default_mailbox()
    if mailbox and is_address(mailbox.address):
        return Sender(
            address=mailbox.address,
            name=mailbox.name or organisation.name,
            from_address=mailbox.address,
            signature=mailbox.signature,
            answers_automatic=mailbox.answers_automatic,
            lane=lane_of(mailbox),
            is_stopped=mailbox.automatic_stopped_at is not None,
        )
    return Sender(address=organisation.support_email, name=organisation.name)


def _own_mailbox(ticket: Ticket) -> Mailbox | None:
    came_to = ticket.mailbox
    if came_to is None or came_to.is_active:
        return came_to
    return Mailbox.objects.filter(is_active=True, address=came_to.address).first()


def default_mailbox() -> Mailbox | None:
    return Mailbox.objects.filter(is_active=True).order_by("pk").first()


def thread_of(ticket: Ticket) -> Thread:
    """What strangers wrote is not in it as long as it is held."""
    rows = Message.objects.filter(ticket=ticket, is_held=False).order_by("created_at", "pk")
    pairs = list(rows.values_list("mail_in__message_id", "mail__message_id", "kind"))
    theirs = [came for came, _went, kind in pairs if came and kind == "customer"]
    return Thread(
        in_reply_to=theirs[-1] if theirs else "",
        references=[one for came, went, _kind in pairs for one in (came, went) if one],
    )


def message_id_for(ticket: Ticket, message: int, to: str) -> str:
    """An id that proves that this recipient got this message of this ticket (A3)."""
    return make_message_id(
        mail_secret(), ticket=ticket.number, message=message, recipient=to, domain=desk_domain()
    )
