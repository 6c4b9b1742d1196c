"""Clients, people and devices by a part of their names: for the palette."""

from collections.abc import Sequence
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from agents.models import Client, Contact, Device
from agents.selectors.scope import clients_visible_to, contacts_visible_to, devices_visible_to
from helpdesk.core.models import User

M = TypeVar("M", bound=Model)


def clients_named(user: User, words: Sequence[str], *, limit: int) -> list[Client]:
    """Visible clients with every word in the name, by name."""
    return list(_having(clients_visible_to(user), words, "name").order_by("name", "pk")[:limit])


def devices_named(user: User, words: Sequence[str], *, limit: int) -> list[Device]:
    """Visible devices with every word in the name or the client's, by name; with their clients."""
    rows = _having(devices_visible_to(user), words, "name", "client__name")
    return list(rows.select_related("client").order_by("name", "pk")[:limit])


def contacts_named(user: User, words: Sequence[str], *, limit: int) -> list[Contact]:
    """Visible people with every word in the name, the address or the client's name; with their clients."""
    rows = _having(contacts_visible_to(user), words, "full_name", "email", "client__name")
    return list(rows.select_related("client").order_by("full_name", "pk")[:limit])


def _having(rows: QuerySet[M, M], words: Sequence[str], *columns: str) -> QuerySet[M, M]:
    for word in words:
        either = Q()
        for column in columns:
            either |= Q(**{f"{column}__icontains": word})
        rows = rows.filter(either)
    return rows
