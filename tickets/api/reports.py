"""Reports and the figures of the dashboard, for programs: /api/v1/reports/<kind>/, dashboard/."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import call
from agents.api.door import asked_of
from agents.selectors import clients_visible_to
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Invalid, NotFound
from helpdesk.core.models import User
from helpdesk.core.selectors.organisation import organisation_time_zone
from helpdesk.core.selectors.people import active_users
from tickets.api.shapes import REPORTS
from tickets.api.technician import TechnicianView
from tickets.domain.counted import days_text
from tickets.domain.figures import NOBODY, Sums, timed_count, user_scope_of
from tickets.domain.filters import ANY, LATE, ME, TEAM
from tickets.domain.kinds import Source
from tickets.domain.priority import Priority
from tickets.domain.reports import ReportKind
from tickets.domain.status import UNFINISHED
from tickets.selectors.figures import NOTHING, Figures, figures_of, whose_of
from tickets.selectors.reports import Cell, ReportScope, report_of, report_title
from tickets.services.figures.counting import catch_up
from tickets.services.rules.people import is_present

TAG = "Figures"
MOST_DAYS, USUAL_DAYS = 366, 30
SCOPE = [
    OpenApiParameter("days", OpenApiTypes.INT, description=f"1 to {MOST_DAYS}, until today; usually 30."),
    OpenApiParameter("who", OpenApiTypes.STR, enum=[ME, TEAM], description="Of everybody without it."),
    OpenApiParameter("client", OpenApiTypes.UUID, description="Only of this client."),
]
_TIMING = {"median_minutes": 42, "timed": 80, "kept": 71, "missed": 9}
_SUMS = {"created": 120, "resolved": 110, "first_answer": _TIMING, "solution": _TIMING}
_DASHBOARD = {
    "first": "2026-10-24",
    "last": "2026-11-22",
    "now": {
        "statuses": {"open": 9, "processing": 4, "waiting": 7},
        "priorities": {"low": 2, "medium": 14, "high": 3, "urgent": 1},
        "unassigned": 5,
        "late": 2,
    },
    "total": _SUMS,
    "sources": {"mail": 90, "agent": 20, "console": 8, "api": 2},
    "days": [{"day": "2026-11-22"} | _SUMS],
    "technicians": [
        {
            "id": 3,
            "name": "Ada Lovelace",
            "is_present": True,
            "late": 1,
            "statuses": {"open": 2},
            "total": _SUMS,
        }
    ],
}


class CellSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    tickets = serializers.CharField(
        allow_null=True, help_text="Parameters of `tickets/` that list exactly these."
    )


class ReportSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(REPORTS)
    title = serializers.CharField()
    first = serializers.DateField()
    last = serializers.DateField()
    columns = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=CellSerializer(many=True))


class TimingSerializer(serializers.Serializer[Any]):
    median_minutes = serializers.IntegerField(allow_null=True)
    timed = serializers.IntegerField()
    kept = serializers.IntegerField(help_text="In time, where something was promised.")
    missed = serializers.IntegerField()


class SumsSerializer(serializers.Serializer[Any]):
    created = serializers.IntegerField()
    resolved = serializers.IntegerField()
    first_answer = TimingSerializer()
    solution = TimingSerializer()


class DaySerializer(SumsSerializer):
    day = serializers.DateField()


class CountsField(serializers.DictField):
    child = serializers.IntegerField()


class NowSerializer(serializers.Serializer[Any]):
    statuses = CountsField()
    priorities = CountsField()
    unassigned = serializers.IntegerField()
    late = serializers.IntegerField()


class LoadSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    is_present = serializers.BooleanField()
    late = serializers.IntegerField()
    statuses = CountsField()
    total = SumsSerializer()


class DashboardSerializer(serializers.Serializer[Any]):
    first = serializers.DateField()
    last = serializers.DateField()
    now = NowSerializer()
    total = SumsSerializer()
    sources = CountsField()
    days = DaySerializer(many=True)
    technicians = LoadSerializer(many=True)


class ReportView(TechnicianView):
    reads = Permission.REPORTS_VIEW

    @call(
        "read_report",
        TAG,
        "A report as a table: technicians, clients, targets, time, satisfaction",
        parameters=SCOPE,
        gives=ReportSerializer,
        told={
            "kind": "technicians",
            "title": "Technicians",
            "first": "2026-10-24",
            "last": "2026-11-22",
            "columns": ["Technician", "Unfinished now"],
            "rows": [[{"text": "Ada Lovelace", "tickets": None}, {"text": "7", "tickets": "assignee=3"}]],
        },
    )
    def get(self, request: Request, kind: str) -> Response:
        if kind not in set(ReportKind):
            raise NotFound
        scope = _scope(request, self.user, self.now)
        catch_up()
        made = report_of(self.user, ReportKind(kind), scope)
        rows = [[{"text": cell.text, "tickets": _list_of(scope, cell)} for cell in row] for row in made.rows]
        facts = {"kind": kind, "title": report_title(made.kind), "first": scope.first, "last": scope.last}
        return Response(ReportSerializer({**facts, "columns": made.columns, "rows": rows}).data)


class DashboardView(TechnicianView):
    @call(
        "read_dashboard",
        TAG,
        "The figures of the dashboard",
        parameters=SCOPE,
        gives=DashboardSerializer,
        told=_DASHBOARD,
    )
    def get(self, request: Request) -> Response:
        scope = _scope(request, self.user, self.now)
        version = catch_up()
        users = list(active_users())
        whose = whose_of(self.user, scope.who)
        figures = figures_of(
            self.user,
            first=scope.first,
            last=scope.last,
            people=[user_scope_of(one.pk) for one in users],
            client=scope.client.pk if scope.client else None,
            whose=whose,
            version=version,
        )
        shown = [one for one in users if whose is None or user_scope_of(one.pk) in whose]
        days = [scope.first + timedelta(days=n) for n in range((scope.last - scope.first).days + 1)]
        data = {
            "first": scope.first,
            "last": scope.last,
            "now": _now(figures),
            "total": _sums(figures.total),
            "sources": {source.value: figures.total[f"s.{source}"] for source in Source},
            "days": [{"day": day, **_sums(figures.on(day))} for day in days],
            "technicians": [_load(figures, one, self.now) for one in shown],
        }
        return Response(DashboardSerializer(data).data)


def _scope(request: Request, user: User, now: datetime) -> ReportScope:
    """Raises `Invalid` with the parameter's name."""
    asked = asked_of(request, "days", "who", "client")
    text, who = asked.get("days", str(USUAL_DAYS)), asked.get("who", "")
    days = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(fields={"days": _("Use one of: %(values)s.") % {"values": f"1 … {MOST_DAYS}"}})
    if who not in {"", ME, TEAM}:
        raise Invalid(fields={"who": _("Use one of: %(values)s.") % {"values": f"{ME}, {TEAM}"}})
    client = None
    if "client" in asked:
        try:
            client = clients_visible_to(user).filter(public_id=UUID(asked["client"])).first()
        except ValueError:
            client = None
        if client is None:
            raise Invalid(fields={"client": _("There is no such client, or it is not yours to see.")})
    today: date = now.astimezone(ZoneInfo(organisation_time_zone())).date()
    return ReportScope(first=today - timedelta(days=days - 1), last=today, who=who, client=client)


