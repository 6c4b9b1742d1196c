"""Canned replies on a ticket, for programs: filled in, carried out, taken back."""

from typing import Any

from django.db import transaction
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import call
from agents.api.door import StrictSerializer, once, valid
from tickets.api.examples import TICKET
from tickets.api.shapes import TicketSerializer
from tickets.api.technician import EDIT, TechnicianView
from tickets.domain.macros import read_macro_actions
from tickets.domain.rule_json import BadRule
from tickets.domain.rule_letters import fill
from tickets.domain.rules import Action
from tickets.errors import ItemNotFound
from tickets.models import Macro, MacroRun
from tickets.selectors.access import ticket_for
from tickets.selectors.macros import macros_for
from tickets.selectors.placeholders import customer_language, placeholder_values
from tickets.services.macros.carry_out import carry_out
from tickets.services.undo_reply import undo_run

TAG = "Canned replies"


class FilledMacroSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    text = serializers.CharField(help_text="With the facts of this ticket; send it with `messages/`.")
    written_as = serializers.CharField(help_text="`reply`, `note`, or empty for either.")
    actions = serializers.ListField(child=serializers.DictField())


class RunSerializer(StrictSerializer):
    anyway = serializers.BooleanField(
        default=False, help_text="Finish it although tickets below it are still open."
    )


class RunAnswerSerializer(serializers.Serializer[Any]):
    run = serializers.IntegerField(help_text="DELETE macro-runs/<run>/ takes it back within a minute.")
    ticket = TicketSerializer()


class TicketMacroView(TechnicianView):
    """What the composer offers to this person on this ticket."""

    reads = EDIT

    @call(
        "fill_macro",
        TAG,
        "A canned reply, filled in for this ticket",
        gives=FilledMacroSerializer,
        told={
            "id": 4,
            "name": "Restart",
            "text": "Hello Anna Berg, please restart it.",
            "written_as": "reply",
            "actions": [{"do": "set_status", "value": "waiting"}],
        },
    )
    def get(self, request: Request, number: int, macro: int) -> Response:
        ticket = ticket_for(self.user, number, to=EDIT)
        found = self._macro(macro)
        values = placeholder_values(ticket, self.user, language=customer_language(ticket))
        facts = {name: getattr(found, name) for name in ("id", "name", "written_as", "actions")}
        return Response(FilledMacroSerializer({**facts, "text": fill(found.text, values)}).data)

    @call(
        "run_macro",
        TAG,
        "Do what a canned reply does, all or nothing",
        words="Its text is not sent: read it, then write a message.",
        takes=RunSerializer,
        asked={},
        gives=RunAnswerSerializer,
        told={"run": 8, "ticket": TICKET | {"status": "waiting"}},
    )
    @once
    def post(self, request: Request, number: int, macro: int) -> Response:
        ticket = ticket_for(self.user, number, to=EDIT)
        found, given = self._macro(macro), valid(RunSerializer(data=request.data))
        done = carry_out(
            ticket=ticket, actions=_actions(found), macros=[found.pk], by=self.user, now=self.now, **given
        )
        ticket = ticket_for(self.user, number)
        return Response(RunAnswerSerializer({"run": done.pk, "ticket": ticket}).data)

    def _macro(self, macro: int) -> Macro:
        found = macros_for(self.user).filter(pk=macro).first()
        if found is None:
            raise ItemNotFound
        return found


class MacroRunView(TechnicianView):
    @call("undo_macro", TAG, "Take back what a canned reply did; what somebody changed since stays")
    @transaction.atomic
    def delete(self, request: Request, number: int, run: int) -> Response:
        ticket = self.unchanged(number)
        found = MacroRun.objects.filter(pk=run, ticket=ticket, by=self.user).first()
        if found is None:
            raise ItemNotFound
        undo_run(run=found, now=self.now)
        return Response(status=204)


def _actions(macro: Macro) -> tuple[Action, ...]:
    """What was written past the services does nothing."""
    try:
        return read_macro_actions(macro.actions)
    except BadRule:
        return ()
