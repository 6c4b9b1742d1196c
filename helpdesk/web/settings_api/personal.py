"""A person's data: what there is, all of it as a file, or gone for good (GDPR, articles 15 and 17)."""

import tempfile
from typing import Any, ClassVar
from uuid import UUID

from django.http import FileResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.door import StrictSerializer, once, valid
from agents.models import Contact
from agents.selectors import contacts_visible_to
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Refused
from helpdesk.web.settings_api.base import SettingsDoor, call, one_of
from tickets.selectors.personal import sees_all_of, trail_of
from tickets.services.personal.erase import erase_person
from tickets.services.personal.export import export_person

TAG = "Contacts"
MOST_IN_MEMORY = 1024 * 1024


class TrailSerializer(serializers.Serializer[Any]):
    tickets = serializers.IntegerField()
    messages = serializers.IntegerField()
    files = serializers.IntegerField()
    surveys = serializers.IntegerField()
    mails_in = serializers.IntegerField()
    mails_out = serializers.IntegerField()
    profiles = serializers.IntegerField()


class PersonDataSerializer(TrailSerializer):
    sees_all = serializers.BooleanField(help_text="False: some of it is of clients that one does not see.")


class EraseSerializer(StrictSerializer):
    email = serializers.CharField(max_length=254, help_text="The person's address, to be sure.")


class PersonDoor(SettingsDoor):
    reads = writes = Permission.CLIENTS_EDIT
    guard: ClassVar[str] = str(Permission.CLIENTS_EDIT)

    def contact(self, public_id: UUID) -> Contact:
        return one_of(contacts_visible_to(self.user).select_related("client"), public_id=public_id)


class PersonDataView(PersonDoor):
    @call("read_person_data", "How much there is of a person", tag=TAG, gives=PersonDataSerializer)
    def get(self, request: Request, contact: UUID) -> Response:
        trail = trail_of(self.contact(contact))
        return Response({**trail.counts(), "sees_all": sees_all_of(self.user, trail)})


class PersonExportView(PersonDoor):
    @extend_schema(
        operation_id="export_person",
        tags=[TAG],
        summary="All of it as a ZIP file; the audit log notes it",
        request=None,
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def post(self, request: Request, contact: UUID) -> FileResponse:
        found = self.contact(contact)
        if not sees_all_of(self.user, trail_of(found)):
            raise Refused(_("The person has tickets of clients that you do not see. Ask somebody who does."))
        archive = tempfile.SpooledTemporaryFile(MOST_IN_MEMORY)  # noqa: SIM115 - the answer closes it
        export_person(contact=found, into=archive, by=self.user, now=self.now)
        archive.seek(0)
        answer = FileResponse(
            archive, as_attachment=True, filename="person.zip", content_type="application/zip"
        )
        answer["Cache-Control"] = "no-store, private"
        return answer


class PersonEraseView(PersonDoor):
    is_grave = True

    @call(
        "erase_person",
        "Delete a person, their files and mails for good",
        tag=TAG,
        takes=EraseSerializer,
        gives=TrailSerializer,
        example={"email": "anna@example.com"},
    )
    @once
    def post(self, request: Request, contact: UUID) -> Response:
        typed = valid(EraseSerializer(data=request.data))["email"]
        return Response(
            erase_person(contact=self.contact(contact), typed_email=typed, by=self.user, now=self.now)
        )
