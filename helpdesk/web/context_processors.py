"""What the frame of every console page shows."""

from collections.abc import Hashable, Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from helpdesk.core.selectors.organisation import automatic_mail_stopped_at, organisation_name
from helpdesk.web.shortcuts import shortcuts_of
from tickets.selectors.frame import frame_of
from tickets.views.addresses import HELD_VIEW, STANDARD_VIEWS, VIEW_NAMES, list_address, safe_query

PRODUCT = "Deskbell"
MOST_DOORS = 100
#: The colours of the views that every desk has.
_DOTS = {"mine": "proc", "nobody": "open", "waiting": "wait", "late": "danger", "held": "wait"}
_DOORS: dict[Hashable, dict[str, Any]] = {}


def shell(request: HttpRequest) -> dict[str, Any]:
    """Lazy: pages without the frame, fragments for example, cost no query."""
    return {"product": PRODUCT, "shell": SimpleLazyObject(lambda: _shell(request))}


def _shell(request: HttpRequest) -> dict[str, Any]:
    frame: dict[str, Any] = {"organisation": organisation_name(), "places": []}
    if isinstance(request.user, User):
        found = frame_of(request.user)
        frame |= _doors_of(request.user, waiting=found.approvals)
        frame["views"] = _views(request, request.user, held=found.held, kept=found.views)
        if automatic_mail_stopped_at() and request.user.may(Permission.MAIL_EDIT):
            frame["stopped"] = reverse("desk:mailboxes")
        frame["side_key"] = (
            frame["organisation"],
            _told(frame["places"], "key", "label", "url", "count"),
            _told(frame["views"], "key", "label", "dot", "url", "is_here", "count"),
        )
    return frame


def _doors_of(user: User, *, waiting: int) -> dict[str, Any]:
    """Where one may go and what the palette does: told once for all with the same rights, words and keys."""
    whole = (
        *(get_language(), user.permissions, user.is_administrator),
        *(tuple(sorted(user.keys.items())), waiting),
    )
    doors = _DOORS.get(whole)
    if doors is None:
        doors = {
            "places": places_of(user, approvals=waiting),
            "settings": settings_of(user),
            "desk": desk_settings_of(user),
        }
        doors |= shortcuts_of(user, doors)
        shown = "key", "icon", "label", "url", "open", "press", "caps"
        doors["palette_key"] = _told(doors["doors"], *shown), _told(doors["commands"], *shown)
        if len(_DOORS) >= MOST_DOORS:
            _DOORS.clear()
        _DOORS[whole] = doors
    return doors


def _told(rows: Sequence[dict[str, Any]], *names: str) -> tuple[tuple[Any, ...], ...]:
    """What a part of the frame shows of them: its key, by which it is drawn once."""
    return tuple(tuple(row.get(name) for name in names) for row in rows)


def places_of(user: User, *, approvals: int = 0) -> list[dict[str, Any]]:
    """Where this user may go, and how many people wait there. Settings start at the first page of theirs."""
    found = [
        (Permission.TICKETS_VIEW, "dashboard", "d", "dashboard", _("Dashboard"), "tickets:dashboard", 0),
        (Permission.TICKETS_VIEW, "tickets", "t", "ticket", _("Tickets"), "tickets:list", 0),
        (Permission.CLIENTS_VIEW, "clients", "c", "building", _("Clients"), "agents:clients", 0),
        (Permission.CLIENTS_VIEW, "devices", "v", "monitor", _("Devices"), "agents:devices", 0),
        (
            Permission.CONTACTS_APPROVE,
            "approvals",
            "a",
            "shield",
            _("Approvals"),
            "agents:approvals",
            approvals,
        ),
        (Permission.RULES_EDIT, "rules", "r", "rules", _("Rules"), "tickets:rules", 0),
    ]
    places = [
        {"key": key, "go": go, "icon": icon, "label": label, "url": reverse(name), "count": count}
        for permission, key, go, icon, label, name, count in found
        if user.may(permission)
    ]
    if settings := settings_of(user) or desk_settings_of(user):
        url = settings[0]["url"]
        places.append({"key": "settings", "go": "s", "icon": "settings", "label": _("Settings"), "url": url})
    return places


