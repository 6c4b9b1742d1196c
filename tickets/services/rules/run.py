from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from helpdesk.core import events
from tickets.domain.rules import Trigger
from tickets.domain.targets import Event
from tickets.models import Ticket
from tickets.services.change import update_if_unchanged
from tickets.services.rules.book import active_rules
from tickets.services.rules.facts import facts_of
from tickets.services.rules.finish import finish
from tickets.services.rules.people import People
from tickets.services.rules.plan import Plan, plan
from tickets.services.rules.shape import wanted
from tickets.services.targets.clocks import keep_clocks
from tickets.services.targets.retarget import retarget, retarget_for_fields, retarget_for_tags


def run_on_ticket(
    *,
    ticket: Ticket,
    trigger: Trigger,
    now: datetime,
    facts: Mapping[str, object] | None = None,
    also: Collection[Trigger] = (),
    why_no_answer: str = "",
) -> Plan:
    """Let the rules answer one event of a saved ticket, in the transaction of the event and after its change.

    `facts`: what the event tells besides the ticket, or instead (body, target ...). What rules change here
    sets off no other rule. `ticket` holds the new values afterwards.
    """
    known = facts_of(ticket, now, **(facts or {}))
    result = plan(active_rules(trigger, *also), known, now, trigger, also=also)
    carry_out(ticket, result, why_no_answer=why_no_answer)
    return result


def carry_out(ticket: Ticket, plan: Plan, *, why_no_answer: str = "") -> None:
    """Do what the plan says to a saved ticket. Raises `TicketChanged` when somebody was faster."""
    with transaction.atomic(savepoint=False):
        people = People(plan.now)
        values = wanted(ticket, plan, people)
        if values:
            update_if_unchanged(ticket=ticket, now=plan.now, **values)
            people.save_turns()
            if "status" in values:
                keep_clocks(ticket=ticket, event=Event.MOVED, now=plan.now)
            if "priority" in values:
                retarget([ticket], now=plan.now)
        finish([(ticket, plan)], plan.now, why_no_answer=[why_no_answer])
        if any(change.field == "tags" for change in plan.changes):
            retarget_for_tags(ticket, now=plan.now)
        if any(change.field == "field" for change in plan.changes):
            retarget_for_fields(ticket, now=plan.now)
        if plan.run.effects:
            events.publish("ticket", str(ticket.number), client_id=ticket.client_id)
