"""Which time, people and client the dashboard or a report is asked for, and the lists behind its numbers."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from agents.models import Client
from agents.selectors import clients_visible_to
from agents.selectors.scope import sees_all_clients
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from helpdesk.core.rows import Kept
from helpdesk.core.selectors.organisation import organisation_time_zone
from tickets.domain.counted import days_text
from tickets.domain.filters import ANY, ME, TEAM
from tickets.selectors.access import client_scope

PERIODS = (7, 30, 90)
USUAL = 30
SHOWN_CLIENTS = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """`first` to `last` by the house's clock; `who` is empty, "team" or "me"."""

    first: date
    last: date
    who: str = ""
    client: Client | None = None

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def dates(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range(self.days)]

    def query(self, **changes: object) -> str:
        """The address of the same page with these changes, its query string only."""
        usual = {"days": self.days, "who": self.who, "client": self.client.public_id if self.client else ""}
        return "?" + urlencode({name: value for name, value in (usual | changes).items() if value})

    def list_url(self, *, person: str = "", **filters: str) -> str:
        """The list of exactly the tickets behind a number. `person`: of this person or team alone."""
        whose = {ME: {"assignee": ME}, TEAM: {"who": TEAM}}.get(self.who, {})
        if person:
            whose = {"assignee": person.removeprefix("u")}
        client = {"client": str(self.client.public_id)} if self.client else {}
        return f"{_list()}?{urlencode(filters | whose | client)}"

    def in_days(self, name: str, first: date | None = None, /, *, person: str = "", **filters: str) -> str:
        """Of all statuses, with what happened in the whole time or on one day."""
        days = days_text(first, first) if first else days_text(self.first, self.last)
        return self.list_url(person=person, **{"status": ANY, name: days, **filters})


def read_asked(request: HttpRequest, user: User, now: datetime) -> Asked:
    """What an address asks for; what it does not say or says wrong is as usual."""
    today = now.astimezone(ZoneInfo(organisation_time_zone())).date()
    text = request.GET.get("days", "")
    days = int(text) if text.isdecimal() and len(text) < 4 and int(text) in PERIODS else USUAL
    who = request.GET.get("who", "")
    return Asked(
        first=today - timedelta(days=days - 1),
        last=today,
        who=who if who in {ME, TEAM} else "",
        client=_client(user, request.GET.get("client", "")),
    )


def other_zone() -> str:
    """The house's time zone where the reader has another one: figures count its days, not theirs."""
    house = organisation_time_zone()
    return "" if timezone.get_current_timezone_name() == house else house


@cache
def _list() -> str:
    return reverse("tickets:list")


def _client(user: User, text: str) -> Client | None:
    try:
        return _counted(user).filter(public_id=UUID(text)).first() if text else None
    except ValueError:
        return None


def scope_context(user: User, asked: Asked) -> dict[str, Any]:
    """What the choice of time, people and client in the bar of a page shows."""
    return {
        "asked": asked,
        "periods": [(days, asked.query(days=days)) for days in PERIODS],
        "scopes": [
            (_("Everyone"), "", asked.query(who="")),
            (_("My team"), TEAM, asked.query(who=TEAM)),
            (_("Me"), ME, asked.query(who=ME)),
        ],
        "clients": _clients(user, asked),
        "zone": other_zone(),
    }


def _clients(user: User, asked: Asked) -> SafeString:
    """The choices of the picker; who is chosen stands there however many there are."""
    rows = _clients_of(user)
    if asked.client and asked.client.public_id not in {public_id for public_id, _name in rows}:
        rows.append((asked.client.public_id, asked.client.name))
    return _options(tuple(rows), asked.client.public_id if asked.client else None)


def _clients_of(user: User) -> list[tuple[UUID, str]]:
    if sees_all_clients(user) and client_scope(user, Permission.TICKETS_VIEW) is None:
        return _ALL_CLIENTS.rows(0)
    return list(_choices(_counted(user)))


def _counted(user: User) -> QuerySet[Client]:
    """Whose tickets are counted: who may report on all may see those of some (A12)."""
    rows, scope = clients_visible_to(user), client_scope(user, Permission.TICKETS_VIEW)
    return rows if scope is None else rows.filter(pk__in=sorted(scope))


def _choices(clients: QuerySet[Client]) -> QuerySet[Client, tuple[UUID, str]]:
    return clients.order_by("name").values_list("public_id", "name")[:SHOWN_CLIENTS]


_ALL_CLIENTS = Kept(lambda: _choices(Client.objects.all()))


@lru_cache(maxsize=64)
def _options(rows: tuple[tuple[UUID, str], ...], chosen: UUID | None) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (public_id, mark_safe(" selected") if public_id == chosen else "", name)
            for public_id, name in rows
        ),
    )
