"""Who follows a ticket, who takes part by mail, and mail of strangers: for programs."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import call, rows_of
from agents.api.door import StrictSerializer, asked_of, once, valid
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from tickets.api.shapes import MessageSerializer, PersonSerializer
from tickets.api.technician import EDIT, TechnicianView
from tickets.errors import ItemNotFound, TicketInvalid
from tickets.models import Message, Ticket, TicketFollower
from tickets.selectors.access import ticket_for
from tickets.selectors.followers import followers_of
from tickets.selectors.letters import reply_of
from tickets.selectors.messages import message_for
from tickets.services.follow import follow_ticket, unfollow_ticket
from tickets.services.mail.participants import add_participant
from tickets.services.mail.strangers import admit_sender, block_sender, remove_participant
from tickets.services.undo_reply import resend_reply, undo_reply

TAG = "People of a ticket"
_ADA = {"id": 3, "name": "Ada Lovelace"}
_PAUL = {"id": 9, "email": "paul@acme.example", "name": "Paul Roth", "is_blocked": False}
_MESSAGE = {
    "id": 51,
    "kind": "customer",
    "author": "Paul Roth",
    "body": "Me, too",
    "is_held": False,
    "created_at": "2026-11-22T10:00:00Z",
    "attachments": [],
}


class ParticipantSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    email = serializers.CharField()
    name = serializers.CharField()
    is_blocked = serializers.BooleanField(help_text="Gets nothing, and what comes from there is held.")


class NewParticipantSerializer(StrictSerializer):
    email = serializers.CharField(max_length=254)


class UndoneSerializer(serializers.Serializer[Any]):
    body = serializers.CharField(help_text="The text that was not sent; it is a draft again.")


FollowersSerializer = rows_of("Followers", PersonSerializer)
ParticipantsSerializer = rows_of("Participants", ParticipantSerializer)


class FollowersView(TechnicianView):
    @call("list_followers", TAG, "Who follows a ticket", gives=FollowersSerializer, told={"results": [_ADA]})
    def get(self, request: Request, number: int) -> Response:
        asked_of(request)
        rows = followers_of(ticket_for(self.user, number))
        return Response(FollowersSerializer({"results": rows}).data)


class FollowerView(TechnicianView):
    """Oneself with the right to look, a colleague with the right to edit."""

    writes = Permission.TICKETS_VIEW

    @call(
        "follow_ticket",
        TAG,
        "Follow a ticket, or let a colleague follow it, who is told",
        gives=FollowersSerializer,
        told={"results": [_ADA]},
    )
    def put(self, request: Request, number: int, user: int) -> Response:
        ticket = self._ticket(number, user)
        found = self.user if user == self.user.pk else User.objects.filter(pk=user, is_active=True).first()
        if found is None:
            raise TicketInvalid(fields={"user": _("Choose somebody who may see this ticket.")})
        follow_ticket(ticket=ticket, user=found, by=self.user, now=self.now)
        return Response(FollowersSerializer({"results": followers_of(ticket)}).data)

    @call("unfollow_ticket", TAG, "Follow a ticket no more")
    @transaction.atomic
    def delete(self, request: Request, number: int, user: int) -> Response:
        ticket = self._ticket(number, user)
        found = next((one for one in followers_of(ticket) if one.pk == user), None)
        if found is None:
            raise ItemNotFound
        self.hold(TicketFollower.objects.filter(ticket=ticket, user=found))
        self.check_unchanged(PersonSerializer(found).data)
        unfollow_ticket(ticket=ticket, user=found)
        return Response(status=204)

    def _ticket(self, number: int, user: int) -> Ticket:
        return ticket_for(self.user, number, to=Permission.TICKETS_VIEW if user == self.user.pk else EDIT)


class ParticipantsView(TechnicianView):
    @call(
        "list_participants",
        TAG,
        "Who takes part by mail beside the contact",
        gives=ParticipantsSerializer,
        told={"results": [_PAUL]},
    )
    def get(self, request: Request, number: int) -> Response:
        asked_of(request)
        return Response(_participants(ticket_for(self.user, number)))

    @call(
        "add_participant",
        TAG,
        "Let somebody take part; the same again changes nothing",
        takes=NewParticipantSerializer,
        asked={"email": "paul@acme.example"},
        gives=ParticipantsSerializer,
        told={"results": [_PAUL]},
        status=201,
    )
    @once
    def post(self, request: Request, number: int) -> Response:
        ticket = ticket_for(self.user, number, to=EDIT)
        email = valid(NewParticipantSerializer(data=request.data))["email"]
        add_participant(ticket=ticket, email=email, by=self.user, now=self.now)
        return Response(_participants(ticket), status=201)


class ParticipantView(TechnicianView):
    @call("remove_participant", TAG, "Send no more answers there, and hold what comes from there")
    @transaction.atomic
    def delete(self, request: Request, number: int, participant: int) -> Response:
        ticket = ticket_for(self.user, number, to=EDIT)
        self.hold(ticket.participants.filter(pk=participant))
        found = ticket.participants.filter(pk=participant).first()
        if found is None:
            raise ItemNotFound
        self.check_unchanged(ParticipantSerializer(found).data)
        remove_participant(ticket=ticket, email=found.email, by=self.user, now=self.now)
        return Response(status=204)


class AdmitView(TechnicianView):
    @call(
        "admit_sender",
        TAG,
        "Let the sender of held mail take part; the first caller wins",
        gives=MessageSerializer,
        told=_MESSAGE,
    )
    @once
    def post(self, request: Request, message: int) -> Response:
        found = message_for(self.user, message, to=EDIT)
        admit_sender(ticket=found.ticket, message=found, by=self.user, now=self.now)
        return Response(MessageSerializer(Message.objects.get(pk=message)).data)


class BlockView(TechnicianView):
    @call("block_sender", TAG, "Mail of this sender makes no tickets any more")
    @once
    def post(self, request: Request, message: int) -> Response:
        found = message_for(self.user, message, to=EDIT)
        block_sender(ticket=found.ticket, message=found, by=self.user, now=self.now)
        return Response(status=204)


class UndoMessageView(TechnicianView):
    @call(
        "undo_message",
        TAG,
        "Take an answer of the console back while its mails wait",
        gives=UndoneSerializer,
        told={"body": "Please restart the printer."},
    )
    @once
    def post(self, request: Request, message: int) -> Response:
        found = message_for(self.user, message, to=EDIT)
        return Response(UndoneSerializer({"body": undo_reply(message=found, now=self.now)}).data)


class ResendMailView(TechnicianView):
    @call("resend_mail", TAG, "Send a letter that did not arrive once more")
    @once
    def post(self, request: Request, mail: int) -> Response:
        message, letter = reply_of(self.user, mail)
        resend_reply(message=message, mail=letter, now=self.now)
        return Response(status=204)


def _participants(ticket: Ticket) -> Any:  # noqa: ANN401 - JSON
    return ParticipantsSerializer({"results": ticket.participants.all()}).data
