"""Webhooks and their calls, for who may change the settings."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User, Webhook, WebhookCall

UNDO_FOR = timedelta(minutes=10)


def webhooks_visible_to(user: User) -> QuerySet[Webhook]:
    if not user.may(Permission.WEBHOOKS_EDIT):
        return Webhook.objects.none()
    return Webhook.objects.filter(deleted_at=None).select_related("owner")


def deleted_webhooks(user: User, *, now: datetime) -> QuerySet[Webhook]:
    """Those that can still be brought back."""
    if not user.may(Permission.WEBHOOKS_EDIT):
        return Webhook.objects.none()
    return Webhook.objects.filter(deleted_at__gte=now - UNDO_FOR).order_by("-deleted_at")


def calls_visible_to(user: User) -> QuerySet[WebhookCall]:
    """Newest first; those of rules, too. Who does not see all tickets sees only their own webhooks' (A12)."""
    if not user.may(Permission.WEBHOOKS_EDIT):
        return WebhookCall.objects.none()
    calls = WebhookCall.objects.select_related("webhook").order_by("-id")
    return calls if user.may_everywhere(Permission.TICKETS_VIEW) else calls.filter(webhook__owner=user)


def listening_webhooks() -> list[Webhook]:
    """Those that want to hear of what happens."""
    rows = Webhook.objects.filter(is_active=True, deleted_at=None)
    return list(rows.select_related("owner").order_by("pk"))
