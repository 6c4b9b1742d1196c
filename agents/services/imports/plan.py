"""What each line of a file would do. Nothing is written here."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from agents.domain import text
from agents.domain.csv_file import NEEDED, CsvLine
from agents.models import Client, Contact, Device, Kind
from agents.selectors import clients_visible_to, contacts_visible_to, devices_visible_to, sees_all_clients
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User

AT_ONCE = 500
#: Whoever imports changes clients: of those of the roles that let them (A14).
EDIT = Permission.CLIENTS_EDIT


class Outcome(StrEnum):
    CREATE = "create"
    CHANGE = "change"
    SAME = "same"
    WRONG = "wrong"


@dataclass(slots=True)
class Plan:
    """`values` are the fields of the row; `changes`: field -> (before, after) of the row `target`."""

    line: CsvLine
    outcome: Outcome
    title: str
    words: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    target: Client | Contact | Device | None = None


class Wrong(Exception):
    """A sentence about one line."""


def plan_lines(kind: str, lines: list[CsvLine], user: User) -> list[Plan]:
    """One Plan a line, in their order. An empty cell leaves what is there; a key that comes twice in the file
    counts once.
    """
    planners: dict[str, type[_Clients | _Contacts | _Devices]]
    planners = {"clients": _Clients, "contacts": _Contacts, "devices": _Devices}
    planner = planners[kind](user, lines)
    seen: dict[str, int] = {}
    return [_plan_line(planner, kind, line, seen) for line in lines]


def _plan_line(planner: "_Planner", kind: str, line: CsvLine, seen: dict[str, int]) -> Plan:
    title = line.cells.get("name") or line.cells.get("full_name") or line.cells.get("email") or ""
    try:
        if missing := [name for name in NEEDED[kind] if not line.cells.get(name)]:
            raise Wrong(_("Fill in: %(columns)s.") % {"columns": ", ".join(missing)})
        values = planner.values(line.cells)
        key = planner.key(values)
        if key in seen:
            raise Wrong(_("The same is in line %(line)s already.") % {"line": seen[key]})
        seen[key] = line.number
        target = planner.target(values)
    except Wrong as wrong:
        return Plan(line, Outcome.WRONG, title, str(wrong))
    if target is None:
        return Plan(line, Outcome.CREATE, title, values=values)
    changes = {
        name: (getattr(target, name), value)
        for name, value in values.items()
        if value not in ("", [], None) and getattr(target, name) != value
    }
    outcome = Outcome.CHANGE if changes else Outcome.SAME
    return Plan(line, outcome, title, values=values, changes=changes, target=target)


class _Planner(ABC):
    def __init__(self, user: User, lines: list[CsvLine]) -> None:
        self.user = user
        self.clients = {client.name.casefold(): client for client in clients_visible_to(user, to=EDIT)}
        self.load(lines)

    @abstractmethod
    def load(self, lines: list[CsvLine]) -> None:
        """Reads what the lines name, in few queries."""

    @abstractmethod
    def key(self, values: dict[str, Any]) -> str:
        """What tells two lines apart."""

    @abstractmethod
    def values(self, cells: dict[str, str]) -> dict[str, Any]:
        """The fields of the row. Raises Wrong."""

    @abstractmethod
    def target(self, values: dict[str, Any]) -> Any:  # noqa: ANN401 - a row of its kind
        """The row that is there already. Raises Wrong."""

    def client(self, cells: dict[str, str]) -> Client | None:
        name = cells.get("client", "")
        found = self.clients.get(name.casefold())
        if name and found is None:
            raise Wrong(_("There is no client “%(name)s”. Add it first.") % {"name": name})
        return found


class _Clients(_Planner):
    def load(self, lines: list[CsvLine]) -> None:
        self.names = {name.casefold() for name in Client.objects.values_list("name", flat=True)}

    def key(self, values: dict[str, Any]) -> str:
        return str(values["name"]).casefold()

    def values(self, cells: dict[str, str]) -> dict[str, Any]:
        name = text.clean_name(cells["name"], limit=200)
        if not name or len(name) > 100:
            raise Wrong(_("Write a name of at most 100 characters."))
        try:
            domains = text.normal_domains(cells.get("mail_domains", ""))
        except ValueError as word:
            raise Wrong(_("“%(word)s” is no mail domain.") % {"word": str(word)[:60]}) from None
        phone = text.clean_name(cells.get("phone", ""), limit=40)
        return {
            "name": name,
            "mail_domains": domains,
            "phone": phone,
            "notes": cells.get("notes", "")[:10_000],
        }

    def target(self, values: dict[str, Any]) -> Client | None:
        found = self.clients.get(self.key(values))
        if found is None and self.key(values) in self.names:
            raise Wrong(_("This name is taken by a client that you do not see."))
        return found


class _Contacts(_Planner):
    def load(self, lines: list[CsvLine]) -> None:
        emails = sorted({text.normal_email(line.cells.get("email", "")) for line in lines})
        rows = _in_parts(emails, lambda part: Contact.objects.filter(email__in=part).select_related("client"))
        self.known = {contact.email: contact for contact in rows}
        others = _in_parts(emails, lambda part: Contact.objects.filter(addresses__email__in=part))
        self.others = {address.email for contact in others for address in contact.addresses.all()}
        ids = [contact.pk for contact in self.known.values()]
        mine = _in_parts(ids, lambda part: contacts_visible_to(self.user, to=EDIT).filter(pk__in=part))
        self.mine = {contact.pk for contact in mine}

    def key(self, values: dict[str, Any]) -> str:
        return str(values["email"])

    def values(self, cells: dict[str, str]) -> dict[str, Any]:
        email = text.normal_email(cells["email"])
        try:
            validate_email(email)
        except ValidationError:
            raise Wrong(_("“%(word)s” is no e-mail address.") % {"word": email[:60]}) from None
        client = self.client(cells)
        if client is None and not sees_all_clients(self.user, to=EDIT):
            raise Wrong(_("Fill in: %(columns)s.") % {"columns": "client"})
        return {
            "full_name": text.clean_name(cells["full_name"], limit=100),
            "email": email,
            "client": client,
            "phone": text.clean_name(cells.get("phone", ""), limit=40),
            "language": text.clean_name(cells.get("language", ""), limit=10),
        }

    def target(self, values: dict[str, Any]) -> Contact | None:
        email = values["email"]
        found = self.known.get(email)
        if email in self.others or (found is not None and found.pk not in self.mine):
            raise Wrong(_("This address belongs to somebody already."))
        return found


class _Devices(_Planner):
    def load(self, lines: list[CsvLine]) -> None:
        ids = sorted({line.cells.get("machine_id", "") for line in lines})
        rows = _in_parts(ids, lambda part: devices_visible_to(self.user, to=EDIT).filter(machine_id__in=part))
        self.known = {(device.client_id, device.machine_id): device for device in rows}

    def key(self, values: dict[str, Any]) -> str:
        return f"{values['client'].pk}:{values['machine_id']}"

    def values(self, cells: dict[str, str]) -> dict[str, Any]:
        kind = cells.get("kind", "").lower()
        if kind and kind not in Kind.values:
            raise Wrong(_("The kind is workstation, server or other."))
        if not text.is_machine_id(cells["machine_id"]):
            raise Wrong(_("The machine id has 3 to 100 letters, digits, dots, dashes, colons or braces."))
        return {
            "client": self.client(cells),
            "machine_id": cells["machine_id"],
            "name": text.clean_name(cells["name"], limit=100),
            "kind": kind,
            "os_name": text.clean_name(cells.get("os_name", ""), limit=60),
            "os_version": text.clean_name(cells.get("os_version", ""), limit=60),
        }

    def target(self, values: dict[str, Any]) -> Device | None:
        return self.known.get((values["client"].pk, values["machine_id"]))


def _in_parts(keys: list[Any], rows: Callable[[list[Any]], Iterable[Any]]) -> list[Any]:
    """Databases take so many parameters and no more."""
    found: list[Any] = []
    for start in range(0, len(keys), AT_ONCE):
        found += rows(keys[start : start + AT_ONCE])
    return found
