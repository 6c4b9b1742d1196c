"""The list of the rules: how often each one matched, which tickets those were, who changed what."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from helpdesk.core.models import AuditEntry, User
from tickets.models import Rule, Ticket
from tickets.selectors.access import tickets_visible_to


@dataclass(frozen=True, slots=True)
class RuleRow:
    rule: Rule
    #: Tickets since the asked time, each once.
    hits: int
    last_at: datetime | None


def rule_rows(*, since: datetime) -> list[RuleRow]:
    """In their order, the default rule last; one query."""
    rules = Rule.objects.filter(deleted_at=None).annotate(
        hit_count=Count("hits__ticket", filter=Q(hits__at__gte=since), distinct=True), last_at=Max("hits__at")
    )
    return [RuleRow(rule, rule.hit_count, rule.last_at) for rule in rules.order_by("position", "id")]


def default_share(default: RuleRow, *, since: datetime) -> int | None:
    """How many of 100 new tickets only the default rule has settled; None without new tickets."""
    new = Ticket.objects.filter(created_at__gte=since).count()
    return min(100, round(100 * default.hits / new)) if new else None


def rule_tickets(user: User, rule: Rule, *, since: datetime) -> QuerySet[Ticket]:
    """Tickets that the rule matched since then and that the user may see, the newest first."""
    matched = rule.hits.filter(at__gte=since).values("ticket")
    found = tickets_visible_to(user).filter(pk__in=matched).defer("description", "details")
    return found.select_related("client").order_by("-id")


def rule_changes() -> QuerySet[AuditEntry]:
    """What was done with rules, the newest first."""
    return AuditEntry.objects.filter(target_type="rule").order_by("-at", "-id")
