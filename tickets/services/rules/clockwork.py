"""Rules that wait for time to pass: looked at every minute, each once per ticket and transition.

A transition is the ticket's coming into its status and, for rules that ask how long ago somebody wrote, the
last word. So a rule that has acted waits until something happens, and acts again when that grows old.
"""

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from helpdesk.core import jobs
from tickets.domain.kinds import MessageKind
from tickets.domain.rule_run import LiveRule, evaluate
from tickets.domain.rules import Condition, Mode, Op, Trigger
from tickets.domain.status import Status
from tickets.errors import TicketChanged, TicketClosed
from tickets.models import Activity, Message, RuleHit, Ticket
from tickets.services.rules.book import active_rules
from tickets.services.rules.facts import facts_of
from tickets.services.rules.plan import Plan
from tickets.services.rules.run import carry_out

#: What one rule looks at and does in a minute, so that mails need not wait for it.
MAX_LOOKS = 2_000
MAX_ACTS = 500
_PAGE = 500
_COLUMNS = {
    "age": "created_at",
    "status_age": "status_since",
    "customer_age": "customer_at",
    "reply_age": "reply_at",
}
_PLAIN = frozenset({"status", "priority", "type", "source"})


@jobs.each_minute
def sweep_time_rules(now: datetime) -> None:
    """Safe to run twice and in several processes: a row that only one can write claims each act."""
    for rule in active_rules(Trigger.TIME_PASSED):
        done = (ticket for ticket in _in_pages(rule, now) if act(rule, ticket, now))
        deque(islice(done, MAX_ACTS), maxlen=0)


def _in_pages(rule: LiveRule, now: datetime) -> Iterator[Ticket]:
    """The numbers first: nothing may stay open on a table that the loop writes to. Of too many a minute takes
    the next part, so that none is left out for ever.
    """
    due = due_tickets(rule, now)
    numbers = list(due.values_list("pk", flat=True))
    if len(numbers) > MAX_LOOKS:
        first = int(now.timestamp()) // 60 * MAX_LOOKS % len(numbers)
        numbers = (numbers[first:] + numbers[:first])[:MAX_LOOKS]
    for start in range(0, len(numbers), _PAGE):
        yield from due.filter(pk__in=numbers[start : start + _PAGE]).prefetch_related("tags")


def due_tickets(rule: LiveRule, now: datetime) -> QuerySet[Ticket]:
    """Tickets that the rule could be waiting for: the database drops what cannot match."""
    tickets = Ticket.objects.exclude(status=Status.CLOSED).annotate(
        status_since=Coalesce(_latest(Activity.objects.filter(field="status"), "at"), F("created_at")),
        customer_at=Coalesce(_latest(_words(MessageKind.CUSTOMER), "created_at"), F("created_at")),
        reply_at=_latest(_words(MessageKind.REPLY).exclude(author=None), "created_at"),
    )
    since = Greatest("status_since", "customer_at", Coalesce("reply_at", "created_at"))
    tickets = tickets.annotate(since=since if _asks_for_words(rule) else F("status_since"))
    done = RuleHit.objects.filter(rule=rule.spec.id, ticket=OuterRef("pk"), at__gte=OuterRef("since"))
    for condition in _must_hold(rule):
        tickets = tickets.filter(_as_sql(condition, now))
    return (
        tickets.filter(~Exists(done)).select_related("contact", "device", "mailbox").order_by("since", "pk")
    )


def act(rule: LiveRule, ticket: Ticket, now: datetime) -> bool:
    """Ask the rule about one of its `due_tickets`; does what it wants if nobody else has."""
    facts = facts_of(ticket, now, **_ages(ticket, now))
    result = Plan(Trigger.TIME_PASSED, evaluate([rule], facts), facts, now)
    if not result.run.matched:
        return False
    since: datetime = ticket.since  # type: ignore[attr-defined]
    result.mark = since.isoformat()
    try:
        with transaction.atomic():
            _hit, is_first = RuleHit.objects.get_or_create(
                rule_id=rule.spec.id, ticket=ticket, mark=result.mark, defaults={"at": now}
            )
            if is_first:
                carry_out(ticket, result)
    except (TicketChanged, TicketClosed):  # somebody works on it just now: the next minute looks again
        return False
    return is_first


def _latest(rows: QuerySet[models.Model], column: str) -> Subquery:
    return Subquery(rows.filter(ticket=OuterRef("pk")).order_by(f"-{column}").values(column)[:1])


def _words(kind: MessageKind) -> QuerySet[Message]:
    """As the facts count them: a stranger's held mail and an out of office start no time anew."""
    return Message.objects.filter(kind=kind, is_held=False, is_automatic=False)


def _asks_for_words(rule: LiveRule) -> bool:
    return any(condition.field in {"customer_age", "reply_age"} for condition in _all_of(rule))


def _all_of(rule: LiveRule) -> Iterator[Condition]:
    for item in rule.spec.root.items:
        yield from (
            (item,) if isinstance(item, Condition) else (c for c in item.items if isinstance(c, Condition))
        )


def _must_hold(rule: LiveRule) -> Iterator[Condition]:
    """Conditions without which the rule cannot match."""
    root = rule.spec.root
    if root.mode is Mode.ALL or len(root.items) == 1:
        yield from (item for item in root.items if isinstance(item, Condition))


def _as_sql(condition: Condition, now: datetime) -> Q:
    """What the database can say about a condition: it may pass what does not match, never drop a match."""
    column, value = _COLUMNS.get(condition.field), condition.value
    if column and condition.op is Op.OLDER and isinstance(value, int):
        return Q(**{f"{column}__lt": now - timedelta(seconds=value)})
    if condition.field in _PLAIN and condition.op in {Op.IS, Op.IN}:
        wanted = value if isinstance(value, tuple) else (value,)
        return Q(**{f"{condition.field}__in": [str(word).lower() for word in wanted]})
    return Q()


def _ages(ticket: Ticket, now: datetime) -> dict[str, object]:
    moments = {field: getattr(ticket, column) for field, column in _COLUMNS.items()}
    return {field: (now - at).total_seconds() if at else None for field, at in moments.items()}
