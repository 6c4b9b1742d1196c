"""Settings: teams, to which tickets can be given."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.forms import PickMany
from helpdesk.core.models import Team, User
from helpdesk.core.selectors.people import all_teams, tab_counts
from helpdesk.core.services.removal import bring_back, way_back
from helpdesk.core.services.roles import create_team, update_team
from helpdesk.core.web import offer_undo, requires, stepped_up, user_of
from helpdesk.web.forms import show_errors
from tickets.selectors.hand_over import open_tickets_of
from tickets.services.hand_over import remove_team


class TeamForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    members = PickMany(
        User.objects.filter(is_active=True).order_by("full_name", "id"), label=gettext_lazy("Members")
    )

    def __init__(self, *args: Any, team: Team | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = all_teams().exclude(pk=team.pk) if team else all_teams()

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        if self.others.filter(name__iexact=name).exists():
            raise forms.ValidationError(_("There is a team with this name. Choose another one."))
        return name


@requires(Permission.USERS_EDIT)
@stepped_up
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


@requires(Permission.USERS_EDIT)
@stepped_up
def team(request: HttpRequest, team: int) -> HttpResponse:
    found, by = get_object_or_404(all_teams(), pk=team), user_of(request)
    if request.POST.get("do") == "delete":
        sealed = way_back(target=found, by=by, now=timezone.now())
        try:
            remove_team(team=found, by=by, now=timezone.now())
        except DeskbellError as error:
            messages.error(request, str(error))
            return redirect("web:team", found.pk)
        offer_undo(request, _("The team is deleted."), sealed, url=reverse("web:bring-back-team"))
        return redirect("web:teams")
    initial = {"name": found.name, "members": found.members.all()}
    form = TeamForm(request.POST or None, initial=initial, team=found)
    if request.method == "POST" and form.is_valid():
        try:
            update_team(team=found, **form.cleaned_data, by=by, now=timezone.now())
        except DeskbellError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("web:teams")
    context = {"nav": "settings", "tab": "teams", "team": found, "form": form, "counts": tab_counts()}
    context["open_tickets"] = open_tickets_of(found)
    return render(request, "web/team.html", context, status=422 if form.errors else 200)


@requires(Permission.USERS_EDIT)
@stepped_up
@require_POST
def bring_back_team(request: HttpRequest) -> HttpResponse:
    try:
        found = bring_back(
            sealed=request.POST.get("what", ""), kind=Team, by=user_of(request), now=timezone.now()
        )
    except DeskbellError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("“%(name)s” is back.") % {"name": found})
    return redirect("web:teams")
