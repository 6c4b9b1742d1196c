"""Tickets that belong together: a parent and its children, or simply related."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from helpdesk.core.models import User
from tickets.domain.work import LinkKind, LinkRole
from tickets.errors import LinkRefused
from tickets.models import Ticket, TicketLink
from tickets.services.work.common import note

#: No family is deeper.
DEEPEST = 20


def link_tickets(*, ticket: Ticket, other: Ticket, role: LinkRole, by: User, now: datetime) -> None:
    """`role` says what `other` is to `ticket`, instead of what it was. Both tell of it; the same again
    changes nothing.

    Raises `LinkRefused`: itself, a second parent, a circle.
    """
    if ticket == other:
        raise LinkRefused(_("A ticket cannot be linked to itself."))
    source, target = _ordered(ticket, other, role)
    kind = LinkKind.RELATED if role is LinkRole.RELATED else LinkKind.PARENT
    if TicketLink.objects.filter(source=source, target=target, kind=kind).exists():
        return
    try:
        with transaction.atomic():
            _between(ticket, other).delete()
            if kind is LinkKind.PARENT:
                _refuse_circle(source, target)
            TicketLink.objects.create(source=source, target=target, kind=kind, at=now)
            note(ticket, by, now, "linked", after=f"#{other.number}")
            note(other, by, now, "linked", after=f"#{ticket.number}")
    except IntegrityError:
        raise LinkRefused(_refusal(target)) from None


@transaction.atomic
def unlink_tickets(*, ticket: Ticket, other: Ticket, by: User, now: datetime) -> LinkRole | None:
    """Says what `other` was, so that it can be linked again; None where no link was."""
    found = _between(ticket, other).first()
    if found is None or not TicketLink.objects.filter(pk=found.pk).delete()[0]:
        return None
    note(ticket, by, now, "unlinked", after=f"#{other.number}")
    note(other, by, now, "unlinked", after=f"#{ticket.number}")
    if found.kind == LinkKind.RELATED:
        return LinkRole.RELATED
    return LinkRole.PARENT if found.source_id == other.pk else LinkRole.CHILD


def _between(ticket: Ticket, other: Ticket) -> QuerySet[TicketLink]:
    return TicketLink.objects.filter(source__in=[ticket, other], target__in=[ticket, other])


def _ordered(ticket: Ticket, other: Ticket, role: LinkRole) -> tuple[Ticket, Ticket]:
    if role is LinkRole.RELATED:
        return (ticket, other) if ticket.pk < other.pk else (other, ticket)
    return (other, ticket) if role is LinkRole.PARENT else (ticket, other)


def _refuse_circle(parent: Ticket, child: Ticket) -> None:
    """A ticket may be neither above nor below itself."""
    above: int | None = parent.pk
    for _step in range(DEEPEST):
        if above == child.pk:
            raise LinkRefused(
                _("#%(child)s already stands above #%(parent)s.")
                % {"child": child.number, "parent": parent.number}
            )
        row = TicketLink.objects.filter(target=above, kind=LinkKind.PARENT).values_list("source").first()
        if row is None:
            return
        above = row[0]
    raise LinkRefused(_("A family of tickets has at most %(count)s levels.") % {"count": DEEPEST})


def _refusal(child: Ticket) -> str:
    return _("#%(child)s has a parent already. Remove that link first.") % {"child": child.number}
