"""The house for programs of technicians: /api/v1/me/, users/."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import shown
from agents.api.door import Door, asked_of, page_of
from agents.api.technician import AFTER
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.selectors.people import active_users

_NEXT = "Pass it as `after` for the following page."
_ADA = {"id": 3, "full_name": "Ada Lovelace", "email": "ada@deskbell.example"}


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


class MeView(Door):
    @extend_schema(
        operation_id="read_me",
        tags=["House"],
        summary="Who calls, and what they may",
        examples=shown(told=_ADA | {"permissions": ["tickets.view"], "sees_all_clients": True}),
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
        examples=shown(told={"results": [_ADA | {"is_away": False}], "next": None}),
        responses=UserPageSerializer,
    )
    def get(self, request: Request) -> Response:
        found, after = page_of(active_users(), asked_of(request).get("after", ""))
        return Response(UserPageSerializer({"results": found, "next": after}).data)
