"""The words for states, in the language of the reader."""

from django.utils.translation import gettext_lazy as _

from tickets.domain.kinds import AttachmentKind, MessageKind, Source
from tickets.domain.priority import Priority
from tickets.domain.rules import TicketType
from tickets.domain.status import Status
from tickets.domain.targets import ClockKind, Unit

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
ATTACHMENT_CHOICES = [
    (AttachmentKind.SCREENSHOT.value, _("Screenshot")),
    (AttachmentKind.FILE.value, _("File")),
]
CLOCK_CHOICES = [
    (ClockKind.FIRST.value, _("First answer")),
    (ClockKind.NEXT.value, _("Next answer")),
    (ClockKind.RESOLVE.value, _("Solution")),
]
UNIT_CHOICES = [
    (Unit.MINUTES.value, _("min")),
    (Unit.HOURS.value, _("h")),
    (Unit.DAYS.value, _("days")),
]
