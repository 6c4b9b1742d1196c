"""Checklist, sleep and links of a ticket, for programs: /api/v1/tickets/<number>/…"""

from typing import Any

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import call
from agents.api.door import asked_of, once, valid
from tickets.api.technician import EDIT, TechnicianView
from tickets.api.work_shapes import (
    ChecklistSerializer,
    ItemChangesSerializer,
    ItemSerializer,
    LinksSerializer,
    NewItemSerializer,
    NewLinkSerializer,
    NewSleepSerializer,
    SleepSerializer,
)
from tickets.domain.work import LinkRole
from tickets.errors import ItemNotFound
from tickets.models import ChecklistItem, Snooze, Ticket
from tickets.selectors.access import ticket_for
from tickets.selectors.beside import beside
from tickets.selectors.work import work_of
from tickets.services.work.checklist import add_item, move_item, remove_item, rename_item, tick_item
from tickets.services.work.links import link_tickets, unlink_tickets
from tickets.services.work.snooze import snooze_ticket, wake_ticket

TAG = "Beside a ticket"
_ITEM = {"id": 7, "text": "Order the toner", "place": 1, "done_at": None, "done_by": ""}
_SLEEP = {
    "until": "2026-12-01T08:00:00Z",
    "since": "2026-11-22T10:00:00Z",
    "by": {"id": 3, "name": "Ada Lovelace"},
}
_LINK = {"number": 1284, "role": "child", "subject": "Toner of the second floor", "status": "open"}


class ChecklistView(TechnicianView):
    @call(
        "read_checklist",
        TAG,
        "What is to be done, in its order",
        gives=ChecklistSerializer,
        told={"results": [_ITEM]},
    )
    def get(self, request: Request, number: int) -> Response:
        asked_of(request)
        rows = ticket_for(self.user, number).checklist.all()
        return Response(ChecklistSerializer({"results": rows}).data)

    @call(
        "add_item",
        TAG,
        "Add an item at the end of the checklist",
        takes=NewItemSerializer,
        asked={"text": "Order the toner"},
        gives=ItemSerializer,
        told=_ITEM,
        status=201,
    )
    @once
    def post(self, request: Request, number: int) -> Response:
        ticket = ticket_for(self.user, number, to=EDIT)
        given = valid(NewItemSerializer(data=request.data))
        return self.tagged(ItemSerializer(add_item(ticket=ticket, text=given["text"])).data, 201)


class ItemView(TechnicianView):
    @call("read_item", TAG, "One item of the checklist", gives=ItemSerializer, told=_ITEM)
    def get(self, request: Request, number: int, item: int) -> Response:
        return self.tagged(ItemSerializer(_item(ticket_for(self.user, number), item)).data)

    @call(
        "change_item",
        TAG,
        "Tick, rename or move an item",
        takes=ItemChangesSerializer,
        asked={"is_done": True},
        gives=ItemSerializer,
        told=_ITEM | {"done_at": "2026-11-22T10:00:00Z", "done_by": "Ada Lovelace"},
    )
    @transaction.atomic
    def patch(self, request: Request, number: int, item: int) -> Response:
        ticket = ticket_for(self.user, number, to=EDIT)
        self.hold(ticket.checklist.filter(pk=item))
        found = _item(ticket, item)
        given = valid(ItemChangesSerializer(data=request.data))
        self.check_unchanged(ItemSerializer(found).data)
        if "text" in given:
            rename_item(ticket=ticket, item=item, text=given["text"])
        if "position" in given:
            at = list(ticket.checklist.all()).index(found) + 1
            move_item(ticket=ticket, item=item, steps=given["position"] - at)
        if "is_done" in given:
            tick_item(ticket=ticket, item=item, is_done=given["is_done"], by=self.user, now=self.now)
        return self.tagged(ItemSerializer(_item(ticket, item)).data)

    @call("remove_item", TAG, "Take an item off the checklist")
    @transaction.atomic
    def delete(self, request: Request, number: int, item: int) -> Response:
        ticket = ticket_for(self.user, number, to=EDIT)
        self.hold(ticket.checklist.filter(pk=item))
        self.check_unchanged(ItemSerializer(_item(ticket, item)).data)
        remove_item(ticket=ticket, item=item)
        return Response(status=204)


