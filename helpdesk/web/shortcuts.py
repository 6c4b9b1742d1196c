"""The table of shortcuts: the sheet, the page where people change them and the palette read it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from helpdesk.core.domain.keys import chosen
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Invalid
from helpdesk.core.models import User
from helpdesk.core.services.keys import change_keys
from helpdesk.core.web import signed_in, user_of
from tickets.domain.reports import ReportKind
from tickets.selectors.reports import report_title

Words = str | Promise
#: Groups of the sheet: a shortcut by its standard key; keys that are not single stand as they are and stay.
SHEET: Mapping[Words, Mapping[str, Words]] = {
    _("Anywhere"): {
        "Ctrl+K": _("Search or run a command"),
        "?": _("This list"),
        "/": _("Search this page"),
        "n": _("New ticket"),
        "Esc": _("Close, go back"),
        "g": _("Go to a place, with its key"),
    },
    _("Go to"): {
        "g d": _("Dashboard"),
        "g t": _("Tickets"),
        "g i": _("Notices"),
        "g c": _("Clients"),
        "g v": _("Devices"),
        "g a": _("Approvals"),
        "g r": _("Rules"),
        "g s": _("Settings"),
    },
    _("Lists"): {
        "j": _("Next"),
        "k": _("Previous"),
        "Enter": _("Open"),
        "Space": _("Preview panel"),
        "x": _("Select"),
        "Shift+x": _("Select a range"),
        "f": _("Add a filter"),
    },
    _("Ticket"): {
        "r": _("Reply"),
        "m": _("Internal note"),
        "a": _("Assign"),
        "i": _("Assign to me"),
        "s": _("Status"),
        "p": _("Priority"),
        "t": _("Tags"),
        "z": _("Snooze"),
        "w": _("Follow"),
        "e": _("Merge into another"),
    },
    _("Writing"): {
        "Ctrl+Enter": _("Send"),
        "Ctrl+Shift+Enter": _("Send and resolve"),
        "typed /": _("Insert a canned reply"),
        "typed @": _("Mention a colleague"),
    },
}


@dataclass(frozen=True, slots=True)
class Shortcut:
    id: str
    label: Words
    #: The caps to show, with the keys that the user chose.
    caps: tuple[str, ...]
    #: What the user chose; None of a key that stays.
    key: str | None = None
    errors: list[str] = field(default_factory=list)


def sheet(
    stored: Mapping[str, str], typed: Mapping[str, str] | None = None
) -> list[tuple[Words, list[Shortcut]]]:
    """The whole table with the keys that a user chose; `typed` shows what they have just entered instead."""
    keys = chosen(stored)
    shown = keys | {each: typed[each] for each in keys if typed and each in typed}
    return [
        (group, [_shortcut(each, label, keys, shown) for each, label in rows.items()])
        for group, rows in SHEET.items()
    ]


def _shortcut(each: str, label: Words, keys: Mapping[str, str], shown: Mapping[str, str]) -> Shortcut:
    if each in keys:
        caps = (keys["g"], keys[each]) if each.startswith("g ") else (keys[each],)
        return Shortcut(each, label, tuple(cap.upper() for cap in caps), shown[each])
    parts = each.removeprefix("typed ").split("+") if len(each) > 1 else [each]
    return Shortcut(
        each, label, tuple(keys.get(part, part).upper() if len(part) == 1 else part for part in parts)
    )


def names() -> dict[str, str]:
    """What each shortcut is called."""
    return {each: str(label) for rows in SHEET.values() for each, label in rows.items()}


def changeable(
    user: User, typed: Mapping[str, str], errors: Mapping[str, str]
) -> Iterator[tuple[Words, list[Shortcut]]]:
    for group, rows in sheet(user.keys, typed):
        own = [row for row in rows if row.key is not None]
        for row in own:
            row.errors.extend([errors[row.id]] if row.id in errors else [])
        if own:
            yield group, own


def shortcuts_of(user: User, frame: Mapping[str, Any]) -> dict[str, Any]:
    """What the frame of a page shows of it: the sheet, and what the palette goes to and does."""
    keys = chosen(user.keys)
    places = [
        *frame["places"],
        {"key": "notices", "go": "i", "icon": "bell", "label": _("Notices"), "url": reverse("web:notices")},
    ]
    shown = tuple(sorted(user.keys.items())), frozenset(place["go"] for place in places)
    settings = [*frame.get("desk", ()), *frame.get("settings", ())]
    own = {place["url"] for place in places}
    return {
        "key_names": _names_json(get_language() or "en"),
        "sheet": _sheet_html(get_language() or "en", *shown),
        "doors": [place | {"caps": _go_caps(keys, place["go"])} for place in places]
        + _reports(user)
        + [{"key": each["url"], **each} for each in settings if each["url"] not in own],
        "commands": _commands(user, keys),
    }


@lru_cache(maxsize=8)
def _names_json(_language: str) -> str:
    return json.dumps(names())


def _go_caps(keys: Mapping[str, str], go: str) -> tuple[str, ...]:
    return (keys["g"].upper(), keys.get(f"g {go}", go).upper()) if go else ()


def _reports(user: User) -> list[dict[str, Any]]:
    if not user.may(Permission.REPORTS_VIEW):
        return []
    return [
        {
            "key": f"report-{kind}",
            "icon": "chart",
            "label": gettext("Report: %(title)s") % {"title": report_title(kind)},
            "url": reverse("tickets:report", args=[kind.value]),
        }
        for kind in ReportKind
    ]


def _commands(user: User, keys: Mapping[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"key": "profile", "icon": "user", "label": _("Your profile"), "url": reverse("web:profile")},
        {
            "key": "bell",
            "icon": "bell",
            "label": _("Choose what you hear of"),
            "url": reverse("web:notice-choice"),
        },
        {
            "key": "keys",
            "icon": "keyboard",
            "label": _("Keyboard shortcuts"),
            "open": "keys",
            "caps": (keys["?"].upper(),),
        },
        {"key": "own-keys", "icon": "keyboard", "label": _("Change keys"), "url": reverse("web:keys")},
        # What a button of the frame does: the palette presses it.
        {
            "key": "theme",
            "icon": "moon",
            "label": _("Switch between light and dark"),
            "press": "[data-theme-toggle]",
        },
        {"key": "sign-out", "icon": "logout", "label": _("Sign out"), "press": "#sign-out"},
    ]
    if user.may(Permission.TICKETS_VIEW):
        found.append(
            {"key": "time", "icon": "clock", "label": _("My time"), "url": reverse("tickets:my-time")}
        )
    if user.may(Permission.CLIENTS_EDIT):
        client = {"key": "client", "icon": "building", "label": _("New client")}
        found.insert(0, client | {"url": reverse("agents:new-client")})
    if user.may(Permission.TICKETS_EDIT):
        new = {"key": "new", "icon": "plus", "label": _("New ticket"), "url": reverse("tickets:new")}
        found.insert(0, new | {"caps": (keys["n"].upper(),)})
    return found


@lru_cache(maxsize=64)
def _sheet_html(_language: str, stored: tuple[tuple[str, str], ...], places: frozenset[str]) -> SafeString:
    """The rows of the sheet; the same for all who speak one language and press the same keys."""
    groups = [
        (group, [row for row in rows if not row.id.startswith("g ") or row.id[2:] in places])
        for group, rows in sheet(dict(stored))
    ]
    return mark_safe(render_to_string("web/_sheet.html", {"groups": groups}))  # noqa: S308 (our own template)


@signed_in
def keys(request: HttpRequest) -> HttpResponse:
    """Where somebody gives shortcuts other keys, or all of them the standard ones again."""
    user = user_of(request)
    typed: Mapping[str, str] = request.POST.dict() if request.method == "POST" else {}
    errors: Mapping[str, str] = {}
    if request.method == "POST":
        try:
            change_keys(user=user, wanted={} if "standard" in typed else typed, names=names())
        except Invalid as error:
            errors = error.fields or {}
        else:
            messages.success(request, _("Saved."))
            return redirect("web:keys")
    context: dict[str, Any] = {
        "nav": "profile",
        "tab": "keys",
        "groups": list(changeable(user, typed, errors)),
        "is_standard": not user.keys,
        "errors": errors,
    }
    return render(request, "web/keys.html", context, status=422 if errors else 200)
