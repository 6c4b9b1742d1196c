"""Reports that go out by mail: the only door to them."""

from django.db.models import QuerySet

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from tickets.models import ReportPlan


def plans_visible_to(user: User) -> QuerySet[ReportPlan]:
    """One's own; of everybody for who may change settings, which is for all clients."""
    found = ReportPlan.objects.select_related("client", "owner").order_by("pk")
    return found if user.may(Permission.SETTINGS_EDIT) else found.filter(owner=user)
