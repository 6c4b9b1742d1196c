"""What a role may allow, and the roles that every installation starts with."""

from dataclasses import dataclass
from enum import StrEnum


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
