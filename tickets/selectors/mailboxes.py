from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import AuditEntry, OutgoingMail, User
from tickets.models import Mailbox


def mailboxes_visible_to(user: User) -> QuerySet[Mailbox]:
    """All of them, or none without the permission."""
    if not user.may(Permission.SETTINGS_EDIT):
        return Mailbox.objects.none()
    return Mailbox.objects.select_related("team")


def with_traffic(rows: QuerySet[Mailbox], *, since: datetime) -> QuerySet[Mailbox]:
    """Adds `mails_today` (since `since`) and `last_mail_at`."""
    return rows.annotate(
        mails_today=Count("mails_in", filter=Q(mails_in__received_at__gte=since)),
        last_mail_at=Max("mails_in__received_at"),
    )


def last_sent_by(addresses: Iterable[str]) -> dict[str, OutgoingMail]:
    """Per address the newest mail that has left it, or could not."""
    ended = [OutgoingMail.Status.SENT, OutgoingMail.Status.FAILED]
    rows = OutgoingMail.objects.filter(from_address__in=list(addresses), status__in=ended)
    newest = rows.values("from_address").annotate(newest=Max("pk")).values("newest")
    return {mail.from_address: mail for mail in OutgoingMail.objects.filter(pk__in=newest)}


def active_mailboxes() -> list[Mailbox]:
    """Those that receive, oldest first: the first one takes what is meant for nobody in particular."""
    return list(Mailbox.objects.filter(is_active=True).order_by("pk"))


def last_change(mailbox: Mailbox) -> AuditEntry | None:
    """Who changed it last, and when."""
    rows = AuditEntry.objects.filter(target_type="mailbox", target_id=str(mailbox.pk))
    return rows.order_by("-id").first()
