"""What the values of a rule may be chosen from, and how they are called in its sentence."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from agents.models import Contact, CustomField, Device
from agents.selectors.scope import clients_visible_to, contacts_visible_to, devices_visible_to
from helpdesk.core.models import Team, User
from tickets.domain.rule_words import FLAG_LABELS, LANGUAGE_LABELS, LOOKED_UP, NOTIFY_LABELS, TARGET_LABELS
from tickets.domain.rules import is_own
from tickets.models.labels import (
    PRIORITY_CHOICES,
    RATING_CHOICES,
    SOURCE_CHOICES,
    STATUS_CHOICES,
    TYPE_CHOICES,
)
from tickets.selectors.macros import reply_templates
from tickets.selectors.own_fields import own_names

Choices = Sequence[tuple[str, str]]
FIXED: Mapping[str, Sequence[tuple[str, Any]]] = {
    "status": STATUS_CHOICES,
    "priority": PRIORITY_CHOICES[::-1],
    "type": TYPE_CHOICES,
    "source": SOURCE_CHOICES,
    "language": list(LANGUAGE_LABELS.items()),
    "rating": RATING_CHOICES,
    "target": list(TARGET_LABELS.items()),
    "flag": list(FLAG_LABELS.items()),
}


class RuleLists:
    """As `user` sees them: clients, contacts and devices of others have no name here (A11). Each list is read
    once, when somebody asks for it.
    """

    def __init__(self, user: User, rules: Iterable[Mapping[str, Any]] = ()) -> None:
        self._user = user
        self._rules = list(rules)
        self._known: dict[str, Choices] = {}
        self._shown: dict[tuple[str, str], str] = {}

    def choices(self, name: str) -> Choices:
        if name in FIXED:
            return [(value, gettext(str(label))) for value, label in FIXED[name]]
        if name not in self._known:
            self._known[name] = self._read(name)
        return self._known[name]

    @cached_property
    def _own(self) -> list[CustomField]:
        return list(CustomField.objects.filter(deleted_at=None))

    def own_type(self, name: str) -> str:
        """The type of a field that the desk added, "ticket.cost"; "" for none."""
        return next((one.type for one in self._own if f"{one.belongs_to}.{one.key}" == name), "")

    def _read(self, name: str) -> Choices:
        if name.startswith("own:"):
            owner = name.removeprefix("own:")
            return [(one.key, one.name) for one in self._own if one.belongs_to == owner]
        return list(own_names(self._own).get(name, {}).items()) if is_own(name) else self._listed(name)

    def _listed(self, name: str) -> Choices:
        if name == "team":
            return [(str(pk), team) for pk, team in Team.objects.order_by("name").values_list("pk", "name")]
        if name == "client":
            rows = clients_visible_to(self._user).order_by("name").values_list("pk", "name")
            return [(str(pk), client) for pk, client in rows]
        if name == "macro":
            texts = reply_templates().order_by("name", "id").values_list("pk", "name")
            return [(str(pk), macro) for pk, macro in texts]
        people = [
            (str(pk), person)
            for pk, person in User.objects.filter(is_active=True)
            .order_by("full_name", "id")
            .values_list("pk", "full_name")
        ]
        if name == "notify":
            own = [(value, gettext(label)) for value, label in NOTIFY_LABELS.items()]
            return [*own, *((f"user:{pk}", person) for pk, person in people)]
        return people if name == "person" else []

    def find(self, name: str, text: str) -> str:
        """The id of the contact with this address or the device with this name; "" for none or several."""
        rows: QuerySet[Any] = devices_visible_to(self._user).filter(name__iexact=text)
        if name == "contact":
            address = text.lower()
            rows = contacts_visible_to(self._user).filter(Q(email=address) | Q(addresses__email=address))
        found = list(rows.values_list("pk", flat=True).distinct()[:2])
        return str(found[0]) if len(found) == 1 else ""

    def show(self, name: str, value: str) -> str:
        return self.names.get(name, {}).get(value, value)

    @cached_property
    def names(self) -> dict[str, dict[str, str]]:
        """For sentences: every list, and of contacts and devices those that the rules speak of."""
        names = {name: dict(self.choices(name)) for name in [*FIXED, "team", "client", "macro"]}
        everybody = User.objects.values_list("pk", "full_name")
        names["person"] = {str(pk): person for pk, person in everybody}
        for name in LOOKED_UP:
            names[name] = self._names_of(name)
        return names | own_names(self._own)

    def _names_of(self, name: str) -> dict[str, str]:
        ids = {value for rule in self._rules for value in _ids(rule.get("conditions") or {}, name)}
        if not ids:
            return {}
        rows: Iterable[Contact | Device]
        if name == "contact":
            rows = contacts_visible_to(self._user).filter(pk__in=ids)
        else:
            rows = devices_visible_to(self._user).filter(pk__in=ids)
        return {str(row.pk): row.email if isinstance(row, Contact) else row.name for row in rows}


def _ids(group: Mapping[str, Any], name: str) -> Iterable[int]:
    for item in group.get("items", ()):
        if "items" in item:
            yield from _ids(item, name)
        elif item.get("field") == name:
            value = item.get("value", "")
            yield from (int(each) for each in (value if isinstance(value, list) else [value]) if _is_id(each))


def _is_id(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19
