"""What the reader has begun to write on a ticket."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from helpdesk.core.models import User
from tickets.models import Draft, DraftFile, Ticket
from tickets.selectors.access import tickets_visible_to
from tickets.selectors.beside import Beside, beside, moment


@dataclass(frozen=True, slots=True)
class WaitingFile:
    public_id: str
    filename: str
    size: int


@dataclass(frozen=True, slots=True)
class DraftShown:
    """`version` 0: nothing is saved yet."""

    kind: str = ""
    body: str = ""
    seen: str = ""
    people: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0
    saved_at: datetime | None = None
    files: Sequence[WaitingFile] = ()


def draft_beside(found: Beside, number: int) -> DraftShown:
    """The reader's draft, or what they began on a ticket that was merged into this one.

    A draft from elsewhere has no version here: its next saving is the first one of this ticket.
    """
    rows = sorted(found.rows("draft"), key=lambda row: row["ticket"] != number)
    if not rows:
        return DraftShown()
    row = rows[0]
    files = [
        WaitingFile(str(UUID(file["public_id"])), file["filename"], file["size"])
        for file in found.rows("draft_file")
        if file["draft"] == row["id"]
    ]
    is_here = row["ticket"] == number
    return DraftShown(
        kind=row["kind"],
        body=row["body"],
        seen=row["seen"] if is_here else "",
        people=_people(row["people"]) if is_here else {},
        version=row["version"] if is_here else 0,
        saved_at=moment(row["saved_at"]),
        files=files,
    )


def _people(value: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """Inside JSON, SQLite gives JSON as text."""
    found: Mapping[str, Any] = json.loads(value) if isinstance(value, str) else value
    return found


def called_beside(found: Beside) -> dict[int, list[str]]:
    """By the key of a note the names of those whom it calls."""
    names: dict[int, list[str]] = {}
    for row in found.rows("mention"):
        names.setdefault(row["message"], []).append(row["name"])
    return names


def drafts_of(user: User) -> QuerySet[Draft]:
    """All that somebody has begun on tickets that they still see, the latest first; thrown away ones too."""
    seen = tickets_visible_to(user).order_by().values("pk")
    has_files = Exists(DraftFile.objects.filter(draft=OuterRef("pk")))
    begun = Draft.objects.filter(~Q(body="") | has_files, author=user, ticket__in=seen)
    return begun.select_related("ticket").prefetch_related("files").order_by("-saved_at", "-pk")


def draft_of(user: User | AnonymousUser, ticket: Ticket) -> DraftShown:
    """The same for a page that shows nothing else beside the ticket."""
    return draft_beside(beside(user, ticket), ticket.pk)
