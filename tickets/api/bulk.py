"""One deed for many tickets, for programs: what it would do, doing it, taking it back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import call
from agents.api.door import StrictSerializer, once, valid
from helpdesk.core.models import User
from tickets.api.technician import TechnicianView, read_query
from tickets.domain.bulk import MAX_TICKETS, Deed, Outcome, Task, Why, outcome_of
from tickets.errors import ItemNotFound, TicketInvalid
from tickets.models import BulkRun, Ticket
from tickets.selectors.bulk import chosen_tickets, facts_of_chosen, matching_tickets, task_of
from tickets.services.bulk import do_to_many, undo_bulk
from tickets.services.merge_tickets import refuse

TAG = "Many tickets"
_ASKED = {"deed": "status", "value": "waiting", "numbers": [1284, 1285]}
_DONE = {"done": [1284], "left": [{"why": "same", "numbers": [1285]}], "is_cut": False}


class ManySerializer(StrictSerializer):
    deed = serializers.ChoiceField(list(Deed))
    value = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=500,
        help_text="A status, a priority, tags with commas, `me`, a user number, `team-3`, empty for nobody,"
        " the number to merge into.",
    )
    numbers = serializers.ListField(
        child=serializers.IntegerField(min_value=1), default=list, max_length=MAX_TICKETS
    )
    query = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=1000,
        help_text=f"Instead of numbers: the parameters of a list, at most {MAX_TICKETS} of its tickets.",
    )
    keep_highest = serializers.BooleanField(default=False, help_text="Of a merge: the highest priority.")
    across_clients = serializers.BooleanField(default=False, help_text="Of a merge: other clients, too.")


class LeftSerializer(serializers.Serializer[Any]):
    why = serializers.ChoiceField(list(Why))
    numbers = serializers.ListField(child=serializers.IntegerField())


class OutcomeSerializer(serializers.Serializer[Any]):
    done = serializers.ListField(child=serializers.IntegerField())
    left = LeftSerializer(many=True)
    is_cut = serializers.BooleanField(help_text=f"The query has more than {MAX_TICKETS}: call it again.")


class ManyDoneSerializer(OutcomeSerializer):
    run = serializers.IntegerField(allow_null=True, help_text="POST bulk/<run>/undo/ takes it back.")


class ManyUndoneSerializer(serializers.Serializer[Any]):
    as_before = serializers.IntegerField()
    changed_since = serializers.IntegerField(help_text="These stay as they are.")


class BulkPreviewView(TechnicianView):
    @call(
        "preview_bulk",
        TAG,
        "What a deed would do to these tickets, and which it leaves",
        takes=ManySerializer,
        asked=_ASKED,
        gives=OutcomeSerializer,
        told=_DONE,
    )
    def post(self, request: Request) -> Response:
        task, tickets, given = self.asked(request)
        outcome = outcome_of(task, facts_of_chosen(self.user, tickets))
        if task.deed is Deed.MERGE:
            target = self.named("value", int(task.value))
            for ticket in tickets:
                if ticket.pk in outcome.done:
                    refuse(ticket, target, across_clients=given["across_clients"])
        return Response(OutcomeSerializer(_plain(outcome, given, tickets)).data)

    def asked(self, request: Request) -> tuple[Task, list[Ticket], Mapping[str, Any]]:
        given = valid(ManySerializer(data=request.data))
        tickets = _chosen(self.user, given, self)
        return task_of(Deed(given["deed"]), given["value"], self.user), tickets, given


class BulkView(BulkPreviewView):
    @call(
        "do_to_many",
        TAG,
        "Do it to each of these tickets",
        words="Each by itself, at most 500; merging is all or none.",
        takes=ManySerializer,
        asked=_ASKED,
        gives=ManyDoneSerializer,
        told=_DONE | {"run": 5},
    )
    @once
    def post(self, request: Request) -> Response:
        task, tickets, given = self.asked(request)
        if task.deed is Deed.MERGE:
            self.named("value", int(task.value))
        ways = {name: given[name] for name in ("keep_highest", "across_clients")}
        numbers = [ticket.pk for ticket in tickets]
        done = do_to_many(task=task, numbers=numbers, by=self.user, now=self.now, **ways)
        run = done.run.pk if done.run else None
        return Response(ManyDoneSerializer({**_plain(done.outcome, given, tickets), "run": run}).data)


class UndoBulkView(TechnicianView):
    @call(
        "undo_bulk",
        TAG,
        "Take one's own deed back, within ten minutes",
        gives=ManyUndoneSerializer,
        told={"as_before": 1, "changed_since": 0},
    )
    @once
    def post(self, request: Request, run: int) -> Response:
        found = BulkRun.objects.filter(by=self.user, pk=run).first()
        if found is None:
            raise ItemNotFound
        as_before, left = undo_bulk(run=found, now=self.now)
        return Response(ManyUndoneSerializer({"as_before": as_before, "changed_since": left}).data)


def _chosen(user: User, given: Mapping[str, Any], view: TechnicianView) -> list[Ticket]:
    numbers: Iterable[int] = given["numbers"]
    if bool(numbers) == bool(given["query"]):
        raise TicketInvalid(fields={"numbers": _("Name the tickets, or a list by its query.")})
    if numbers:
        return chosen_tickets(user, numbers)
    return matching_tickets(user, read_query(given["query"], user, view.now))


def _plain(outcome: Outcome, given: Mapping[str, Any], tickets: Sequence[Ticket]) -> dict[str, Any]:
    left = [{"why": why.value, "numbers": numbers} for why, numbers in outcome.left.items()]
    is_cut = bool(given["query"]) and len(tickets) == MAX_TICKETS
    return {"done": outcome.done, "left": left, "is_cut": is_cut}
