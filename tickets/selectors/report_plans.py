"""Reports that go out by mail: the only door to them."""

from django.db.models import QuerySet

from agents.selectors import clients_visible_to
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from tickets.models import ReportPlan


def plans_visible_to(user: User) -> QuerySet[ReportPlan]:
    """One's own; of everybody for who may change settings. Never of a client that one does not see."""
    found = ReportPlan.objects.select_related("client", "owner").order_by("pk")
    if not user.may(Permission.SETTINGS_EDIT):
        return found.filter(owner=user)
    if user.sees_all_clients:
        return found
    return found.filter(client__in=clients_visible_to(user)) | found.filter(owner=user)
