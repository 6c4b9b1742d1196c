from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import AuditEntry, OutgoingMail, User
from tickets.models import Mailbox, MailIn

LOOK_BACK_MAILS = 20_000


def mailboxes_visible_to(user: User) -> QuerySet[Mailbox]:
    """All of them, or none without the permission."""
    if not user.may(Permission.SETTINGS_EDIT):
        return Mailbox.objects.none()
    return Mailbox.objects.select_related("team")


def with_traffic(rows: QuerySet[Mailbox], *, since: datetime) -> QuerySet[Mailbox]:
    """Adds `mails_today` (since `since`) and `last_mail_at`, both out of the journal's index."""
    mails = MailIn.objects.filter(mailbox=OuterRef("pk"))
    today = mails.filter(received_at__gte=since).order_by().values("mailbox").annotate(n=Count("pk"))
    return rows.annotate(
        mails_today=Coalesce(Subquery(today.values("n")), 0),
        last_mail_at=Subquery(mails.order_by("-received_at").values("received_at")[:1]),
    )


def last_sent_by(addresses: Iterable[str]) -> dict[str, OutgoingMail]:
    """Per address the newest mail that has left it, or could not, among the desk's last ones."""
    ended = [OutgoingMail.Status.SENT, OutgoingMail.Status.FAILED]
    newest_of_all = OutgoingMail.objects.aggregate(newest=Max("pk"))["newest"] or 0
    rows = OutgoingMail.objects.filter(
        pk__gt=newest_of_all - LOOK_BACK_MAILS, from_address__in=list(addresses), status__in=ended
    )
    newest = rows.values("from_address").annotate(newest=Max("pk")).values("newest")
    return {mail.from_address: mail for mail in OutgoingMail.objects.filter(pk__in=newest)}


def active_mailboxes() -> list[Mailbox]:
    """Those that receive, oldest first: the first one takes what is meant for nobody in particular."""
    return list(Mailbox.objects.filter(is_active=True).order_by("pk"))


def last_change(mailbox: Mailbox) -> AuditEntry | None:
    """Who changed it last, and when."""
    rows = AuditEntry.objects.filter(target_type="mailbox", target_id=str(mailbox.pk))
    return rows.order_by("-id").first()
