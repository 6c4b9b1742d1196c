"""Settings: the organisation, its people and teams, and what was done."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError, Invalid
from helpdesk.core.models import User
from helpdesk.core.selectors.audit import audit_visible_to
from helpdesk.core.selectors.organisation import current_organisation
from helpdesk.core.selectors.people import all_teams, tab_counts, users_visible_to
from helpdesk.core.services.organisation import FIELDS, update_organisation
from helpdesk.core.services.people import create_user, set_active, set_roles
from helpdesk.core.services.roles import create_team
from helpdesk.core.web import requires, user_of
from helpdesk.web.forms import OrganisationForm, PersonForm, RolesForm, TeamForm, show_errors

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


@requires(Permission.USERS_EDIT)
def people(request: HttpRequest) -> HttpResponse:
    rows = users_visible_to(user_of(request))
    context = {"nav": "settings", "tab": "people", "people": rows, "counts": tab_counts()}
    return render(request, "web/people.html", context)


@requires(Permission.USERS_EDIT)
def new_person(request: HttpRequest) -> HttpResponse:
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = create_user(**form.cleaned_data, by=user_of(request), now=timezone.now())
        except DeskbellError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("%(name)s can sign in now.") % {"name": added.full_name})
            return redirect("web:people")
    context = {"nav": "settings", "tab": "people", "form": form, "counts": tab_counts()}
    return render(request, "web/new_person.html", context, status=422 if form.errors else 200)


@requires(Permission.USERS_EDIT)
def person(request: HttpRequest, person: int) -> HttpResponse:
    by = user_of(request)
    found: User = get_object_or_404(users_visible_to(by), pk=person)
    form = RolesForm(request.POST or None, initial={"roles": found.roles.all()})
    if request.method == "POST":
        try:
            _change(request, found, form, by)
        except DeskbellError as error:
            messages.error(request, str(error))
        return redirect("web:person", found.pk)
    context = {"nav": "settings", "tab": "people", "person": found, "form": form, "is_me": found == by}
    return render(request, "web/person.html", {**context, "counts": tab_counts()})


def _change(request: HttpRequest, found: User, form: RolesForm, by: User) -> None:
    now = timezone.now()
    match request.POST.get("do"):
        case "roles" if form.is_valid():
            set_roles(user=found, roles=form.cleaned_data["roles"], by=by, now=now)
        case "activate" | "deactivate" as deed:
            set_active(user=found, is_active=deed == "activate", by=by, now=now)
        case _:
            raise Invalid(_("Nothing was changed. Reload the page and try again."))
    messages.success(request, _("Saved."))


@requires(Permission.USERS_EDIT)
def teams(request: HttpRequest) -> HttpResponse:
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            create_team(**form.cleaned_data, by=user_of(request), now=timezone.now())
        except DeskbellError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("The team was added."))
            return redirect("web:teams")
    rows = all_teams().prefetch_related("members")
    context = {"nav": "settings", "tab": "teams", "teams": rows, "form": form, "counts": tab_counts()}
    return render(request, "web/teams.html", context, status=422 if form.errors else 200)


@requires(Permission.AUDIT_VIEW)
def audit(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    entries = audit_visible_to(user_of(request), text=text)
    page = Paginator(entries, AUDIT_PAGE).get_page(request.GET.get("page"))
    return render(request, "web/audit.html", {"nav": "settings", "tab": "audit", "page": page, "q": text})
