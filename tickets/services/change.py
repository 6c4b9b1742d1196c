"""The common end of every change: one conditional UPDATE, one activity line, one event.

The row count of the UPDATE is the answer: of two people who change the same thing at once the second hears
of it.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from helpdesk.core import events
from helpdesk.core.models import User
from helpdesk.core.rows import insert_rows
from tickets.domain.kinds import Verb
from tickets.domain.status import Status
from tickets.domain.text import MAX_BODY, clean_body
from tickets.errors import TicketChanged, TicketClosed, TicketInvalid, TicketMerged
from tickets.models import Activity, Ticket


def update_if_unchanged(*, ticket: Ticket, now: datetime, **changes: object) -> None:
    """Write the changes if the row still holds what `ticket` shows for these fields and is not closed.

    Raises `TicketClosed` or `TicketChanged`; `ticket` holds the new values afterwards.
    """
    seen = {name: getattr(ticket, name) for name in changes}
    unchanged = {
        name if value is not None else f"{name}__isnull": value if value is not None else True
        for name, value in seen.items()
    }
    rows = (
        Ticket.objects.filter(pk=ticket.pk, **unchanged)
        .exclude(status=Status.CLOSED)
        .update(**changes, updated_at=now)
    )
    if rows != 1:
        raise closed_or_changed(ticket)
    for name, value in changes.items():
        setattr(ticket, name, value)
    ticket.updated_at = now


def closed_or_changed(ticket: Ticket) -> TicketClosed | TicketChanged:
    """Why a conditional UPDATE found no row."""
    row = Ticket.objects.filter(pk=ticket.pk, status=Status.CLOSED).values_list("merged_into").first()
    if row is None:
        return TicketChanged()
    return TicketClosed() if row[0] is None else TicketMerged()


def touch(*, ticket: Ticket, now: datetime) -> None:
    """Move the ticket to the top of the lists; refuses a closed one. Raises `TicketClosed`."""
    update_if_unchanged(ticket=ticket, now=now)


def write_activity(
    *,
    ticket: Ticket,
    verb: Verb,
    by: User | None,
    now: datetime,
    field: str = "",
    before: object = "",
    after: object = "",
    label: str = "",
) -> None:
    """Note who did what, and tell the open pages after commit. Part of the caller's transaction."""
    line = Activity(
        ticket_id=ticket.pk,
        at=now,
        actor_id=by.pk if by else None,
        actor_label=(label or (by.full_name if by else ""))[:200],
        verb=verb,
        field=field,
        before=str(before)[:300],
        after=str(after)[:300],
    )
    insert_rows([line])
    events.publish("ticket", str(ticket.number), client_id=ticket.client_id)


def written_body(text: str) -> str:
    """A cleaned body; raises `TicketInvalid` (field `body`) when nothing is left or it is too long."""
    body = clean_body(text)
    if not body:
        raise TicketInvalid(fields={"body": _("Write something first.")})
    if len(body) > MAX_BODY:
        raise TicketInvalid(
            fields={
                "body": _("Write at most %(count)s characters; send longer text as a file.")
                % {"count": MAX_BODY}
            }
        )
    return body
