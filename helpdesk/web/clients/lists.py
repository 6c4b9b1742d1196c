"""All clients, all devices."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.selectors import client_rows, clients_visible_to, devices_visible_to, search_clients
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.web import requires, user_of
from helpdesk.web.clients.joins import open_tickets_by_client
from helpdesk.web.clients.rows import device_table


@requires(Permission.CLIENTS_VIEW)
def clients(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    text = request.GET.get("q", "").strip()
    rows = client_rows(search_clients(clients_visible_to(user), text))
    open_tickets = open_tickets_by_client(user, [row.client for row in rows])
    shown = [
        {
            "client": row.client,
            "open_tickets": open_tickets.get(row.client.pk, 0),
            "devices": row.devices,
            "people": row.people,
            "last_seen_at": row.last_seen_at,
            "profiles": row.coverage.total,
            "verified": row.coverage.verified,
            "waiting": row.coverage.waiting,
            "coverage": _("%(n)s of %(total)s profiles verified")
            % {"n": row.coverage.verified, "total": row.coverage.total},
        }
        for row in rows
    ]
    context = {"nav": "clients", "rows": shown, "q": text, "may_edit": user.may(Permission.CLIENTS_EDIT)}
    return render(request, "clients/clients.html", context)


@requires(Permission.CLIENTS_VIEW)
def devices(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    table = device_table(request, user, devices_visible_to(user), now=timezone.now())
    return render(request, "clients/devices.html", {"nav": "devices", **table})
