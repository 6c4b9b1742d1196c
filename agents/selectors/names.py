"""Clients, people and devices by a part of their names: for the palette."""

from collections.abc import Sequence
from typing import TypeVar

from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import RawSQL

from agents.models import Client, Contact, Device
from agents.selectors.scope import clients_visible_to, contacts_visible_to, devices_visible_to
from helpdesk.core.models import User

M = TypeVar("M", bound=Model)
#: The index knows texts by three letters each (agents.migrations.0002_names).
TRIGRAM = 3
DEPTH = 10_000
_MATCHES = "SELECT rowid FROM {table}_search WHERE {table}_search MATCH %s"


def clients_named(user: User, words: Sequence[str], *, limit: int) -> list[Client]:
    """Visible clients with every word in the name, by name."""
    return list(_having(clients_visible_to(user), words, "name").order_by("name", "pk")[:limit])


def devices_named(user: User, words: Sequence[str], *, limit: int) -> list[Device]:
    """Visible devices with every word in the name or the client's, by name; with their clients."""
    rows = _named(devices_visible_to(user), words, "name")
    return list(rows.select_related("client").order_by("name", "pk")[:limit])


def contacts_named(user: User, words: Sequence[str], *, limit: int) -> list[Contact]:
    """Visible people with every word in the name, the address or the client's name; with their clients."""
    rows = _named(contacts_visible_to(user), words, "full_name", "email")
    return list(rows.select_related("client").order_by("full_name", "pk")[:limit])


def _named(rows: QuerySet[M, M], words: Sequence[str], *columns: str) -> QuerySet[M, M]:
    """With every word in one of these columns or in the client's name. Where all words are too short for the
    index the newest `DEPTH` rows are looked through.
    """
    every, long = rows.model._default_manager.order_by(), [word for word in words if len(word) >= TRIGRAM]
    for word in words:
        of_clients = Q(client__in=Client.objects.filter(name__icontains=word).order_by().values("pk"))
        if word in long:  # each for itself, lest the planner begin with the clients
            own = every.filter(_either(word, columns) & _indexed(rows.model, word))
            rows = rows.filter(pk__in=own.values("pk").union(every.filter(of_clients).values("pk"), all=True))
        else:
            rows = rows.filter(_either(word, columns) | of_clients)
    if not long:
        newest = every.order_by("-pk").values_list("pk", flat=True).first() or 0
        rows = rows.filter(pk__gt=newest - DEPTH)
    return rows


def _indexed(model: type[Model], word: str) -> Q:
    """PostgreSQL finds its index by itself."""
    if connection.vendor != "sqlite":
        return Q()
    table, quoted = model._meta.db_table, word.replace('"', '""')
    return Q(pk__in=RawSQL(_MATCHES.format(table=table), [f'"{quoted}"']))  # noqa: S611 - a table of ours


def _either(word: str, columns: Sequence[str]) -> Q:
    found = Q()
    for column in columns:
        found |= Q(**{f"{column}__icontains": word})
    return found


def _having(rows: QuerySet[M, M], words: Sequence[str], *columns: str) -> QuerySet[M, M]:
    for word in words:
        rows = rows.filter(_either(word, columns))
    return rows
