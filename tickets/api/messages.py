"""What is said in a ticket, and its files, for programs of technicians."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase, QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import shown
from agents.api.door import asked_of, once, page_of, valid
from agents.api.technician import AFTER
from helpdesk.core import files
from helpdesk.core.domain.upload import INLINE_TYPES, OTHER
from tickets.api.examples import MESSAGE
from tickets.api.parsers import TicketFormParser, TicketJSONParser
from tickets.api.shapes import MessagePageSerializer, MessageSerializer, NewMessageSerializer
from tickets.api.technician import EDIT, TechnicianView
from tickets.domain.kinds import MessageKind
from tickets.domain.status import Status
from tickets.errors import TicketInvalid
from tickets.models import Message, Ticket
from tickets.selectors.access import ticket_for
from tickets.selectors.attachments import attachment_for
from tickets.services.add_note import add_note
from tickets.services.files import store_uploads
from tickets.services.reply_to_customer import reply_to_customer

_TYPES = (OTHER, *sorted(INLINE_TYPES))


class MessagesView(TechnicianView):
    parser_classes = [TicketJSONParser, TicketFormParser]

    @extend_schema(
        operation_id="list_messages",
        tags=["Tickets"],
        summary="What was said, oldest first, 50 a page",
        parameters=[AFTER],
        examples=shown(told={"results": [MESSAGE], "next": None}),
        responses=MessagePageSerializer,
    )
    def get(self, request: Request, number: int) -> Response:
        ticket = ticket_for(self.user, number)
        after = asked_of(request).get("after", "")
        found, following = page_of(ticket.messages.exclude(is_opening=True), after, "attachments")
        return Response(MessagePageSerializer({"results": found, "next": following}).data)

    @extend_schema(
        operation_id="write_message",
        tags=["Tickets"],
        summary="Answer the customer or write a note",
        request=NewMessageSerializer,
        examples=shown({"kind": "reply", "body": "Please restart it.", "then": "waiting"}, MESSAGE),
        responses={201: MessageSerializer},
    )
    @once
    def post(self, request: Request, number: int) -> Response:
        ticket = ticket_for(self.user, number, to=EDIT)
        given = valid(NewMessageSerializer(data=_sent(request)))
        return Response(MessageSerializer(self._written(ticket, given)).data, status=201)

    def _written(self, ticket: Ticket, given: Mapping[str, Any]) -> Message:
        then = Status(given["then"]) if "then" in given else None
        if given["kind"] == MessageKind.NOTE and then is not None:
            raise TicketInvalid(fields={"then": _("A note moves no status; change the ticket instead.")})
        words: dict[str, Any] = {"ticket": ticket, "body": given["body"], "by": self.user, "now": self.now}
        stored = store_uploads(given.get("files", ()))
        if given["kind"] == MessageKind.NOTE:
            return add_note(**words, stored=stored)
        ways = {name: given[name] for name in ("anyway", "cc", "without", "may_be_undone")}
        return reply_to_customer(**words, then=then, stored=stored, **ways)


class AttachmentView(TechnicianView):
    @extend_schema(
        operation_id="read_attachment",
        tags=["Tickets"],
        summary="The bytes of a file, to be saved",
        responses={(200, media): OpenApiResponse(OpenApiTypes.BINARY) for media in _TYPES},
    )
    def get(self, request: Request, attachment: UUID) -> HttpResponseBase:
        found = attachment_for(self.user, attachment)
        return files.serve(found.blob, found.filename, found.media_type)


def _sent(request: Request) -> Any:  # noqa: ANN401 - any JSON value, or the fields of a form
    if not isinstance(request.data, QueryDict):
        return request.data
    fields: dict[str, Any] = {
        name: request.data.getlist(name) if name in {"cc", "without"} else request.data[name]
        for name in request.data
        if name != "files"
    }
    uploads = request.FILES.getlist("files")
    return {**fields, "files": uploads} if uploads else fields
