"""Tickets of tray agents: POST and GET /api/agent/v1/tickets."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api import schema
from agents.api.base import AgentView
from helpdesk.core import throttle
from helpdesk.core.api import Moment
from helpdesk.core.domain.json_text import read_json
from helpdesk.core.errors import Invalid
from tickets.api.parsers import TicketFormParser, TicketJSONParser
from tickets.domain.priority import Priority
from tickets.domain.status import Status
from tickets.domain.text import MAX_BODY, MAX_SUBJECT
from tickets.models import Ticket
from tickets.selectors.own import tickets_of_profile
from tickets.services.files import StoredFile, store_uploads
from tickets.services.open_from_agent import AgentTicket, open_from_agent, require_verified

SCOPE = "agent-tickets"
HOUR = 3600
KEY_HEADER = "Idempotency-Key"
FIELDS = frozenset({"ticket", "screenshot", "files"})


class AgentTicketSerializer(serializers.Serializer[Any]):
    subject = serializers.CharField(
        max_length=MAX_SUBJECT, trim_whitespace=False, help_text="One line, 1 to 200 characters."
    )
    description = serializers.CharField(
        max_length=MAX_BODY,
        default="",
        allow_blank=True,
        trim_whitespace=False,
        help_text="At most 20,000 characters, kept as written.",
    )
    priority = serializers.ChoiceField([p.value for p in Priority], default=Priority.MEDIUM.value)
    details = serializers.DictField(
        default=dict, help_text="Technical facts of the machine, shown as they are; at most 8 kB of JSON."
    )
    taken_at = Moment(default=None, allow_null=True, help_text="When Ctrl+F12 was pressed, ISO 8601.")


class AgentTicketFormSerializer(serializers.Serializer[Any]):
    ticket = serializers.CharField(help_text="The ticket as JSON, as in the other form of this call.")
    screenshot = serializers.FileField(required=False, help_text="One PNG or JPEG.")
    files = serializers.ListField(
        child=serializers.FileField(), required=False, help_text="Repeat the field; no programs."
    )


class OpenedSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="Public id of the ticket.")
    number = serializers.IntegerField(help_text="What people call it: #17.")
    subject = serializers.CharField()
    status = serializers.CharField(help_text="Always `open`: the status at opening.")
    created_at = serializers.DateTimeField()
    attachments = serializers.IntegerField(help_text="How many files came with it.")


class OwnTicketSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id", help_text="Public id of the ticket.")
    number = serializers.IntegerField()
    subject = serializers.CharField()
    status = serializers.ChoiceField([s.value for s in Status])
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class OwnTicketsSerializer(serializers.Serializer[Any]):
    results = OwnTicketSerializer(many=True, help_text="The newest first, at most 25.")


class AgentTicketsView(AgentView):
    parser_classes = [TicketJSONParser, TicketFormParser]

    @extend_schema(
        operation_id="agent_open_ticket",
        tags=["Tray agent"],
        summary="Open a ticket",
        description=(
            "Safe to repeat: one Idempotency-Key opens one ticket, however often and in parallel"
            " it is sent; a repeat gets the first answer with 200 and `Idempotent-Replay: true`.\n\nLimits:"
            " 60 tickets an hour and profile (the desk may set another number), 10 files, 20 MB each and"
            " 50 MB in all, 320 kB of JSON. Client, contact and device are those of the profile."
        ),
        parameters=[
            schema.VERSION,
            OpenApiParameter(
                KEY_HEADER,
                OpenApiTypes.UUID,
                OpenApiParameter.HEADER,
                required=True,
                description="A UUID that the agent makes once a ticket and keeps until it is answered.",
            ),
        ],
        request={"application/json": AgentTicketSerializer, "multipart/form-data": AgentTicketFormSerializer},
        responses={
            201: OpenApiResponse(OpenedSerializer, description="The ticket is open."),
            200: OpenApiResponse(OpenedSerializer, description="It was opened before with this key."),
            403: schema.problem("`profile-not-verified`: confirm the e-mail address first."),
            413: schema.problem("`too-large`: more bytes or parts than the limits allow."),
            422: schema.problem(
                "`invalid`, `ticket-invalid`: `errors` names the fields. `idempotency-key-reused`: the key"
                " belongs to a ticket with other content."
            ),
            **schema.AGENT_ERRORS,
        },
    )
    def post(self, request: Request) -> Response:
        require_verified(self.profile)
        key = _idempotency_key(request)
        limit = settings.AGENT_TICKETS_PER_HOUR
        throttle.hit(SCOPE, str(self.profile.pk), limit=limit, per_seconds=HOUR, now=self.now)
        new, stored = _read(request)
        opened = open_from_agent(profile=self.profile, new=new, key=key, stored=stored, now=self.now)
        if not opened.is_replay:
            return Response(_document(opened.ticket, opened.attachments), status=201)
        throttle.take_back(SCOPE, str(self.profile.pk), per_seconds=HOUR, now=self.now)
        return Response(
            _document(opened.ticket, opened.attachments), status=200, headers={"Idempotent-Replay": "true"}
        )

    @extend_schema(
        operation_id="agent_list_tickets",
        tags=["Tray agent"],
        summary="The latest tickets of this profile",
        parameters=[schema.VERSION],
        responses={200: OwnTicketsSerializer, **schema.AGENT_ERRORS},
    )
    def get(self, request: Request) -> Response:
        return Response(OwnTicketsSerializer({"results": tickets_of_profile(self.profile)}).data)


def _document(ticket: Ticket, attachments: int) -> dict[str, Any]:
    """The answer to opening; a repeat gets the same, whatever happened to the ticket since."""
    return {
        "id": str(ticket.public_id),
        "number": ticket.number,
        "subject": ticket.subject,
        "status": Status.OPEN.value,
        "created_at": ticket.created_at.isoformat().replace("+00:00", "Z"),
        "attachments": attachments,
    }


def _idempotency_key(request: Request) -> UUID:
    try:
        return UUID(request.headers.get(KEY_HEADER, ""))
    except ValueError:
        rule = _("Send the header Idempotency-Key with a UUID that you make once for every ticket.")
        raise Invalid(fields={KEY_HEADER: rule}) from None


#: One for all calls: making one copies each of its fields, a tenth of the whole call.
_SHAPE = AgentTicketSerializer()


def _read(request: Request) -> tuple[AgentTicket, list[StoredFile]]:
    """The ticket and its files; files are in the store when this returns, before any transaction."""
    body = request.data
    given = _SHAPE.run_validation(_json_part(body) if isinstance(body, QueryDict) else body)
    new = AgentTicket(**{**given, "priority": Priority(given["priority"])})
    return new, _stored(request.FILES)


def _json_part(form: QueryDict) -> object:
    parts = form.getlist("ticket")
    try:
        if len(parts) != 1 or not isinstance(parts[0], str):
            raise ValueError
        return read_json(parts[0])
    except ValueError:
        raise Invalid(fields={"ticket": _("Send the ticket once, as JSON.")}) from None


def _stored(files: "MultiValueDict[str, UploadedFile[Any]]") -> list[StoredFile]:
    """A file in a field that nobody reads, or two in one that holds one, is refused, not dropped (A25)."""
    wrong = {name: _("Send files as screenshot or files.") for name in files if name not in FIELDS}
    screenshots = files.getlist("screenshot")
    if len(screenshots) > 1:
        wrong["screenshot"] = _("Send one screenshot; put other pictures into files.")
    if wrong:
        raise Invalid(fields=wrong)
    return store_uploads(files.getlist("files"), screenshot=screenshots[0] if screenshots else None)
