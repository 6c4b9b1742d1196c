"""What is to be done on a ticket, item by item."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.core.models import User
from tickets.domain.text import clean_subject
from tickets.domain.work import MAX_ITEM_LENGTH, MAX_ITEMS
from tickets.errors import ItemNotFound, TicketInvalid
from tickets.models import ChecklistItem, Ticket
from tickets.services.work.common import must_be_open, note, tell


def add_item(*, ticket: Ticket, text: str, place: int | None = None) -> ChecklistItem:
    """At the end, or where `place` says. Raises `TicketInvalid` (field `item`), `TicketClosed`."""
    must_be_open(ticket)
    text = _checked(text)
    with transaction.atomic():
        places = list(ChecklistItem.objects.filter(ticket=ticket).values_list("place", flat=True))
        if len(places) >= MAX_ITEMS:
            rule = _("A checklist has at most %(count)s items. Delete one first.")
            raise TicketInvalid(fields={"item": rule % {"count": MAX_ITEMS}})
        if place is None:
            place = max(places, default=0) + 1
        item = ChecklistItem.objects.create(ticket=ticket, text=text, place=place)
        tell(ticket)
    return item


def rename_item(*, ticket: Ticket, item: int, text: str) -> None:
    """Raises `TicketInvalid` (field `item`), `TicketClosed`, `ItemNotFound`."""
    must_be_open(ticket)
    text = _checked(text)
    with transaction.atomic():
        ChecklistItem.objects.filter(pk=_item(ticket, item).pk).update(text=text)
        tell(ticket)


@transaction.atomic
def tick_item(*, ticket: Ticket, item: int, is_done: bool, by: User, now: datetime) -> None:
    """The first tick is the one that counts; the same again changes nothing. Raises `ItemNotFound`,
    `TicketClosed`.
    """
    must_be_open(ticket)
    found = _item(ticket, item)
    rows = ChecklistItem.objects.filter(pk=found.pk, done_at__isnull=is_done).update(
        done_at=now if is_done else None, done_by=by.full_name if is_done else ""
    )
    if rows == 1:
        note(ticket, by, now, "ticked" if is_done else "unticked", after=found.text)


@transaction.atomic
def move_item(*, ticket: Ticket, item: int, steps: int) -> None:
    """Up with -1, down with 1; beyond the ends nothing happens. Raises `ItemNotFound`, `TicketClosed`."""
    must_be_open(ticket)
    found = _item(ticket, item)
    items = list(ChecklistItem.objects.filter(ticket=ticket))
    at = items.index(found)
    items.insert(min(max(at + steps, 0), len(items) - 1), items.pop(at))
    for place, each in enumerate(items, 1):
        each.place = place
    ChecklistItem.objects.bulk_update(items, ["place"])
    tell(ticket)


@transaction.atomic
def remove_item(*, ticket: Ticket, item: int) -> ChecklistItem:
    """Gives what is needed to add it again at its place. Raises `ItemNotFound`, `TicketClosed`."""
    must_be_open(ticket)
    found = _item(ticket, item)
    ChecklistItem.objects.filter(pk=found.pk).delete()
    tell(ticket)
    return found


def _checked(text: str) -> str:
    text = clean_subject(text)
    if not 1 <= len(text) <= MAX_ITEM_LENGTH:
        rule = _("Write what is to be done, in at most %(count)s characters.")
        raise TicketInvalid(fields={"item": rule % {"count": MAX_ITEM_LENGTH}})
    return text


def _item(ticket: Ticket, item: int) -> ChecklistItem:
    found = ChecklistItem.objects.filter(ticket=ticket, pk=item).first()
    if found is None:
        raise ItemNotFound
    return found
