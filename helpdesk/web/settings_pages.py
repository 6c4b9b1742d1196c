"""Settings: the organisation, and what was done."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.selectors.audit import audit_visible_to
from helpdesk.core.selectors.organisation import current_organisation
from helpdesk.core.services.organisation import FIELDS, update_organisation
from helpdesk.core.web import requires, user_of
from helpdesk.web.forms import OrganisationForm, show_errors

AUDIT_PAGE = 50


@requires(Permission.SETTINGS_EDIT)
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
    context = {"nav": "settings", "tab": "organisation", "form": form}
    return render(request, "web/organisation.html", context, status=422 if form.errors else 200)


@requires(Permission.AUDIT_VIEW)
def audit(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    entries = audit_visible_to(user_of(request), text=text)
    page = Paginator(entries, AUDIT_PAGE).get_page(request.GET.get("page"))
    return render(request, "web/audit.html", {"nav": "settings", "tab": "audit", "page": page, "q": text})
