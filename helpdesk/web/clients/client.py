"""One client: its devices, tickets, people and settings."""

from typing import Any
from uuid import UUID

from django.conf import settings as project
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import Client
from agents.selectors import clients_visible_to
from agents.selectors.fields import filled_of_contacts
from agents.services import create_client, create_contact, update_client
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.models import User
from helpdesk.core.web import requires, user_of
from helpdesk.web.clients.forms import ClientForm, ContactForm, NewClientForm
from helpdesk.web.clients.joins import counts_of_client, latest_tickets_of_client, people_of_client
from helpdesk.web.clients.rows import device_table
from helpdesk.web.forms import show_errors


def visible_client(user: User, public_id: UUID) -> Client:
    return get_object_or_404(clients_visible_to(user), public_id=public_id)


def shell_of(user: User, client: Client, tab: str) -> dict[str, Any]:
    """What each page of a client shows around its content."""
    return {
        "nav": "clients",
        "tab": tab,
        "client": client,
        "counts": counts_of_client(user, client),
        "may_edit": user.may(Permission.CLIENTS_EDIT),
        "may_edit_tickets": user.may(Permission.TICKETS_EDIT),
        "may_enable": user.may(Permission.AGENTS_ENABLE),
    }


@requires(Permission.CLIENTS_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    form = NewClientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            client = create_client(**form.cleaned_data, by=user, now=timezone.now())
        except DeskbellError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("%(name)s was added.") % {"name": client.name})
            if clients_visible_to(user).filter(pk=client.pk).exists():
                return redirect("agents:client-settings", client.public_id)
            return redirect("agents:clients")
    context = {"nav": "clients", "form": form}
    return render(request, "clients/new_client.html", context, status=422 if form.errors else 200)


@requires(Permission.CLIENTS_VIEW)
def devices(request: HttpRequest, client: UUID) -> HttpResponse:
    user = user_of(request)
    found = visible_client(user, client)
    now = timezone.now()
    table = device_table(request, user, found.devices.all(), now=now)
    return render(request, "clients/client_devices.html", {**shell_of(user, found, "devices"), **table})


@requires(Permission.CLIENTS_VIEW)
def tickets(request: HttpRequest, client: UUID) -> HttpResponse:
    user = user_of(request)
    found = visible_client(user, client)
    context = {**shell_of(user, found, "tickets"), "tickets": latest_tickets_of_client(user, found)}
    return render(request, "clients/client_tickets.html", context)


@requires(Permission.CLIENTS_VIEW, post=Permission.CLIENTS_EDIT)
def people(request: HttpRequest, client: UUID) -> HttpResponse:
    user = user_of(request)
    found = visible_client(user, client)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            contact = create_contact(client=found, **form.cleaned_data, by=user, now=timezone.now())
        except DeskbellError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("%(name)s was added.") % {"name": contact.full_name})
            return redirect("agents:client-people", found.public_id)
    contacts = list(people_of_client(found))
    filled = filled_of_contacts(contacts)
    context = {
        **shell_of(user, found, "people"),
        "contacts": [(contact, filled[contact.pk]) for contact in contacts],
        "form": form,
    }
    return render(request, "clients/client_people.html", context, status=422 if form.errors else 200)


@requires(Permission.CLIENTS_EDIT)
def settings(request: HttpRequest, client: UUID) -> HttpResponse:
    user = user_of(request)
    found = visible_client(user, client)
    form = ClientForm(request.POST or None, initial=_facts(found))
    if request.method == "POST" and form.is_valid():
        try:
            update_client(client=found, **form.cleaned_data, by=user, now=timezone.now())
        except DeskbellError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("agents:client-settings", found.public_id)
    return settings_page(request, found, form=form)


def settings_page(
    request: HttpRequest, client: Client, *, form: ClientForm | None = None, new_key: str = ""
) -> HttpResponse:
    """The page of a client's settings; `new_key` is shown in this one answer and kept nowhere."""
    form = form or ClientForm(initial=_facts(client))
    context = {
        **shell_of(user_of(request), client, "settings"),
        "form": form,
        "keys": client.keys.all(),
        "new_key": new_key,
        "server_address": project.BASE_URL,
    }
    response = render(request, "clients/client_settings.html", context, status=422 if form.errors else 200)
    if new_key:
        response["Cache-Control"] = "no-store, private"
    return response


def _facts(client: Client) -> dict[str, Any]:
    return {
        "name": client.name,
        "mail_domains": "\n".join(client.mail_domains),
        "phone": client.phone,
        "every_profile": client.every_profile,
        "notes": client.notes,
    }
