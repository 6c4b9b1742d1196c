"""Things as they look in answers, for the examples in docs/openapi.yaml."""

from typing import Any, Final

TICKET: Final[dict[str, Any]] = {
    "number": 1284,
    "id": "6f1c2f34-7b7e-4a55-9a3c-0d6d2c1f8f10",
    "subject": "Printer jams",
    "status": "open",
    "priority": "medium",
    "type": "",
    "assignee": {"id": 3, "name": "Ada Lovelace"},
    "team": None,
    "client": {"id": "0b9a8c1e-30e6-4c1f-8b7e-5a4c4c1c7a11", "name": "Acme"},
    "contact_name": "Anna Berg",
    "contact_email": "anna@acme.example",
    "contact_phone": "",
    "tags": ["printer"],
    "created_at": "2026-11-22T10:00:00Z",
    "updated_at": "2026-11-22T10:00:00Z",
    "resolved_at": None,
    "closed_at": None,
    "merged_into": None,
    "description": "On the second floor.",
    "device": None,
    "source": "api",
    "details": {},
    "taken_at": None,
    "follows": None,
}
ROW: Final = {
    name: value
    for name, value in TICKET.items()
    if name not in {"description", "device", "source", "details", "taken_at", "follows"}
}
MESSAGE: Final[dict[str, Any]] = {
    "id": 51,
    "kind": "reply",
    "author": "Ada Lovelace",
    "body": "Please restart it.",
    "is_held": False,
    "created_at": "2026-11-22T10:00:00Z",
    "attachments": [],
}
ENTRY: Final[dict[str, Any]] = {
    "kind": "reply",
    "at": "2026-11-22T10:00:00Z",
    "author": "Ada Lovelace",
    "author_email": "",
    "is_held": False,
    "body": "Please restart it.",
    "activity": None,
    "attachments": [],
    "mail_state": "sent",
}
