"""The words for states, in the language of the reader."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tickets.domain.conditions import Op
from tickets.domain.kinds import AttachmentKind, MessageKind, Source
from tickets.domain.priority import Priority
from tickets.domain.rules import TicketType
from tickets.domain.status import Status
from tickets.domain.survey import Rating
from tickets.domain.targets import ClockKind, Unit
from tickets.domain.work import LinkKind, TimeOrigin

STATUS_CHOICES = [
    (Status.OPEN.value, _("Open")),
    (Status.PROCESSING.value, _("Processing")),
    (Status.WAITING.value, _("Waiting")),
    (Status.RESOLVED.value, _("Resolved")),
    (Status.CLOSED.value, _("Closed")),
]
PRIORITY_CHOICES = [
    (Priority.LOW.value, _("Low")),
    (Priority.MEDIUM.value, _("Medium")),
    (Priority.HIGH.value, _("High")),
    (Priority.URGENT.value, _("Urgent")),
]
TYPE_CHOICES = [
    (TicketType.INCIDENT.value, _("Incident")),
    (TicketType.PROBLEM.value, _("Problem")),
    (TicketType.REQUEST.value, _("Request")),
    (TicketType.CHANGE.value, _("Change")),
]
SOURCE_CHOICES = [
    (Source.AGENT.value, _("Helpdesk agent")),
    (Source.CONSOLE.value, _("Console")),
    (Source.API.value, _("API")),
    (Source.MAIL.value, _("E-mail")),
]
MESSAGE_CHOICES = [
    (MessageKind.CUSTOMER.value, _("Customer")),
    (MessageKind.REPLY.value, _("Reply")),
    (MessageKind.NOTE.value, _("Internal note")),
]
RATING_CHOICES = [
    (Rating.HAPPY.value, _("Good")),
    (Rating.NEUTRAL.value, _("It was okay")),
    (Rating.SAD.value, _("Not good")),
]
ATTACHMENT_CHOICES = [
    (AttachmentKind.SCREENSHOT.value, _("Screenshot")),
    (AttachmentKind.FILE.value, _("File")),
]
CLOCK_CHOICES = [
    (ClockKind.FIRST.value, _("First answer")),
    (ClockKind.NEXT.value, _("Next answer")),
    (ClockKind.RESOLVE.value, _("Solution")),
]
TIME_ORIGIN_CHOICES = [
    (TimeOrigin.TIMER.value, _("Timer")),
    (TimeOrigin.MANUAL.value, _("By hand")),
    (TimeOrigin.SESSION.value, _("Support session")),
]
LINK_CHOICES = [
    (LinkKind.PARENT.value, _("Parent")),
    (LinkKind.RELATED.value, _("Related")),
]
UNIT_CHOICES = [
    (Unit.MINUTES.value, _("min")),
    (Unit.HOURS.value, _("h")),
    (Unit.DAYS.value, _("days")),
]


def span_words(minutes: float) -> str:
    """ "3 h 23 m"; days from the second on: "2 d 4 h"."""
    left = max(0, round(minutes))
    if left < 24 * 60:
        return hours_words(left)
    days, hours = left // 1440, left % 1440 // 60
    return gettext("%(d)s d %(h)s h") % {"d": days, "h": hours} if hours else gettext("%(d)s d") % {"d": days}


def hours_words(minutes: int) -> str:
    """ "43 h", "3 h 05 m", "20 m", however long."""
    parts = {"h": minutes // 60, "m": minutes % 60}
    if not parts["h"]:
        return gettext("%(m)s m") % parts
    return gettext("%(h)s h %(m)02d m") % parts if parts["m"] else gettext("%(h)s h") % parts


#: How a row of the filter builder, or a target, asks.
OP_WORDS = {
    Op.IS: _("is"),
    Op.NOT: _("is not"),
    Op.HAS: _("contains"),
    Op.LACKS: _("does not contain"),
    Op.WITHIN: _("in the last days"),
    Op.OLDER: _("longer ago than days"),
    Op.AFTER: _("since"),
    Op.BEFORE: _("before"),
    Op.NEXT: _("in the next days"),
    Op.OVER: _("is more than"),
    Op.UNDER: _("is less than"),
    Op.BETWEEN: _("is between"),
    Op.EMPTY: _("is empty"),
    Op.FILLED: _("is not empty"),
}
