"""What the frame of every console page shows."""

from typing import Any

from django.db.models import Count, QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from agents.selectors import profiles_visible_to, waiting_approvals
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from helpdesk.core.selectors.organisation import automatic_mail_stopped_at, organisation_name
from tickets.selectors.lists import tickets_with_held_mail

PRODUCT = "Deskbell"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Lazy: pages without the frame, fragments for example, cost no query."""
    return {"product": PRODUCT, "shell": SimpleLazyObject(lambda: _shell(request))}


def _shell(request: HttpRequest) -> dict[str, Any]:
    frame: dict[str, Any] = {"organisation": organisation_name(), "places": []}
    if isinstance(request.user, User):
        waiting = _waiting_for(request.user)
        frame["places"] = places_of(request.user, approvals=waiting.get("approvals", 0))
        frame["settings"] = settings_of(request.user)
        frame["desk"] = desk_settings_of(request.user)
        frame["views"] = _views(request.user, held=waiting.get("held", 0))
        if automatic_mail_stopped_at() and request.user.may(Permission.SETTINGS_EDIT):
            frame["stopped"] = reverse("desk:mailboxes")
    return frame


def _waiting_for(user: User) -> dict[str, int]:
    """What waits for a decision of this user, in one query: people to approve, tickets with held mail."""
    parts: list[QuerySet[Any, Any]] = []
    if user.may(Permission.TICKETS_VIEW):
        parts.append(tickets_with_held_mail(user).order_by().values_list(Value("held")))
    if user.may(Permission.CONTACTS_APPROVE):
        parts.append(waiting_approvals(profiles_visible_to(user)).order_by().values_list(Value("approvals")))
    counts = [part.annotate(n=Count("pk")) for part in parts]
    return dict(counts[0].union(*counts[1:])) if counts else {}


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
        (Permission.SETTINGS_EDIT, "rules", "r", "rules", _("Rules"), "tickets:rules", 0),
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
        (Permission.SETTINGS_EDIT, "mail", _("Mailboxes"), "desk:mailboxes", ["mailboxes"]),
        (Permission.SETTINGS_EDIT, "inbox", _("Incoming mail"), "desk:mails", ["mail"]),
        (Permission.SETTINGS_EDIT, "calendar", _("Business hours"), "desk:hours", ["hours"]),
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
        (Permission.USERS_EDIT, "shield", _("People and roles"), "web:people", ["people", "teams", "roles"]),
        (Permission.SETTINGS_EDIT, "rules", _("Rules"), "tickets:rules", []),
        (Permission.USERS_EDIT, "key", _("API tokens"), "web:all-tokens", ["all-tokens"]),
        (Permission.AUDIT_VIEW, "history", _("Audit log"), "web:audit", ["audit"]),
    ]
    return [
        {"icon": icon, "label": label, "url": reverse(name), "tabs": tabs}
        for permission, icon, label, name, tabs in found
        if user.may(permission)
    ]


def _views(user: User, *, held: int) -> list[dict[str, Any]]:
    if not user.may(Permission.TICKETS_VIEW):
        return []
    tickets = reverse("tickets:list")
    return [
        {"label": _("Mine, open"), "dot": "proc", "url": f"{tickets}?assignee=me"},
        {"label": _("Unassigned"), "dot": "open", "url": f"{tickets}?assignee=nobody"},
        {"label": _("Waiting for customer"), "dot": "wait", "url": f"{tickets}?status=waiting"},
        {"label": _("Overdue"), "dot": "danger", "url": f"{tickets}?due=late"},
        {"label": _("Held mail"), "dot": "wait", "url": f"{tickets}?held=yes", "count": held},
    ]
