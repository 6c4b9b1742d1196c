"""The rules in their order, and what is done with a whole rule."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.models import AuditEntry
from helpdesk.core.web import requires, stepped_up
from tickets.domain.rule_words import (
    FLAG_LABELS,
    TRIGGER_LABELS,
    Names,
    Part,
    say_actions,
    say_conditions,
    say_rule,
)
from tickets.models import Rule, RuleExample
from tickets.models.standard import standard_words
from tickets.selectors.rule_choices import RuleLists
from tickets.selectors.rule_list import default_share, rule_changes, rule_rows, rule_tickets
from tickets.services.rules.edit import COLUMNS, delete_rule, move_rule, restore_rule, switch_rule
from tickets.services.rules.examples import Broken, ExamplesBroken
from tickets.views.requests import Request

EDIT = Permission.RULES_EDIT
DAYS = 30
VERBS = {
    "made rule": gettext_lazy("Made"),
    "changed rule": gettext_lazy("Changed"),
    "moved rule": gettext_lazy("Moved"),
    "switched rule on": gettext_lazy("Switched on"),
    "switched rule off": gettext_lazy("Switched off"),
    "deleted rule": gettext_lazy("Deleted"),
    "brought back rule": gettext_lazy("Brought back"),
}
CHANGED = {
    "name": gettext_lazy("Name"),
    "description": gettext_lazy("What it is for"),
    "trigger": gettext_lazy("Looks when"),
    "conditions": gettext_lazy("When"),
    "actions": gettext_lazy("Then"),
    "stops_here": gettext_lazy("Stops here"),
    "is_active": gettext_lazy("On"),
    "place": gettext_lazy("Place"),
}
CHANGES_A_PAGE = 50


@requires(EDIT)
@require_safe
def rules(request: Request) -> HttpResponse:
    asked = request.GET.get("deleted", "")
    known = Rule.objects.filter(deleted_at__isnull=False)
    deleted = known.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 10 else None
    return render(request, "tickets/rules/list.html", {**_list(request), "deleted": deleted})


def _list(request: Request, said: str = "") -> dict[str, Any]:
    since = timezone.now() - timedelta(days=DAYS)
    rows = rule_rows(since=since)
    columns = [columns_of(row.rule) for row in rows]
    names = RuleLists(request.user, columns).names
    shown = [
        {"rule": row.rule, "number": number, "hits": row.hits, "last_at": row.last_at,
         "parts": say_rule(rule, names), "is_last": number == len(rows) - 1}
        for number, (row, rule) in enumerate(zip(rows, columns, strict=True), 1)
    ]  # fmt: skip
    return {
        "nav": "rules",
        "rows": shown,
        "default": rows[-1],
        "share": default_share(rows[-1], since=since),
        "said": said,
    }


def columns_of(rule: Rule) -> dict[str, Any]:
    """The rule as plain values, for forms and sentences."""
    return {name: getattr(rule, name) for name in (*COLUMNS, "is_default", "version")}


def rule_or_404(pk: int) -> Rule:
    return get_object_or_404(Rule, pk=pk, deleted_at=None)


def broken_in_words(
    broken: Iterable[Broken], names: Names
) -> list[tuple[RuleExample, list[Part], list[Part]]]:
    """Examples, each with what would be missing and what would come instead."""
    return [
        (each.example, say_actions(each.missing, names), say_actions(each.extra, names)) for each in broken
    ]


def _ask(request: Request, error: ExamplesBroken, button: str) -> HttpResponse:
    """The list with what would come out otherwise, and the same once more for who means it."""
    template = "tickets/rules/_rules.html" if request.htmx else "tickets/rules/list.html"
    broken = broken_in_words(error.broken, RuleLists(request.user).names)
    asked = [(name, request.POST[name]) for name in ("to", "by", "on") if name in request.POST]
    context = {**_list(request, str(error)), "broken": broken, "asked": asked, "button": button}
    return render(request, template, context, status=409)


def _do(request: Request, act: Callable[[], str], *, button: str = "") -> HttpResponse:
    """`act` answers what has happened; to script the list as it is now, else a toast on the page. `button`
    is for who means it although examples break.
    """
    try:
        said, failed = act(), False
    except ExamplesBroken as error:
        return _ask(request, error, button)
    except DeskbellError as error:
        said, failed = str(error), True
    if request.htmx:
        return render(
            request, "tickets/rules/_rules.html", _list(request, said), status=409 if failed else 200
        )
    (messages.error if failed else messages.success)(request, said)
    return redirect("tickets:rules")


@requires(EDIT)
@stepped_up
@require_POST
def move(request: Request, rule: int) -> HttpResponse:
    """`to`: the new place, counted from 0; or `by`: so many places up (-) or down (+)."""
    found = rule_or_404(rule)

    def act() -> str:
        order = [row.rule.pk for row in rule_rows(since=timezone.now())]
        try:
            to = int(request.POST.get("to") or order.index(found.pk) + int(request.POST.get("by", "")))
        except ValueError:
            return _("Nothing was moved.")
        to = max(0, min(to, len(order) - 2))
        anyway = "anyway" in request.POST
        move_rule(rule=found, to=to, anyway=anyway, by=request.user, now=timezone.now())
        return _("“%(name)s” is now number %(place)s.") % {
            "name": standard_words(found.name),
            "place": to + 1,
        }

    return _do(request, act, button=_("Move anyway"))


@requires(EDIT)
@stepped_up
@require_POST
def switch(request: Request, rule: int) -> HttpResponse:
    found, is_on = rule_or_404(rule), request.POST.get("on") == "1"

    def act() -> str:
        anyway = "anyway" in request.POST
        switch_rule(rule=found, is_on=is_on, anyway=anyway, by=request.user, now=timezone.now())
        words = _("“%(name)s” is on.") if is_on else _("“%(name)s” is off.")
        return words % {"name": standard_words(found.name)}

    return _do(request, act, button=_("Switch on anyway") if is_on else _("Switch off anyway"))


@requires(EDIT)
@stepped_up
@require_POST
def delete(request: Request, rule: int) -> HttpResponse:
    """The list then offers the way back."""
    found = rule_or_404(rule)
    try:
        delete_rule(rule=found, anyway="anyway" in request.POST, by=request.user, now=timezone.now())
    except ExamplesBroken as error:
        return _ask(request, error, _("Delete anyway"))
    except DeskbellError as error:
        messages.error(request, str(error))
        return redirect("tickets:rules")
    return redirect(f"{reverse('tickets:rules')}?deleted={found.pk}")


@requires(EDIT)
@stepped_up
@require_POST
def restore(request: Request, rule: int) -> HttpResponse:
    found = get_object_or_404(Rule, pk=rule)

    def act() -> str:
        restore_rule(rule=found, by=request.user, now=timezone.now())
        return _("“%(name)s” is back in its place.") % {"name": standard_words(found.name)}

    return _do(request, act)


@requires(EDIT)
@require_safe
def tickets(request: Request, rule: int) -> HttpResponse:
    """The tickets behind the number on the list."""
    found = rule_or_404(rule)
    rows = rule_tickets(request.user, found, since=timezone.now() - timedelta(days=DAYS))
    page = Paginator(rows, CHANGES_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "tickets/rules/tickets.html", {"nav": "rules", "rule": found, "page": page})


@requires(EDIT)
@require_safe
def history(request: Request) -> HttpResponse:
    page = Paginator(rule_changes(), CHANGES_A_PAGE).get_page(request.GET.get("page"))
    entries = list(page)
    states = [state for entry in entries for state in (entry.before, entry.after) if state]
    names = RuleLists(request.user, states).names
    lines = [
        {"entry": entry, "what": VERBS.get(entry.verb, entry.verb), "changes": _changes(entry, names)}
        for entry in entries
    ]
    return render(request, "tickets/rules/history.html", {"nav": "rules", "page": page, "lines": lines})


def _changes(entry: AuditEntry, names: Names) -> list[tuple[str, list[Part], list[Part]]]:
    """What was changed: its name, how it was and how it is, in words."""
    before, after = entry.before or {}, entry.after or {}
    return [
        (
            str(label),
            _said(key, before[key], names) if key in before else [],
            _said(key, after[key], names),
        )
        for key, label in CHANGED.items()
        if key in after
    ]


def _said(key: str, value: Any, names: Names) -> list[Part]:  # noqa: ANN401 (a value of a JSON column)
    if key == "conditions":
        return say_conditions(value or {}, names)
    if key == "actions":
        return say_actions(value or [], names)
    if key == "trigger":
        return [Part(TRIGGER_LABELS.get(value, value))]
    if isinstance(value, bool):
        return [Part(FLAG_LABELS["yes" if value else "no"])]
    return [Part(str(value), "value")]
