from dataclasses import dataclass
from datetime import timedelta

from helpdesk.core.selectors.organisation import current_organisation


@dataclass(frozen=True, slots=True)
class Limits:
    """What the organisation has set."""

    request_lives: timedelta
    key_lives: timedelta
    sessions_at_once: int


def current_limits() -> Limits:
    row = current_organisation()
    return Limits(
        timedelta(hours=row.request_hours), timedelta(hours=row.support_key_hours), row.sessions_at_once
    )
