"""The panel of the editor that tries a rule on what really came in."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tickets.domain.rule_words import Names, Part, say_action
from tickets.domain.rules import Trigger
from tickets.services.rules.dry_run import Case, DryRun
from tickets.services.rules.plan import Change
from tickets.views.rule_trace import Line, line_of

LASTS = (50, 200, 1000)
DEFAULT_LAST = 200
_CHANGES = frozenset(
    {Trigger.STATUS_CHANGED, Trigger.PRIORITY_CHANGED, Trigger.TYPE_CHANGED, Trigger.ASSIGNMENT_CHANGED}
)
#: In the order of how much they tell.
CHANGED = {
    "priority": gettext_lazy("change priority"),
    "assignee": gettext_lazy("change assignee"),
    "status": gettext_lazy("change status"),
    "type": gettext_lazy("change type"),
    "tags": gettext_lazy("change tags"),
}
FIELDS = {
    "priority": gettext_lazy("Priority"),
    "assignee": gettext_lazy("Assignee"),
    "status": gettext_lazy("Status"),
    "type": gettext_lazy("Type"),
    "tags": gettext_lazy("Tag"),
}


@dataclass(frozen=True, slots=True)
class Diff:
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TryRow:
    case: Case
    diffs: list[Diff]
    deeds: list[list[Part]]
    line: Line


@dataclass(frozen=True, slots=True)
class Try:
    """What the panel shows: counts with their words, then the cases."""

    looked_at: int
    stats: list[tuple[str, str, bool]]
    rows: list[TryRow]


def lasts(trigger: str) -> list[tuple[str, str]]:
    return [(str(number), _last(number, trigger)) for number in LASTS]


def _last(number: int, trigger: str) -> str:
    if trigger in {Trigger.CUSTOMER_REPLIED, Trigger.REOPENED}:
        return _("Last %(n)s answers") % {"n": number}
    if trigger in _CHANGES:
        return _("Last %(n)s changes") % {"n": number}
    if trigger is Trigger.LOW_RATING:
        return _("Last %(n)s low ratings") % {"n": number}
    return _("Last %(n)s tickets") % {"n": number}


def read_last(asked: str) -> int:
    return int(asked) if asked in {str(number) for number in LASTS} else DEFAULT_LAST


def tried(run: DryRun, names: Names, trigger: str) -> Try:
    rows = [
        TryRow(
            case=case,
            diffs=[_diff(change, names) for change in case.changes],
            deeds=[say_action(deed, names) for deed in case.deeds],
            line=line_of(case.line, names, trigger),
        )
        for case in run.cases
    ]
    return Try(run.looked_at, _stats(run), rows)


def _stats(run: DryRun) -> list[tuple[str, str, bool]]:
    stats = [(str(run.matches), ngettext("would match", "would match", run.matches), False)]
    most = max(CHANGED, key=run.changing)
    if count := run.changing(most):
        stats.append((str(count), str(CHANGED[most]), False))
    if run.new:
        stats.append((f"+{run.new}", _("from your edit"), True))
    if run.lost:
        stats.append((f"−{run.lost}", _("no longer match"), True))
    return stats


def _diff(change: Change, names: Names) -> Diff:
    """Priority: Normal becomes High. A tag that comes has no before, one that goes has no after."""
    if change.field == "tags":
        return Diff(str(FIELDS["tags"]), change.before, change.after)
    known = names.get(change.field, {})
    before, after = (known.get(value, value) or _("nobody") for value in (change.before, change.after))
    return Diff(str(FIELDS.get(change.field, change.field)), before, after)
