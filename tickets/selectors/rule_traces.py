"""Which rules looked at a ticket, and what they made of it."""

from tickets.models import RuleTrace, Ticket

RUNS = 20


def rule_traces(ticket: Ticket) -> list[RuleTrace]:
    """The last runs over a ticket that the caller got through `ticket_for`, the newest first."""
    return list(ticket.rule_traces.order_by("-at", "-id")[:RUNS])
