"""What rules remember of tickets does not grow for ever."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from helpdesk.core import jobs
from tickets.domain.status import Status
from tickets.models import RuleHit, RuleTrace

#: Rows of one statement: mails and people wait for no longer than it takes.
PART = 1_000


@jobs.each_day
def forget_old_runs(now: datetime) -> None:
    """Removes traces and hits older than `RULE_HISTORY_DAYS`, but not the last hit of a rule, which the list
    shows, and marked hits that keep a time rule from acting a second time. Safe to run twice.
    """
    limit = now - timedelta(days=settings.RULE_HISTORY_DAYS)
    for old in _parts(RuleTrace.objects.all(), limit):
        old.delete()
    last = RuleHit.objects.values("rule").annotate(last=Max("pk")).values_list("last", flat=True)
    later = RuleHit.objects.filter(rule=OuterRef("rule"), ticket=OuterRef("ticket"), pk__gt=OuterRef("pk"))
    is_spent = Q(mark="") | Q(ticket__status=Status.CLOSED) | Exists(later.exclude(mark=""))
    for old in _parts(RuleHit.objects.all(), limit):
        spent = old.filter(is_spent).exclude(pk__in=list(last)).values_list("pk", flat=True)
        RuleHit.objects.filter(pk__in=list(spent)).delete()


def _parts(rows: QuerySet[Any], limit: datetime) -> Iterator[QuerySet[Any]]:
    """The old rows in parts. Rows are written as time goes by, so the first part without any ends it: this
    costs what is old, not what there is.
    """
    at = 0
    while True:
        part = list(rows.filter(pk__gt=at).order_by("pk").values_list("pk", "at")[:PART])
        old = [pk for pk, then in part if then < limit]
        if not old:
            return
        at = part[-1][0]
        yield rows.filter(pk__in=old)
