"""What macros changed, taken back where nobody has touched it since."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from agents.domain.fields import FieldOf
from agents.models import CustomField
from agents.services.fields import store_values
from helpdesk.core.errors import Conflict
from tickets.domain.kinds import Verb
from tickets.models import Activity, MacroRun, Ticket, TicketValue
from tickets.services.targets.retarget import retarget, retarget_for_fields, retarget_for_tags

#: How the columns of the ticket hold what a run noted; the status has a way of its own.
_COLUMNS = {"priority": ("priority",), "type": ("type",), "assignee": ("assignee_id", "team_id")}

#: What a run noted of a field that the desk added is called by its key behind this.
OWN = "field:"


def claim_run(run: MacroRun) -> None:
    """The first caller takes it back, everybody else gets `Conflict`."""
    if MacroRun.objects.filter(pk=run.pk).delete()[0] == 0:
        raise Conflict(_("This was taken back already."))


def restore_fields(ticket: Ticket, run: MacroRun, *, now: datetime) -> None:
    """Fields and tags as they were, and their lines gone, in the caller's transaction. What somebody, or a
    rule, changed since keeps its value and its line.
    """
    for field, columns in _COLUMNS.items():
        if field in run.changes:
            before, after = (_values(columns, value) for value in run.changes[field])
            if Ticket.objects.filter(pk=ticket.pk, **after).update(**before, updated_at=now):
                _forget(run, field)
    ticket.refresh_from_db()
    if "priority" in run.changes:
        retarget([ticket], now=now)
    if "tags" in run.changes:
        _restore_tags(ticket, run)
        retarget_for_tags(ticket, now=now)
    if own := {name: change for name, change in run.changes.items() if name.startswith(OWN)}:
        _restore_own(ticket, run, own)
        retarget_for_fields(ticket, now=now)


def _values(columns: tuple[str, ...], value: Any) -> dict[str, Any]:  # noqa: ANN401 (of a JSON column)
    return dict(zip(columns, value if len(columns) > 1 else [value], strict=True))


def _restore_tags(ticket: Ticket, run: MacroRun) -> None:
    left, came = run.changes["tags"]
    ticket.tags.remove(*came)
    ticket.tags.add(*ticket.tags.model.objects.filter(pk__in=left))
    _forget(run, "tags")


def _restore_own(ticket: Ticket, run: MacroRun, changes: Mapping[str, Any]) -> None:
    """Each field that the desk added and that still holds what the run wrote."""
    for name, (before, after) in changes.items():
        field = CustomField.objects.get(belongs_to=FieldOf.TICKET, key=name.removeprefix(OWN))
        now_there = TicketValue.objects.filter(ticket=ticket, field=field).values_list("value", flat=True)
        if (now_there.first() or "") == after:
            store_values(TicketValue, {"ticket": ticket}, {field: before})
            _forget(run, "field", before=field.name)


def _forget(run: MacroRun, field: str, **more: str) -> None:
    lines = Activity.objects.filter(ticket=run.ticket_id, at=run.at, actor=run.by_id, field=field, **more)
    lines.filter(verb=Verb.CHANGED).delete()
