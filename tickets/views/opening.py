"""A new ticket by hand."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Invalid
from helpdesk.core.web import requires
from tickets.forms import NewTicketForm
from tickets.services.files import store_uploads
from tickets.services.open_ticket import open_ticket
from tickets.views.requests import Request


@requires(Permission.TICKETS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """GET may name `client`, `contact` and `device`; with htmx it answers what depends on the client."""
    if request.method == "POST":
        return _open(request)
    initial = {
        name: request.GET[name]
        for name in ("client", "contact", "device", "subject")
        if request.GET.get(name)
    }
    form = NewTicketForm(initial=initial, user=request.user)
    template = "tickets/_new_who.html" if request.htmx else "tickets/new.html"
    return render(request, template, {"form": form, "nav": "tickets"})


def _open(request: Request) -> HttpResponse:
    form = NewTicketForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            stored = store_uploads(request.FILES.getlist("files"))
            ticket = open_ticket(new=form.new_ticket(), by=request.user, now=timezone.now(), stored=stored)
        except Invalid as error:
            for name, sentence in (error.fields or {"": str(error.detail)}).items():
                form.add_error(name if name in form.fields else None, sentence)
        else:
            return redirect("web:ticket", ticket.number)
    return render(request, "tickets/new.html", {"form": form, "nav": "tickets"}, status=422)
