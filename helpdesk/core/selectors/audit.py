from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from django.db.models import Q, QuerySet, Value

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.domain.search import search_text
from helpdesk.core.models import AuditEntry, User
from helpdesk.core.models.deeds import deed_words, deeds_like, thing_words


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """What to look for; an empty field asks for nothing. `until`: the first moment that counts no more."""

    text: str = ""
    actor: int | None = None
    kind: str = ""
    client: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def audit_visible_to(
    user: User,
    *,
    text: str = "",
    wanted: AuditFilter | None = None,
    clients: Iterable[int] | None = None,
) -> QuerySet[AuditEntry]:
    """Newest first; nothing without the permission. `clients`: the only ones that the user sees (A12), None
    for all of them. What is the desk's own, or of no client, is for who reads of all: it names clients,
    addresses and words of any.
    """
    if not user.may(Permission.AUDIT_VIEW):
        return AuditEntry.objects.none()
    wanted = wanted or AuditFilter(text=text)
    entries = AuditEntry.objects.select_related("actor").order_by("-id")
    if clients is not None:
        part = {"is_partly_told": Value(value=True)}
        entries = entries.filter(client_id__in=list(clients)).annotate(**part)
    exact = {
        "actor_id": wanted.actor,
        "target_type": wanted.kind or None,
        "client_id": wanted.client,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
    }
    entries = entries.filter(**{name: value for name, value in exact.items() if value is not None})
    if words := search_text(wanted.text):
        entries = entries.filter(
            Q(actor_label__icontains=words)
            | Q(verb__icontains=words)
            | Q(verb__in=deeds_like(words))  # as it is told in the reader's language
            | Q(target_label__icontains=words)
        )
    return entries


def audit_page(
    entries: QuerySet[AuditEntry], *, before: int | None, limit: int
) -> tuple[list[AuditEntry], int | None]:
    """The entries older than the number `before`, and where the next page starts; None at the end."""
    rows = list((entries.filter(pk__lt=before) if before else entries)[: limit + 1])
    return rows[:limit], rows[limit - 1].pk if len(rows) > limit else None


def audit_kinds() -> list[str]:
    """The kinds of things that entries are about: one step through the index for each of them."""
    found: list[str] = []
    rows = AuditEntry.objects.order_by("target_type").values_list("target_type", flat=True)
    while kind := rows.filter(target_type__gt=found[-1] if found else "").first():
        found.append(kind)
    return found


def audit_rows(
    entries: QuerySet[AuditEntry],
    *,
    limit: int,
    tell: Callable[[dict[str, Any] | None], str],
    zone: tzinfo = UTC,
) -> Iterator[list[str]]:
    """For a file: time in `zone`, who, deed in the reader's language, kind, thing, before, after as `tell`
    puts them into words.
    """
    for entry in entries[:limit].iterator(chunk_size=1000):
        facts = [tell(entry.told_before), tell(entry.told_after)]
        what = [entry.actor_label, deed_words(entry.verb), thing_words(entry.target_type), entry.target_label]
        yield [f"{entry.at.astimezone(zone):%Y-%m-%d %H:%M:%S}", *what, *facts]
