"""What a ticket's page tells besides: the customer's rating, and which rules looked at it."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import call, rows_of
from agents.api.door import asked_of
from tickets.api.technician import FILTERS, TechnicianView, read_list
from tickets.domain.counts import CAP
from tickets.domain.rule_run import Outcome
from tickets.domain.survey import Rating
from tickets.selectors.access import ticket_for
from tickets.selectors.lists import TicketList
from tickets.selectors.rule_traces import rule_traces

_SURVEY = {
    "email": "anna@acme.example",
    "asked_at": "2026-11-22T10:00:00Z",
    "rating": "happy",
    "comment": "Quick!",
    "answered_at": "2026-11-22T12:00:00Z",
}
_LINE = {
    "rule": 3,
    "name": "Printers to Bob",
    "version": 2,
    "outcome": "matched",
    "decided": {"field": "subject", "op": "contains", "value": "printer"},
    "found": "Printer jams",
    "did": [{"do": "assign_user", "value": "4"}],
    "left": [],
}


class SurveySerializer(serializers.Serializer[Any]):
    email = serializers.CharField(help_text="Who was asked.")
    asked_at = serializers.DateTimeField()
    rating = serializers.ChoiceField([*Rating, ""], help_text="Empty: not answered yet.")
    comment = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)


class TraceLineSerializer(serializers.Serializer[Any]):
    rule = serializers.IntegerField()
    name = serializers.CharField()
    version = serializers.IntegerField()
    outcome = serializers.ChoiceField(list(Outcome))
    decided = serializers.DictField(allow_null=True, default=None, help_text="The condition that settled it.")
    found = serializers.CharField(default="", help_text="What the ticket held.")
    did = serializers.ListField(child=serializers.DictField(), default=list)
    left = serializers.ListField(
        child=serializers.DictField(), default=list, help_text="What was not done, with the reason."
    )


class TraceSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    trigger = serializers.CharField()
    lines = TraceLineSerializer(many=True)


class CountSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(help_text=f"Counted up to {CAP}.")
    is_more = serializers.BooleanField(help_text="There are more than that.")


SurveysSerializer = rows_of("Surveys", SurveySerializer)
TracesSerializer = rows_of("Traces", TraceSerializer)


class CountView(TechnicianView):
    @call(
        "count_tickets",
        "Tickets",
        "How many tickets a list has",
        words="Takes the parameters of the list, but `sort` and `cursor`.",
        parameters=FILTERS,
        gives=CountSerializer,
        told={"count": 12, "is_more": False},
    )
    def get(self, request: Request) -> Response:
        filters = read_list(dict(request.query_params.lists()), self.user, self.now)
        size = TicketList(self.user, filters).size()
        return Response({"count": int(size), "is_more": size.is_capped})


class RatingsView(TechnicianView):
    @call(
        "list_ratings",
        "Tickets",
        "What the customer was asked and said, newest first",
        gives=SurveysSerializer,
        told={"results": [_SURVEY]},
    )
    def get(self, request: Request, number: int) -> Response:
        asked_of(request)
        rows = ticket_for(self.user, number).surveys.order_by("-id")[:50]
        return Response(SurveysSerializer({"results": rows}).data)


class TraceView(TechnicianView):
    @call(
        "read_rule_trace",
        "Tickets",
        "The last runs of the rules over a ticket, newest first",
        gives=TracesSerializer,
        told={"results": [{"at": "2026-11-22T10:00:00Z", "trigger": "ticket-created", "lines": [_LINE]}]},
    )
    def get(self, request: Request, number: int) -> Response:
        asked_of(request)
        runs = rule_traces(ticket_for(self.user, number))
        return Response(TracesSerializer({"results": runs}).data)
