"""Clients, people and devices for programs of technicians: /api/v1/clients/, contacts/, devices/."""

from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import shown
from agents.api.door import Door, asked_of, once, page_of, valid
from agents.api.examples import ACME, CLIENT, CONTACT, DEVICE
from agents.api.shapes import (
    ClientChangesSerializer,
    ClientPageSerializer,
    ClientSerializer,
    ContactChangesSerializer,
    ContactPageSerializer,
    ContactSerializer,
    DevicePageSerializer,
    DeviceSerializer,
    NewClientSerializer,
    NewContactSerializer,
)
from agents.models import Client, Contact, Device
from agents.selectors import clients_visible_to, contacts_visible_to, devices_visible_to, sees_all_clients
from agents.services import create_client, create_contact, update_client
from agents.services.contacts import update_contact
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Invalid, NotFound
from helpdesk.core.models import User

AFTER = OpenApiParameter("after", OpenApiTypes.STR, description="`next` of the page before.")
Q_PARAM = OpenApiParameter("q", OpenApiTypes.STR, description="A part of the name, or of an address.")
OF_CLIENT = OpenApiParameter("client", OpenApiTypes.UUID, description="Only of this client.")


class ClientsDoor(Door):
    reads = Permission.CLIENTS_VIEW
    writes = Permission.CLIENTS_EDIT
    guard: ClassVar[str] = str(Permission.CLIENTS_VIEW)


class ClientsView(ClientsDoor):
    @extend_schema(
        operation_id="list_clients",
        tags=["Clients"],
        summary="Visible clients, 50 a page",
        parameters=[Q_PARAM, AFTER],
        examples=shown(told={"results": [CLIENT], "next": None}),
        responses=ClientPageSerializer,
    )
    def get(self, request: Request) -> Response:
        asked = asked_of(request, "q")
        rows = clients_visible_to(self.user)
        if words := asked.get("q", "").strip():
            rows = rows.filter(name__icontains=words)
        found, after = page_of(rows, asked.get("after", ""))
        return Response(ClientPageSerializer({"results": found, "next": after}).data)

    @extend_schema(
        operation_id="create_client",
        tags=["Clients"],
        summary="Add a client",
        request=NewClientSerializer,
        examples=shown({"name": "Acme", "mail_domains": ["acme.example"]}, CLIENT),
        responses={201: ClientSerializer},
    )
    @once
    def post(self, request: Request) -> Response:
        given = valid(NewClientSerializer(data=request.data))
        given["mail_domains"] = "\n".join(given["mail_domains"])
        client = create_client(**given, by=self.user, now=self.now)
        return self.tagged(ClientSerializer(client).data, 201)


class ClientView(ClientsDoor):
    @extend_schema(
        operation_id="read_client",
        tags=["Clients"],
        summary="One client",
        examples=shown(told=CLIENT),
        responses=ClientSerializer,
    )
    def get(self, request: Request, client: UUID) -> Response:
        return self.tagged(ClientSerializer(_client(self.user, client)).data)

    @extend_schema(
        operation_id="change_client",
        tags=["Clients"],
        summary="Change a client",
        request=ClientChangesSerializer,
        examples=shown({"phone": "+41 44 000 00 00"}, CLIENT | {"phone": "+41 44 000 00 00"}),
        responses=ClientSerializer,
    )
    def patch(self, request: Request, client: UUID) -> Response:
        given = valid(ClientChangesSerializer(data=request.data))
        with transaction.atomic():
            found = _client(self.user, client, is_locked=True)
            self.check_unchanged(ClientSerializer(found).data)
            known = {name: getattr(found, name) for name in ("name", "phone", "notes", "every_profile")}
            domains = "\n".join(given.pop("mail_domains", found.mail_domains))
            fields = {**known, **given, "mail_domains": domains}
            changed = update_client(client=found, **fields, by=self.user, now=self.now)
        return self.tagged(ClientSerializer(changed).data)


