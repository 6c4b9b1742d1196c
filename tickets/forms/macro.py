"""A canned reply as somebody types it: its changes are fields of their own, so that each is set once."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.domain.fields import MAX_VALUE, FieldOf, FieldType, NotAValue, canonical
from agents.models import CustomField
from agents.selectors.fields import fields_of
from agents.services.fields import rule_of
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import Team, User
from tickets.domain.macros import WrittenAs
from tickets.domain.rule_json import MAX_WORDS
from tickets.domain.rules import Do
from tickets.forms.rule_rows import join_words, split_words
from tickets.models import Macro
from tickets.models.labels import PRIORITY_CHOICES, STATUS_CHOICES, TYPE_CHOICES
from tickets.models.macros import WRITTEN_CHOICES
from tickets.selectors.macros import teams_to_share_with
from tickets.selectors.own_fields import own_names
from tickets.services.macros.edit import MacroDraft

EVERYBODY, OWN = "all", "own"
_STAYS = ("", gettext_lazy("Leave as it is"))
_ONE_VALUE = {"status": Do.SET_STATUS, "priority": Do.SET_PRIORITY, "type": Do.SET_TYPE}
_TAGS = {"add_tags": Do.ADD_TAGS, "remove_tags": Do.REMOVE_TAGS}


class MacroForm(forms.Form):
    use_required_attribute = False

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        error_messages={"required": gettext_lazy("Name the reply, for example “VPN profile”.")},
    )
    scope = forms.ChoiceField(label=gettext_lazy("For"))
    text = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        strip=False,
        max_length=MAX_WORDS,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    written_as = forms.ChoiceField(
        label=gettext_lazy("Written as"),
        required=False,
        choices=WRITTEN_CHOICES,
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Status"), required=False, choices=[_STAYS, *STATUS_CHOICES]
    )
    priority = forms.ChoiceField(
        label=gettext_lazy("Priority"), required=False, choices=[_STAYS, *PRIORITY_CHOICES[::-1]]
    )
    type = forms.ChoiceField(label=gettext_lazy("Type"), required=False, choices=[_STAYS, *TYPE_CHOICES])
    assignee = forms.ChoiceField(label=gettext_lazy("Assignee"), required=False)
    add_tags = forms.CharField(label=gettext_lazy("Add tags"), required=False, max_length=500)
    remove_tags = forms.CharField(label=gettext_lazy("Take tags away"), required=False, max_length=500)
    is_active = forms.BooleanField(
        label=gettext_lazy("Offered in the composer"), required=False, initial=True
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, user: User, macro: Macro | None = None) -> None:  # noqa: ANN401
        super().__init__(data, initial=initial_of(macro) if macro else {"scope": OWN})
        self.user, self.macro = user, macro
        self.teams = {f"team-{team.pk}": team for team in self._teams()}
        self._choices("scope", self._scopes())
        self._choices("assignee", self._people())
        self.own = {f"own_{field.key}": field for field in fields_of(FieldOf.TICKET)}
        for name, field in self.own.items():
            self.fields[name] = _own_field(field)

    @property
    def own_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.own]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        for name, field in self.own.items():
            try:
                found[name] = canonical(FieldType(field.type), found.get(name, ""), tuple(field.choices))
            except NotAValue:
                self.add_error(name, rule_of(field))
        return found

    def _teams(self) -> list[Team]:
        teams = list(teams_to_share_with(self.user))
        theirs = self.macro.team if self.macro else None
        return teams if theirs is None or theirs in teams else [*teams, theirs]

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _scopes(self) -> list[tuple[str, str]]:
        found = [(OWN, _("Only me"))]
        found += [(key, _("Team %(name)s") % {"name": team.name}) for key, team in self.teams.items()]
        is_shared = self.macro is not None and scope_of(self.macro) == EVERYBODY
        if is_shared or self.user.may(Permission.SETTINGS_EDIT):
            found.append((EVERYBODY, _("Everybody")))
        return found

    def _people(self) -> list[tuple[str, str]]:
        people = User.objects.filter(is_active=True).order_by("full_name", "id")
        found = [("", str(_STAYS[1])), ("me", _("Me, whoever uses it")), ("nobody", _("Nobody"))]
        found += [(str(pk), name) for pk, name in people.values_list("pk", "full_name")]
        teams = Team.objects.order_by("name").values_list("pk", "name")
        found += [(f"team-{pk}", _("Team %(name)s") % {"name": name}) for pk, name in teams]
        chosen = self.initial.get("assignee", "")
        is_gone = chosen not in dict(found)
        return [*found, (chosen, _("no longer there"))] if is_gone else found

    def draft(self) -> MacroDraft:
        given = self.cleaned_data
        return MacroDraft(
            name=given["name"],
            text=given["text"],
            written_as=WrittenAs(given["written_as"]),
            actions=tuple(self._actions()),
            owner=self.user if given["scope"] == OWN else None,
            team=self.teams.get(given["scope"]),
            is_active=given["is_active"],
        )

    def _actions(self) -> list[dict[str, Any]]:
        given = self.cleaned_data
        found: list[dict[str, Any]] = [
            {"do": do.value, "value": given[name]} for name, do in _ONE_VALUE.items() if given[name]
        ]
        found += [
            {"do": Do.SET_FIELD.value, "value": given[name], "to": [field.key]}
            for name, field in self.own.items()
            if given[name]
        ]
        if given["assignee"]:
            found.append(_assignment(given["assignee"]))
        words = {do: split_words(given[name]) for name, do in _TAGS.items()}
        return found + [{"do": do.value, "value": value} for do, value in words.items() if value]


def _own_field(field: CustomField) -> forms.Field:
    """A choice where it has some; text as typed else."""
    choices = own_names([field]).get(f"ticket.{field.key}", {})
    if choices:
        return forms.ChoiceField(label=field.name, required=False, choices=[_STAYS, *choices.items()])
    return forms.CharField(label=field.name, required=False, max_length=MAX_VALUE)


def scope_of(macro: Macro) -> str:
    if macro.owner_id:
        return OWN
    return f"team-{macro.team_id}" if macro.team_id else EVERYBODY


def _assignment(value: str) -> dict[str, Any]:
    if value in {"me", "nobody"}:
        return {"do": (Do.ASSIGN_ME if value == "me" else Do.UNASSIGN).value}
    kind, _dash, number = value.rpartition("-")
    return {"do": (Do.ASSIGN_TEAM if kind else Do.ASSIGN_USER).value, "value": number}


def initial_of(macro: Macro) -> dict[str, Any]:
    """The fields of the form as this macro fills them."""
    plain = ("name", "text", "written_as", "is_active", "version")
    found: dict[str, Any] = {name: getattr(macro, name) for name in plain}
    found["scope"] = scope_of(macro)
    own = [action for action in macro.actions if action["do"] == Do.SET_FIELD]
    found |= {f"own_{action['to'][0]}": action["value"] for action in own}
    by_do = {action["do"]: action.get("value", "") for action in macro.actions}
    found |= {name: by_do.get(do, "") for name, do in _ONE_VALUE.items()}
    found |= {name: join_words(by_do.get(do, ())) for name, do in _TAGS.items()}
    people = {
        Do.ASSIGN_ME: "me",
        Do.UNASSIGN: "nobody",
        Do.ASSIGN_USER: by_do.get(Do.ASSIGN_USER, ""),
        Do.ASSIGN_TEAM: f"team-{by_do.get(Do.ASSIGN_TEAM)}",
    }
    found["assignee"] = next((value for do, value in people.items() if do in by_do), "")
    return found
