"""The ends of a request: all of them final."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from helpdesk.core import jobs
from helpdesk.core.models import User
from sessions.domain.kinds import MOST_CLOSING_NOTE, Outcome, Reason, Verb
from sessions.domain.status import Side, Status
from sessions.errors import CodeUnknown, RequestInvalid
from sessions.models import Lease, ServiceRequest, Stay, SupportKey
from sessions.selectors.truth import OPEN, silent, with_truth
from sessions.services.assign import refuse_strangers
from sessions.services.change import locked, locked_open, move, note
from sessions.services.lease import end_silent_leases

LEASES_KEPT = timedelta(days=7)


@transaction.atomic
def close_request(
    *,
    request: ServiceRequest,
    reason: Reason,
    note_text: str = "",
    outcome: Outcome = Outcome.UNKNOWN,
    by: User,
    now: datetime,
) -> None:
    """By a technician, or by who created it; everybody is out at once.

    Raises `NotYours`, `RequestOver`, `RequestInvalid` (closing_note).
    """
    refuse_strangers(request, by)
    text = note_text.strip()
    if len(text) > MOST_CLOSING_NOTE:
        sentence = _("Write at most %(most)s characters.")
        raise RequestInvalid(fields={"closing_note": sentence % {"most": MOST_CLOSING_NOTE}})
    row = locked_open(request, now=now)
    facts = {"reason": reason.value, "closing_note": text, "outcome": outcome.value}
    move(row, Status.CLOSED, by=by, now=now, ended_at=now, ended_by=by, **facts)


@transaction.atomic
def cancel_request(*, key: SupportKey, now: datetime) -> None:
    """The customer who has joined by this key needs no help any more. Raises `RequestOver`, `CodeUnknown`."""
    row = locked_open(key.request, now=now)
    if not SupportKey.objects.filter(pk=key.pk, used_at__isnull=False, withdrawn_at=None).exists():
        raise CodeUnknown
    note(row, Verb.CANCELLED, side=Side.CUSTOMER, label=row.customer_name, now=now)
    move(row, Status.CLOSED, now=now, ended_at=now, reason=Reason.CANCELLED.value)


@transaction.atomic
def set_outcome(*, request: ServiceRequest, outcome: Outcome, by: User, now: datetime) -> None:
    """What came of it, also afterwards: many know it only later. Raises `NotYours`."""
    refuse_strangers(request, by)
    row = locked(request, now=now)
    changed = ServiceRequest.objects.filter(pk=row.pk).exclude(outcome=outcome.value)
    if changed.update(outcome=outcome.value):
        note(row, Verb.OUTCOME, by=by, before=row.outcome, after=outcome, now=now)


@jobs.each_minute
def settle_requests(now: datetime, *, limit: int = 500) -> None:
    """Writes down what is true already: what fell silent and what has run out. Safe to run twice.

    A transaction for each request, so that nobody waits for all of them.
    """
    end_silent_leases(now=now)
    fell_silent = Q(pk__in=Stay.objects.filter(silent(now)).values("request"))
    rows = with_truth(ServiceRequest.objects.filter(OPEN), now=now).filter(
        fell_silent | ~Q(truth=F("status"))
    )
    for row in rows.order_by("expires_at", "pk")[:limit]:
        with transaction.atomic():
            locked(row, now=now)


@jobs.each_day
def forget_leases(now: datetime) -> None:
    """Of processes that are gone; who was connected is kept."""
    in_use = Exists(Stay.objects.filter(lease=OuterRef("pk"), left_at=None))
    Lease.objects.filter(~in_use, ended_at__lt=now - LEASES_KEPT).delete()
