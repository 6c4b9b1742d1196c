"""A person's data: what there is, as a file for them, or gone (GDPR)."""

import tempfile
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from agents.models import Contact
from agents.selectors import contacts_visible_to
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.web import requires, stepped_up, user_of
from helpdesk.web.forms import show_errors
from tickets.selectors.personal import sees_all_of, trail_of
from tickets.services.personal.erase import erase_person
from tickets.services.personal.export import export_person

LABELS = {
    "tickets": gettext_lazy("Tickets, which stay without the name"),
    "messages": gettext_lazy("Messages, which stay without name, addresses and phone"),
    "files": gettext_lazy("Files, which are deleted"),
    "surveys": gettext_lazy("Ratings, which stay without the name"),
    "mails_in": gettext_lazy("Mails received, which are deleted"),
    "mails_out": gettext_lazy("Mails sent, which are deleted"),
    "profiles": gettext_lazy("Windows profiles, which have to be confirmed anew"),
}


class EraseForm(forms.Form):
    email = forms.CharField(
        label=gettext_lazy("E-mail address of the person, to be sure"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _contact(request: HttpRequest, public_id: UUID) -> Contact:
    rows = contacts_visible_to(user_of(request)).select_related("client")
    return get_object_or_404(rows, public_id=public_id)


@requires(Permission.CLIENTS_EDIT)
@stepped_up
def data(request: HttpRequest, contact: UUID) -> HttpResponse:
    user, found = user_of(request), _contact(request, contact)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        client = found.client
        try:
            erase_person(contact=found, typed_email=form.cleaned_data["email"], by=user, now=timezone.now())
        except DeskbellError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("The person was deleted. The audit log says by whom."))
            return (
                redirect("agents:client-people", client.public_id) if client else redirect("agents:clients")
            )
    trail = trail_of(found)
    context = {
        "nav": "clients",
        "contact": found,
        "rows": [(LABELS[name], count) for name, count in trail.counts().items()],
        "sees_all": sees_all_of(user, trail),
        "form": form,
    }
    return render(request, "clients/person_data.html", context, status=422 if form.errors else 200)


@requires(Permission.CLIENTS_EDIT)
@require_POST
def export(request: HttpRequest, contact: UUID) -> HttpResponseBase:
    user, found = user_of(request), _contact(request, contact)
    if not sees_all_of(user, trail_of(found)):
        messages.error(
            request, _("The person has tickets of clients that you do not see. Ask somebody who does.")
        )
        return redirect("agents:person-data", found.public_id)
    archive = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    export_person(contact=found, into=archive, by=user, now=timezone.now())
    archive.seek(0)
    name = f"{found.email.partition('@')[0]}-{timezone.localdate()}.zip"
    answer = FileResponse(archive, as_attachment=True, filename=name, content_type="application/zip")
    answer["Cache-Control"] = "no-store, private"
    return answer
