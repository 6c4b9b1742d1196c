from django.db.models import QuerySet

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import AuditEntry, User


def audit_visible_to(user: User) -> QuerySet[AuditEntry]:
    """Newest first; nothing without the permission."""
    if not user.may(Permission.AUDIT_VIEW):
        return AuditEntry.objects.none()
    return AuditEntry.objects.select_related("actor").order_by("-at", "-id")
