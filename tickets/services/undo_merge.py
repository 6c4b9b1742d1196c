"""A merge taken back: what it moved goes home, what came later stays where it is."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.core.models import OutgoingMail, User
from tickets.domain.kinds import Verb
from tickets.errors import MergeRefused, NotMerged
from tickets.models import Attachment, Message, Participant, Ticket, TicketMerge
from tickets.services.change import write_activity
from tickets.services.merge_tickets import set_priority
from tickets.services.reply_to_customer import MAIL_KIND
from tickets.services.targets.retarget import retarget_for_tags
from tickets.services.targets.stop import start_clocks
from tickets.services.work.merging import move_work_back


@transaction.atomic
def undo_merge(*, source: Ticket, by: User, now: datetime) -> Ticket:
    """The source is as it was before it was merged; gives the ticket that it was merged into.

    Messages that were split off or taken back since stay so. Of several who undo, the first wins. Raises
    `NotMerged`, `MergeRefused` (the target was itself merged since).
    """
    target_id = source.merged_into_id
    if target_id is None:
        raise NotMerged
    for number in sorted((source.pk, target_id)):
        _claim(number, source, target_id, now)
    merge = TicketMerge.objects.select_related("source", "target").get(source=source, undone_at=None)
    TicketMerge.objects.filter(pk=merge.pk).update(undone_at=now, undone_by=by)
    others = list(TicketMerge.objects.filter(target=merge.target, undone_at=None).order_by("pk"))
    _move_words_back(merge)
    move_work_back(merge)
    _restore(merge, now)
    _take_people(merge, others)
    if _take_tags(merge, others):
        retarget_for_tags(merge.target, now=now)
    _lower_priority(merge, others, by=by, now=now)
    for ticket, field, other in (
        (merge.source, "unmerged-from", merge.target),
        (merge.target, "gave-back", merge.source),
    ):
        write_activity(ticket=ticket, verb=Verb.MERGED, by=by, now=now, field=field, after=f"#{other.number}")
    return merge.target


def _claim(number: int, source: Ticket, target_id: int, now: datetime) -> None:
    """The row count is the answer, as in merging, and the rows are locked in the same order."""
    if number == source.pk:
        if not Ticket.objects.filter(pk=number, merged_into=target_id).update(
            merged_into=None, updated_at=now
        ):
            raise NotMerged
    elif not Ticket.objects.filter(pk=number, merged_into=None).update(updated_at=now):
        words = _("#%(number)s was itself merged since. Undo that first.")
        raise MergeRefused(words % {"number": number})


def _move_words_back(merge: TicketMerge) -> None:
    """Only what is still in the target."""
    kept = merge.kept
    here = set(Message.objects.filter(ticket=merge.target).values_list("pk", flat=True))
    by_origin: dict[int | None, list[int]] = defaultdict(list)
    for pk, origin in kept["messages"]:
        if pk in here:
            by_origin[origin].append(pk)
    for origin, pks in by_origin.items():
        Message.objects.filter(pk__in=pks).update(ticket=merge.source, origin=origin)
        Attachment.objects.filter(message__in=pks).update(ticket=merge.source)
    if kept["opening"] in here:
        opening = Message.objects.filter(pk=kept["opening"])
        files = Attachment.objects.filter(pk__in=kept["files"], message=kept["opening"])
        files.update(ticket=merge.source, message=None)
        if kept["made"]:
            opening.delete()
        else:
            opening.update(is_opening=True, body="")


def _restore(merge: TicketMerge, now: datetime) -> None:
    kept = merge.kept
    Ticket.objects.filter(pk=merge.source_id).update(
        status=kept["status"], resolved_at=_time(kept["resolved_at"]), closed_at=_time(kept["closed_at"])
    )
    start_clocks(kept["clocks"], now=now)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _take_tags(merge: TicketMerge, others: list[TicketMerge]) -> bool:
    through = Ticket.tags.through
    gone = set(merge.kept["tags"])
    for other in others:
        also = set(
            through.objects.filter(ticket=other.source_id, tag__in=gone).values_list("tag_id", flat=True)
        )
        gone -= _hand_over(other, "tags", also)
    through.objects.filter(ticket=merge.target_id, tag__in=gone).delete()
    return bool(gone)


def _take_people(merge: TicketMerge, others: list[TicketMerge]) -> None:
    """Whom the target has heard or written to since goes on taking part: the talk goes on there."""
    gone = set(merge.kept["people"])
    for other in others:
        source = Ticket.objects.get(pk=other.source_id)
        theirs = {source.contact_email.lower(), *source.participants.values_list("email", flat=True)}
        gone -= _hand_over(other, "people", theirs & gone)
    said = Message.objects.filter(ticket=merge.target, created_at__gt=merge.at)
    gone -= {email.lower() for email in said.values_list("author_email", flat=True)}
    sent = OutgoingMail.objects.filter(kind=MAIL_KIND, ref=str(merge.target_id), created_at__gt=merge.at)
    gone -= {email.lower() for email in sent.values_list("to", flat=True)}
    Participant.objects.filter(ticket=merge.target, email__in=gone).delete()


def _hand_over(other: TicketMerge, what: str, things: set[Any]) -> set[Any]:
    """What another merged ticket brings as well stays, and goes when that merge is undone."""
    if things:
        other.kept[what] = sorted({*other.kept[what], *things})
        other.save(update_fields=["kept"])
    return things


def _lower_priority(merge: TicketMerge, others: list[TicketMerge], *, by: User, now: datetime) -> None:
    """To what it was, unless somebody set it since or another merge keeps it; one that raised it further or
    as far remembers that.
    """
    before, after = merge.kept["priority"] or ("", "")
    if before == after:
        return
    heirs = [one for one in others if one.kept["priority"] and one.kept["priority"][0] == after]
    for other in heirs:
        other.kept["priority"][0] = before
        other.save(update_fields=["kept"])
    if any(other.kept["priority"][1] == after for other in heirs):
        return
    target = Ticket.objects.get(pk=merge.target_id)
    if target.priority == after:
        set_priority(target, after, before, by=by, now=now)
