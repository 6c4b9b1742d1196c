"""Roles: a matrix to read, and a page to change one with its client scope."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from agents.models import Client, RoleScope
from agents.selectors import clients_visible_to
from agents.services import save_role_for
from helpdesk.core.domain.permissions import BESIDES, HOUSE, Permission
from helpdesk.core.errors import DeskbellError, Refused
from helpdesk.core.forms import GroupedBoxes, PickMany
from helpdesk.core.models import Role, User
from helpdesk.core.models.role import role_name
from helpdesk.core.selectors.grants import has_all_of
from helpdesk.core.selectors.people import tab_counts
from helpdesk.core.services.removal import bring_back, way_back
from helpdesk.core.services.roles import ask_second_factor, delete_role
from helpdesk.core.web import offer_undo, requires, stepped_up, user_of
from helpdesk.web.forms import show_errors

LABELS = {
    Permission.TICKETS_VIEW: gettext_lazy("See tickets"),
    Permission.TICKETS_EDIT: gettext_lazy("Work on tickets"),
    Permission.TICKETS_MERGE: gettext_lazy("Merge tickets"),
    Permission.REPORTS_VIEW: gettext_lazy("See reports"),
    Permission.CLIENTS_VIEW: gettext_lazy("See clients and devices"),
    Permission.CLIENTS_EDIT: gettext_lazy("Change clients and keys"),
    Permission.AGENTS_ENABLE: gettext_lazy("Enable the helpdesk agent"),
    Permission.CONTACTS_APPROVE: gettext_lazy("Approve people"),
    Permission.RULES_EDIT: gettext_lazy("Change rules"),
    Permission.MAIL_EDIT: gettext_lazy("Change mailboxes, read incoming mail"),
    Permission.FIELDS_EDIT: gettext_lazy("Change tags and own fields"),
    Permission.SETTINGS_EDIT: gettext_lazy("Change organisation, hours, targets, shared texts"),
    Permission.WEBHOOKS_EDIT: gettext_lazy("Change webhooks"),
    Permission.USERS_EDIT: gettext_lazy("Change people, teams and roles"),
    Permission.AUDIT_VIEW: gettext_lazy("Read the audit log"),
}
GROUPS = [
    (
        gettext_lazy("Tickets"),
        [
            Permission.TICKETS_VIEW,
            Permission.TICKETS_EDIT,
            Permission.TICKETS_MERGE,
            Permission.REPORTS_VIEW,
        ],
    ),
    (
        gettext_lazy("Clients and devices"),
        [
            Permission.CLIENTS_VIEW,
            Permission.CLIENTS_EDIT,
            Permission.AGENTS_ENABLE,
            Permission.CONTACTS_APPROVE,
        ],
    ),
    (
        gettext_lazy("Set-up"),
        [
            Permission.RULES_EDIT,
            Permission.MAIL_EDIT,
            Permission.FIELDS_EDIT,
            Permission.SETTINGS_EDIT,
            Permission.WEBHOOKS_EDIT,
            Permission.USERS_EDIT,
            Permission.AUDIT_VIEW,
        ],
    ),
]


class RoleForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    permissions = forms.MultipleChoiceField(
        label=gettext_lazy("May"),
        widget=GroupedBoxes,
        required=False,
    )
    needs_second_factor = forms.BooleanField(
        label=gettext_lazy("Needs a second factor"),
        required=False,
        help_text=gettext_lazy("Who has none yet sets one up at the next click."),
    )
    all_clients = forms.BooleanField(label=gettext_lazy("For all clients, also later ones"), required=False)
    clients = PickMany(Client.objects.none(), label=gettext_lazy("Only for these clients"))

    def clean_name(self) -> str:
        return role_name(self.cleaned_data["name"])

    def __init__(self, *args: Any, clients: QuerySet[Client], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["permissions"].choices = grouped(Permission, _choice)  # type: ignore[attr-defined]
        self.fields["clients"].queryset = clients  # type: ignore[attr-defined]


def grouped(
    known: Iterable[Permission], say: Callable[[Permission], str | Promise] = LABELS.__getitem__
) -> list[tuple[str | Promise, list[tuple[str, str | Promise]]]]:
    """The known ones below their headings, as choices of a form."""
    groups = [
        (label, [(each.value, say(each)) for each in names if each in known]) for label, names in GROUPS
    ]
    return [(label, choices) for label, choices in groups if choices]


def _choice(permission: Permission) -> str:
    what = str(LABELS[permission])
    if besides := BESIDES.get(permission):
        names = [str(label) for name, label in LABELS.items() if name in besides]
        said = _("%(what)s (only in a role for all clients, together with: %(names)s)")
        return said % {"what": what, "names": ", ".join(names)}
    return _("%(what)s (only in a role for all clients)") % {"what": what} if permission in HOUSE else what


def without_effect(role: Role) -> str:
    """A sentence on what of the role counts for nothing, or no words."""
    names = [str(LABELS[Permission(name)]) for name in role.without_effect]
    said = _("Without effect, since this role is for chosen clients: %(names)s.")
    return said % {"names": ", ".join(names)} if names else ""


@requires(Permission.USERS_EDIT)
def matrix(request: HttpRequest) -> HttpResponse:
    """Clients that the reader does not see are a number, not names."""
    visible = Prefetch("scopes", _scopes(user_of(request)).select_related("client"), to_attr="seen_scopes")
    found = Role.objects.prefetch_related(visible, "users").annotate(reach=Count("scopes", distinct=True))
    roles = list(found.order_by("-is_locked", "name"))
    for role in roles:
        role.unseen = role.reach - len(role.seen_scopes)  # type: ignore[attr-defined]
    groups = [
        {"label": label, "rows": [_row(permission, roles) for permission in permissions]}
        for label, permissions in GROUPS
    ]
    context = {
        "nav": "settings",
        "tab": "roles",
        "roles": roles,
        "groups": groups,
        "counts": tab_counts(),
        "has_without_effect": any(role.without_effect for role in roles),
    }
    return render(request, "web/roles.html", context)


def _row(permission: Permission, roles: Sequence[Role]) -> dict[str, Any]:
    cells = [(permission in role.permissions, permission in role.given) for role in roles]
    return {"label": LABELS[permission], "cells": cells}


@requires(Permission.USERS_EDIT)
@stepped_up
def edit(request: HttpRequest, role: int) -> HttpResponse:
    """Role 0 is a new one."""
    by = user_of(request)
    found = get_object_or_404(Role, pk=role) if role else Role()
    title = found.told
    initial = {
        "name": title,
        "permissions": found.permissions,
        "all_clients": found.all_clients,
        "needs_second_factor": found.needs_second_factor,
        "clients": [scope.client_id for scope in found.scopes.all()] if role else [],
    }
    if found.is_locked or request.POST.get("do") == "delete":
        return _locked_or_deleted(request, found, by)
    form = RoleForm(request.POST or None, initial=initial, clients=clients_visible_to(by).order_by("name"))
    if request.method == "POST" and form.is_valid():
        try:
            save_role_for(role=found, **form.cleaned_data, by=by, now=timezone.now())
        except DeskbellError as error:
            show_errors(form, error)
        else:
            messages.success(
                request, _("Saved. It counts from the next click of everybody who has the role.")
            )
            if said := without_effect(found):
                messages.warning(request, said)
            return redirect("web:roles")
    context = {"nav": "settings", "tab": "roles", "title": title, "form": form, "counts": tab_counts()}
    context |= {"is_new": not role, "holders": found.users.count() if role else 0}
    context["without_effect"] = without_effect(found)
    return render(request, "web/role.html", context, status=422 if form.errors else 200)


def _locked_or_deleted(request: HttpRequest, role: Role, by: User) -> HttpResponse:
    """The administrators' role has one switch; another one goes when nobody has it."""
    try:
        if request.POST.get("do") == "delete":
            sealed = way_back(target=role, by=by, now=timezone.now())
            delete_role(role=role, by=by, now=timezone.now())
            offer_undo(request, _("The role is deleted."), sealed, url=reverse("web:bring-back-role"))
            return redirect("web:roles")
        if request.method == "POST":
            is_needed = request.POST.get("needs_second_factor") == "on"
            ask_second_factor(role=role, is_needed=is_needed, by=by, now=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("web:roles")
    except DeskbellError as error:
        messages.error(request, str(error))
        return redirect("web:role", role.pk)
    context = {"nav": "settings", "tab": "roles", "title": role.told, "role": role, "counts": tab_counts()}
    return render(request, "web/locked_role.html", context)


@requires(Permission.USERS_EDIT)
@stepped_up
@require_POST
def bring_back_role(request: HttpRequest) -> HttpResponse:
    """Not beyond what one may do oneself by now (A14)."""
    by = user_of(request)
    try:
        with transaction.atomic():
            found = bring_back(sealed=request.POST.get("what", ""), kind=Role, by=by, now=timezone.now())
            if not has_all_of(by, Role.objects.filter(pk=found.pk)):
                raise Refused(_("You cannot give or take in a role what you may not do yourself."))
    except DeskbellError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("“%(name)s” is back.") % {"name": found})
    return redirect("web:roles")


def _scopes(user: User) -> QuerySet[RoleScope]:
    return RoleScope.objects.filter(client__in=clients_visible_to(user)).order_by("client__name")
