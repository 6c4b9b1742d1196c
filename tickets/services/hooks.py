"""What happens to tickets, told to webhooks.

The lines of activity are the outbox: each deed writes its line in its own transaction, so no event is
lost and no deed pays for webhooks. `collect_calls` turns new lines into calls, a moment later.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q

from helpdesk.core import jobs
from helpdesk.core.domain.webhooks import HookEvent
from helpdesk.core.models import Webhook
from helpdesk.core.selectors.webhooks import listening_webhooks
from helpdesk.core.services.webhooks import queue_call
from tickets.domain.kinds import Verb
from tickets.models import Activity, Ticket
from tickets.selectors.access import tickets_visible_to

AT_ONCE = 500
#: A line with a lower number may be committed later than the ones seen: look back so far for its like.
LOOK_BACK, LOOK_BACK_FOR = 500, timedelta(minutes=2)
EVENT_OF = {
    Verb.OPENED: HookEvent.TICKET_CREATED,
    Verb.FOLLOWED_UP: HookEvent.TICKET_CREATED,
    Verb.CHANGED: HookEvent.TICKET_CHANGED,
    Verb.TAKEN: HookEvent.TICKET_CHANGED,
    Verb.REOPENED: HookEvent.TICKET_CHANGED,
    Verb.MERGED: HookEvent.TICKET_MERGED,
    Verb.RATED: HookEvent.TICKET_RATED,
    Verb.WROTE: HookEvent.CUSTOMER_WROTE,
    Verb.REPLIED: HookEvent.REPLY_SENT,
    Verb.NOTED: HookEvent.NOTE_WRITTEN,
    Verb.MISSED: HookEvent.TARGET_MISSED,
}


def last_line() -> int:
    """Where a webhook starts that is made or switched on now."""
    return Activity.objects.aggregate(last=Max("pk"))["last"] or 0


@jobs.each_minute
def tell_webhooks(now: datetime) -> None:
    """For what the watch beside the web server missed."""
    collect_calls(now)


def collect_calls(now: datetime) -> int:
    """Makes calls of the new lines, for each webhook as far as its owner sees the tickets (A12). Answers how
    many new lines there were; call it again until there is none.

    Safe to run twice and by several processes: who moves `seen` makes the calls.
    """
    return sum(_collect(hook, now) for hook in listening_webhooks())


def _collect(hook: Webhook, now: datetime) -> int:
    since = max(now - LOOK_BACK_FOR, hook.created_at)
    near = Activity.objects.filter(Q(pk__gt=hook.seen) | Q(at__gte=since), pk__gt=hook.seen - LOOK_BACK)
    lines = list(near.order_by("pk")[: LOOK_BACK + AT_ONCE])
    new = sum(line.pk > hook.seen for line in lines)
    wanted = [line for line in lines if EVENT_OF.get(Verb(line.verb)) in hook.events]
    told = hook.calls.filter(source__in=[line.pk for line in wanted]).values_list("source", flat=True)
    known = set(told)
    heard = [line for line in wanted if line.pk not in known]
    if not new and not heard:
        return 0
    tickets = _visible_tickets(hook, {line.ticket_id for line in heard})
    with transaction.atomic():
        moved = Webhook.objects.filter(pk=hook.pk, seen=hook.seen, is_active=True, deleted_at=None)
        if moved.update(seen=max(hook.seen, lines[-1].pk)) != 1:
            return 0
        for line in heard:
            if ticket := tickets.get(line.ticket_id):
                event = EVENT_OF[Verb(line.verb)]
                queue_call(hook=hook, event=event, facts=_facts(line, ticket), now=now, source=line.pk)
    return new


def _visible_tickets(hook: Webhook, numbers: Collection[int]) -> dict[int, Ticket]:
    if not numbers or not hook.owner.is_active:
        return {}
    rows = tickets_visible_to(hook.owner).select_related("client", "assignee", "team")
    return rows.in_bulk(sorted(numbers))


def _facts(line: Activity, ticket: Ticket) -> dict[str, Any]:
    """Who did what, and the ticket as it is by now."""
    return {
        "by": line.actor_label,
        "did_at": line.at.isoformat(),
        "change": {"field": line.field, "before": line.before, "after": line.after},
        "ticket": ticket_facts(ticket),
    }


def ticket_facts(ticket: Ticket) -> dict[str, Any]:
    """What receivers learn of a ticket: states and names, no text of people."""
    return {
        "number": ticket.number,
        "url": f"{settings.BASE_URL}/tickets/{ticket.number}/",
        "subject": ticket.subject,
        "status": ticket.status,
        "priority": ticket.priority,
        "type": ticket.type,
        "source": ticket.source,
        "client": ticket.client.name if ticket.client else "",
        "assignee": str(ticket.assignee or ""),
        "team": str(ticket.team or ""),
        "created_at": ticket.created_at.isoformat(),
        "updated_at": ticket.updated_at.isoformat(),
    }
