"""One message, behind the door of its ticket."""

from django.contrib.auth.models import AnonymousUser

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from tickets.errors import TicketNotFound
from tickets.models import Attachment, Message
from tickets.selectors.access import tickets_visible_to


def message_for(
    user: User | AnonymousUser, message: int, *, to: Permission = Permission.TICKETS_VIEW
) -> Message:
    """A message with its ticket and the mail it came by; `TicketNotFound` (404) for foreign ones (A11)."""
    found = (
        Message.objects.select_related("ticket", "mail_in")
        .filter(pk=message, ticket__in=tickets_visible_to(user, to=to).order_by().values("pk"))
        .first()
    )
    if found is None:
        raise TicketNotFound
    return found


def pictures_in(message: Message) -> list[Attachment]:
    """What its HTML may show by name; the files of a ticket's first mail belong to the ticket."""
    return list(
        Attachment.objects.filter(
            ticket=message.ticket_id, message=None if message.is_opening else message.pk
        ).exclude(content_id="")
    )
