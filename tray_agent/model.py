"""What the parts of the agent tell each other."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

OFF, ENABLED, WAITING_FOR_TOKEN = "off", "enabled", "waiting_for_token"
WAITING_FOR_APPROVAL, VERIFIED, DISABLED = "waiting_for_approval", "verified", "disabled"
HIDDEN = frozenset({OFF, DISABLED})
"""States without an icon, a hotkey or a window."""


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


@dataclass(frozen=True, slots=True)
class Verification:
    expires_at: datetime | None
    attempts_left: int
    resend_at: datetime | None


@dataclass(frozen=True, slots=True)
class Me:
    """What the server says of this profile."""

    state: str = OFF
    organisation: str = ""
    client: str = ""
    full_name: str = ""
    email: str = ""
    verification: Verification | None = None
    capabilities: frozenset[str] = frozenset()
    support_phone: str = ""
    version: str = ""

    @property
    def is_visible(self) -> bool:
        return self.state not in HIDDEN

    @property
    def may_open_tickets(self) -> bool:
        return self.state == VERIFIED

    @classmethod
    def from_answer(cls, answer: dict[str, Any]) -> Self:
        contact, open_token = answer.get("contact") or {}, answer.get("verification")
        return cls(
            state=answer["state"],
            organisation=answer.get("organisation", ""),
            client=answer.get("client", ""),
            full_name=contact.get("full_name") or answer.get("full_name", ""),
            email=contact.get("email") or answer.get("email", ""),
            verification=Verification(
                _time(open_token.get("expires_at")),
                open_token.get("attempts_left", 0),
                _time(open_token.get("resend_at")),
            )
            if open_token
            else None,
            capabilities=frozenset(answer.get("capabilities", ())),
            support_phone=answer.get("support_phone", ""),
            version=answer.get("me_version", ""),
        )


def base_name(name: str) -> str:
    """The name alone, whichever system's folders stand before it; without control characters."""
    last = re.split(r"[\\/]", name)[-1]
    if re.match(r"[A-Za-z]:", last):
        last = last[2:]
    shown = "".join(sign for sign in last if sign.isprintable()).strip()
    return "file" if shown.strip(".") == "" else shown


@dataclass(frozen=True, slots=True)
class FileDraft:
    """A file to send along: a name without folders, and its bytes."""

    name: str
    data: bytes

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", base_name(self.name))


@dataclass(frozen=True, slots=True)
class TicketDraft:
    subject: str
    description: str = ""
    priority: str = "medium"
    screenshot: bytes | None = None
    """PNG; what was hidden is black in it, the original is gone."""
    files: tuple[FileDraft, ...] = ()
    details: dict[str, str] = field(default_factory=dict)
    taken_at: str = ""


@dataclass(frozen=True, slots=True)
class TicketRow:
    number: int
    subject: str
    status: str
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Machine:
    """The computer and who sits at it, as the registration tells it."""

    id: str
    name: str
    os_name: str
    os_version: str
    kind: str
    sid: str
    user_name: str
    display_name: str = ""
