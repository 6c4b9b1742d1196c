"""Time and checklist go along when tickets are merged, and home again."""

from typing import Any

from tickets.models import ChecklistItem, Ticket, TicketMerge, TimeEntry, Timer

#: Under these names `TicketMerge.kept` lists the rows that moved.
_MOVED = {"time": TimeEntry, "items": ChecklistItem}


def move_work(source: Ticket, target: Ticket) -> dict[str, list[int]]:
    """Part of the merge; timers that run on the source go on at the target."""
    Timer.objects.filter(ticket=source).update(ticket=target)
    moved = {}
    for name, model in _MOVED.items():
        rows: Any = model._default_manager.filter(ticket=source)
        moved[name] = list(rows.values_list("pk", flat=True))
        rows.update(ticket=target)
    return moved


def move_work_back(merge: TicketMerge) -> None:
    """Only what is still in the target."""
    for name, model in _MOVED.items():
        rows: Any = model._default_manager.filter(pk__in=merge.kept.get(name, []), ticket=merge.target)
        rows.update(ticket=merge.source)
