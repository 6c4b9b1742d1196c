"""Fields that the desk adds to tickets, contacts and devices: what there is, not what is filled in."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.door import StrictSerializer, once, valid
from agents.domain.fields import MAX_CHOICES, MAX_VALUE, FieldOf, FieldType
from agents.models import CustomField
from agents.services.fields import (
    MAX_NAME,
    FieldSpec,
    delete_field,
    move_field,
    restore_field,
    save_field,
)
from helpdesk.core.domain.permissions import Permission
from helpdesk.web.settings_api.base import SettingsDoor, atomic, call, one_of, page_shape

TAG = "Own fields"
OF = [each.value for each in FieldOf]
TYPES = [each.value for each in FieldType]


class FieldSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    key = serializers.CharField(help_text="What programs and filters call it; it never changes.")
    name = serializers.CharField()
    belongs_to = serializers.CharField()
    type = serializers.CharField()
    choices = serializers.ListField(child=serializers.CharField())
    is_required = serializers.BooleanField(help_text="Needed before a ticket is closed.")
    place = serializers.IntegerField()


class NewFieldSerializer(StrictSerializer):
    name = serializers.CharField(max_length=MAX_NAME)
    belongs_to = serializers.ChoiceField(OF)
    type = serializers.ChoiceField(TYPES, default=FieldType.TEXT.value)
    choices = serializers.ListField(
        child=serializers.CharField(max_length=MAX_VALUE), max_length=MAX_CHOICES, default=list
    )
    is_required = serializers.BooleanField(default=False)


class FieldChangesSerializer(StrictSerializer):
    name = serializers.CharField(max_length=MAX_NAME, required=False)
    choices = serializers.ListField(
        child=serializers.CharField(max_length=MAX_VALUE), max_length=MAX_CHOICES, required=False
    )
    is_required = serializers.BooleanField(required=False)
    move = serializers.IntegerField(min_value=-40, max_value=40, required=False, help_text="-1: one up.")


class FieldsDoor(SettingsDoor):
    reads = writes = Permission.FIELDS_EDIT
    guard: ClassVar[str] = str(Permission.FIELDS_EDIT)

    def fields(self) -> QuerySet[CustomField]:
        return CustomField.objects.filter(deleted_at=None)

    def told(self, field: int, status: int = 200) -> Response:
        return self.tagged(FieldSerializer(one_of(self.fields(), pk=field)).data, status)


class FieldsView(FieldsDoor):
    @call("list_fields", "Own fields, 50 a page", tag=TAG, gives=page_shape(FieldSerializer))
    def get(self, request: Request) -> Response:
        return self.page(self.fields(), FieldSerializer)

    @call(
        "create_field",
        "Add a field",
        tag=TAG,
        takes=NewFieldSerializer,
        gives=FieldSerializer,
        status=201,
        example={"name": "Room", "belongs_to": "device"},
    )
    @once
    def post(self, request: Request) -> Response:
        given = valid(NewFieldSerializer(data=request.data))
        spec = FieldSpec(
            name=given["name"],
            belongs_to=FieldOf(given["belongs_to"]),
            type=FieldType(given["type"]),
            choices=given["choices"],
            is_required=given["is_required"],
        )
        return self.told(save_field(field=None, spec=spec, by=self.user, now=self.now).pk, 201)


class FieldView(FieldsDoor):
    @call("read_field", "One field", tag=TAG, gives=FieldSerializer)
    def get(self, request: Request, field: int) -> Response:
        return self.told(field)

    @call(
        "change_field",
        "Rename or move a field, or change its choices",
        tag=TAG,
        takes=FieldChangesSerializer,
        gives=FieldSerializer,
        example={"name": "Room number", "move": -1},
    )
    @atomic
    def patch(self, request: Request, field: int) -> Response:
        given = valid(FieldChangesSerializer(data=request.data))
        found = one_of(self.fields(), pk=field, is_locked=True)
        self.check_unchanged(FieldSerializer(found).data)
        steps = given.pop("move", 0)
        if given:
            known = {name: getattr(found, name) for name in ("name", "choices", "is_required")}
            spec = FieldSpec(
                belongs_to=FieldOf(found.belongs_to), type=FieldType(found.type), **{**known, **given}
            )
            save_field(field=found, spec=spec, by=self.user, now=self.now)
        if steps:
            move_field(field=found, steps=steps)
        return self.told(field)

    @call("delete_field", "Delete a field; its values wait until it is brought back", tag=TAG, status=204)
    @atomic
    def delete(self, request: Request, field: int) -> Response:
        found = one_of(self.fields(), pk=field, is_locked=True)
        self.check_unchanged(FieldSerializer(found).data)
        delete_field(field=found, by=self.user, now=self.now)
        return Response(status=204)


class RestoreFieldView(FieldsDoor):
    @call("restore_field", "Bring a deleted field back", tag=TAG, gives=FieldSerializer)
    @once
    def post(self, request: Request, field: int) -> Response:
        restore_field(field=one_of(CustomField.objects.all(), pk=field), by=self.user, now=self.now)
        return self.told(field)