def _list_of(scope: ReportScope, cell: Cell) -> str | None:
    """The list of exactly the tickets that the cell counts."""
    if not cell.is_linked:
        return None
    days = {"status": ANY, cell.days: days_text(*scope.days)} if cell.days else {}
    whose = {ME: {"assignee": ME}, TEAM: {"who": TEAM}}.get(scope.who, {})
    client = {"client": str(scope.client.public_id)} if scope.client else {}
    return urlencode(days | dict(cell.filters) | whose | client)


def _now(figures: Figures) -> dict[str, Any]:
    live = figures.live
    return {
        "statuses": _statuses(live),
        "priorities": {priority.value: live[f"p.{priority}"] for priority in Priority},
        "unassigned": figures.live_of.get(NOBODY, NOTHING)[NOBODY],
        "late": live[LATE],
    }


def _statuses(sums: Sums) -> Mapping[str, int]:
    return {status.value: sums[status] for status in sorted(UNFINISHED)}


def _sums(sums: Sums) -> dict[str, Any]:
    return {
        "created": sums["created"],
        "resolved": sums["resolved"],
        "first_answer": _timing(sums, "f"),
        "solution": _timing(sums, "r"),
    }


def _timing(sums: Sums, letter: str) -> dict[str, int | None]:
    return {
        "median_minutes": sums.median(letter),
        "timed": timed_count(sums, letter),
        "kept": sums[f"{letter}-kept"],
        "missed": sums[f"{letter}-missed"],
    }


def _load(figures: Figures, user: User, now: datetime) -> dict[str, Any]:
    scope = user_scope_of(user.pk)
    live = figures.live_of.get(scope, NOTHING)
    return {
        "id": user.pk,
        "name": user.full_name,
        "is_present": is_present(user, now),
        "late": live[LATE],
        "statuses": _statuses(live),
        "total": _sums(figures.total_of.get(scope, NOTHING)),
    }
