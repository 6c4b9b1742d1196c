"""Incoming mail: what happened to it, who is shut out, who gets no automatic mail."""

from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.door import LARGEST_ID, StrictSerializer, once, valid
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Conflict
from helpdesk.web.settings_api.base import SettingsDoor, atomic, call, one_of, page_shape
from tickets.models import BlockedSender, MailIn
from tickets.selectors.mail_journal import blocked_visible_to, mail_for, mail_page, stopped_visible_to
from tickets.services.mail.journal import raw_of, try_again
from tickets.services.mail.stopped import lift_stop
from tickets.services.mail.strangers import block_pattern, unblock_sender
from tickets.services.mail_out import resume_automatic_mail
from tickets.views.mail_journal import sentence

TAG = "Incoming mail"


class IncomingRowSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    received_at = serializers.DateTimeField()
    sender = serializers.CharField()
    subject = serializers.CharField()
    message_id = serializers.CharField()
    source = serializers.CharField(help_text="smtp, imap or pipe.")  # type: ignore[assignment]
    status = serializers.CharField(help_text="new, working, done or failed.")
    outcome = serializers.CharField(help_text="What became of it: ticket, joined, held, …")
    mailbox = serializers.CharField(source="mailbox.address", default=None, allow_null=True)
    ticket = serializers.IntegerField(source="ticket_id", allow_null=True)
    size = serializers.IntegerField()


class StepSerializer(serializers.Serializer[Any]):
    step = serializers.CharField()
    words = serializers.CharField()
    sentence = serializers.SerializerMethodField(help_text="The decision for people.")

    def get_sentence(self, reason: dict[str, str]) -> str:
        return strip_tags(sentence(reason))


class IncomingSerializer(IncomingRowSerializer):
    envelope_from = serializers.CharField()
    envelope_to = serializers.ListField(child=serializers.CharField())
    tries = serializers.IntegerField()
    last_error = serializers.CharField()
    reasons = StepSerializer(many=True)


class IncomingQuerySerializer(StrictSerializer):
    q = serializers.CharField(max_length=320, required=False, allow_blank=True)
    outcome = serializers.CharField(max_length=20, required=False)
    after = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)


class BlockedSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    pattern = serializers.CharField(help_text="An address, or a domain.")
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()


class NewBlockedSerializer(StrictSerializer):
    pattern = serializers.CharField(max_length=254)
    reason = serializers.CharField(max_length=200, default="", allow_blank=True)


class StoppedSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    email = serializers.CharField()
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()


class ResumedSerializer(serializers.Serializer[Any]):
    was_stopped = serializers.BooleanField()


class MailDoor(SettingsDoor):
    reads = writes = Permission.MAIL_EDIT
    guard: ClassVar[str] = str(Permission.MAIL_EDIT)


class IncomingView(MailDoor):
    @call(
        "list_incoming",
        "The journal, newest first, 50 a page",
        tag=TAG,
        gives=page_shape(IncomingRowSerializer),
        params=[
            OpenApiParameter("q", OpenApiTypes.STR, description="A part of sender, subject or Message-ID."),
            OpenApiParameter("outcome", OpenApiTypes.STR, description="An outcome, waiting or failed."),
        ],
    )
    def get(self, request: Request) -> Response:
        asked = valid(IncomingQuerySerializer(data=request.query_params.dict()))
        page = mail_page(
            self.user, text=asked.get("q", ""), outcome=asked.get("outcome", ""), before=asked.get("after")
        )
        older = str(page.older) if page.older else None
        return Response({"results": IncomingRowSerializer(page.mails, many=True).data, "next": older})


class OneIncomingView(MailDoor):
    @call("read_incoming", "What happened to this mail, and why", tag=TAG, gives=IncomingSerializer)
    def get(self, request: Request, incoming: int) -> Response:
        return self.tagged(IncomingSerializer(mail_for(self.user, incoming)).data)


class RawView(MailDoor):
    @extend_schema(
        operation_id="read_original",
        tags=[TAG],
        summary="The original, byte by byte",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, incoming: int) -> HttpResponse:
        found = mail_for(self.user, incoming)
        answer = HttpResponse(raw_of(found), content_type="application/octet-stream")
        answer["Content-Disposition"] = f'attachment; filename="mail-{found.pk}.eml"'
        answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return answer


class AgainView(MailDoor):
    @call("take_again", "Try a mail again that failed", tag=TAG, gives=IncomingSerializer)
    @once
    def post(self, request: Request, incoming: int) -> Response:
        found: MailIn = mail_for(self.user, incoming)
        if not try_again(mail=found, now=self.now):
            raise Conflict(_("This mail did not fail, or it is being tried again already."))
        return Response(IncomingSerializer(mail_for(self.user, incoming)).data)


class BlockedView(MailDoor):
    @call("list_blocked", "Who is shut out, 50 a page", tag=TAG, gives=page_shape(BlockedSerializer))
    def get(self, request: Request) -> Response:
        return self.page(blocked_visible_to(self.user), BlockedSerializer)

    @call(
        "add_blocked",
        "Shut out an address or a domain; safe to repeat",
        tag=TAG,
        takes=NewBlockedSerializer,
        gives=BlockedSerializer,
        status=201,
        example={"pattern": "spam.example", "reason": "Advertising"},
    )
    @once
    def post(self, request: Request) -> Response:
        given = valid(NewBlockedSerializer(data=request.data))
        blocked: BlockedSender = block_pattern(**given, by=self.user, now=self.now)
        return Response(BlockedSerializer(blocked).data, status=201)


class OneBlockedView(MailDoor):
    @call("remove_blocked", "Mail of them is welcome again", tag=TAG, status=204)
    @atomic
    def delete(self, request: Request, blocked: int) -> Response:
        found = one_of(blocked_visible_to(self.user), pk=blocked, is_locked=True)
        self.check_unchanged(BlockedSerializer(found).data)
        unblock_sender(blocked=found, by=self.user, now=self.now)
        return Response(status=204)


class StoppedView(MailDoor):
    @call("list_stopped", "Who gets no automatic mail", tag=TAG, gives=page_shape(StoppedSerializer))
    def get(self, request: Request) -> Response:
        return self.page(stopped_visible_to(self.user), StoppedSerializer)


class OneStoppedView(MailDoor):
    @call("resume_address", "They get automatic mail again", tag=TAG, status=204)
    @atomic
    def delete(self, request: Request, stopped: int) -> Response:
        found = one_of(stopped_visible_to(self.user), pk=stopped, is_locked=True)
        self.check_unchanged(StoppedSerializer(found).data)
        lift_stop(stopped=found, by=self.user, now=self.now)
        return Response(status=204)


class ResumeView(MailDoor):
    @call(
        "resume_automatic_mail",
        "Let automatic mail go out again",
        tag=TAG,
        gives=ResumedSerializer,
    )
    @once
    def post(self, request: Request) -> Response:
        return Response({"was_stopped": resume_automatic_mail(by=self.user, now=self.now)})
