"""Service targets: what is promised to whom, and which promises would be broken by when."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.door import StrictSerializer, once, valid
from agents.selectors import clients_visible_to
from helpdesk.core.api import Moment
from helpdesk.web.settings_api.base import (
    KeyField,
    NameSerializer,
    SettingsDoor,
    atomic,
    call,
    chosen,
    one_of,
    page_shape,
)
from tickets.domain.own_values import STEADY
from tickets.domain.priority import Priority
from tickets.domain.targets import MAX_AMOUNT, ClockKind, Limit, Promise, Unit
from tickets.forms.targets import MOST_WARNING
from tickets.models import ServiceTarget
from tickets.selectors.forecast import forecast
from tickets.selectors.targets import calendar_rows, target_rows
from tickets.services.targets.promises import NewTarget, delete_target, save_target, start_recalculation

TAG = "Service targets"
UNITS = [unit.value for unit in Unit]
PROMISES = [{"priority": "urgent", "first": {"amount": 1, "unit": "h"}, "warn_minutes": 15}]


class LimitSerializer(StrictSerializer):
    amount = serializers.IntegerField(min_value=1, max_value=MAX_AMOUNT)
    unit = serializers.ChoiceField(UNITS, help_text="min and h of open time, or whole business days.")


class PromiseSerializer(StrictSerializer):
    priority = serializers.ChoiceField([priority.value for priority in Priority])
    first = LimitSerializer(required=False, allow_null=True, help_text="First answer within.")
    next = LimitSerializer(required=False, allow_null=True, help_text="Next answer within.")
    resolve = LimitSerializer(required=False, allow_null=True, help_text="Resolved within.")
    warn_minutes = serializers.IntegerField(min_value=0, max_value=MOST_WARNING, default=0)


class TargetSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    calendar = NameSerializer(allow_null=True, help_text="null: day and night.")
    tag = serializers.CharField(source="tag.name", default="", help_text="Only tickets with it.")
    own = serializers.CharField(source="own_parts.own", help_text="Only where this field, by its key,")
    own_op = serializers.CharField(source="own_parts.own_op", help_text="is, not, over, between, empty ...")
    own_value = serializers.CharField(source="own_parts.own_value", help_text="says this; 1..10 for between.")
    clients = serializers.SerializerMethodField(help_text="Only of these, as far as the caller sees them.")
    unseen_clients = serializers.SerializerMethodField(help_text="How many more there are.")
    promises = serializers.SerializerMethodField()
    tells_people = serializers.BooleanField()
    goes_on_top = serializers.BooleanField()
    raises_priority = serializers.BooleanField()

    def _seen(self, target: ServiceTarget) -> list[Any]:
        return [client for client in target.clients.all() if client.pk in self.context["seen"]]

    def get_clients(self, target: ServiceTarget) -> list[dict[str, str]]:
        return [{"id": str(client.public_id), "name": client.name} for client in self._seen(target)]

    def get_unseen_clients(self, target: ServiceTarget) -> int:
        return len(target.clients.all()) - len(self._seen(target))

    def get_promises(self, target: ServiceTarget) -> list[dict[str, Any]]:
        return [_told(priority, target.promise(priority)) for priority in reversed(Priority)]


class NewTargetSerializer(StrictSerializer):
    name = serializers.CharField(max_length=80)
    calendar = KeyField(default=None, allow_null=True)
    tag = serializers.CharField(max_length=40, default="", allow_blank=True)
    own = serializers.CharField(max_length=40, default="", allow_blank=True)
    own_op = serializers.ChoiceField([op.value for op in STEADY], default="", allow_blank=True)
    own_value = serializers.CharField(max_length=200, default="", allow_blank=True)
    clients = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=1000)
    promises = PromiseSerializer(many=True)
    tells_people = serializers.BooleanField(default=True)
    goes_on_top = serializers.BooleanField(default=True)
    raises_priority = serializers.BooleanField(default=False)


class TargetChangesSerializer(StrictSerializer):
    name = serializers.CharField(max_length=80, required=False)
    calendar = KeyField(required=False, allow_null=True)
    tag = serializers.CharField(max_length=40, required=False, allow_blank=True)
    own = serializers.CharField(max_length=40, required=False, allow_blank=True)
    own_op = serializers.ChoiceField([op.value for op in STEADY], required=False, allow_blank=True)
    own_value = serializers.CharField(max_length=200, required=False, allow_blank=True)
    clients = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=1000)
    promises = PromiseSerializer(many=True, required=False)
    tells_people = serializers.BooleanField(required=False)
    goes_on_top = serializers.BooleanField(required=False)
    raises_priority = serializers.BooleanField(required=False)


class BreachSerializer(serializers.Serializer[Any]):
    ticket = serializers.IntegerField(source="clock.ticket_id")
    kind = serializers.CharField(source="clock.kind")
    at = serializers.DateTimeField()
    is_late = serializers.BooleanField()


class ForecastSerializer(serializers.Serializer[Any]):
    until = serializers.DateTimeField()
    tickets = serializers.IntegerField()
    late = serializers.IntegerField(help_text="Of them broken already.")
    has_more = serializers.BooleanField()
    breaches = BreachSerializer(many=True)


class ForecastQuerySerializer(StrictSerializer):
    until = Moment()
    waiting = serializers.BooleanField(default=False)


class TargetsDoor(SettingsDoor):
    def shape(self, target: ServiceTarget) -> dict[str, Any]:
        return TargetSerializer(target, context=self.seen([target])).data

    def seen(self, targets: list[ServiceTarget]) -> dict[str, Any]:
        keys = {client.pk for target in targets for client in target.clients.all()}
        return {"seen": set(clients_visible_to(self.user).filter(pk__in=keys).values_list("pk", flat=True))}

    def told(self, target: int, status: int = 200) -> Response:
        return self.tagged(self.shape(one_of(target_rows(), pk=target)), status)

    def save(self, found: ServiceTarget | None, given: dict[str, Any]) -> ServiceTarget:
        """Clients that the caller does not see stay where they are."""
        visible = clients_visible_to(self.user)
        if (key := given["calendar"]) is not None:
            given["calendar"] = chosen(calendar_rows(), [key], field="calendar")[0]
        clients = chosen(visible, given.pop("clients"), field="clients", by="public_id")
        unseen = found.clients.exclude(pk__in=visible.values("pk")) if found else ()
        new = NewTarget(clients=[*clients, *unseen], promises=_read(given.pop("promises")), **given)
        return save_target(target=found, new=new, by=self.user, now=self.now)


class TargetsView(TargetsDoor):
    @call("list_targets", "Service targets", tag=TAG, gives=page_shape(TargetSerializer))
    def get(self, request: Request) -> Response:
        return self.page(target_rows(), TargetSerializer, context=self.seen)

    @call(
        "create_target",
        "Add a service target; it applies to new tickets",
        tag=TAG,
        takes=NewTargetSerializer,
        gives=TargetSerializer,
        status=201,
        example={"name": "Business", "calendar": 1, "promises": PROMISES},
    )
    @once
    def post(self, request: Request) -> Response:
        return self.told(self.save(None, valid(NewTargetSerializer(data=request.data))).pk, 201)


class TargetView(TargetsDoor):
    @call("read_target", "One service target", tag=TAG, gives=TargetSerializer)
    def get(self, request: Request, target: int) -> Response:
        return self.told(target)

    @call(
        "change_target",
        "Change a target; open tickets keep their promises until they are recalculated",
        tag=TAG,
        takes=TargetChangesSerializer,
        gives=TargetSerializer,
        example={"promises": PROMISES},
    )
    @atomic
    def patch(self, request: Request, target: int) -> Response:
        given = valid(TargetChangesSerializer(data=request.data))
        found = one_of(target_rows(), pk=target, is_locked=True)
        before = self.shape(found)
        self.check_unchanged(before)
        known = {name: before[name] for name in NewTargetSerializer._declared_fields}
        known["calendar"] = found.calendar_id
        known["clients"] = [client["id"] for client in before["clients"]]
        self.save(found, {**known, **given})
        return self.told(target)

    @call("delete_target", "Delete a target with its clocks and figures", tag=TAG, status=204)
    @atomic
    def delete(self, request: Request, target: int) -> Response:
        found = one_of(target_rows(), pk=target, is_locked=True)
        self.check_unchanged(self.shape(found))
        delete_target(target=found, by=self.user, now=self.now)
        return Response(status=204)


class RecalculateView(SettingsDoor):
    @call("recalculate_targets", "Give every open ticket the promises of today, soon", tag=TAG, status=204)
    @once
    def post(self, request: Request) -> Response:
        start_recalculation(by=self.user, now=self.now)
        return Response(status=204)


class ForecastView(SettingsDoor):
    @call(
        "forecast_targets",
        "Which promises would be broken by a moment",
        tag=TAG,
        gives=ForecastSerializer,
        params=[
            OpenApiParameter("until", OpenApiTypes.DATETIME, required=True),
            OpenApiParameter("waiting", OpenApiTypes.BOOL, description="As if customers answered now."),
        ],
    )
    def get(self, request: Request) -> Response:
        asked = valid(ForecastQuerySerializer(data=request.query_params.dict()))
        found = forecast(self.user, until=asked["until"], now=self.now, with_waiting=asked["waiting"])
        return Response(ForecastSerializer(found).data)


def _read(rows: list[dict[str, Any]]) -> dict[Priority, Promise]:
    found = {}
    for row in rows:
        limits = {kind.value: row.get(kind.value) for kind in ClockKind}
        read = {name: Limit(it["amount"], Unit(it["unit"])) for name, it in limits.items() if it}
        found[Priority(row["priority"])] = Promise(**read, warn_minutes=row["warn_minutes"])
    return found


def _told(priority: Priority, promise: Promise) -> dict[str, Any]:
    limits = {kind.value: promise.limit(kind) for kind in ClockKind}
    told = {name: it and {"amount": it.amount, "unit": it.unit.value} for name, it in limits.items()}
    return {"priority": priority.value, **told, "warn_minutes": promise.warn_minutes}
