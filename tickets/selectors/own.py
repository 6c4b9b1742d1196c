from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agents.models import Profile
from tickets.models import Ticket
from tickets.selectors.merges import merged_targets

LATEST = 25


@dataclass(frozen=True, slots=True)
class OwnTicket:
    """As its owner shall see it: of a merged one the number and the state of where it goes on."""

    public_id: UUID
    number: int
    subject: str
    status: str
    created_at: datetime
    updated_at: datetime


def tickets_of_profile(profile: Profile) -> list[OwnTicket]:
    """The latest tickets that this profile opened, and no others (A30); those that became one stand once.

    The subject is always the owner's own. One query, three more where tickets were merged.
    """
    rows = Ticket.objects.filter(profile=profile).order_by("-id")
    names = ("id", "public_id", "subject", "status", "created_at", "updated_at", "merged_into")
    own = list(rows.only(*names)[:LATEST])
    ends = merged_targets([ticket.pk for ticket in own if ticket.merged_into_id])
    targets = Ticket.objects.only("status", "updated_at").in_bulk(ends.values()) if ends else {}
    shown: dict[int, OwnTicket] = {}
    for ticket in sorted(own, key=lambda ticket: (ticket.pk in ends, -ticket.pk)):
        end = targets[ends[ticket.pk]] if ticket.pk in ends else ticket
        if end.pk not in shown:
            shown[end.pk] = OwnTicket(
                ticket.public_id, end.pk, ticket.subject, end.status, ticket.created_at, end.updated_at
            )
    return sorted(shown.values(), key=lambda one: -one.number)