class ContactsView(ClientsDoor):
    @extend_schema(
        operation_id="list_contacts",
        tags=["Contacts"],
        summary="People of visible clients, 50 a page",
        parameters=[Q_PARAM, OF_CLIENT, AFTER],
        examples=shown(told={"results": [CONTACT], "next": None}),
        responses=ContactPageSerializer,
    )
    def get(self, request: Request) -> Response:
        asked = asked_of(request, "q", "client")
        rows = contacts_visible_to(self.user).select_related("client")
        if words := asked.get("q", "").strip():
            rows = rows.filter(Q(full_name__icontains=words) | Q(email__icontains=words))
        if "client" in asked:
            rows = rows.filter(client__public_id=_uuid(asked["client"]))
        found, after = page_of(rows, asked.get("after", ""))
        return Response(ContactPageSerializer({"results": found, "next": after}).data)

    @extend_schema(
        operation_id="create_contact",
        tags=["Contacts"],
        summary="Add a person",
        request=NewContactSerializer,
        examples=shown(
            {"client": ACME["id"], "full_name": "Anna Berg", "email": "anna@acme.example"}, CONTACT
        ),
        responses={201: ContactSerializer},
    )
    @once
    def post(self, request: Request) -> Response:
        given = valid(NewContactSerializer(data=request.data))
        given["client"] = _own_client(self.user, given["client"])
        contact = create_contact(**given, by=self.user, now=self.now)
        return self.tagged(ContactSerializer(contact).data, 201)


class ContactView(ClientsDoor):
    @extend_schema(
        operation_id="read_contact",
        tags=["Contacts"],
        summary="One person",
        examples=shown(told=CONTACT),
        responses=ContactSerializer,
    )
    def get(self, request: Request, contact: UUID) -> Response:
        return self.tagged(ContactSerializer(_contact(self.user, contact)).data)

    @extend_schema(
        operation_id="change_contact",
        tags=["Contacts"],
        summary="Change a person",
        request=ContactChangesSerializer,
        examples=shown({"is_active": False}, CONTACT | {"is_active": False}),
        responses=ContactSerializer,
    )
    def patch(self, request: Request, contact: UUID) -> Response:
        given = valid(ContactChangesSerializer(data=request.data))
        if "client" in given:
            given["client"] = _own_client(self.user, given["client"])
        with transaction.atomic():
            found = _contact(self.user, contact, is_locked=True)
            self.check_unchanged(ContactSerializer(found).data)
            changed = update_contact(contact=found, changes=given, by=self.user, now=self.now)
        return self.tagged(ContactSerializer(changed).data)


class DevicesView(ClientsDoor):
    @extend_schema(
        operation_id="list_devices",
        tags=["Devices"],
        summary="Devices of visible clients, 50 a page",
        parameters=[Q_PARAM, OF_CLIENT, AFTER],
        examples=shown(told={"results": [DEVICE], "next": None}),
        responses=DevicePageSerializer,
    )
    def get(self, request: Request) -> Response:
        asked = asked_of(request, "q", "client")
        rows = devices_visible_to(self.user).select_related("client")
        if words := asked.get("q", "").strip():
            rows = rows.filter(name__icontains=words)
        if "client" in asked:
            rows = rows.filter(client__public_id=_uuid(asked["client"]))
        found, after = page_of(rows, asked.get("after", ""))
        return Response(DevicePageSerializer({"results": found, "next": after}).data)


class DeviceView(ClientsDoor):
    @extend_schema(
        operation_id="read_device",
        tags=["Devices"],
        summary="One device",
        examples=shown(told=DEVICE),
        responses=DeviceSerializer,
    )
    def get(self, request: Request, device: UUID) -> Response:
        rows = devices_visible_to(self.user).select_related("client")
        found: Device | None = rows.filter(public_id=device).first()
        if found is None:
            raise NotFound
        return self.tagged(DeviceSerializer(found).data)


def _client(user: User, public_id: UUID, *, is_locked: bool = False) -> Client:
    rows = clients_visible_to(user)
    found = (rows.select_for_update() if is_locked else rows).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def _contact(user: User, public_id: UUID, *, is_locked: bool = False) -> Contact:
    rows = contacts_visible_to(user)
    rows = rows.select_for_update(of=("self",)) if is_locked else rows.select_related("client")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def _own_client(user: User, public_id: UUID | None) -> Client | None:
    """The client among those the user may see (A11); none only for who sees all."""
    found = None if public_id is None else clients_visible_to(user).filter(public_id=public_id).first()
    if found is None and (public_id is not None or not sees_all_clients(user)):
        raise Invalid(fields={"client": _("There is no such client, or it is not yours to see.")})
    return found


def _uuid(text: Any) -> UUID:  # noqa: ANN401 - what a program sent
    try:
        return UUID(text)
    except ValueError:
        raise Invalid(fields={"client": _("Send the UUID of a client.")}) from None
