"""Who gets the next answer on a ticket."""

from typing import NamedTuple

from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import StrIndex, Substr

from helpdesk.core.rows import ASKED_KEY, Kept
from tickets.models import BlockedSender, Participant, Ticket

MAX_RECIPIENTS = 40


_PEOPLE = Kept(
    lambda: (
        Participant.objects.filter(ticket=ASKED_KEY, is_blocked=False)
        .select_related("contact")
        .annotate(domain=Substr("email", StrIndex("email", Value("@")) + 1))
        .exclude(Exists(BlockedSender.objects.filter(pattern__in=[OuterRef("email"), OuterRef("domain")])))
        .order_by("pk")[:MAX_RECIPIENTS]
    )
)


class Recipient(NamedTuple):
    email: str
    name: str = ""
    language: str = ""

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email


def recipients_of(ticket: Ticket) -> list[Recipient]:
    """The contact first, then who takes part and is blocked neither here nor for the whole desk; each
    address once, at most 40.
    """
    found: dict[str, Recipient] = {}
    if ticket.contact_email:
        language = ticket.contact.language if ticket.contact else ""
        found[ticket.contact_email.lower()] = Recipient(ticket.contact_email, ticket.contact_name, language)
    for one in _PEOPLE.rows(ticket.pk) if found else ():
        language = one.contact.language if one.contact else ""
        found.setdefault(one.email.lower(), Recipient(one.email, one.name, language))
    return list(found.values())[:MAX_RECIPIENTS]
