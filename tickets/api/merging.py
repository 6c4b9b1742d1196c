"""Tickets that become one, or two; and who takes one: tickets/<number>/merge/, messages/<message>/split/."""

from typing import Any

from django.db import transaction
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import call
from agents.api.door import StrictSerializer, asked_of, once, valid
from helpdesk.core.domain.permissions import Permission
from tickets.api.examples import TICKET
from tickets.api.shapes import TicketSerializer
from tickets.api.technician import EDIT, TechnicianView
from tickets.domain.text import MAX_SUBJECT
from tickets.errors import NotMerged
from tickets.selectors.access import ticket_for
from tickets.selectors.merge_choices import preview, suggestions
from tickets.selectors.messages import message_for
from tickets.services.mail.strangers import split_off_held
from tickets.services.merge_tickets import merge_tickets, refuse
from tickets.services.split_ticket import Split, split_ticket
from tickets.services.take_ticket import take_ticket
from tickets.services.undo_merge import undo_merge

TAG = "Merge and split"
INTO = OpenApiParameter(
    "into", OpenApiTypes.INT64, description="Say what this ticket will hold after the merge."
)
_ACROSS = "The people of each client may read what the others wrote: say true if that is meant."

MERGE = Permission.TICKETS_MERGE


class MergeCandidateSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(source="ticket.number")
    subject = serializers.CharField(source="ticket.subject")
    is_same_contact = serializers.BooleanField()
    is_similar = serializers.BooleanField()


class MergePreviewSerializer(serializers.Serializer[Any]):
    messages = serializers.IntegerField(help_text="How many words move, each ticket's description one.")
    files = serializers.IntegerField()
    people = serializers.ListField(child=serializers.CharField(), help_text="Who will take part, too.")
    tags = serializers.ListField(child=serializers.CharField())
    higher_priority = serializers.CharField(allow_null=True, help_text="If it is not that ticket's own.")
    is_across_clients = serializers.BooleanField()


class MergeChoicesSerializer(serializers.Serializer[Any]):
    suggestions = MergeCandidateSerializer(many=True)
    preview = MergePreviewSerializer(allow_null=True)


class NewMergeSerializer(StrictSerializer):
    into = serializers.IntegerField(min_value=1, help_text="The ticket where it goes on.")
    also = serializers.ListField(
        child=serializers.IntegerField(min_value=1),
        default=list,
        max_length=50,
        help_text="Others that join.",
    )
    keep_highest = serializers.BooleanField(default=False, help_text="The highest priority of all counts.")
    across_clients = serializers.BooleanField(default=False, help_text=_ACROSS)


class SplitSerializer(StrictSerializer):
    subject = serializers.CharField(max_length=MAX_SUBJECT, required=False, trim_whitespace=False)
    email = serializers.CharField(
        required=False, allow_blank=True, max_length=254, help_text="Whose ticket it will be."
    )
    with_following = serializers.BooleanField(
        default=False, help_text="Also what the same person wrote after it."
    )
    across_clients = serializers.BooleanField(default=False, help_text=_ACROSS)


class SplitOffSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="The new ticket; of a held mail it may be of another client.")


class TakeView(TechnicianView):
    @call(
        "take_ticket",
        "Tickets",
        "Make yourself the assignee; the first caller wins",
        gives=TicketSerializer,
        told=TICKET,
    )
    @once
    def post(self, request: Request, number: int) -> Response:
        ticket = ticket_for(self.user, number, to=EDIT)
        take_ticket(ticket=ticket, by=self.user, now=self.now)
        return self.tagged(TicketSerializer(ticket).data)


class MergeView(TechnicianView):
    reads = writes = MERGE

    @call(
        "preview_merge",
        TAG,
        "Tickets that may be the same, and what one of them would hold",
        parameters=[INTO],
        gives=MergeChoicesSerializer,
        told={
            "suggestions": [
                {"number": 1280, "subject": "Printer jams", "is_same_contact": True, "is_similar": True}
            ],
            "preview": {
                "messages": 2,
                "files": 1,
                "people": ["anna@acme.example"],
                "tags": ["printer"],
                "higher_priority": "high",
                "is_across_clients": False,
            },
        },
    )
    def get(self, request: Request, number: int) -> Response:
        ticket, into = ticket_for(self.user, number, to=MERGE), asked_of(request, "into").get("into", "")
        shown = None
        if into:
            is_number = into.isascii() and into.isdecimal() and len(into) < 19
            target = self.named("into", int(into) if is_number else 0, to=MERGE)
            refuse(ticket, target, across_clients=True)
            plan = preview([ticket], target)
            shown = {
                **{name: getattr(plan, name) for name in ("messages", "files", "people", "tags")},
                "higher_priority": plan.higher or None,
                "is_across_clients": plan.stranger is not None,
            }
        data = {"suggestions": suggestions(self.user, ticket), "preview": shown}
        return Response(MergeChoicesSerializer(data).data)

    @call(
        "merge_ticket",
        TAG,
        "Merge into another ticket; the answer is that one",
        words="All or none. `DELETE` undoes it exactly.",
        takes=NewMergeSerializer,
        asked={"into": 1280, "keep_highest": True},
        gives=TicketSerializer,
        told=TICKET | {"number": 1280},
    )
    @once
    def post(self, request: Request, number: int) -> Response:
        ticket = ticket_for(self.user, number, to=MERGE)
        given = valid(NewMergeSerializer(data=request.data))
        target = self.named("into", given["into"], to=MERGE)
        sources = [ticket, *(self.named("also", each, to=MERGE) for each in given["also"])]
        ways = {name: given[name] for name in ("keep_highest", "across_clients")}
        merge_tickets(sources=sources, target=target, by=self.user, now=self.now, **ways)
        return self.tagged(TicketSerializer(ticket_for(self.user, target.number)).data)

    @call(
        "undo_merge",
        TAG,
        "The ticket goes its own way again",
        gives=TicketSerializer,
        told=TICKET,
    )
    @transaction.atomic
    def delete(self, request: Request, number: int) -> Response:
        ticket = self.unchanged(number, to=MERGE)
        if ticket.merged_into_id is None:
            raise NotMerged
        ticket_for(self.user, ticket.merged_into_id, to=MERGE)
        undo_merge(source=ticket, by=self.user, now=self.now)
        return self.tagged(TicketSerializer(ticket_for(self.user, number)).data)


class SplitView(TechnicianView):
    @call(
        "split_message",
        TAG,
        "Give a customer's message a ticket of its own",
        words="Held mail needs no `subject`: it is ticket and sender of its own. Merging back undoes it.",
        takes=SplitSerializer,
        asked={"subject": "The fax is dead, too", "email": "anna@acme.example"},
        gives=SplitOffSerializer,
        told={"number": 1290},
        status=201,
    )
    @once
    def post(self, request: Request, message: int) -> Response:
        found = message_for(self.user, message, to=EDIT)
        given = valid(SplitSerializer(data=request.data))
        who: dict[str, Any] = {"message": found, "by": self.user, "now": self.now}
        if found.is_held:
            new = split_off_held(ticket=found.ticket, **who)
        else:
            usual = {
                "subject": found.ticket.subject,
                "email": found.author_email or found.ticket.contact_email,
            }
            new = split_ticket(split=Split(**usual | given), **who)
        return Response(SplitOffSerializer(new).data, status=201)
