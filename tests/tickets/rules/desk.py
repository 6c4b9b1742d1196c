"""A mail taken in as the intake does it, and what the trace says of it."""

from datetime import datetime
from typing import Any

from tickets.domain.rules import Trigger
from tickets.models import Rule, RuleTrace, Ticket
from tickets.services.rules import active_rules, finish, plan, shape_new
from tickets.services.rules.facts import facts_of

CREATED = Trigger.CREATED
HIGH = {"do": "set_priority", "value": "high"}


def mail_ticket(now: datetime, **facts: Any) -> Ticket:
    return Ticket(subject="Sage crashes", source="mail", created_at=now, updated_at=now, **facts)


def take_in(ticket: Ticket, now: datetime, **facts: Any) -> Ticket:
    """As the intake does it: plan, shape, save, finish."""
    wanted = plan(active_rules(CREATED), facts_of(ticket, now, **facts), now)
    shape_new(ticket, wanted)
    ticket.save()
    finish([(ticket, wanted)], now)
    return ticket


def last_trace(ticket: Ticket) -> list[dict[str, Any]]:
    trace = RuleTrace.objects.filter(ticket=ticket).latest("id")
    lines: list[dict[str, Any]] = trace.lines
    return lines


def line_of(ticket: Ticket, rule: Rule) -> dict[str, Any]:
    return next(line for line in last_trace(ticket) if line["rule"] == rule.pk)
