from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import AuditEntry, OutgoingMail, User
from tickets.models import Mailbox, MailIn, Rule, Ticket

LOOK_BACK_MAILS = 20_000
UNDO = timedelta(minutes=10)


def mailboxes_visible_to(user: User) -> QuerySet[Mailbox]:
    """All of them but the deleted ones, or none without the permission."""
    return _visible_to(user).filter(deleted_at=None)


def restorable_mailboxes(user: User, *, now: datetime) -> QuerySet[Mailbox]:
    """Deleted a moment ago, the last one first."""
    return _visible_to(user).filter(deleted_at__gt=now - UNDO).order_by("-deleted_at")


def _visible_to(user: User) -> QuerySet[Mailbox]:
    if not user.may(Permission.MAIL_EDIT):
        return Mailbox.objects.none()
    return Mailbox.objects.select_related("team")


@dataclass(frozen=True, slots=True)
class Traces:
    """What stays when a mailbox goes."""

    tickets: int
    mails: int
    waiting: int
    rules: list[Rule]
    is_last: bool


def traces_of(mailbox: Mailbox) -> Traces:
    """`waiting`: mails that still shall go out from its address; `is_last`: no other one is on."""
    return Traces(
        tickets=Ticket.objects.filter(mailbox=mailbox).count(),
        mails=MailIn.objects.filter(mailbox=mailbox).count(),
        waiting=waiting_from(mailbox.address),
        rules=rules_naming(mailbox.address),
        is_last=not Mailbox.objects.filter(is_active=True).exclude(pk=mailbox.pk).exists(),
    )


def waiting_from(address: str) -> int:
    """How many mails still shall go out from this address."""
    unsent = [OutgoingMail.Status.QUEUED, OutgoingMail.Status.SENDING]
    return OutgoingMail.objects.filter(status__in=unsent, from_address=address).count()


def rules_naming(address: str) -> list[Rule]:
    """Rules with a condition on exactly this mailbox, in their order; deleted ones do not count."""
    rules = Rule.objects.filter(deleted_at=None).order_by("position", "id")
    return [rule for rule in rules if _names(rule.conditions, address.casefold())]


def _names(condition: Mapping[str, Any], address: str) -> bool:
    if condition.get("field") == "mailbox":
        value = condition.get("value", "")
        return address in [str(one).casefold() for one in (value if isinstance(value, list) else [value])]
    return any(_names(one, address) for one in condition.get("items", ()))


def with_traffic(rows: QuerySet[Mailbox], *, since: datetime) -> QuerySet[Mailbox]:
    """Adds `mails_today` (since `since`) and `last_mail_at`, both out of the journal's index."""
    mails = MailIn.objects.filter(mailbox=OuterRef("pk"))
    today = mails.filter(received_at__gte=since).order_by().values("mailbox").annotate(n=Count("pk"))
    return rows.annotate(
        mails_today=Coalesce(Subquery(today.values("n")), 0),
        last_mail_at=Subquery(mails.order_by("-received_at").values("received_at")[:1]),
    )


def last_sent_by(addresses: Iterable[str]) -> dict[str, OutgoingMail]:
    """Per address the newest mail that has left it, or could not so far, among the desk's last ones."""
    tried = Q(status__in=[OutgoingMail.Status.SENT, OutgoingMail.Status.FAILED]) | Q(
        status=OutgoingMail.Status.QUEUED, tries__gt=0
    )
    newest_of_all = OutgoingMail.objects.aggregate(newest=Max("pk"))["newest"] or 0
    rows = OutgoingMail.objects.filter(
        tried, pk__gt=newest_of_all - LOOK_BACK_MAILS, from_address__in=list(addresses)
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
