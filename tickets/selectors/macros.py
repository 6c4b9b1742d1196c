"""The only door to canned replies."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from agents.domain.fields import FieldOf
from agents.selectors.fields import fields_of
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import Team, User
from tickets.domain.macros import WrittenAs
from tickets.domain.rule_words import Names
from tickets.domain.rules import Do
from tickets.models import Macro, Rule
from tickets.models.labels import PRIORITY_CHOICES, STATUS_CHOICES, TYPE_CHOICES
from tickets.selectors.own_fields import own_names


def macros_for(user: User) -> QuerySet[Macro]:
    """What the composer offers: everybody's, the own teams', one's own; what is used most comes first."""
    shared = Q(owner=None, team=None)
    mine = Q(owner=user) | Q(team__in=Team.objects.filter(members=user).values("pk"))
    return Macro.objects.filter(shared | mine, is_active=True, deleted_at=None)


def macros_visible_to(user: User) -> QuerySet[Macro]:
    """What the settings list, also what is not offered. Who sets up the desk sees those of all teams too;
    somebody else's own ones do not exist for anybody.
    """
    teams = Team.objects.all() if user.may(Permission.SETTINGS_EDIT) else Team.objects.filter(members=user)
    theirs = Q(owner=user) | Q(owner=None, team=None) | Q(team__in=teams.values("pk"))
    return Macro.objects.filter(theirs).select_related("team")


def reply_templates() -> QuerySet[Macro]:
    """What rules may answer with: texts for customers that are everybody's."""
    everybodys = Macro.objects.filter(owner=None, team=None, deleted_at=None)
    return everybodys.exclude(text="").exclude(written_as=WrittenAs.NOTE)


def rules_answering_with(macro: Macro) -> list[Rule]:
    """In their order; deleted ones do not count."""
    action = {"do": Do.REPLY_WITH.value, "value": str(macro.pk)}
    return [rule for rule in Rule.objects.filter(deleted_at=None) if action in rule.actions]


def search_macros(macros: QuerySet[Macro], text: str) -> QuerySet[Macro]:
    """Those whose name or text holds all of the words; names that start with the search come first."""
    words = text.split()[:8]
    for word in words:
        macros = macros.filter(Q(name__icontains=word) | Q(text__icontains=word))
    if not words:
        return macros
    starts = When(name__istartswith=" ".join(words), then=Value(0))
    named = When(name__icontains=words[0], then=Value(1))
    rank = Case(starts, named, default=Value(2), output_field=IntegerField())
    return macros.annotate(rank=rank).order_by("rank", "-uses", "name", "id")


def may_change(user: User, macro: Macro) -> bool:
    """One's own: oneself. A team's: its members, and who sets up the desk. Everybody's: who sets it up."""
    if macro.owner_id:
        return macro.owner_id == user.pk
    if user.may(Permission.SETTINGS_EDIT):
        return True
    return macro.team_id is not None and user.teams.filter(pk=macro.team_id).exists()


def teams_to_share_with(user: User) -> QuerySet[Team]:
    teams = Team.objects.order_by("name")
    return teams if user.may(Permission.SETTINGS_EDIT) else teams.filter(members=user)


def macro_names(actions: Collection[Mapping[str, Any]]) -> Names:
    """What the values of these actions are called; three queries at most, none where nobody is named."""
    ids: dict[str, set[int]] = {Do.ASSIGN_USER: set(), Do.ASSIGN_TEAM: set()}
    for action in actions:
        if action["do"] in ids:
            ids[action["do"]].add(int(action["value"]))
    people, teams = ids[Do.ASSIGN_USER], ids[Do.ASSIGN_TEAM]
    users = User.objects.filter(pk__in=people).values_list("pk", "full_name") if people else ()
    groups = Team.objects.filter(pk__in=teams).values_list("pk", "name") if teams else ()
    has_own = any(action["do"] == Do.SET_FIELD for action in actions)
    return {
        **(own_names(fields_of(FieldOf.TICKET)) if has_own else {}),
        "status": {value: str(label) for value, label in STATUS_CHOICES},
        "priority": {value: str(label) for value, label in PRIORITY_CHOICES},
        "type": {value: str(label) for value, label in TYPE_CHOICES},
        "person": {str(pk): name for pk, name in users},
        "team": {str(pk): name for pk, name in groups},
    }
