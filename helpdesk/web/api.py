"""The house for programs of technicians: /api/v1/me/, users/, webhooks/."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.door import Door, StrictSerializer, asked_of, once, page_of, valid
from agents.api.technician import AFTER
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.domain.webhooks import HookEvent
from helpdesk.core.errors import NotFound
from helpdesk.core.models import Webhook
from helpdesk.core.selectors.people import active_users
from helpdesk.core.selectors.webhooks import calls_visible_to, webhooks_visible_to
from helpdesk.core.services import webhooks
from tickets.services.hooks import last_line

EVENTS = [event.value for event in HookEvent]
_NEXT = "Pass it as `after` for the following page."


class CallerSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    full_name = serializers.CharField()
    email = serializers.CharField()
    permissions = serializers.ListField(
        child=serializers.CharField(), help_text="What this call may do: the token's scopes and the roles'."
    )
    sees_all_clients = serializers.BooleanField()


class UserSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    full_name = serializers.CharField()
    email = serializers.CharField()
    is_away = serializers.BooleanField()


class UserPageSerializer(serializers.Serializer[Any]):
    results = UserSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text=_NEXT)


class TeamWithMembersSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    members = UserSerializer(many=True)


class TeamPageSerializer(serializers.Serializer[Any]):
    results = TeamWithMembersSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text=_NEXT)


class WebhookSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.ChoiceField(EVENTS))
    is_active = serializers.BooleanField()
    stopped_at = serializers.DateTimeField(allow_null=True, help_text="Switched off after long failure.")
    failing_since = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class NewWebhookAnswerSerializer(WebhookSerializer):
    secret = serializers.CharField(help_text="What calls are signed with; told this once.")


class WebhookPageSerializer(serializers.Serializer[Any]):
    results = WebhookSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text=_NEXT)


class NewWebhookSerializer(StrictSerializer):
    name = serializers.CharField(max_length=80)
    url = serializers.CharField(max_length=500)
    events = serializers.ListField(child=serializers.ChoiceField(EVENTS), max_length=20)


class CallSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id", help_text="The X-Deskbell-Delivery of the call.")
    event = serializers.CharField()
    status = serializers.ChoiceField(["queued", "delivered", "failed"])
    tries = serializers.IntegerField()
    answer = serializers.IntegerField(allow_null=True, help_text="What the receiver answered last.")
    words = serializers.CharField()
    created_at = serializers.DateTimeField()


class CallPageSerializer(serializers.Serializer[Any]):
    results = CallSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text=_NEXT)


class MeView(Door):
    @extend_schema(
        operation_id="read_me",
        tags=["House"],
        summary="Who calls, and what they may",
        responses=CallerSerializer,
    )
    def get(self, request: Request) -> Response:
        user = self.user
        facts = {name: getattr(user, name) for name in ("id", "full_name", "email", "sees_all_clients")}
        return Response(CallerSerializer({**facts, "permissions": sorted(user.permissions)}).data)


class UsersView(Door):
    reads = Permission.TICKETS_VIEW
    guard: ClassVar[str] = str(Permission.TICKETS_VIEW)

    @extend_schema(
        operation_id="list_users",
        tags=["House"],
        summary="Active technicians, 50 a page",
        parameters=[AFTER],
        responses=UserPageSerializer,
    )
    def get(self, request: Request) -> Response:
        found, after = page_of(active_users(), asked_of(request).get("after", ""))
        return Response(UserPageSerializer({"results": found, "next": after}).data)


class WebhooksDoor(Door):
    reads = writes = Permission.SETTINGS_EDIT
    guard: ClassVar[str] = str(Permission.SETTINGS_EDIT)

    def found(self, webhook: int) -> Webhook:
        hook = webhooks_visible_to(self.user).filter(pk=webhook).first()
        if hook is None:
            raise NotFound
        return hook


class WebhooksView(WebhooksDoor):
    @extend_schema(
        operation_id="list_webhooks",
        tags=["Webhooks"],
        summary="Webhooks, 50 a page",
        parameters=[AFTER],
        responses=WebhookPageSerializer,
    )
    def get(self, request: Request) -> Response:
        found, after = page_of(webhooks_visible_to(self.user), asked_of(request).get("after", ""))
        return Response(WebhookPageSerializer({"results": found, "next": after}).data)

    @extend_schema(
        operation_id="create_webhook",
        tags=["Webhooks"],
        summary="Add a webhook",
        request=NewWebhookSerializer,
        responses={201: NewWebhookAnswerSerializer},
    )
    def post(self, request: Request) -> Response:
        given = valid(NewWebhookSerializer(data=request.data))
        hook = webhooks.create_webhook(**given, by=self.user, now=self.now, seen=last_line())
        data = {**WebhookSerializer(hook).data, "secret": webhooks.secret_of(hook)}
        return Response(data, status=201, headers={"Cache-Control": "no-store, private"})


class WebhookView(WebhooksDoor):
    @extend_schema(
        operation_id="read_webhook", tags=["Webhooks"], summary="One webhook", responses=WebhookSerializer
    )
    def get(self, request: Request, webhook: int) -> Response:
        return self.tagged(WebhookSerializer(self.found(webhook)).data)

    @extend_schema(
        operation_id="delete_webhook", tags=["Webhooks"], summary="Delete a webhook", responses={204: None}
    )
    def delete(self, request: Request, webhook: int) -> Response:
        hook = self.found(webhook)
        self.check_unchanged(WebhookSerializer(hook).data)
        webhooks.delete_webhook(hook=hook, by=self.user, now=self.now)
        return Response(status=204)


class CallsView(WebhooksDoor):
    @extend_schema(
        operation_id="list_calls",
        tags=["Webhooks"],
        summary="Calls of a webhook, oldest first, 50 a page",
        parameters=[AFTER],
        responses=CallPageSerializer,
    )
    def get(self, request: Request, webhook: int) -> Response:
        rows = calls_visible_to(self.user).filter(webhook=self.found(webhook))
        found, after = page_of(rows, asked_of(request).get("after", ""))
        return Response(CallPageSerializer({"results": found, "next": after}).data)

    @extend_schema(
        operation_id="test_webhook",
        tags=["Webhooks"],
        summary="Send a test call",
        request=None,
        responses={201: CallSerializer},
    )
    @once
    def post(self, request: Request, webhook: int) -> Response:
        call = webhooks.ping(hook=self.found(webhook), now=self.now)
        return Response(CallSerializer(call).data, status=201)
