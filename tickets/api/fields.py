"""Values of the fields that the desk added, of a ticket: /api/v1/tickets/<number>/fields/."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import call
from agents.api.fields import FILLED, TAG, FilledFieldsSerializer, ValuesSerializer, fill, typed_values
from tickets.api.technician import EDIT, TechnicianView
from tickets.models import Ticket
from tickets.selectors.access import ticket_for
from tickets.selectors.beside import beside
from tickets.selectors.work import work_of
from tickets.services.work.fields import fill_ticket


class TicketFieldsView(TechnicianView):
    @call("read_ticket_fields", TAG, "Own fields of a ticket", gives=FilledFieldsSerializer, told=FILLED)
    def get(self, request: Request, number: int) -> Response:
        return self.tagged(self._filled(ticket_for(self.user, number)))

    @call(
        "fill_ticket",
        TAG,
        "Fill in own fields of a ticket",
        takes=ValuesSerializer,
        asked={"values": {"room": "2.14"}},
        gives=FilledFieldsSerializer,
        told=FILLED,
    )
    @transaction.atomic
    def patch(self, request: Request, number: int) -> Response:
        ticket = ticket_for(self.user, number, to=EDIT)
        self.hold(Ticket.objects.filter(pk=number))
        filled = self._filled(ticket)
        values = typed_values(request.data, [row["key"] for row in filled["results"]])
        self.check_unchanged(filled)
        fill(fill_ticket, values, ticket=ticket, by=self.user, now=self.now)
        return self.tagged(self._filled(ticket))

    def _filled(self, ticket: Ticket) -> Mapping[str, Any]:
        rows = work_of(beside(self.user, ticket), self.now).fields
        return FilledFieldsSerializer({"results": rows}).data