def desk_settings_of(user: User) -> list[dict[str, Any]]:
    """How the service desk works: mail, hours, targets; and canned replies, of which everybody has some."""
    found = [
        (Permission.MAIL_EDIT, "mail", _("Mailboxes"), "desk:mailboxes", ["mailboxes"]),
        (Permission.MAIL_EDIT, "inbox", _("Incoming mail"), "desk:mails", ["mail"]),
        (Permission.SETTINGS_EDIT, "calendar", _("Business hours"), "desk:hours", ["hours"]),
        (Permission.FIELDS_EDIT, "tag", _("Tags"), "desk:tags", ["tags"]),
        (Permission.FIELDS_EDIT, "list", _("Fields"), "desk:fields", ["fields"]),
        (Permission.SETTINGS_EDIT, "clock", _("Service targets"), "desk:targets", ["targets"]),
        (Permission.TICKETS_EDIT, "snippet", _("Canned replies"), "desk:macros", ["macros"]),
    ]
    return [
        {"icon": icon, "label": label, "url": reverse(name), "tabs": tabs}
        for permission, icon, label, name, tabs in found
        if user.may(permission)
    ]


def settings_of(user: User) -> list[dict[str, Any]]:
    """The parts of the settings that this user may change or read."""
    found = [
        (Permission.SETTINGS_EDIT, "globe", _("Organisation"), "web:organisation", ["organisation"]),
        (Permission.SETTINGS_EDIT, "mail", _("Texts of mails"), "web:mail-texts", ["mail-texts"]),
        (Permission.USERS_EDIT, "shield", _("People and roles"), "web:people", ["people", "teams", "roles"]),
        (Permission.RULES_EDIT, "rules", _("Rules"), "tickets:rules", []),
        (Permission.CLIENTS_EDIT, "upload", _("Import"), "web:imports", ["imports"]),
        (Permission.WEBHOOKS_EDIT, "link", _("Webhooks"), "web:webhooks", ["webhooks"]),
        (Permission.USERS_EDIT, "key", _("API tokens"), "web:all-tokens", ["all-tokens"]),
        (Permission.AUDIT_VIEW, "history", _("Audit log"), "web:audit", ["audit"]),
    ]
    if user.is_administrator:
        found.insert(3, (Permission.USERS_EDIT, "user", _("Single sign-on"), "web:providers", ["providers"]))
    return [
        {"icon": icon, "label": label, "url": reverse(name), "tabs": tabs}
        for permission, icon, label, name, tabs in found
        if user.may(permission)
    ]


def _views(request: HttpRequest, user: User, *, held: int, kept: Sequence[Any]) -> list[dict[str, Any]]:
    """The standard views, then the saved ones. Counts come after the page, those of held mail with it."""
    if not user.may(Permission.TICKETS_VIEW):
        return []
    is_list = request.path == reverse("tickets:list")
    here = safe_query(request.META.get("QUERY_STRING", ""), with_page=False) if is_list else None
    standard = STANDARD_VIEWS | {"held": HELD_VIEW}
    found = [
        *((key, str(VIEW_NAMES[query]), _DOTS[key], query) for key, query in standard.items()),
        *((pk, name, colour, query) for _kind, pk, name, query, colour, _place in kept),
    ]
    views = [
        {
            "key": key,
            "label": label,
            "dot": dot,
            "url": list_address(query),
            "is_here": here is not None and safe_query(query, with_page=False) == here,
            "count": held if key == "held" else 0,
        }
        for key, label, dot, query in found
    ]
    if user.may(Permission.TICKETS_EDIT):
        drafts = reverse("tickets:drafts")
        own = {"key": "drafts", "label": _("Drafts"), "dot": "idle", "url": drafts, "count": 0}
        views.insert(1, own | {"is_here": request.path == drafts})
    return views
