"""Following a ticket, and making a colleague watch it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.core import events
from helpdesk.core.domain.notices import News
from helpdesk.core.models import User
from helpdesk.core.services.notices import notice
from tickets.errors import TicketInvalid
from tickets.models import Ticket, TicketFollower
from tickets.selectors.followers import may_see


@transaction.atomic
def follow_ticket(*, ticket: Ticket, user: User, by: User, now: datetime) -> bool:
    """From now on `user` hears of everything on the ticket; False for who did so before.

    Who is made to watch by somebody else is told. Raises `TicketInvalid` (field `watcher`) for who may not
    see it.
    """
    if not may_see(user, ticket.client_id):
        raise TicketInvalid(fields={"watcher": _("Choose somebody who may see this ticket.")})
    row = TicketFollower(ticket=ticket, user=user, by=by, at=now)
    known = TicketFollower.objects.filter(ticket=ticket, user=user).exists()
    TicketFollower.objects.bulk_create([row], ignore_conflicts=True)
    if known:
        return False
    about = f"ticket:{ticket.pk}"
    notice(news=News.FOLLOWED, to=[user], about=about, by=by, detail="watch", now=now)
    events.publish("ticket", str(ticket.number), client_id=ticket.client_id)
    return True


@transaction.atomic
def unfollow_ticket(*, ticket: Ticket, user: User) -> bool:
    """Hears no more of it; False for who did not follow."""
    gone, _rows = TicketFollower.objects.filter(ticket=ticket, user=user).delete()
    if gone:
        events.publish("ticket", str(ticket.number), client_id=ticket.client_id)
    return bool(gone)


def carry_followers(*, sources: Sequence[Ticket], target: Ticket, now: datetime) -> None:
    """Who followed a ticket follows the one that it was merged into; they go on doing so after an undo."""
    users = TicketFollower.objects.filter(ticket__in=sources).values_list("user_id", flat=True)
    rows = [TicketFollower(ticket=target, user_id=user, at=now) for user in set(users)]
    TicketFollower.objects.bulk_create(rows, ignore_conflicts=True)
