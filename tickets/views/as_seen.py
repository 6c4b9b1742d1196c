"""A change of what somebody saw: who saw an old value is asked, instead of overwriting the new one.

Each picker sends along what it showed (`was`). The ticket is handed to the service as it was seen, whose
conditional UPDATE then refuses by itself, also when two change it at the same moment.
"""

from dataclasses import dataclass

from django.utils.html import strip_tags

from tickets.domain.priority import Priority
from tickets.domain.rules import TicketType
from tickets.domain.status import Status
from tickets.models import Activity, Ticket
from tickets.views.timeline import Line, line

_KNOWN = {
    "status": {status.value for status in Status},
    "priority": {priority.value for priority in Priority},
    "type": {"", *(kind.value for kind in TicketType)},
}


@dataclass(frozen=True, slots=True)
class Changed:
    """What somebody else made of the field meanwhile; `now` is what a second try has seen."""

    field: str
    wanted: str
    now: str
    line: Line | None

    @property
    def words(self) -> str:
        return strip_tags(self.line.sentence) if self.line else ""


def value_of(ticket: Ticket, field: str) -> str:
    """As the pickers write it: of an assignee "17", "team-3" or ""."""
    if field == "assignee":
        return f"team-{ticket.team_id}" if ticket.team_id else str(ticket.assignee_id or "")
    return str(getattr(ticket, field))


def see(ticket: Ticket, field: str, was: str) -> None:
    """Puts the value that the page showed into the object; what no page can have shown is ignored."""
    if field == "assignee":
        number = was.removeprefix("team-")
        if was and not (number.isascii() and number.isdecimal() and len(number) < 10):
            return
        is_team = was.startswith("team-")
        ticket.team_id = int(number) if is_team else None
        ticket.assignee_id = int(number) if number and not is_team else None
    elif was in _KNOWN.get(field, {was}):
        setattr(ticket, field, was)


def what_changed(ticket: Ticket, field: str, wanted: str) -> Changed | None:
    """None if it is what is wanted already. `ticket` is fresh."""
    now = value_of(ticket, field)
    if now == wanted:
        return None
    last = Activity.objects.filter(ticket=ticket, field=field).order_by("-pk").first()
    return Changed(field, wanted, now, line(last) if last else None)
