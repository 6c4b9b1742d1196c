"""Webhooks, their log, and calling again."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.door import StrictSerializer, once, valid
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.domain.webhooks import HookEvent
from helpdesk.core.models import Webhook
from helpdesk.core.selectors.webhooks import calls_visible_to, deleted_webhooks, webhooks_visible_to
from helpdesk.core.services import webhooks
from helpdesk.web.settings_api.base import NO_STORE, SettingsDoor, atomic, call, one_of, page_shape
from tickets.services.hooks import last_line

TAG = "Webhooks"
EVENTS = [event.value for event in HookEvent]


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


class NewWebhookSerializer(StrictSerializer):
    name = serializers.CharField(max_length=80)
    url = serializers.CharField(max_length=500)
    events = serializers.ListField(child=serializers.ChoiceField(EVENTS), max_length=20)


class WebhookChangesSerializer(StrictSerializer):
    name = serializers.CharField(max_length=80, required=False)
    url = serializers.CharField(max_length=500, required=False)
    events = serializers.ListField(child=serializers.ChoiceField(EVENTS), max_length=20, required=False)
    is_active = serializers.BooleanField(required=False)


class CallSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id", help_text="The X-Deskbell-Delivery of the call.")
    event = serializers.CharField()
    status = serializers.ChoiceField(["queued", "delivered", "failed"])
    tries = serializers.IntegerField()
    answer = serializers.IntegerField(allow_null=True, help_text="What the receiver answered last.")
    words = serializers.CharField()
    created_at = serializers.DateTimeField()


WebhookPageSerializer, CallPageSerializer = page_shape(WebhookSerializer), page_shape(CallSerializer)


class WebhooksDoor(SettingsDoor):
    reads = writes = Permission.WEBHOOKS_EDIT
    guard: ClassVar[str] = str(Permission.WEBHOOKS_EDIT)
    is_grave = True

    def found(self, webhook: int, *, is_locked: bool = False) -> Webhook:
        return one_of(webhooks_visible_to(self.user), pk=webhook, is_locked=is_locked)

    def told(self, webhook: int, status: int = 200) -> Response:
        return self.tagged(WebhookSerializer(self.found(webhook)).data, status)

    def told_with_secret(self, hook: Webhook, secret: str, status: int = 200) -> Response:
        data = {**WebhookSerializer(hook).data, "secret": secret}
        return Response(data, status=status, headers=NO_STORE)


class WebhooksView(WebhooksDoor):
    @call("list_webhooks", "Webhooks, 50 a page", tag=TAG, gives=WebhookPageSerializer)
    def get(self, request: Request) -> Response:
        return self.page(webhooks_visible_to(self.user), WebhookSerializer)

    @call(
        "create_webhook",
        "Add a webhook",
        tag=TAG,
        takes=NewWebhookSerializer,
        gives=NewWebhookAnswerSerializer,
        status=201,
        example={"name": "Books", "url": "https://hooks.example.com/x", "events": ["ticket.created"]},
    )
    @once
    def post(self, request: Request) -> Response:
        given = valid(NewWebhookSerializer(data=request.data))
        hook = webhooks.create_webhook(**given, by=self.user, now=self.now, seen=last_line())
        return self.told_with_secret(hook, webhooks.secret_of(hook), 201)


class WebhookView(WebhooksDoor):
    @call("read_webhook", "One webhook", tag=TAG, gives=WebhookSerializer)
    def get(self, request: Request, webhook: int) -> Response:
        return self.told(webhook)

    @call(
        "change_webhook",
        "Change a webhook, or switch it on or off",
        tag=TAG,
        takes=WebhookChangesSerializer,
        gives=WebhookSerializer,
        example={"is_active": False},
    )
    @atomic
    def patch(self, request: Request, webhook: int) -> Response:
        given = valid(WebhookChangesSerializer(data=request.data))
        hook = self.found(webhook, is_locked=True)
        self.check_unchanged(WebhookSerializer(hook).data)
        is_active = given.pop("is_active", hook.is_active)
        if given:
            known = {"name": hook.name, "url": hook.url, "events": hook.events}
            webhooks.change_webhook(hook=hook, **{**known, **given}, by=self.user, now=self.now)
        if is_active != hook.is_active:
            seen = last_line()
            webhooks.switch_webhook(hook=hook, is_active=is_active, by=self.user, now=self.now, seen=seen)
        return self.told(webhook)

    @call("delete_webhook", "Delete a webhook; ten minutes to bring it back", tag=TAG, status=204)
    @atomic
    def delete(self, request: Request, webhook: int) -> Response:
        hook = self.found(webhook, is_locked=True)
        self.check_unchanged(WebhookSerializer(hook).data)
        webhooks.delete_webhook(hook=hook, by=self.user, now=self.now)
        return Response(status=204)


class RestoreWebhookView(WebhooksDoor):
    @call("restore_webhook", "Bring a deleted webhook back", tag=TAG, gives=WebhookSerializer)
    @once
    def post(self, request: Request, webhook: int) -> Response:
        hook = one_of(deleted_webhooks(self.user, now=self.now), pk=webhook)
        webhooks.delete_webhook(hook=hook, by=self.user, now=self.now, is_deleted=False)
        return self.told(webhook)


class WebhookSecretView(WebhooksDoor):
    @call("renew_secret", "A new secret, at once", tag=TAG, gives=NewWebhookAnswerSerializer)
    @once
    def post(self, request: Request, webhook: int) -> Response:
        hook = self.found(webhook)
        return self.told_with_secret(hook, webhooks.renew_secret(hook=hook, by=self.user, now=self.now))


class CallsView(WebhooksDoor):
    @call("list_calls", "Calls of a webhook, oldest first, 50 a page", tag=TAG, gives=CallPageSerializer)
    def get(self, request: Request, webhook: int) -> Response:
        return self.page(calls_visible_to(self.user).filter(webhook=self.found(webhook)), CallSerializer)

    @call("test_webhook", "Send a test call", tag=TAG, gives=CallSerializer, status=201)
    @once
    def post(self, request: Request, webhook: int) -> Response:
        sent = webhooks.ping(hook=self.found(webhook), now=self.now)
        return Response(CallSerializer(sent).data, status=201)


class CallAgainView(WebhooksDoor):
    @call("call_again", "Send the same words again, with the same id", tag=TAG, gives=CallSerializer)
    @once
    def post(self, request: Request, webhook: int, call: UUID) -> Response:
        calls = calls_visible_to(self.user).filter(webhook=self.found(webhook))
        webhooks.call_again(call=one_of(calls, public_id=call), by=self.user, now=self.now)
        return Response(CallSerializer(one_of(calls, public_id=call)).data)
