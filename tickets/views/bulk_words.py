"""Deeds on many tickets in words: whole sentences, as languages build them differently."""

from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tickets.domain.bulk import Deed, Outcome, Task, Why

Plural = Callable[[int], str]

TITLES: Final[dict[Deed, Plural]] = {
    Deed.ASSIGN: lambda n: ngettext("Assign %(n)s ticket", "Assign %(n)s tickets", n),
    Deed.STATUS: lambda n: ngettext("Status of %(n)s ticket", "Status of %(n)s tickets", n),
    Deed.PRIORITY: lambda n: ngettext("Priority of %(n)s ticket", "Priority of %(n)s tickets", n),
    Deed.TAG: lambda n: ngettext("Add tags to %(n)s ticket", "Add tags to %(n)s tickets", n),
    Deed.UNTAG: lambda n: ngettext("Take tags off %(n)s ticket", "Take tags off %(n)s tickets", n),
    Deed.MERGE: lambda n: ngettext("Merge %(n)s ticket", "Merge %(n)s tickets", n),
    Deed.CLOSE: lambda n: ngettext("Close %(n)s ticket for good", "Close %(n)s tickets for good", n),
    Deed.SPAM: lambda n: ngettext("%(n)s ticket is spam", "%(n)s tickets are spam", n),
}
VERBS: Final[dict[Deed, Plural]] = {
    Deed.ASSIGN: lambda n: ngettext("Assign %(n)s ticket", "Assign %(n)s tickets", n),
    Deed.STATUS: lambda n: ngettext("Change %(n)s ticket", "Change %(n)s tickets", n),
    Deed.PRIORITY: lambda n: ngettext("Change %(n)s ticket", "Change %(n)s tickets", n),
    Deed.TAG: lambda n: ngettext("Tag %(n)s ticket", "Tag %(n)s tickets", n),
    Deed.UNTAG: lambda n: ngettext("Change %(n)s ticket", "Change %(n)s tickets", n),
    Deed.MERGE: lambda n: ngettext("Merge %(n)s ticket", "Merge %(n)s tickets", n),
    Deed.CLOSE: lambda n: ngettext("Close %(n)s ticket", "Close %(n)s tickets", n),
    Deed.SPAM: lambda n: ngettext("Throw %(n)s ticket away", "Throw %(n)s tickets away", n),
}
_DONE: Final[dict[Deed, Plural]] = {
    Deed.ASSIGN: lambda n: ngettext("%(n)s ticket is assigned.", "%(n)s tickets are assigned.", n),
    Deed.TAG: lambda n: ngettext("%(n)s ticket is tagged.", "%(n)s tickets are tagged.", n),
    Deed.MERGE: lambda n: ngettext(
        "%(n)s ticket is merged into #%(value)s.", "%(n)s tickets are merged into #%(value)s.", n
    ),
    Deed.CLOSE: lambda n: ngettext("%(n)s ticket is closed.", "%(n)s tickets are closed.", n),
    Deed.SPAM: lambda n: ngettext("%(n)s ticket is thrown away.", "%(n)s tickets are thrown away.", n),
}


def _changed(n: int) -> str:
    return ngettext("%(n)s ticket is changed.", "%(n)s tickets are changed.", n)


def done_words(task: Task, outcome: Outcome) -> str:
    """ "12 tickets are assigned. 2 are left: closed for good." """
    n = len(outcome.done)
    said = [_DONE.get(task.deed, _changed)(n) % {"n": n, "value": task.value}] if n else []
    for why, numbers in outcome.left.items():
        if why is not Why.TARGET:
            said.append(left_words(why, task, len(numbers)))
    return " ".join(said) or _("Nothing to change.")


def left_words(why: Why, task: Task, n: int) -> str:
    if why is Why.TARGET:
        return _("#%(number)s takes in the others.") % {"number": task.value}
    return _LEFT[why](n) % {"n": n}


_LEFT: Final[dict[Why, Plural]] = {
    Why.READ_ONLY: lambda n: ngettext(
        "%(n)s is skipped: you may only read it.", "%(n)s are skipped: you may only read them.", n
    ),
    Why.MERGED: lambda n: ngettext(
        "%(n)s is skipped: it was merged.", "%(n)s are skipped: they were merged.", n
    ),
    Why.CLOSED: lambda n: ngettext(
        "%(n)s is skipped: it is closed for good.", "%(n)s are skipped: they are closed for good.", n
    ),
    Why.SAME: lambda n: ngettext("%(n)s is like that already.", "%(n)s are like that already.", n),
    Why.NO_MOVE: lambda n: ngettext(
        "%(n)s is skipped: its status does not lead there.",
        "%(n)s are skipped: their status does not lead there.",
        n,
    ),
    Why.NOT_THEIRS: lambda n: ngettext(
        "%(n)s is skipped: its client is not theirs to work for.",
        "%(n)s are skipped: their clients are not theirs to work for.",
        n,
    ),
    Why.CHILDREN: lambda n: ngettext(
        "%(n)s is skipped: a ticket below it is still open.",
        "%(n)s are skipped: tickets below them are still open.",
        n,
    ),
    Why.FIELDS: lambda n: ngettext(
        "%(n)s is skipped: a field is empty that it needs before it is closed.",
        "%(n)s are skipped: fields are empty that they need before they are closed.",
        n,
    ),
    Why.CHANGED: lambda n: ngettext(
        "%(n)s is skipped: somebody changed it meanwhile.",
        "%(n)s are skipped: somebody changed them meanwhile.",
        n,
    ),
}
