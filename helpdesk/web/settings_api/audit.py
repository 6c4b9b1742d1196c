"""The audit log: what was done, by whom, to what, newest first. It is read, never written."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.door import LARGEST_ID, PAGE, StrictSerializer, valid
from agents.selectors import clients_visible_to
from helpdesk.core.api import Moment
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.selectors.audit import AuditFilter, audit_page, audit_visible_to
from helpdesk.web.audit import scope_of
from helpdesk.web.settings_api.base import KeyField, SettingsDoor, call, chosen, page_shape


class AuditEntrySerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = serializers.CharField(source="actor_label")
    by_id = serializers.IntegerField(source="actor_id", allow_null=True)
    deed = serializers.CharField(source="verb")
    kind = serializers.CharField(source="target_type")
    of = serializers.CharField(source="target_label")
    of_id = serializers.CharField(source="target_id")
    before = serializers.JSONField(source="told_before", allow_null=True)
    after = serializers.JSONField(source="told_after", allow_null=True)


class AuditQuerySerializer(StrictSerializer):
    q = serializers.CharField(max_length=200, required=False, allow_blank=True)
    who = KeyField(required=False)
    kind = serializers.CharField(max_length=60, required=False)
    client = serializers.UUIDField(required=False)
    since = Moment(required=False)
    until = Moment(required=False)
    after = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)


PARAMS = [
    OpenApiParameter("q", OpenApiTypes.STR, description="Words in who, deed and thing."),
    OpenApiParameter("who", OpenApiTypes.INT, description="The id of one of the people."),
    OpenApiParameter("kind", OpenApiTypes.STR, description="On what, such as `role`."),
    OpenApiParameter("client", OpenApiTypes.UUID, description="Only of this client."),
    OpenApiParameter("since", OpenApiTypes.DATETIME, description="From this moment on."),
    OpenApiParameter("until", OpenApiTypes.DATETIME, description="Before this moment."),
]


class AuditView(SettingsDoor):
    reads = Permission.AUDIT_VIEW
    guard: ClassVar[str] = str(Permission.AUDIT_VIEW)

    @call(
        "list_audit",
        "The audit log, newest first, 50 a page",
        tag="Audit log",
        gives=page_shape(AuditEntrySerializer),
        params=PARAMS,
    )
    def get(self, request: Request) -> Response:
        asked = valid(AuditQuerySerializer(data=request.query_params.dict()))
        wanted = AuditFilter(
            text=asked.get("q", "").replace("\0", ""),
            actor=asked.get("who"),
            kind=asked.get("kind", "").replace("\0", ""),
            client=self._client(asked.get("client")),
            since=_moment(asked.get("since")),
            until=_moment(asked.get("until")),
        )
        entries = audit_visible_to(self.user, wanted=wanted, clients=scope_of(self.user))
        rows, older = audit_page(entries, before=asked.get("after"), limit=PAGE)
        data = AuditEntrySerializer(rows, many=True).data
        return Response({"results": data, "next": str(older) if older else None})

    def _client(self, public_id: UUID | None) -> int | None:
        if public_id is None:
            return None
        return chosen(clients_visible_to(self.user), [public_id], field="client", by="public_id")[0].pk


def _moment(found: Any) -> datetime | None:  # noqa: ANN401 - out of a serializer
    return found if isinstance(found, datetime) else None
