"""Settings: people. They come by invitation and leave their open tickets to others."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from helpdesk.core.domain.languages import LANGUAGE_NAMES
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError, Invalid
from helpdesk.core.forms import PickMany
from helpdesk.core.models import Team, User
from helpdesk.core.selectors.accounts import sign_ins_of, way_in_of
from helpdesk.core.selectors.organisation import current_organisation
from helpdesk.core.selectors.people import active_users, all_teams, is_invited, tab_counts, users_visible_to
from helpdesk.core.services.accounts.links import invite, invite_again, withdraw_invitation
from helpdesk.core.services.accounts.second_factor import reset_second_factor
from helpdesk.core.services.people import create_user, set_active, set_roles
from helpdesk.core.services.presence import set_away
from helpdesk.core.services.roles import set_teams
from helpdesk.core.web import requires, stepped_up, user_of
from helpdesk.web.forms import RoleChoice, show_errors
from tickets.selectors.hand_over import open_tickets_of
from tickets.services.hand_over import deactivate


class TeamChoice(PickMany):
    def __init__(self) -> None:
        super().__init__(all_teams(), label=gettext_lazy("Teams"))


class PersonForm(forms.Form):
    full_name = forms.CharField(label=gettext_lazy("Full name"), max_length=150)
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        error_messages={"invalid": gettext_lazy("Write the address like name@example.com.")},
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the invitation"), choices=list(LANGUAGE_NAMES.items()), required=False
    )
    roles = RoleChoice()
    teams = TeamChoice()
    password = forms.CharField(
        label=gettext_lazy("First password"),
        strip=False,
        required=False,
        help_text=gettext_lazy(
            "Leave it empty to send an invitation by mail. Else at least 12 characters, told in person."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class RolesForm(forms.Form):
    roles = RoleChoice()
    teams = TeamChoice()


class HandOverForm(forms.Form):
    """To whom the open tickets of somebody go."""

    to = forms.ChoiceField(label=gettext_lazy("Their open tickets go to"), required=False)

    def __init__(self, *args: Any, leaving: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {f"user-{user.pk}": user for user in active_users().exclude(pk=leaving.pk)}
        self.teams = {f"team-{team.pk}": team for team in all_teams()}
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", _("Nobody: they wait in “Unassigned”")),
            (_("Teams"), [(key, team.name) for key, team in self.teams.items()]),
            (_("People"), [(key, str(user)) for key, user in self.people.items()]),
        ]

    def receiver(self) -> User | Team | None:
        key = self.cleaned_data["to"]
        return self.people.get(key) or self.teams.get(key)


@requires(Permission.USERS_EDIT)
def people(request: HttpRequest) -> HttpResponse:
    rows = users_visible_to(user_of(request))
    for row in rows:
        row.is_invited = is_invited(row)  # type: ignore[attr-defined]
    context = {"nav": "settings", "tab": "people", "people": rows, "counts": tab_counts()}
    return render(request, "web/people.html", context)


@requires(Permission.USERS_EDIT)
@stepped_up
def new_person(request: HttpRequest) -> HttpResponse:
    form = PersonForm(request.POST or None, initial={"language": current_organisation().default_language})
    if request.method == "POST" and form.is_valid():
        try:
            sentence = _add(form.cleaned_data, by=user_of(request))
        except DeskbellError as error:
            show_errors(form, error)
        else:
            messages.success(request, sentence)
            return redirect("web:people")
    context = {"nav": "settings", "tab": "people", "form": form, "counts": tab_counts()}
    return render(request, "web/new_person.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _add(data: dict[str, Any], *, by: User) -> str:
    now = timezone.now()
    known = {"email": data["email"], "full_name": data["full_name"], "roles": data["roles"]}
    if data["password"]:
        added = create_user(**known, password=data["password"], by=by, now=now)
        sentence = _("%(name)s can sign in now.") % {"name": added.full_name}
    else:
        added = invite(**known, language=data["language"], by=by, now=now)
        sentence = _("An invitation is on its way to %(email)s.") % {"email": added.email}
    set_teams(user=added, teams=data["teams"], by=by, now=now)
    return sentence


@requires(Permission.USERS_EDIT)
@stepped_up
def person(request: HttpRequest, person: int) -> HttpResponse:
    by = user_of(request)
    found: User = get_object_or_404(users_visible_to(by), pk=person)
    form = RolesForm(request.POST or None, initial={"roles": found.roles.all(), "teams": found.teams.all()})
    if request.method == "POST":
        try:
            sentence = _change(request, found, form, by)
        except DeskbellError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, sentence)
        return redirect("web:person", found.pk) if found.pk else redirect("web:people")
    context = {
        "nav": "settings",
        "tab": "people",
        "person": found,
        "form": form,
        "is_me": found == by,
        "is_invited": is_invited(found),
        "way": way_in_of(found),
        "sign_ins": sign_ins_of(found).count(),
        "open_tickets": open_tickets_of(found),
        "hand_over": HandOverForm(leaving=found),
        "counts": tab_counts(),
    }
    return render(request, "web/person.html", context)


def _change(request: HttpRequest, found: User, form: RolesForm, by: User) -> str:
    now = timezone.now()
    match request.POST.get("do"):
        case "roles" if form.is_valid():
            with transaction.atomic():
                set_roles(user=found, roles=form.cleaned_data["roles"], by=by, now=now)
                set_teams(user=found, teams=form.cleaned_data["teams"], by=by, now=now)
        case "deactivate":
            return _deactivate(request, found, by)
        case "activate":
            set_active(user=found, is_active=True, by=by, now=now)
        case "away" | "there" as deed:
            set_away(user=found, is_away=deed == "away")
        case "invite":
            invite_again(user=found, by=by, now=now)
            return _("An invitation is on its way to %(email)s.") % {"email": found.email}
        case "withdraw":
            withdraw_invitation(user=found, by=by, now=now)
            return _("The invitation is withdrawn.")
        case "factor":
            reset_second_factor(user=found, by=by, now=now)
            return _("%(name)s signs in with the password alone now.") % {"name": found.full_name}
        case _:
            raise Invalid(_("Nothing was changed. Reload the page and try again."))
    return _("Saved.")


def _deactivate(request: HttpRequest, found: User, by: User) -> str:
    now, form = timezone.now(), HandOverForm(request.POST, leaving=found)
    if not form.is_valid():
        raise Invalid(_("Choose from the list who gets the tickets."))
    count = deactivate(user=found, to=form.receiver(), by=by, now=now)
    if not count:
        return _("Saved.")
    words = ngettext("Saved. %(n)d open ticket goes over.", "Saved. %(n)d open tickets go over.", count)
    return words % {"n": count}