class SnoozeView(TechnicianView):
    @call("read_snooze", TAG, "How long a ticket sleeps", gives=SleepSerializer, told=_SLEEP)
    def get(self, request: Request, number: int) -> Response:
        return self.tagged(SleepSerializer(_sleep(ticket_for(self.user, number))).data)

    @call(
        "snooze_ticket",
        TAG,
        "Send a ticket to sleep, or change until when",
        words="An answer of the customer always wakes it.",
        takes=NewSleepSerializer,
        asked={"until": "2026-12-01T08:00:00Z"},
        gives=SleepSerializer,
        told=_SLEEP,
    )
    def put(self, request: Request, number: int) -> Response:
        ticket = ticket_for(self.user, number, to=EDIT)
        until = valid(NewSleepSerializer(data=request.data))["until"]
        snooze_ticket(ticket=ticket, until=until, by=self.user, now=self.now)
        return self.tagged(SleepSerializer(_sleep(ticket)).data)

    @call("wake_ticket", TAG, "Wake a ticket; one that is awake stays so")
    @transaction.atomic
    def delete(self, request: Request, number: int) -> Response:
        ticket = ticket_for(self.user, number, to=EDIT)
        if request.headers.get("If-Match"):
            self.hold(Snooze.objects.filter(ticket=ticket))
            self.check_unchanged(SleepSerializer(_sleep(ticket)).data)
        wake_ticket(ticket=ticket, by=self.user, now=self.now)
        return Response(status=204)


class LinksView(TechnicianView):
    @call(
        "list_links",
        TAG,
        "Parent, children and related tickets that you may see",
        gives=LinksSerializer,
        told={"results": [_LINK]},
    )
    def get(self, request: Request, number: int) -> Response:
        asked_of(request)
        return self.tagged(_links_of(self, ticket_for(self.user, number)))

    @call(
        "link_tickets",
        TAG,
        "Link another ticket; the same again changes nothing",
        takes=NewLinkSerializer,
        asked={"number": 1284, "role": "child"},
        gives=LinksSerializer,
        told={"results": [_LINK]},
        status=201,
    )
    @once
    def post(self, request: Request, number: int) -> Response:
        ticket = ticket_for(self.user, number, to=EDIT)
        given = valid(NewLinkSerializer(data=request.data))
        other = self.named("number", given["number"])
        link_tickets(ticket=ticket, other=other, role=LinkRole(given["role"]), by=self.user, now=self.now)
        return self.tagged(_links_of(self, ticket), 201)


class LinkView(TechnicianView):
    @call("unlink_tickets", TAG, "Remove the link between two tickets")
    @transaction.atomic
    def delete(self, request: Request, number: int, other: int) -> Response:
        ticket, other_ticket = (ticket_for(self.user, each, to=EDIT) for each in (number, other))
        self.hold(Ticket.objects.filter(pk__in=[number, other]))
        self.check_unchanged(_links_of(self, ticket))
        if unlink_tickets(ticket=ticket, other=other_ticket, by=self.user, now=self.now) is None:
            raise ItemNotFound
        return Response(status=204)


def _links_of(view: TechnicianView, ticket: Ticket) -> Any:  # noqa: ANN401 - JSON
    return LinksSerializer({"results": work_of(beside(view.user, ticket), view.now).linked}).data


def _item(ticket: Ticket, item: int) -> ChecklistItem:
    found = ticket.checklist.filter(pk=item).first()
    if found is None:
        raise ItemNotFound
    return found


def _sleep(ticket: Ticket) -> Snooze:
    found = Snooze.objects.select_related("by").filter(ticket=ticket).first()
    if found is None:
        raise ItemNotFound
    return found
