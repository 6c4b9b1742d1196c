"""A saved view as somebody types it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from tickets.domain.views import COLOURS, EVERYBODY, MAX_NAME, OWN, TEAM
from tickets.models import SavedView
from tickets.selectors.macros import teams_to_share_with
from tickets.services.views import ViewDraft

COLOUR_CHOICES = list(
    zip(
        COLOURS,
        (
            *(gettext_lazy("Blue"), gettext_lazy("Violet"), gettext_lazy("Amber"), gettext_lazy("Green")),
            *(gettext_lazy("Red"), gettext_lazy("Orange")),
        ),
        strict=True,
    )
)


class ViewForm(forms.Form):
    use_required_attribute = False

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=MAX_NAME,
        error_messages={
            "required": gettext_lazy("Name the view, for example “Acme, this week”."),
            "max_length": gettext_lazy("At most %(limit_value)s characters; this has %(show_value)s."),
        },
    )
    scope = forms.ChoiceField(label=gettext_lazy("For"))
    colour = forms.ChoiceField(
        label=gettext_lazy("Colour"), choices=COLOUR_CHOICES, widget=forms.RadioSelect, required=False
    )

    def __init__(self, data: Any = None, *, user: User, view: SavedView | None = None) -> None:  # noqa: ANN401
        super().__init__(data, initial=_initial(view) if view else {"scope": OWN, "colour": COLOURS[0]})
        self.user = user
        self.teams = {f"{TEAM}{team.pk}": team for team in teams_to_share_with(user)}
        scopes = [(OWN, _("Only me"))]
        scopes += [(key, _("Team %(name)s") % {"name": team.name}) for key, team in self.teams.items()]
        if user.may(Permission.SETTINGS_EDIT):
            scopes.append((EVERYBODY, _("Everybody")))
        self.fields["scope"].choices = scopes  # type: ignore[attr-defined]

    def draft(self, query: str) -> ViewDraft:
        data = self.cleaned_data
        return ViewDraft(
            name=data["name"],
            query=query,
            colour=data["colour"],
            owner=self.user if data["scope"] == OWN else None,
            team=self.teams.get(data["scope"]),
        )


def _initial(view: SavedView) -> dict[str, str]:
    scope = OWN if view.owner_id else f"{TEAM}{view.team_id}" if view.team_id else EVERYBODY
    return {"name": view.name, "scope": scope, "colour": view.colour}
