"""What a role may allow, and the roles that every installation starts with."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Permission(StrEnum):
    TICKETS_VIEW = "tickets.view"
    TICKETS_EDIT = "tickets.edit"
    TICKETS_MERGE = "tickets.merge"
    REPORTS_VIEW = "reports.view"
    CLIENTS_VIEW = "clients.view"
    CLIENTS_EDIT = "clients.edit"
    AGENTS_ENABLE = "agents.enable"
    CONTACTS_APPROVE = "contacts.approve"
    RULES_EDIT = "rules.edit"
    MAIL_EDIT = "mail.edit"
    FIELDS_EDIT = "fields.edit"
    SETTINGS_EDIT = "settings.edit"
    WEBHOOKS_EDIT = "webhooks.edit"
    USERS_EDIT = "users.edit"
    AUDIT_VIEW = "audit.view"


#: What these change belongs to the whole house and to no client, so only a role of all clients gives them.
HOUSE: Final = frozenset(
    {
        Permission.RULES_EDIT,
        Permission.MAIL_EDIT,
        Permission.FIELDS_EDIT,
        Permission.SETTINGS_EDIT,
        Permission.WEBHOOKS_EDIT,
        Permission.USERS_EDIT,
    }
)


#: What reaches every ticket takes these for all clients besides (A12): a mailbox says where all mail goes, a
#: rule reads, moves and sends on whatever comes in.
BESIDES: Final = {
    Permission.RULES_EDIT: frozenset({Permission.TICKETS_VIEW, Permission.TICKETS_EDIT}),
    Permission.MAIL_EDIT: frozenset({Permission.TICKETS_VIEW}),
}

#: Of one role: what it gives, is it the administrators', does it cover all clients.
Grant = tuple[frozenset[str], bool, bool]


def in_effect(names: Iterable[str], *, all_clients: bool) -> frozenset[str]:
    """What a role with these permissions really gives: of a role of chosen clients, nothing of the house's
    (A14). Whoever asks what a role allows asks here.
    """
    return frozenset(names) if all_clients else frozenset(names) - HOUSE


def together(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """What the roles of one person give together: nothing of `BESIDES` without what that takes. Whoever asks
    what somebody may, in the console, in the API or by a token, has it from here.
    """
    known = tuple(grants)
    everywhere = frozenset(name for names, _locked, every in known if every for name in names)
    idle = frozenset(str(name) for name, needed in BESIDES.items() if not needed <= everywhere)
    return tuple((names - idle, locked, every) for names, locked, every in known)


@dataclass(frozen=True)
class StandardRole:
    name: str
    permissions: tuple[Permission, ...]
    is_locked: bool


ADMINISTRATOR = StandardRole("Administrator", tuple(Permission), is_locked=True)
TECHNICIAN = StandardRole(
    "Technician",
    (
        Permission.TICKETS_VIEW,
        Permission.TICKETS_EDIT,
        Permission.TICKETS_MERGE,
        Permission.REPORTS_VIEW,
        Permission.CLIENTS_VIEW,
        Permission.AGENTS_ENABLE,
        Permission.CONTACTS_APPROVE,
    ),
    is_locked=False,
)
STANDARD_ROLES = (ADMINISTRATOR, TECHNICIAN)
