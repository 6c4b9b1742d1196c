"""The only door of technicians to service requests."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from agents.selectors.scope import client_scope
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from sessions.domain.links import TECHNICIAN
from sessions.errors import RequestNotFound
from sessions.models import ServiceRequest
from sessions.selectors.links import row_of
from sessions.selectors.truth import with_truth

#: Who may see, and who may serve: the same people as for tickets.
TO_SEE = Permission.TICKETS_VIEW
TO_SERVE = Permission.TICKETS_EDIT


def requests_visible_to(user: User | AnonymousUser, *, to: Permission = TO_SEE) -> QuerySet[ServiceRequest]:
    """Requests of the clients for which the user holds the permission; others do not exist for them.

    One without a client is for those whose role covers all clients, and for whom it concerns: its team, its
    assignee and who created it.
    """
    scope = client_scope(user, to)
    if scope is None:
        return ServiceRequest.objects.all()
    if not isinstance(user, User) or not user.may(to):
        return ServiceRequest.objects.none()
    teams = user.teams.values("pk")
    concerns = Q(team__in=teams) | Q(assignee=user) | Q(created_by=user)
    return ServiceRequest.objects.filter(Q(client__in=sorted(scope)) | (Q(client=None) & concerns))


def request_for(
    user: User | AnonymousUser, code: str, *, now: datetime, to: Permission = TO_SEE
) -> ServiceRequest:
    """One request by its code, with its people and things and its `truth`. Raises `RequestNotFound`."""
    found = _whole(requests_visible_to(user, to=to).filter(code=code), now).first()
    if found is None:
        raise RequestNotFound
    return found


def request_by_technician_link(user: User | AnonymousUser, token: str, *, now: datetime) -> ServiceRequest:
    """The request of a link that technicians give each other: it finds, the door decides."""
    row = row_of(token, kind=TECHNICIAN)
    found = _whole(requests_visible_to(user).filter(public_id=row), now).first() if row else None
    if found is None:
        raise RequestNotFound
    return found


def _whole(rows: QuerySet[ServiceRequest], now: datetime) -> QuerySet[ServiceRequest]:
    people = ("client", "contact", "device", "ticket", "team", "assignee", "created_by", "ended_by")
    return with_truth(rows, now=now).select_related(*people)


def may_serve(user: User, request: ServiceRequest) -> bool:
    """Whether the user could be given this request. Without a client anybody who serves some client can."""
    scope = client_scope(user, TO_SERVE) if user.is_active else frozenset()
    return scope is None or (request.client_id in scope if request.client_id else bool(scope))
