"""Imports: each person sees their own."""

from django.db.models import QuerySet

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import ImportRun, User


def imports_visible_to(user: User) -> QuerySet[ImportRun]:
    if not user.may(Permission.CLIENTS_EDIT):
        return ImportRun.objects.none()
    return ImportRun.objects.filter(by=user).select_related("by")
