"""The tickets that somebody chose in a list, and what is offered for them."""

from collections.abc import Collection, Iterable, Mapping

from django.utils.translation import gettext as _

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Refused
from helpdesk.core.models import Team, User
from tickets.domain.bulk import MAX_TICKETS, ME, TEAM, Deed, Facts, Task
from tickets.domain.cursor import Cursor
from tickets.domain.filters import TicketFilters
from tickets.domain.priority import Priority
from tickets.domain.status import Status
from tickets.errors import TicketInvalid
from tickets.models import Ticket
from tickets.selectors.access import client_scope, tickets_visible_to
from tickets.selectors.finish import empty_fields, open_children
from tickets.selectors.lists import TicketList

EDIT = Permission.TICKETS_EDIT
_CHOICES: Mapping[Deed, Collection[str]] = {Deed.STATUS: list(Status), Deed.PRIORITY: list(Priority)}


def chosen_tickets(user: User, numbers: Iterable[int]) -> list[Ticket]:
    """Those that the user may see, in the order chosen, at most `MAX_TICKETS`: 2 queries."""
    order = {number: place for place, number in enumerate(dict.fromkeys(numbers))}
    wanted = list(order)[:MAX_TICKETS]
    rows = tickets_visible_to(user).filter(pk__in=wanted).select_related("client", "assignee", "team")
    return sorted(rows.prefetch_related("tags").order_by(), key=lambda ticket: order[ticket.pk])


def matching_tickets(user: User, filters: TicketFilters) -> list[Ticket]:
    """What a list shows on all of its pages, at most `MAX_TICKETS`, in its order."""
    return TicketList(user, filters).page(Cursor(), limit=MAX_TICKETS).tickets


def facts_of_chosen(user: User, tickets: Collection[Ticket]) -> list[Facts]:
    scope = client_scope(user, EDIT)
    own = {ticket.pk for ticket in tickets if scope is None or ticket.client_id in scope}
    empty = empty_fields(own)
    below = open_children(own, ending=own - empty.keys())
    return [
        Facts(
            number=ticket.pk,
            status=Status(ticket.status),
            priority=ticket.priority,
            assignee=str(ticket.assignee_id or "") or (f"{TEAM}{ticket.team_id}" if ticket.team_id else ""),
            client=ticket.client_id,
            tags=frozenset(tag.name.casefold() for tag in ticket.tags.all()),
            is_merged=ticket.merged_into_id is not None,
            may_edit=ticket.pk in own,
            open_children=below[ticket.pk],
            is_unfilled=ticket.pk in empty,
        )
        for ticket in tickets
    ]


def takers(clients: Collection[int | None]) -> list[User]:
    """Active technicians who may work for at least one of these clients, by name: 3 queries."""
    people = User.objects.filter(is_active=True).order_by("full_name", "id")
    return [
        person
        for person in people.prefetch_related("roles__scopes")
        for scope in [_works_for(person)]
        if scope is None or scope & set(clients)
    ]


def _works_for(person: User) -> set[int | None] | None:
    """None: everybody. Reads what is prefetched."""
    roles = [role for role in person.roles.all() if EDIT in role.given]
    if any(role.all_clients for role in roles):
        return None
    return {scope.client_id for role in roles for scope in role.scopes.all()}


def task_of(deed: Deed, value: str, by: User) -> Task:
    """What is to be done, checked. Raises `TicketInvalid` (field `value`), Refused to who merges nothing."""
    value = value.strip()
    if deed is Deed.MERGE and not _may_merge(by):
        raise Refused
    if deed is Deed.ASSIGN:
        return _assigning(str(by.pk) if value == ME else value)
    if (choices := _CHOICES.get(deed)) and value not in choices:
        raise TicketInvalid(fields={"value": _("Choose one from the list.")})
    task = Task(deed, value)
    if deed in {Deed.TAG, Deed.UNTAG} and not task.words:
        raise TicketInvalid(fields={"value": _("Write a word for the tag, for example “printer”.")})
    if deed is Deed.MERGE and not (value.isascii() and value.isdecimal() and len(value) < 19):
        raise TicketInvalid(fields={"value": _("Choose a ticket.")})
    return task


def _may_merge(user: User) -> bool:
    """Wherever they may work, too: a role of fewer clients counts on the page of one ticket alone."""
    scope = client_scope(user, Permission.TICKETS_MERGE)
    return scope is None or (bool(scope) and scope == client_scope(user, EDIT))


def _assigning(value: str) -> Task:
    pk = value.removeprefix(TEAM)
    is_number = pk.isascii() and pk.isdecimal() and len(pk) < 10
    if not value:
        return Task(Deed.ASSIGN)
    if is_number and value.startswith(TEAM) and Team.objects.filter(pk=pk).exists():
        return Task(Deed.ASSIGN, value)
    person = User.objects.filter(pk=pk, is_active=True).first() if is_number and pk == value else None
    if person is None:
        raise TicketInvalid(fields={"value": _("Choose one from the list.")})
    return Task(Deed.ASSIGN, value, client_scope(person, EDIT))
