"""Whether a person's mail makes tickets, for programs: /api/v1/contacts/<id>/mail/."""

from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import call
from agents.api.door import StrictSerializer, valid
from agents.api.examples import CONTACT
from agents.api.shapes import ContactSerializer
from agents.api.technician import ClientsDoor
from agents.selectors import contacts_visible_to
from helpdesk.core.errors import NotFound
from tickets.services.mail.strangers import ignore_contact_mail


class ContactMailSerializer(StrictSerializer):
    ignores_mail = serializers.BooleanField(help_text="true: this person's mail makes no tickets.")


class ContactMailView(ClientsDoor):
    @call(
        "ignore_contact_mail",
        "Contacts",
        "Make no tickets of a person's mail, or make them again",
        takes=ContactMailSerializer,
        asked={"ignores_mail": True},
        gives=ContactSerializer,
        told=CONTACT | {"ignores_mail": True},
    )
    def put(self, request: Request, contact: UUID) -> Response:
        rows = contacts_visible_to(self.user).select_related("client")
        found = rows.filter(public_id=contact).first()
        if found is None:
            raise NotFound
        ignores = valid(ContactMailSerializer(data=request.data))["ignores_mail"]
        ignore_contact_mail(contact=found, ignores=ignores, by=self.user, now=self.now)
        return self.tagged(ContactSerializer(rows.get(pk=found.pk)).data)
