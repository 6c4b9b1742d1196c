"""Clients, people and devices as they look in answers, for the examples in docs/openapi.yaml."""

from typing import Any, Final

ACME: Final = {"id": "0b9a8c1e-30e6-4c1f-8b7e-5a4c4c1c7a11", "name": "Acme"}
CLIENT: Final[dict[str, Any]] = ACME | {
    "mail_domains": ["acme.example"],
    "phone": "",
    "notes": "",
    "every_profile": False,
    "created_at": "2026-11-22T10:00:00Z",
}
CONTACT: Final[dict[str, Any]] = {
    "id": "8d2f7a10-6f0d-4c7e-9d51-1f0c6a3c7b22",
    "client": ACME,
    "full_name": "Anna Berg",
    "email": "anna@acme.example",
    "phone": "",
    "language": "de",
    "is_active": True,
    "ignores_mail": False,
    "created_at": "2026-11-22T10:00:00Z",
}
DEVICE: Final[dict[str, Any]] = {
    "id": "c7a1f0de-2f43-4f3b-8f0e-7d1b3d0c5a33",
    "client": ACME,
    "name": "ACME-PC-1",
    "kind": "laptop",
    "os_name": "Windows 11",
    "os_version": "24H2",
    "agent_version": "0.1.0",
    "every_profile": False,
    "last_seen_at": "2026-11-22T10:00:00Z",
    "created_at": "2026-11-22T10:00:00Z",
}
