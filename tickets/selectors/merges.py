"""Merged tickets: where their story goes on, and which others may be one and the same."""

from collections.abc import Collection

from django.db.models import QuerySet

from helpdesk.core.models import OutgoingMail
from tickets.models import Message, Ticket, TicketMerge

#: A longer chain ends where it was followed to.
MAX_MERGES = 20


def merged_targets(numbers: Collection[int]) -> dict[int, int]:
    """Tickets that were merged -> the ticket where their story goes on, at the end of the chain."""
    targets: dict[int, int] = {}
    ends = set(numbers)
    for _round in range(MAX_MERGES):
        rows = Ticket.objects.filter(pk__in=ends, merged_into__isnull=False)
        step = {number: target for number, target in rows.values_list("pk", "merged_into") if target}
        if not step:
            break
        targets = {number: step.get(end, end) for number, end in (step | targets).items()}
        ends = set(step.values())
    return targets


def final_number(number: int) -> int:
    """The ticket where the story of this one goes on; itself, unless it was merged."""
    return merged_targets([number]).get(number, number)


def only_comes_back(source: Ticket, target: Ticket) -> bool:
    """It was split off the target and nothing was said in it since: it brings nobody new."""
    said = Message.objects.filter(ticket=source)
    return said.exists() and not said.exclude(origin=target).exists()


def held_replies(ticket: Ticket) -> QuerySet[Message]:
    """Answers whose mails can still be taken back."""
    return Message.objects.filter(
        ticket=ticket,
        mail__status=OutgoingMail.Status.QUEUED,
        mail__tries=0,
        mail__hold_until__isnull=False,
    )


def files_of_opening(ticket: Ticket) -> int:
    """How many files came with it, wherever they are now."""
    merge = TicketMerge.objects.get(source=ticket, undone_at=None) if ticket.merged_into_id else None
    return len(merge.kept["files"]) if merge else ticket.attachments.filter(message=None).count()
