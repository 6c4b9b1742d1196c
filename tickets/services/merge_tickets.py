"""Tickets that are one and the same become one: what was said moves, and a record makes it exactly undone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _

from helpdesk.core.models import User
from tickets.domain.kinds import MessageKind, Source, Verb
from tickets.domain.merge import Obstacle, Side, obstacle
from tickets.domain.priority import Priority
from tickets.domain.status import Status
from tickets.errors import MergeAcrossClients, MergeRefused
from tickets.models import Attachment, Message, Participant, Ticket, TicketMerge
from tickets.selectors.merges import final_number, held_replies, only_comes_back
from tickets.services.change import write_activity
from tickets.services.follow import carry_followers
from tickets.services.targets.retarget import retarget, retarget_for_tags
from tickets.services.targets.stop import stop_clocks
from tickets.services.work.merging import move_work


@transaction.atomic
def merge_tickets(
    *,
    sources: Sequence[Ticket],
    target: Ticket,
    by: User,
    now: datetime,
    keep_highest: bool = False,
    across_clients: bool = False,
) -> list[TicketMerge]:
    """The sources are closed and go on in the target, all or none; nobody outside and no rule hears of it.

    Their words, files, people and tags move there, with `keep_highest` the highest priority too. Of two
    people who merge the same tickets at once the first wins. Raises `MergeRefused` with the reason.
    """
    for source in sources:
        refuse(source, target, across_clients=across_clients)
    # In the order of their numbers, so that two merges wait for each other instead of for ever.
    for ticket in sorted({*sources, target}, key=lambda ticket: ticket.pk):
        _claim(ticket, target, now)
    merges = [_merge(source.pk, target, by=by, now=now) for source in dict.fromkeys(sources)]
    carry_followers(sources=sources, target=target, now=now)
    if keep_highest:
        _raise_priority(target, merges, by=by, now=now)
    if any(merge.kept["tags"] for merge in merges):
        retarget_for_tags(target, now=now)
    return merges


def refuse(source: Ticket, target: Ticket, *, across_clients: bool = False) -> None:
    """Raises what stands against this merge; reads where merged tickets go on."""
    found = obstacle(_side(source), _side(target), across_clients=across_clients)
    if found:
        error = MergeAcrossClients if found is Obstacle.CLIENTS else MergeRefused
        raise error(_words(found, source, target))


def _side(ticket: Ticket) -> Side:
    goes_on_in = final_number(ticket.pk) if ticket.merged_into_id else 0
    return Side(ticket.number, ticket.client_id, ticket.is_closed, goes_on_in)


def _words(found: Obstacle, source: Ticket, target: Ticket) -> str:
    sentences = {
        Obstacle.ITSELF: _("A ticket cannot be merged into itself."),
        Obstacle.MERGED: _("#%(source)s is already merged into #%(its_target)s."),
        Obstacle.TARGET_MERGED: _("#%(target)s is itself merged into #%(end)s. Merge into that one."),
        Obstacle.CIRCLE: _("#%(target)s is itself merged into #%(source)s. Undo that first."),
        Obstacle.CLOSED: _("#%(target)s is closed for good. Choose a ticket that is still open."),
        Obstacle.CLIENTS: _(
            "#%(source)s is of %(source_client)s, #%(target)s of %(target_client)s: the people of each would"
            " read what the others wrote."
        ),
    }
    return sentences[found] % {
        "source": source.number,
        "target": target.number,
        "its_target": source.merged_into_id,
        "end": final_number(target.pk),
        "source_client": source.client,
        "target_client": target.client,
    }


def _claim(ticket: Ticket, target: Ticket, now: datetime) -> None:
    """The row count is the answer: a source goes only once, a target must stay what it is."""
    unmerged = Ticket.objects.filter(pk=ticket.pk, merged_into=None)
    if ticket == target:
        rows = unmerged.exclude(status=Status.CLOSED).update(updated_at=now)
    else:
        rows = unmerged.update(merged_into=target, updated_at=now)
    if rows != 1:
        raise MergeRefused(
            _("Somebody changed #%(number)s meanwhile. Look at it again.") % {"number": ticket.pk}
        )


def _merge(number: int, target: Ticket, *, by: User, now: datetime) -> TicketMerge:
    """The source as it is now, claimed: nobody else writes to it until we are done."""
    source = Ticket.objects.get(pk=number)
    if held_replies(source).exists():
        words = _("An answer on #%(number)s can still be taken back. Merge it in a few seconds.")
        raise MergeRefused(words % {"number": number})
    people = [] if only_comes_back(source, target) else _add_people(source, target, now)
    kept = {
        "status": source.status,
        "resolved_at": _iso(source.resolved_at),
        "closed_at": _iso(source.closed_at),
        "clocks": stop_clocks(source, now=now),
        **_move_words(source, target, now),
        **move_work(source, target),
        "tags": _add_tags(source, target),
        "people": people,
        "priority": None,
    }
    Ticket.objects.filter(pk=number).update(
        status=Status.CLOSED, closed_at=source.closed_at or now, resolved_at=source.resolved_at or now
    )
    told = f"#{source.number} {source.subject}"
    write_activity(
        ticket=source, verb=Verb.MERGED, by=by, now=now, field="merged-into", after=f"#{target.number}"
    )
    write_activity(ticket=target, verb=Verb.MERGED, by=by, now=now, field="took-in", after=told)
    return TicketMerge.objects.create(
        source=source, target=target, at=now, by=by, by_name=by.full_name, kept=kept
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _move_words(source: Ticket, target: Ticket, now: datetime) -> dict[str, Any]:
    """Messages and files, the description as a message of its own."""
    messages = list(Message.objects.filter(ticket=source).values_list("pk", "origin_id"))
    files = list(Attachment.objects.filter(ticket=source, message=None).values_list("pk", flat=True))
    opening = Message.objects.filter(ticket=source, is_opening=True).first()
    is_made = opening is None
    if opening:
        Message.objects.filter(pk=opening.pk).update(is_opening=False, body=source.description)
    elif source.description or files:
        opening = _description(source)
    Message.objects.filter(ticket=source).update(
        ticket=target, origin=NullIf(Coalesce(F("origin_id"), source.pk), target.pk)
    )
    Attachment.objects.filter(pk__in=files).update(message=opening)
    Attachment.objects.filter(ticket=source).update(ticket=target)
    return {
        "messages": messages,
        "files": files,
        "opening": opening.pk if opening else None,
        "made": is_made,
    }


def _description(source: Ticket) -> Message:
    """Of the customer, or of the technician who opened the ticket by hand."""
    by_hand = source.source in {Source.CONSOLE, Source.API}
    opened = source.activities.filter(verb=Verb.OPENED).order_by("id").first() if by_hand else None
    return Message.objects.create(
        ticket=source,
        kind=MessageKind.CUSTOMER,
        author_id=opened.actor_id if opened else None,
        author_name=opened.actor_label if opened else source.contact_name,
        body=source.description,
        created_at=source.created_at,
    )


def _add_tags(source: Ticket, target: Ticket) -> list[int]:
    """Those that the target did not have."""
    had = set(target.tags.values_list("pk", flat=True))
    new = [pk for pk in source.tags.values_list("pk", flat=True) if pk not in had]
    target.tags.add(*new)
    return new


def _add_people(source: Ticket, target: Ticket, now: datetime) -> list[str]:
    """Contact and participants of the source take part in the target; who was sent away stays away."""
    had = {target.contact_email.lower(), *target.participants.values_list("email", flat=True)}
    people = {one.email: one for one in source.participants.all()}
    if email := source.contact_email.lower():
        people[email] = Participant(email=email, name=source.contact_name, contact_id=source.contact_id)
    new = [
        Participant(
            ticket=target,
            email=email,
            name=one.name,
            contact_id=one.contact_id,
            is_blocked=one.is_blocked,
            added_at=now,
        )
        for email, one in people.items()
        if email not in had
    ]
    Participant.objects.bulk_create(new)
    return [one.email for one in new]


def _raise_priority(target: Ticket, merges: Sequence[TicketMerge], *, by: User, now: datetime) -> None:
    ranks = list(Priority)
    before = Priority(Ticket.objects.values_list("priority", flat=True).get(pk=target.pk))
    for merge in merges:
        after = Priority(merge.source.priority)
        if ranks.index(after) >= ranks.index(before):
            if after != before:
                set_priority(target, before, after, by=by, now=now)
            merge.kept["priority"] = [before, after]  # of two equal ones each would keep it
            merge.save(update_fields=["kept"])
            before = after


def set_priority(ticket: Ticket, before: str, after: str, *, by: User, now: datetime) -> None:
    """Without a word to the rules; the promises follow."""
    Ticket.objects.filter(pk=ticket.pk, priority=before).update(priority=after)
    ticket.priority = after
    write_activity(
        ticket=ticket, verb=Verb.CHANGED, by=by, now=now, field="priority", before=before, after=after
    )
    retarget([ticket], now=now)
