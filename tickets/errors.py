"""What can go wrong with tickets.

DeskbellError
├── Refused (403): ProfileNotVerified
├── NotFound (404): TicketNotFound, AttachmentNotFound, SurveyNotFound, ItemNotFound
├── Conflict (409): TicketChanged, TicketClosed (TicketMerged), TicketHasNoAddress, AlreadyTaken,
│   MoveNotAllowed, MergeRefused (MergeAcrossClients), NotMerged, NotToSplit,
│   LinkRefused, ChildrenOpen
├── SurveyOver (410)
└── Invalid (422): TicketInvalid, IdempotencyKeyReused
"""

from django.utils.translation import gettext_lazy as _

from helpdesk.core.errors import Conflict, DeskbellError, Invalid, NotFound, Refused


class ProfileNotVerified(Refused):
    code = "profile-not-verified"
    title = _("Confirm your e-mail address in Personal settings before you open a ticket.")


class TicketNotFound(NotFound):
    code = "ticket-not-found"
    title = _("There is no such ticket, or it is not yours to see.")


class AttachmentNotFound(NotFound):
    code = "attachment-not-found"
    title = _("There is no such file, or it is not yours to see.")


class TicketChanged(Conflict):
    code = "ticket-changed"
    title = _("Somebody changed this ticket meanwhile. Look at it again, then repeat your change.")


class TicketClosed(Conflict):
    code = "ticket-closed"
    title = _("This ticket is closed for good. Write a note, or open a new ticket.")


class TicketMerged(TicketClosed):
    code = "ticket-merged"
    title = _("This ticket was merged into another one. Write there.")


class MergeRefused(Conflict):
    """`detail` says why."""

    code = "merge-refused"
    title = _("These tickets cannot be merged.")


class MergeAcrossClients(MergeRefused):
    code = "merge-across-clients"


class NotMerged(Conflict):
    code = "not-merged"
    title = _("This ticket is not merged any more.")


class NotToSplit(Conflict):
    code = "not-to-split"
    title = _("Only what a customer wrote can be split off, and somebody may have moved it already.")


class TicketHasNoAddress(Conflict):
    code = "ticket-has-no-address"
    title = _("Nobody's e-mail address stands on this ticket, so no reply can go out. Write a note instead.")


class AlreadyTaken(Conflict):
    code = "already-taken"
    title = _("Somebody else took this ticket first.")


class MoveNotAllowed(Conflict):
    code = "move-not-allowed"
    title = _("A ticket cannot go from its status to that one.")


class LinkRefused(Conflict):
    """`detail` says why."""

    code = "link-refused"
    title = _("These tickets cannot be linked.")


class ChildrenOpen(Conflict):
    """Of a parent that is to be closed; `detail` says how many."""

    code = "children-open"
    title = _("Tickets below this one are still open.")


class ItemNotFound(NotFound):
    """A row beside a ticket: an item of its checklist, an entry of time."""

    code = "item-not-found"


class TicketInvalid(Invalid):
    code = "ticket-invalid"


class IdempotencyKeyReused(Invalid):
    code = "idempotency-key-reused"
    title = _("This Idempotency-Key belongs to another ticket. Send a new ticket with a new key.")


class SurveyNotFound(NotFound):
    code = "survey-not-found"


class SurveyOver(DeskbellError):
    code = "survey-over"
    http_status = 410
