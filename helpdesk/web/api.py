"""The house for programs of technicians: /api/v1/me/, users/."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import call, shown
from agents.api.door import Door, StrictSerializer, asked_of, page_of, valid
from agents.api.technician import AFTER
from helpdesk.core.domain.languages import LANGUAGE_NAMES
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from helpdesk.core.selectors.people import active_users
from helpdesk.core.services.people import update_profile
from helpdesk.core.services.presence import set_away
from tickets.selectors.figures import starts_at_dashboard
from tickets.services.figures.start import choose_start

_NEXT = "Pass it as `after` for the following page."
_ADA = {"id": 3, "full_name": "Ada Lovelace", "email": "ada@deskbell.example"}
_TASTE = {"language": "en", "time_zone": "Europe/Zurich", "theme": "", "signature": "Ada", "is_away": False}
_FACTS = ("id", "full_name", "email", "sees_all_clients", *_TASTE)
_ME = {
    **_ADA,
    **_TASTE,
    "permissions": ["tickets.view"],
    "sees_all_clients": True,
    "starts_at_dashboard": False,
}


class CallerSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    full_name = serializers.CharField()
    email = serializers.CharField()
    permissions = serializers.ListField(
        child=serializers.CharField(), help_text="What this call may do: the token's scopes and the roles'."
    )
    sees_all_clients = serializers.BooleanField()
    language = serializers.CharField()
    time_zone = serializers.CharField(help_text="Empty: like the organisation.")
    theme = serializers.CharField(help_text="Empty: as the browser asks.")
    signature = serializers.CharField()
    is_away = serializers.BooleanField()
    starts_at_dashboard = serializers.BooleanField()


class OwnChangesSerializer(StrictSerializer):
    full_name = serializers.CharField(max_length=150, required=False)
    language = serializers.ChoiceField(list(LANGUAGE_NAMES), required=False)
    time_zone = serializers.CharField(max_length=64, allow_blank=True, required=False)
    theme = serializers.ChoiceField(User.Theme.values, allow_blank=True, required=False)
    signature = serializers.CharField(
        max_length=2000, allow_blank=True, trim_whitespace=False, required=False
    )
    is_away = serializers.BooleanField(required=False, help_text="Rules deal no tickets to who is away.")
    starts_at_dashboard = serializers.BooleanField(required=False)


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
    """Whoever is signed in reads; a signature goes to customers, so changing takes the right to answer."""

    writes = Permission.TICKETS_EDIT

    @call("read_me", "House", "Who calls, and what they may", gives=CallerSerializer, told=_ME)
    def get(self, request: Request) -> Response:
        return self.tagged(self._told())

    @call(
        "change_me",
        "House",
        "Change one's own name, language, clock, signature or availability",
        takes=OwnChangesSerializer,
        asked={"is_away": True},
        gives=CallerSerializer,
        told=_ME | {"is_away": True},
    )
    @transaction.atomic
    def patch(self, request: Request) -> Response:
        given = valid(OwnChangesSerializer(data=request.data))
        self.hold(User.objects.filter(pk=self.user.pk))
        self.check_unchanged(self._told())
        if "is_away" in given:
            set_away(user=self.user, is_away=given.pop("is_away"))
        if "starts_at_dashboard" in given:
            choose_start(user=self.user, at_dashboard=given.pop("starts_at_dashboard"))
        if given:
            known = {
                name: getattr(self.user, name) for name in ("full_name", "language", "time_zone", "theme")
            }
            update_profile(user=self.user, **{**known, **given}, now=self.now)
        return self.tagged(self._told())

    def _told(self) -> Mapping[str, Any]:
        user = self.user
        facts = {name: getattr(user, name) for name in _FACTS}
        return CallerSerializer(
            {
                **facts,
                "permissions": sorted(user.permissions),
                "starts_at_dashboard": starts_at_dashboard(user),
            }
        ).data


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
