"""What can go wrong with service requests.

DeskbellError
├── Refused (403): NotYours
├── NotFound (404): RequestNotFound, CodeUnknown
├── Conflict (409): RequestOver (NoNewJoins), AlreadyAssigned, KeyUsed, CustomerIsThere, TooManySessions,
│   LineLost
└── Invalid (422): RequestInvalid
"""

from django.utils.translation import gettext_lazy as _

from helpdesk.core.errors import Conflict, Invalid, NotFound, Refused


class NotYours(Refused):
    code = "not-yours"
    title = _("Only a technician who may work on this request, or who created it, can do this.")


class RequestNotFound(NotFound):
    code = "request-not-found"
    title = _("There is no such service request, or it is not yours to see.")


class CodeUnknown(NotFound):
    """Also of a code that was good once: a stranger learns nothing about others."""

    code = "code-unknown"
    title = _("This code or link is not valid, or not any more. Ask your technician for a new one.")


class RequestOver(Conflict):
    code = "request-over"
    title = _("This service request is over. Create a new one.")


class NoNewJoins(RequestOver):
    code = "no-new-joins"
    title = _("The time of this service request is up: nobody else can join it. Create a new one.")


class AlreadyAssigned(Conflict):
    """`detail` says who was first."""

    code = "already-assigned"
    title = _("Somebody else took this service request first.")


class KeyUsed(Conflict):
    code = "key-used"
    title = _("Somebody has joined with this code already. Ask your technician for a new one.")


class CustomerIsThere(Conflict):
    code = "customer-is-there"
    title = _("The customer is connected already and needs no code.")


class TooManySessions(Conflict):
    """`detail` says how many may be at once."""

    code = "too-many-sessions"


class LineLost(Conflict):
    """Of a process that was silent for so long that others took it for dead."""

    code = "line-lost"
    title = _("The connection was interrupted. Connect again.")


class RequestInvalid(Invalid):
    code = "request-invalid"
