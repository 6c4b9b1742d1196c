"""The mails of an answer."""

from collections.abc import Iterable

from django.db.models import Q

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import OutgoingMail, User
from tickets.domain.kinds import MessageKind
from tickets.errors import TicketNotFound
from tickets.models import Message
from tickets.selectors.access import tickets_visible_to


def letters_of(messages: Iterable[Message]) -> dict[int, list[OutgoingMail]]:
    """For each message with mail: the contact's first, then the copies; of one sent again only the last."""
    firsts = {message.mail_id: message.pk for message in messages if message.mail_id}
    rows = OutgoingMail.objects.filter(Q(pk__in=firsts) | Q(copy_of__in=firsts), resent_as=None).defer(
        "text", "html"
    )
    found: dict[int, list[OutgoingMail]] = {}
    for mail in rows.order_by("pk"):
        letters = found.setdefault(firsts[mail.copy_of_id or mail.pk], [])
        letters.insert(0 if mail.pk in firsts else len(letters), mail)
    return found


def reply_of(user: User, mail: int) -> tuple[Message, OutgoingMail]:
    """The answer that went, or shall go, out as this mail, for who may answer on its ticket; else 404."""
    letter = OutgoingMail.objects.filter(pk=mail).first()
    message = (
        Message.objects.filter(
            kind=MessageKind.REPLY,
            mail__in=[letter.copy_of_id or letter.pk],
            ticket__in=tickets_visible_to(user, to=Permission.TICKETS_EDIT),
        )
        .select_related("ticket", "mail")
        .first()
        if letter
        else None
    )
    if letter is None or message is None:
        raise TicketNotFound
    return message, letter
