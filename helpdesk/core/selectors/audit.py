from django.db.models import Q, QuerySet

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.domain.search import search_text
from helpdesk.core.models import AuditEntry, User


def audit_visible_to(user: User, *, text: str = "") -> QuerySet[AuditEntry]:
    """Newest first, those with `text` in person, deed or thing; nothing without the permission."""
    if not user.may(Permission.AUDIT_VIEW):
        return AuditEntry.objects.none()
    entries = AuditEntry.objects.select_related("actor").order_by("-at", "-id")
    if text := search_text(text):
        entries = entries.filter(
            Q(actor_label__icontains=text)
            | Q(verb__icontains=text)
            | Q(
                verb__icontains=text.replace(" ", ".")
            )  # shown as "client created", stored as "client.created"
            | Q(target_label__icontains=text)
        )
    return entries
