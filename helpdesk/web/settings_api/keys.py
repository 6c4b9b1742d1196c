"""Enrolment keys of a client: told once, kept as a hash."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.door import StrictSerializer, once, valid
from agents.models import EnrolmentKey
from agents.selectors import clients_visible_to
from agents.selectors.scope import keys_visible_to
from agents.services import create_key, revoke_key, rotate_key
from helpdesk.core.domain.permissions import Permission
from helpdesk.web.settings_api.base import NO_STORE, SettingsDoor, atomic, call, one_of, page_shape

TAG = "Helpdesk agent"


class KeySerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]
    prefix = serializers.CharField(help_text="How the key begins.")
    created_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)


class NewKeyAnswerSerializer(KeySerializer):
    key = serializers.CharField(help_text="The key itself; told this once.")


class NewKeySerializer(StrictSerializer):
    label = serializers.CharField(max_length=80)  # type: ignore[assignment]


class KeysDoor(SettingsDoor):
    reads = writes = Permission.CLIENTS_EDIT
    guard: ClassVar[str] = str(Permission.CLIENTS_EDIT)
    is_grave = True

    def held(self, client: UUID, key: int) -> EnrolmentKey:
        """Held until the transaction ends."""
        rows = keys_visible_to(self.user).filter(client__public_id=client).select_related("client")
        return one_of(rows, pk=key, is_locked=True)

    def told(self, made: tuple[EnrolmentKey, str]) -> Response:
        data = {**KeySerializer(made[0]).data, "key": made[1]}
        return Response(data, status=201, headers=NO_STORE)


class KeysView(KeysDoor):
    @call("list_keys", "Enrolment keys of a client, 50 a page", tag=TAG, gives=page_shape(KeySerializer))
    def get(self, request: Request, client: UUID) -> Response:
        found = one_of(clients_visible_to(self.user), public_id=client)
        return self.page(keys_visible_to(self.user).filter(client=found), KeySerializer)

    @call(
        "create_key",
        "A new enrolment key",
        tag=TAG,
        takes=NewKeySerializer,
        gives=NewKeyAnswerSerializer,
        status=201,
        example={"label": "Installer 2026"},
    )
    @once
    def post(self, request: Request, client: UUID) -> Response:
        found = one_of(clients_visible_to(self.user), public_id=client)
        given = valid(NewKeySerializer(data=request.data))
        return self.told(create_key(client=found, label=given["label"], by=self.user, now=self.now))


class KeyView(KeysDoor):
    @call("revoke_key", "No more devices with this key; those that joined stay", tag=TAG, status=204)
    @atomic
    def delete(self, request: Request, client: UUID, key: int) -> Response:
        found = self.held(client, key)
        self.check_unchanged(KeySerializer(found).data)
        revoke_key(key=found, by=self.user, now=self.now)
        return Response(status=204)


class RotateKeyView(KeysDoor):
    @call(
        "rotate_key",
        "A new key in place of this one, which ends",
        tag=TAG,
        gives=NewKeyAnswerSerializer,
        status=201,
    )
    @once
    @atomic
    def post(self, request: Request, client: UUID, key: int) -> Response:
        return self.told(rotate_key(key=self.held(client, key), by=self.user, now=self.now))
