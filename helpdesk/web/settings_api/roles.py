"""Roles and their clients. Nobody gives or takes what the caller may not do; a token, beyond its scopes."""

from typing import Any

from django.db.models import Count, Prefetch, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.door import StrictSerializer, once, valid
from agents.api.removal import GoneSerializer, WayBackParser, WayBackSerializer
from agents.models import RoleScope
from agents.selectors import clients_visible_to
from agents.services import save_role_for
from helpdesk.core.domain.permissions import HOUSE, Permission
from helpdesk.core.errors import Refused
from helpdesk.core.models import Role
from helpdesk.core.selectors.grants import has_all_of
from helpdesk.core.services.removal import bring_back, way_back
from helpdesk.core.services.roles import ask_second_factor, delete_role
from helpdesk.web.settings_api.base import PeopleDoor, atomic, call, chosen, one_of, page_shape

TAG = "People"
PERMISSIONS = [permission.value for permission in Permission]
ALL_ALONE = f"Only in a role for all clients: {', '.join(sorted(HOUSE))}."


class RoleClientSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="client.public_id")
    name = serializers.CharField(source="client.name")


class RoleSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    permissions = serializers.ListField(child=serializers.CharField())
    without_effect = serializers.ListField(
        child=serializers.CharField(),
        help_text="Permissions that do not count: the role is for chosen clients.",
    )
    all_clients = serializers.BooleanField(help_text="For all clients, also later ones.")
    clients = RoleClientSerializer(many=True, source="seen_scopes")
    unseen_clients = serializers.SerializerMethodField(help_text="How many more there are.")
    needs_second_factor = serializers.BooleanField()
    is_locked = serializers.BooleanField(help_text="The administrators' role: it never changes.")
    holders = serializers.IntegerField()

    def get_unseen_clients(self, role: Role) -> int:
        return role.reach - len(role.seen_scopes)  # type: ignore[attr-defined,no-any-return]


RolePageSerializer = page_shape(RoleSerializer)


class RoleFieldsSerializer(StrictSerializer):
    name = serializers.CharField(max_length=80)
    permissions = serializers.ListField(
        child=serializers.ChoiceField(PERMISSIONS), default=list, max_length=50, help_text=ALL_ALONE
    )
    all_clients = serializers.BooleanField(default=False)
    clients = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=1000)
    needs_second_factor = serializers.BooleanField(default=False)


class RoleChangesSerializer(StrictSerializer):
    name = serializers.CharField(max_length=80, required=False)
    permissions = serializers.ListField(
        child=serializers.ChoiceField(PERMISSIONS), required=False, max_length=50, help_text=ALL_ALONE
    )
    all_clients = serializers.BooleanField(required=False)
    clients = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        max_length=1000,
        help_text="All that the caller sees of them; others stay.",
    )
    needs_second_factor = serializers.BooleanField(required=False)


class RolesDoor(PeopleDoor):
    def roles(self) -> QuerySet[Role]:
        scopes = RoleScope.objects.filter(client__in=clients_visible_to(self.user)).select_related("client")
        seen = Prefetch("scopes", scopes.order_by("client__name"), to_attr="seen_scopes")
        counted = {"reach": Count("scopes", distinct=True), "holders": Count("users", distinct=True)}
        return Role.objects.prefetch_related(seen).annotate(**counted)

    def shape(self, role: int) -> dict[str, Any]:
        return RoleSerializer(one_of(self.roles(), pk=role)).data

    def save(self, role: Role, given: dict[str, Any]) -> Role:
        visible = clients_visible_to(self.user)
        clients = chosen(visible, given.pop("clients"), field="clients", by="public_id")
        return save_role_for(role=role, clients=clients, **given, by=self.user, now=self.now)


class RolesView(RolesDoor):
    @call("list_roles", "Roles, 50 a page", tag=TAG, gives=RolePageSerializer)
    def get(self, request: Request) -> Response:
        return self.page(self.roles(), RoleSerializer)

    @call(
        "create_role",
        "Add a role",
        tag=TAG,
        takes=RoleFieldsSerializer,
        gives=RoleSerializer,
        status=201,
        example={"name": "Trainee", "permissions": ["tickets.view"], "all_clients": True},
    )
    @once
    def post(self, request: Request) -> Response:
        role = self.save(Role(), valid(RoleFieldsSerializer(data=request.data)))
        return self.tagged(self.shape(role.pk), 201)


class RoleView(RolesDoor):
    @call("read_role", "One role", tag=TAG, gives=RoleSerializer)
    def get(self, request: Request, role: int) -> Response:
        return self.tagged(self.shape(role))

    @call(
        "change_role",
        "Change a role; of the administrators' only whether it needs a second factor",
        tag=TAG,
        takes=RoleChangesSerializer,
        gives=RoleSerializer,
        example={"permissions": ["tickets.view", "tickets.edit"]},
    )
    @atomic
    def patch(self, request: Request, role: int) -> Response:
        given = valid(RoleChangesSerializer(data=request.data))
        found = one_of(Role.objects.all(), pk=role, is_locked=True)
        before = self.shape(role)
        self.check_unchanged(before)
        if found.is_locked and set(given) == {"needs_second_factor"}:
            is_needed = given["needs_second_factor"]
            ask_second_factor(role=found, is_needed=is_needed, by=self.user, now=self.now)
        elif given:
            known: dict[str, Any] = {name: before[name] for name in RoleFieldsSerializer._declared_fields}
            known["clients"] = [client["id"] for client in before["clients"]]
            self.save(found, {**known, **given})
        return self.tagged(self.shape(role))

    @call("delete_role", "Delete a role that nobody has", tag=TAG, gives=GoneSerializer)
    @atomic
    def delete(self, request: Request, role: int) -> Response:
        found = one_of(Role.objects.all(), pk=role, is_locked=True)
        self.check_unchanged(self.shape(role))
        sealed = way_back(target=found, by=self.user, now=self.now)
        delete_role(role=found, by=self.user, now=self.now)
        return Response({"way_back": sealed})


class BringBackRoleView(RolesDoor):
    parser_classes = [WayBackParser]

    @call(
        "bring_back_role",
        "Bring back a role that one has just deleted, as far as one may do all of it oneself",
        tag=TAG,
        takes=WayBackSerializer,
        gives=RoleSerializer,
        example={"way_back": "gAAAAABp…"},
    )
    @once
    @atomic
    def post(self, request: Request) -> Response:
        sealed = valid(WayBackSerializer(data=request.data))["way_back"]
        found = bring_back(sealed=sealed, kind=Role, by=self.user, now=self.now)
        if not has_all_of(self.user, Role.objects.filter(pk=found.pk)):
            raise Refused(_("You cannot give or take in a role what you may not do yourself."))
        return self.tagged(self.shape(found.pk))
