"""Everything small that stands beside a ticket, in one query however much there is.

Each topic is an arm of one UNION ALL: a queryset over the marks `TICKET` and `READER`, with one column, a
JSON object of what the page needs. To add one: an entry in `_arms`, and a selector of your own that reads
`beside(user, ticket).rows("<arm>")`. The statement is compiled once for a process.

An arm that shows other tickets gives their client, and its selector asks `may_see`: the arms know no roles.
"""

import json
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import JSONObject

from agents.domain.fields import FieldOf
from agents.models import CustomField
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from helpdesk.core.rows import prepared
from tickets.domain.work import LinkKind
from tickets.models import (
    ChecklistItem,
    Draft,
    DraftFile,
    Mention,
    Snooze,
    Tag,
    Ticket,
    TicketFollower,
    TicketLink,
    TicketValue,
    TimeChoice,
    TimeEntry,
    Timer,
)
from tickets.selectors.access import client_scope

#: Stand for the number of the ticket and the key of who reads it; no row has such a key.
TICKET, READER = -7_000_001, -7_000_002
#: Rows of one arm.
MOST = 100
#: What was begun on a ticket that was merged into this one is of this one, too.
_OWN = Q(ticket=TICKET) | Q(ticket__merged_into=TICKET)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Beside:
    """The rows of each arm, in the order of its queryset."""

    found: Mapping[str, list[Row]] = field(default_factory=dict)
    #: Clients whose tickets the reader may see; None: all.
    scope: frozenset[int] | None = None
    #: Word for word what the database said, but drafts: the same where all is as it was.
    raw: Hashable = ()

    def rows(self, arm: str) -> list[Row]:
        return self.found.get(arm, [])

    def may_see(self, client: int | None) -> bool:
        return self.scope is None or client in self.scope


def beside(user: User | AnonymousUser, ticket: Ticket) -> Beside:
    """For a ticket that came through `ticket_for`: one query."""
    marks = {TICKET: ticket.pk, READER: user.pk or 0}
    sql, params = _statement(connection.vendor)
    with prepared(connection) as cursor:
        cursor.execute(sql, [marks.get(value, value) for value in params])
        rows = sorted(cursor.fetchall(), key=lambda row: (row[0], row[1]))
    found: dict[str, list[Row]] = {}
    for arm, place, data in rows:
        del place
        found.setdefault(arm, []).append(json.loads(data))
    return Beside(found, client_scope(user, Permission.TICKETS_VIEW), _shown(rows))


def _shown(rows: Iterable[tuple[str, int, str]]) -> tuple[tuple[str, int, str], ...]:
    """The composer alone shows drafts, which are long and another after each word."""
    return tuple(row for row in rows if row[0] not in {"draft", "draft_file"})


def moment(text: str | None) -> datetime | None:
    """Inside JSON a time is text; SQLite writes UTC without saying so."""
    if text is None:
        return None
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


@lru_cache(maxsize=2)
def _statement(_vendor: str) -> tuple[str, tuple[Any, ...]]:
    """The text is Django's own compilation of the arms; every value is a parameter."""
    parts: list[str] = []
    params: list[Any] = []
    for number, (name, rows) in enumerate(_arms().items()):
        sql, values = rows[:MOST].query.sql_with_params()
        parts.append(
            f"SELECT '{name}', row_number() OVER (), arm{number}.found FROM ({sql}) AS arm{number}"  # noqa: S608
        )
        params += values
    return " UNION ALL ".join(parts), tuple(params)


def _arms() -> dict[str, QuerySet[Any, Any]]:
    own = TicketValue.objects.filter(field=OuterRef("pk"), ticket=TICKET)
    return {
        "tags": _found(Tag.objects.filter(tickets=TICKET).order_by("name"), "id", "name", "colour"),
        "timer": _found(Timer.objects.filter(user=READER), "ticket", "started_at", "seen_at"),
        "time_choice": _found(TimeChoice.objects.filter(Q(user=READER) | Q(user=None)), "user", "is_on"),
        "time": TimeEntry.objects.filter(ticket=TICKET, is_asked=False, deleted_at=None)
        .order_by()
        .values("is_billable")
        .annotate(found=JSONObject(is_billable=F("is_billable"), seconds=Sum("seconds")))
        .values("found"),
        "asked": _found(
            TimeEntry.objects.filter(user=READER, is_asked=True, deleted_at=None).order_by("started_at"),
            "id", "ticket", "started_at", "seconds",
        ),
        "snooze": _found(Snooze.objects.filter(ticket=TICKET), "until", "at", by="by__full_name"),
        "parent": _linked(TicketLink.objects.filter(target=TICKET, kind=LinkKind.PARENT), "source"),
        "children": _linked(TicketLink.objects.filter(source=TICKET, kind=LinkKind.PARENT), "target"),
        "related_out": _linked(TicketLink.objects.filter(source=TICKET, kind=LinkKind.RELATED), "target"),
        "related_in": _linked(TicketLink.objects.filter(target=TICKET, kind=LinkKind.RELATED), "source"),
        "checklist": _found(
            ChecklistItem.objects.filter(ticket=TICKET).order_by("place", "id"),
            "id", "text", "done_at", "done_by",
        ),
        "fields": _found(
            CustomField.objects.filter(belongs_to=FieldOf.TICKET, deleted_at=None)
            .annotate(value=Subquery(own.values("value")[:1]))
            .order_by("place", "id"),
            "id", "key", "name", "type", "choices", "is_required", "value",
        ),
        "draft": _found(
            Draft.objects.filter(_OWN, author=READER, thrown_at=None),
            "id", "ticket", "kind", "body", "seen", "people", "version", "saved_at",
        ),
        "draft_file": _found(
            DraftFile.objects.filter(
                Q(draft__ticket=TICKET) | Q(draft__ticket__merged_into=TICKET), draft__author=READER
            ).order_by("id"),
            "draft", "public_id", "filename", "size",
        ),
        "follower": _found(
            TicketFollower.objects.filter(ticket=TICKET).order_by("user__full_name", "user"),
            "user", name="user__full_name",
        ),
        "mention": _found(
            Mention.objects.filter(message__ticket=TICKET).order_by("id"), "message", name="user__full_name"
        ),
    }  # fmt: skip


def _found(rows: QuerySet[Any, Any], *columns: str, **others: str) -> QuerySet[Any, Any]:
    """These columns as the JSON object of an arm."""
    return rows.values(found=JSONObject(**{name: F(name) for name in columns}, **_named(others)))


def _named(others: Mapping[str, str]) -> dict[str, F]:
    return {name: F(path) for name, path in others.items()}


def _linked(rows: QuerySet[TicketLink], other: str) -> QuerySet[Any, Any]:
    columns = {name: f"{other}__{name}" for name in ("subject", "status", "client")}
    return _found(rows.order_by(other), "id", number=other, **columns)
