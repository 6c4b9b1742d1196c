"""One deed done to many tickets, and taken back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.core.errors import Conflict, DeskbellError
from helpdesk.core.models import User
from tickets.domain.bulk import Deed, Outcome, Task, Why, outcome_of
from tickets.domain.status import Status
from tickets.errors import TicketInvalid
from tickets.models import BlockedSender, BulkRun, MacroRun, Ticket
from tickets.selectors.access import ticket_for, tickets_visible_to
from tickets.selectors.bulk import EDIT, chosen_tickets, facts_of_chosen
from tickets.services.change_status import move
from tickets.services.macros.carry_out import carry_out
from tickets.services.mail.strangers import block_pattern, unblock_sender
from tickets.services.merge_tickets import merge_tickets
from tickets.services.undo_merge import undo_merge
from tickets.services.undo_reply import undo_run

#: As long as somebody may still have the list before their eyes.
WAY_BACK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of it; `run` is None where nothing was changed."""

    run: BulkRun | None
    outcome: Outcome


def do_to_many(
    *,
    task: Task,
    numbers: Iterable[int],
    by: User,
    now: datetime,
    keep_highest: bool = False,
    across_clients: bool = False,
) -> Done:
    """Does it to each of these tickets that the user may edit, each by itself; merging is all or none.

    What somebody changed meanwhile is left as `Why.CHANGED`. Raises `MergeRefused`, `TicketNotFound` (the
    ticket to merge into is not theirs).
    """
    tickets = chosen_tickets(by, numbers)
    planned = outcome_of(task, facts_of_chosen(by, tickets))
    by_number = {ticket.pk: ticket for ticket in tickets}
    todo = [by_number[number] for number in planned.done]
    if task.deed is Deed.MERGE:
        target = ticket_for(by, int(task.value), to=EDIT)
        if todo:
            merge_tickets(
                sources=todo,
                target=target,
                by=by,
                now=now,
                keep_highest=keep_highest,
                across_clients=across_clients,
            )
        kept: dict[str, list[Any]] = {"merged": planned.done}
        return _note(task, Outcome(planned.done, planned.left), kept, by, now)
    return _each(task, todo, planned, by=by, now=now)


def _each(task: Task, todo: Sequence[Ticket], planned: Outcome, *, by: User, now: datetime) -> Done:
    kept: dict[str, list[Any]] = {"runs": [], "blocked": []}
    done, left = [], {why: list(numbers) for why, numbers in planned.left.items()}
    for ticket in todo:
        try:
            if task.deed is Deed.SPAM:
                _bury(ticket, kept, by=by, now=now)
            else:
                kept["runs"].append(_change(ticket, task, by=by, now=now))
        except DeskbellError:
            left.setdefault(Why.CHANGED, []).append(ticket.pk)
        else:
            done.append(ticket.pk)
    return _note(task, Outcome(done, left), kept, by, now)


def _note(task: Task, outcome: Outcome, kept: dict[str, list[Any]], by: User, now: datetime) -> Done:
    if not outcome.done:
        return Done(None, outcome)
    deed, count = task.deed.value, len(outcome.done)
    return Done(BulkRun.objects.create(by=by, at=now, deed=deed, count=count, kept=kept), outcome)


def _change(ticket: Ticket, task: Task, *, by: User, now: datetime) -> int:
    """Children that are open were looked at in the plan: those that are left are finished along with it."""
    return carry_out(ticket=ticket, actions=task.actions(), by=by, now=now, anyway=True).pk


@transaction.atomic
def _bury(ticket: Ticket, kept: dict[str, list[Any]], *, by: User, now: datetime) -> None:
    """Closed without a word to the rules, so that no survey goes out; a sender whom nobody knows is
    blocked.
    """
    before = ticket.status
    move(ticket=ticket, to=Status.CLOSED, by=by, now=now)
    changes = {"status": [before, Status.CLOSED.value]}
    run = MacroRun.objects.create(ticket=ticket, by=by, at=now, changes=changes)
    email = ticket.contact_email.lower()
    if email and ticket.contact_id is None and not BlockedSender.objects.filter(pattern=email).exists():
        try:
            blocked = block_pattern(pattern=email, reason=f"#{ticket.number}", by=by, now=now)
        except TicketInvalid:  # one of us, or no address: the ticket is spam all the same
            pass
        else:
            kept["blocked"].append(blocked.pk)
    kept["runs"].append(run.pk)


def undo_bulk(*, run: BulkRun, now: datetime) -> tuple[int, int]:
    """(tickets that are as they were, tickets that somebody changed since and that stay), within `WAY_BACK`.

    The first caller wins; raises `Conflict`.
    """
    if now - run.at > WAY_BACK:
        raise Conflict(_("It is too late to take this back. Change what you want by hand."))
    if not BulkRun.objects.filter(pk=run.pk, undone_at=None).update(undone_at=now):
        raise Conflict(_("This was taken back already."))
    own = tickets_visible_to(run.by, to=EDIT).values("pk")  # by now (A11)
    merged = run.kept.get("merged", [])
    still = set(own.filter(pk__in=merged, merged_into__in=own).values_list("pk", flat=True))
    back = sum(_unmerged(number, run.by, now) for number in reversed(merged) if number in still)
    runs = MacroRun.objects.filter(pk__in=run.kept.get("runs", []), ticket__in=own)
    for one in runs.select_related("message", "by"):
        try:
            undo_run(run=one, now=now, within=WAY_BACK)
        except Conflict:
            continue
        back += 1
    for blocked in BlockedSender.objects.filter(pk__in=run.kept.get("blocked", [])):
        unblock_sender(blocked=blocked, by=run.by, now=now)
    return back, run.count - back


def _unmerged(number: int, by: User, now: datetime) -> bool:
    try:
        undo_merge(source=Ticket.objects.get(pk=number), by=by, now=now)
    except Conflict:
        return False
    return True
