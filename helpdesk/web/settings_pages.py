"""Settings: the organisation."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.selectors.organisation import current_organisation
from helpdesk.core.services.organisation import FIELDS, update_organisation
from helpdesk.core.web import requires, stepped_up, user_of
from helpdesk.web.branding import LogoForm
from helpdesk.web.forms import OrganisationForm, show_errors


@requires(Permission.SETTINGS_EDIT)
@stepped_up
def organisation(request: HttpRequest) -> HttpResponse:
    row = current_organisation()
    form = OrganisationForm(request.POST or None, initial={name: getattr(row, name) for name in FIELDS})
    if request.method == "POST" and form.is_valid():
        try:
            update_organisation(**form.cleaned_data, by=user_of(request), now=timezone.now())
        except DeskbellError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("web:organisation")
    context = {"nav": "settings", "tab": "organisation", "form": form, "logo": row.logo_id}
    context["logo_form"] = LogoForm()
    return render(request, "web/organisation.html", context, status=422 if form.errors else 200)
