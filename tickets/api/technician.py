"""Tickets for programs of technicians: /api/v1/tickets/, with a token or the console's session."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import shown
from agents.api.door import Door, once, valid
from agents.selectors import clients_visible_to, contacts_visible_to, devices_visible_to
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import Team, User
from helpdesk.core.selectors.organisation import clock_of
from tickets.api.examples import ENTRY, ROW, TICKET
from tickets.api.parsers import TicketJSONParser
from tickets.api.shapes import (
    ChangesSerializer,
    NewTicketSerializer,
    TicketPageSerializer,
    TicketSerializer,
    TicketSheetSerializer,
)
from tickets.domain.counted import PROMISE_RULE
from tickets.domain.cursor import BadCursor, Cursor, decode
from tickets.domain.filters import NAMES, BadFilter, Sort, TicketFilters, read_filters
from tickets.domain.kinds import Source
from tickets.domain.priority import Priority
from tickets.domain.rules import TicketType
from tickets.domain.status import Status
from tickets.domain.survey import Rating
from tickets.errors import TicketInvalid, TicketNotFound
from tickets.models import Ticket
from tickets.selectors.access import ticket_for
from tickets.selectors.lists import ticket_list
from tickets.selectors.page import ticket_sheet
from tickets.services.change_ticket import TicketChanges, change_ticket
from tickets.services.figures.counting import catch_up
from tickets.services.open_ticket import NewTicket, open_ticket

_Row = TypeVar("_Row", bound=Model)
EDIT = Permission.TICKETS_EDIT


class TechnicianView(Door):
    reads = Permission.TICKETS_VIEW
    writes = EDIT
    guard: ClassVar[str] = str(Permission.TICKETS_VIEW)
    parser_classes = [TicketJSONParser]

    def named(self, field: str, number: int, *, to: Permission = EDIT) -> Ticket:
        """The ticket that a program names; the caller must have the permission for it (A11)."""
        try:
            return ticket_for(self.user, number, to=to)
        except TicketNotFound:
            words = _("There is no ticket #%(number)s, or it is not yours to see.")
            raise TicketInvalid(fields={field: words % {"number": number}}) from None

    def unchanged(self, number: int, *, to: Permission = EDIT) -> Ticket:
        """Part of a transaction: the ticket, held with If-Match until its end, so that of two callers who
        read the same the second gets ChangedMeanwhile, also when they change different fields.
        """
        ticket = ticket_for(self.user, number, to=to)
        if self.request.headers.get("If-Match"):
            self.hold(Ticket.objects.filter(pk=ticket.pk))
            ticket = ticket_for(self.user, number, to=to)
            self.check_unchanged(TicketSerializer(ticket).data)
        return ticket


def _parameter(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.QUERY, description=description)


FILTERS = [
    _parameter("status", f"{', '.join(Status)} or any; several with commas."),
    _parameter("priority", f"{', '.join(Priority)}; several with commas."),
    _parameter("assignee", "me, nobody or a user number."),
    _parameter("client", "UUID."),
    _parameter("device", "UUID."),
    _parameter("contact", "UUID."),
    _parameter("tag", "One tag."),
    _parameter("due", "late: only tickets with a service target that was missed and is still open."),
    _parameter("rating", f"{', '.join(Rating)}: what a customer said of a solution."),
    _parameter("held", "yes: only tickets with mail that waits for a decision; finished ones too."),
    _parameter("who", "team: of one's teams and who is in them."),
    _parameter("source", f"{', '.join(Source)}."),
    _parameter(
        "created",
        "Days of the house's clock, 2026-11-01..2026-11-22; so `resolved`, `answered`, `rated`.",
    ),
    _parameter("resolved", "Days on which it was solved."),
    _parameter("answered", "Days of the first answer."),
    _parameter("rated", "Days on which the customer said how it went."),
    _parameter("first", f"{PROMISE_RULE}: the first answer was in time, late, either."),
    _parameter("solved", f"{PROMISE_RULE}: the same of the solution."),
    _parameter(
        "f", "A row of the filter builder, field.operator.value; several by repeating. Days are the caller's."
    ),
    _parameter("any", "yes: one of the rows is enough."),
    _parameter("q", "Words or a number."),
]


class TicketsView(TechnicianView):
    @extend_schema(
        operation_id="list_tickets",
        tags=["Tickets"],
        summary="Visible tickets, 25 a page",
        description="Unfinished ones unless `status` says otherwise. Unknown parameters are refused.",
        parameters=[
            *FILTERS,
            _parameter("sort", ", ".join(Sort)),
            _parameter("cursor", "`next` or `previous` of another page; `last` for the last page."),
        ],
        examples=shown(told={"results": [ROW], "next": None, "previous": None}),
        responses=TicketPageSerializer,
    )
    def get(self, request: Request) -> Response:
        filters, cursor = _asked(request, self.user)
        page = ticket_list(self.user, filters, cursor)
        links = {
            "next": page.next and page.next.encode(),
            "previous": page.previous and page.previous.encode(),
        }
        return Response(TicketPageSerializer({"results": page.tickets, **links}).data)

    @extend_schema(
        operation_id="open_ticket",
        tags=["Tickets"],
        summary="Open a ticket",
        request=NewTicketSerializer,
        examples=shown({"subject": "Printer jams", "tags": ["printer"]}, TICKET),
        responses={201: TicketSerializer},
    )
    @once
    def post(self, request: Request) -> Response:
        given = valid(NewTicketSerializer(data=request.data))
        given["priority"] = Priority(given["priority"])
        visible: dict[str, Any] = {
            "client": clients_visible_to(self.user),
            "contact": contacts_visible_to(self.user).select_related("client"),
            "device": devices_visible_to(self.user).select_related("client"),
        }
        for name, rows in visible.items():
            given[name] = _found(name, rows, public_id=given[name])
        given["assignee"] = _found("assignee", User.objects.all(), pk=given["assignee"])
        given["team"] = _found("team", Team.objects.all(), pk=given["team"])
        ticket = open_ticket(new=NewTicket(**given), by=self.user, now=self.now, source=Source.API)
        return Response(TicketSerializer(ticket).data, status=201)


class TicketView(TechnicianView):
    @extend_schema(
        operation_id="read_ticket",
        tags=["Tickets"],
        summary="One ticket",
        examples=shown(told={"ticket": TICKET, "entries": [ENTRY]}),
        responses=TicketSheetSerializer,
    )
    def get(self, request: Request, number: int) -> Response:
        data = TicketSheetSerializer(ticket_sheet(self.user, number)).data
        return self.tagged(data, tag_of=data["ticket"])

    @extend_schema(
        operation_id="change_ticket",
        tags=["Tickets"],
        summary="Change a ticket, all or nothing",
        request=ChangesSerializer,
        examples=shown({"status": "waiting"}, TICKET | {"status": "waiting"}),
        responses=TicketSerializer,
    )
    @transaction.atomic
    def patch(self, request: Request, number: int) -> Response:
        ticket = self.unchanged(number)
        change_ticket(ticket=ticket, changes=_changes(request.data), by=self.user, now=self.now)
        return self.tagged(TicketSerializer(ticket).data)


def _asked(request: Request, user: User) -> tuple[TicketFilters, Cursor]:
    params = dict(request.query_params.lists())
    texts = params.pop("cursor", [""])
    try:
        cursor = decode(texts[-1])
    except BadCursor as bad:
        raise TicketInvalid(fields={"cursor": _("Use next or previous of a page, or last.")}) from bad
    return read_list(params, user, timezone.now()), cursor


def read_query(text: str, user: User, now: datetime) -> TicketFilters:
    """The same from the field `query` of a body."""
    params = dict(QueryDict(text.replace("%00", "")).lists())
    return read_list(params, user, now, field="query")


def read_list(
    params: Mapping[str, Sequence[str]], user: User, now: datetime, *, field: str = ""
) -> TicketFilters:
    """What a list is asked for. Raises `TicketInvalid` with the parameter's name, or with `field`."""
    try:
        filters = read_filters(params, me=user.pk, now=now.astimezone(clock_of(user)))
    except BadFilter as bad:
        rule = _("Use one of: %(values)s.") % {"values": bad.allowed}
        raise TicketInvalid(fields={field or bad.field: rule}) from bad
    if filters.unknown:
        rule = _("There is no such parameter; there are: %(names)s.")
        names = ", ".join(sorted(NAMES if field else {*NAMES, "cursor"}))
        wrong = [field] if field else sorted(filters.unknown)
        raise TicketInvalid(fields=dict.fromkeys(wrong, rule % {"names": names}))
    if filters.counted:
        catch_up()
    return filters


def _found(name: str, rows: QuerySet[_Row], **key: object) -> _Row | None:
    """The row with this key among those the user may see; None for null (A11). Raises `TicketInvalid`."""
    if None in key.values():
        return None
    row = rows.filter(**key).first()
    if row is None:
        raise TicketInvalid(fields={name: _("There is no such one, or it is not yours to see.")})
    return row


def _changes(data: object) -> TicketChanges:
    given = valid(ChangesSerializer(data=data))
    user, team = given.get("assignee"), given.get("team")
    if user is not None and team is not None:
        raise TicketInvalid(fields={"team": _("Choose a technician or a team, not both.")})
    return TicketChanges(
        subject=given.get("subject"),
        priority=Priority(given["priority"]) if "priority" in given else None,
        assignee=_found("assignee", User.objects.all(), pk=user)
        or _found("team", Team.objects.all(), pk=team),
        is_reassigned="assignee" in given or "team" in given,
        tags=given.get("tags"),
        type=TicketType(given["type"]) if given.get("type") else None,
        is_retyped="type" in given,
        status=Status(given["status"]) if "status" in given else None,
        anyway=given["anyway"],
    )
