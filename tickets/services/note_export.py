from collections.abc import Mapping, Sequence
from datetime import datetime

from helpdesk.core import throttle
from helpdesk.core.models import User
from helpdesk.core.selectors.organisation import current_organisation
from helpdesk.core.services.audit import record

LIMIT, PER_SECONDS = 20, 600


def note_export(*, asked: Mapping[str, Sequence[str]], by: User, now: datetime) -> None:
    """Who takes a list of tickets out of the house stands in the audit log, before the first row leaves.

    Raises `TooMany` for a machine's pace.
    """
    throttle.hit("ticket-export", str(by.pk), limit=LIMIT, per_seconds=PER_SECONDS, now=now)
    filters = {name: ", ".join(values)[:200] for name, values in asked.items() if any(values)}
    record(actor=by, verb="exported tickets", target=current_organisation(), after=filters, now=now)
