"""Roles: a matrix to read, and a page to change one with its client scope."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import Client
from agents.services import set_role_clients
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.models import Role
from helpdesk.core.services.roles import save_role
from helpdesk.core.web import requires, user_of
from helpdesk.web.forms import show_errors

LABELS = {
    Permission.TICKETS_VIEW: gettext_lazy("See tickets"),
    Permission.TICKETS_EDIT: gettext_lazy("Work on tickets"),
    Permission.CLIENTS_VIEW: gettext_lazy("See clients and devices"),
    Permission.CLIENTS_EDIT: gettext_lazy("Change clients and keys"),
    Permission.AGENTS_ENABLE: gettext_lazy("Enable the helpdesk agent"),
    Permission.CONTACTS_APPROVE: gettext_lazy("Approve people"),
    Permission.SETTINGS_EDIT: gettext_lazy("Change the organisation"),
    Permission.USERS_EDIT: gettext_lazy("Change people, teams and roles"),
    Permission.AUDIT_VIEW: gettext_lazy("Read the audit log"),
}


class RoleForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    permissions = forms.MultipleChoiceField(
        label=gettext_lazy("May"),
        choices=[(permission.value, label) for permission, label in LABELS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    all_clients = forms.BooleanField(label=gettext_lazy("For all clients, also later ones"), required=False)
    clients = forms.ModelMultipleChoiceField(
        queryset=Client.objects.all(),
        label=gettext_lazy("Only for these clients"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


@requires(Permission.USERS_EDIT)
def matrix(request: HttpRequest) -> HttpResponse:
    roles = list(Role.objects.prefetch_related("scopes__client", "users"))
    rows = [
        {"label": label, "cells": [permission.value in role.permissions for role in roles]}
        for permission, label in LABELS.items()
    ]
    return render(
        request, "web/roles.html", {"nav": "settings", "tab": "roles", "roles": roles, "rows": rows}
    )


@requires(Permission.USERS_EDIT)
def edit(request: HttpRequest, role: int) -> HttpResponse:
    """Role 0 is a new one."""
    by = user_of(request)
    found = get_object_or_404(Role, pk=role) if role else Role()
    initial = {
        "name": found.name,
        "permissions": found.permissions,
        "all_clients": found.all_clients,
        "clients": [scope.client_id for scope in found.scopes.all()] if role else [],
    }
    form = RoleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        clients = data.pop("clients")
        try:
            saved = save_role(role=found, **data, by=by, now=timezone.now())
            set_role_clients(role=saved, clients=clients, by=by, now=timezone.now())
        except DeskbellError as error:
            show_errors(form, error)
        else:
            messages.success(
                request, _("Saved. It counts from the next click of everybody who has the role.")
            )
            return redirect("web:roles")
    context = {"nav": "settings", "tab": "roles", "role": found, "form": form}
    return render(request, "web/role.html", context, status=422 if form.errors else 200)
