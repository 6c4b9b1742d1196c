"""Open tickets of somebody who leaves go to others."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk.core import jobs
from helpdesk.core.errors import Conflict, DeskbellError, Invalid
from helpdesk.core.models import Team, User
from helpdesk.core.services.audit import record
from helpdesk.core.services.jobs import enqueue
from helpdesk.core.services.people import set_active
from helpdesk.core.services.roles import delete_team
from tickets.domain.status import UNFINISHED
from tickets.models import Ticket
from tickets.selectors.hand_over import open_tickets_of
from tickets.services.change_assignee import change_assignee

PART = 200


@transaction.atomic
def hand_over(*, of: User, to: User | Team | None, by: User, now: datetime) -> int:
    """Their open tickets go to a person, a team or nobody, soon and one by one; how many there are.

    A ticket that the person may not see goes to nobody, so that somebody finds it there.
    """
    count = Ticket.objects.filter(assignee=of, status__in=UNFINISHED).count()
    if count:
        kind = "team" if isinstance(to, Team) else "user" if to else "nobody"
        enqueue(kind="hand_over", ref=f"{of.pk} {kind} {to.pk if to else 0} {by.pk}", now=now)
        after = {"tickets": count, "to": str(to) if to else "-"}
        record(actor=by, verb="handed over tickets", target=of, after=after, now=now)
    return count


@transaction.atomic
def deactivate(*, user: User, to: User | Team | None, by: User, now: datetime) -> int:
    """Out, and the open tickets to others, or nothing of both; how many go over."""
    if to is not None and (to == user or (isinstance(to, User) and not to.is_active)):
        raise Invalid(fields={"to": _("Choose from the list who gets the tickets.")})
    set_active(user=user, is_active=False, by=by, now=now)
    return hand_over(of=user, to=to, by=by, now=now)


@transaction.atomic
def remove_team(*, team: Team, by: User, now: datetime) -> None:
    """Conflict while tickets wait for it."""
    if left := open_tickets_of(team):
        words = ngettext(
            "%(n)d open ticket is this team's. Give it to somebody first.",
            "%(n)d open tickets are this team's. Give them to somebody first.",
            left,
        )
        raise Conflict(words % {"n": left})
    delete_team(team=team, by=by, now=now)


@jobs.handler("hand_over")
def hand_over_job(ref: str, now: datetime) -> None:
    """Safe to run twice: what is theirs no more is passed over."""
    of, kind, to_id, by_id = ref.split()
    teams, people = Team.objects.filter(pk=to_id), User.objects.filter(pk=to_id)
    to = {"team": teams.first, "user": people.first}.get(kind, lambda: None)()
    by, last = User.objects.get(pk=by_id), 0
    while part := list(
        Ticket.objects.select_related("assignee", "team", "client")
        .filter(assignee_id=int(of), status__in=UNFINISHED, pk__gt=last)
        .order_by("pk")[:PART]
    ):
        last = part[-1].pk
        for ticket in part:
            _give(ticket, to, by=by, now=now)


def _give(ticket: Ticket, to: User | Team | None, *, by: User, now: datetime) -> None:
    try:
        change_assignee(ticket=ticket, to=to, by=by, now=now)
    except DeskbellError:
        if to is not None:
            ticket.refresh_from_db()
            _give(ticket, None, by=by, now=now)
