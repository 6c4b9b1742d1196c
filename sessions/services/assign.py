"""Who serves a request."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.core.models import Team, User
from sessions.domain.kinds import Verb
from sessions.errors import AlreadyAssigned, NotYours, RequestInvalid
from sessions.models import ServiceRequest
from sessions.selectors.access import may_serve
from sessions.services.change import locked_open, note


@transaction.atomic
def take_request(*, request: ServiceRequest, by: User, now: datetime) -> None:
    """Make yourself the assignee of a request that nobody has. The first caller wins; once more is no change.

    Raises `RequestOver`, `AlreadyAssigned` (who was first).
    """
    row = locked_open(request, now=now)
    if row.assignee_id == by.pk:
        return
    free = ServiceRequest.objects.filter(pk=row.pk, assignee=None, ended_at=None)
    if free.update(assignee=by, assigned_at=now) != 1:
        raise _first(row)
    note(row, Verb.TAKEN, by=by, after=by, now=now)


@transaction.atomic
def assign_request(*, request: ServiceRequest, to: User | None, by: User, now: datetime) -> None:
    """Give it to a colleague or to nobody; who serves it must still be whom `request` shows.

    Raises `RequestInvalid` (field `assignee`), `RequestOver`, `AlreadyAssigned` (somebody was faster).
    """
    row = locked_open(request, now=now)
    if row.assignee_id == (to.pk if to else None):
        return
    if to and not may_serve(to, row):
        raise RequestInvalid(fields={"assignee": _("Choose somebody who may work on this request.")})
    before = row.assignee
    as_seen = ServiceRequest.objects.filter(pk=row.pk, assignee=request.assignee_id, ended_at=None)
    if as_seen.update(assignee=to, assigned_at=now if to else None) != 1:
        raise _first(row)
    note(row, Verb.ASSIGNED, by=by, before=before or "", after=to or "", now=now)


@transaction.atomic
def assign_team(*, request: ServiceRequest, to: Team | None, by: User, now: datetime) -> None:
    """Put it into the queue of a team, or of nobody in particular; who serves it stays.

    Raises `RequestOver`.
    """
    row = locked_open(request, now=now)
    if row.team_id == (to.pk if to else None):
        return
    before = row.team
    ServiceRequest.objects.filter(pk=row.pk).update(team=to)
    note(row, Verb.TEAM, by=by, before=before or "", after=to or "", now=now)


def _first(row: ServiceRequest) -> AlreadyAssigned:
    """Who was faster; nameless if they gave it back already."""
    holder = row.assignee
    return AlreadyAssigned(
        _("%(name)s took this service request first.") % {"name": holder} if holder else ""
    )


def refuse_strangers(row: ServiceRequest, by: User) -> None:
    """A technician who may work on it, or who created it. Raises `NotYours`."""
    if not (may_serve(by, row) or row.created_by_id == by.pk):
        raise NotYours
