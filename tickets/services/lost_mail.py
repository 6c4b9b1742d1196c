"""Answers that did not arrive, told to who wrote them."""

from datetime import datetime

from django.db.models import Q

from helpdesk.core.domain.notices import News
from helpdesk.core.models import OutgoingMail
from helpdesk.core.services.notices import Story, tell
from tickets.models import Message
from tickets.services.reply_to_customer import MAIL_KIND

LOST = (OutgoingMail.Status.FAILED, OutgoingMail.Status.BOUNCED)


def tell_of_lost_replies(*, ref: str, now: datetime) -> int:
    """`ref`: the number of the ticket that the mails were written on; the words may have moved on since.

    Each author hears once of each answer. Safe to repeat.
    """
    lost = Q(status__in=LOST) | Q(copies__status__in=LOST)
    mails = OutgoingMail.objects.filter(lost, kind=MAIL_KIND, ref=ref).order_by().values("pk")
    rows = Message.objects.filter(mail__in=mails).exclude(author=None).select_related("author")
    stories = [
        Story(
            news=News.MAIL_FAILED,
            to=[row.author],
            about=f"ticket:{row.ticket_id}",
            text=row.body,
            key=f"lost:{row.pk}",
        )
        for row in rows
        if row.author
    ]
    return tell(stories, now=now)
