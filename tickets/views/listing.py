"""The ticket list and its preview panel."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from helpdesk.core.web import requires
from tickets.domain.columns import USUAL, ListColumn, chosen_columns
from tickets.domain.counts import Count, QuickCounts
from tickets.domain.cursor import LAST, BadCursor, Cursor, decode
from tickets.domain.filters import ANY, BadFilter, TicketFilters, read_filters
from tickets.domain.priority import Priority
from tickets.domain.status import UNFINISHED, Status
from tickets.models import Ticket
from tickets.models.labels import PRIORITY_CHOICES, RATING_CHOICES, STATUS_CHOICES
from tickets.selectors.clocks import due_column
from tickets.selectors.dues import Due, dues_of
from tickets.selectors.frame import frame_of
from tickets.selectors.lists import TicketList
from tickets.selectors.page import ticket_sheet
from tickets.selectors.search import SearchShown
from tickets.services.figures.counting import catch_up
from tickets.views.addresses import PAGE, ListAddress, Pill, QuickFilter
from tickets.views.columns import Choice, Column, column_choices, head_of, order_choices, order_words
from tickets.views.counted_pills import counted_pills
from tickets.views.requests import Request
from tickets.views.row_pills import row_pills
from tickets.views.search_shown import search_shown

STATUS_ICONS = {
    Status.OPEN: "st-open",
    Status.PROCESSING: "st-proc",
    Status.WAITING: "st-wait",
    Status.RESOLVED: "st-done",
    Status.CLOSED: "st-idle",
}
#: Quick filters stay few: the low priorities and the closed tickets are found by sorting and searching.
SHOWN_PRIORITIES = (Priority.URGENT, Priority.HIGH)
LATEST = 3


@dataclass(frozen=True, slots=True)
class ListPage:
    """What `tickets/list.html` and its fragments show."""

    title: str
    caption: str
    filters: TicketFilters
    rows: list[Ticket]
    quick_filters: list[list[QuickFilter]]
    columns: list[Column]
    pills: list[Pill]
    url: str
    is_filtered: bool
    kept_by_search: list[tuple[str, str]]
    pages: dict[str, str] = field(default_factory=dict)
    wider_url: str = ""
    export_url: str = ""
    save_url: str = ""
    builder_url: str = ""
    #: The query string of this very page, to come back to it.
    here: str = ""
    total: Count | None = None
    may_edit: bool = False
    shown: frozenset[ListColumn] = USUAL
    column_choices: list[Choice] = field(default_factory=list)
    order_choices: list[Choice] = field(default_factory=list)
    order: str | Promise = ""
    has_preview: bool = True
    #: Rows that stand on top because a promise was broken, and what is due next in each row.
    lifted: set[int] = field(default_factory=set)
    search: SearchShown | None = None
    dues: Mapping[int, Due] = field(default_factory=dict)


@requires(Permission.TICKETS_VIEW)
@require_safe
def tickets(request: Request) -> HttpResponse:
    """All tickets that match the address; with htmx only the rows, and the filters beside them."""
    user = request.user
    params = {name: request.GET.getlist(name) for name in request.GET}
    try:
        filters = read_filters(params, me=user.pk, now=timezone.now())
        cursor = decode(request.GET.get(PAGE, ""))
    except (BadFilter, BadCursor):
        # An address from an old bookmark or a typing slip shows the plain list instead of an error.
        params, cursor = {}, Cursor()
        filters = read_filters(params, me=user.pk)
    if filters.counted:
        catch_up()
    page = _list_page(user, ListAddress(params), filters, cursor)
    is_fragment = bool(request.htmx) and not request.htmx.history_restore_request
    response = render(
        request,
        "tickets/_list.html" if is_fragment else "tickets/list.html",
        {"page": page, "nav": "tickets"},
    )
    response["Vary"] = "HX-Request"
    return response


@requires(Permission.TICKETS_VIEW)
@require_safe
def peek(request: Request, number: int) -> HttpResponse:
    """The preview beside the list: facts and the latest messages."""
    user = request.user
    sheet = ticket_sheet(user, number)
    spoken = [entry for entry in sheet.entries if entry.kind != "activity"]
    context = {
        "sheet": sheet,
        "ticket": sheet.ticket,
        "latest": spoken[::-1][:LATEST],
        "dues": dues_of(sheet.ticket, timezone.now()),
        "may_edit": user.may(Permission.TICKETS_EDIT),
    }
    return render(request, "tickets/_peek.html", context)


def _list_page(user: User, address: ListAddress, filters: TicketFilters, cursor: Cursor) -> ListPage:
    look = frame_of(user).look
    shown = chosen_columns(look.columns.split(","))
    listed = TicketList(user, filters)
    found = listed.page(
        cursor,
        with_tags=ListColumn.TAGS in shown,
        with_excerpts=ListColumn.DESCRIPTION in shown,
        with_counts=True,
    )
    counts = listed.counts()
    due = due_column(listed, found, timezone.now())
    lifted = {ticket.pk for ticket in due.lifted}
    title = _title(filters)
    pages = {
        "first": address.to() if found.previous else "",
        "previous": address.to(page=found.previous.encode()) if found.previous else "",
        "next": address.to(page=found.next.encode()) if found.next else "",
        "last": address.to(page=LAST) if found.next else "",
    }
    return ListPage(
        title=title,
        caption=gettext("%(title)s, %(count)s in all") % {"title": title, "count": counts.total},
        filters=filters,
        rows=[*due.lifted, *(ticket for ticket in found.tickets if ticket.pk not in lifted)],
        lifted=lifted,
        dues=due.by_ticket,
        search=search_shown(listed, found.tickets),
        quick_filters=_quick_filters(address, filters, counts),
        columns=head_of(address, filters.sort, shown),
        shown=shown,
        column_choices=column_choices(shown),
        order_choices=order_choices(address, filters.sort),
        order=order_words(filters.sort),
        has_preview=look.has_preview,
        pills=_pills(address, filters, found.tickets, user),
        url=address.to(page=cursor.encode()),
        is_filtered=bool(address.pairs(["sort"])),
        kept_by_search=address.pairs(["q"]),
        pages=pages,
        export_url=address.to_export(),
        builder_url=reverse("tickets:filter") + (f"?{address.query}" if address.query else ""),
        save_url=reverse("tickets:new-view") + (f"?{address.query}" if address.query else ""),
        here=address.to(page=cursor.encode()).partition("?")[2],
        total=counts.total,
        may_edit=user.may(Permission.TICKETS_EDIT),
        wider_url=address.to(status=ANY) if filters.query and filters.statuses else "",
    )


def _title(filters: TicketFilters) -> str:
    if filters.query:
        return gettext("Search results")
    if len(filters.statuses) == 1:
        status = dict(STATUS_CHOICES)[next(iter(filters.statuses)).value]
        return gettext("Tickets: %(status)s") % {"status": status}
    return gettext("All open tickets") if filters.statuses == UNFINISHED else gettext("Tickets")


def _quick_filters(
    address: ListAddress, filters: TicketFilters, counts: QuickCounts
) -> list[list[QuickFilter]]:
    """A second click on a filter takes it off again."""
    statuses = []
    for value, label in STATUS_CHOICES:
        status = Status(value)
        is_active = filters.statuses == {status}
        url = address.to(status="" if is_active else value)
        statuses.append(QuickFilter(label, STATUS_ICONS[status], counts.status[status], url, is_active))
    priorities = []
    for priority in SHOWN_PRIORITIES:
        is_active = filters.priorities == {priority}
        url = address.to(priority="" if is_active else priority.value)
        label = dict(PRIORITY_CHOICES)[priority.value]
        priorities.append(QuickFilter(label, f"pr-{priority}", counts.priority[priority], url, is_active))
    return [statuses, priorities]


def _pills(address: ListAddress, filters: TicketFilters, rows: list[Ticket], user: User) -> list[Pill]:
    """Filters that no quick filter shows. Names come from the rows: an empty list needs none."""
    row = rows[0] if rows else None
    pills = [*counted_pills(address, filters), *row_pills(address, filters, user)]
    if filters.client:
        pills.append(
            Pill(row.client.name if row and row.client else gettext("One client"), address.to(client=""))
        )
    if filters.device:
        pills.append(
            Pill(row.device.name if row and row.device else gettext("One device"), address.to(device=""))
        )
    if filters.contact:
        pills.append(
            Pill((row.contact_name if row else "") or gettext("One contact"), address.to(contact=""))
        )
    if filters.tag:
        pills.append(Pill(filters.tag, address.to(tag="")))
    if filters.is_late:
        pills.append(Pill(gettext("Overdue"), address.to(due="")))
    if filters.is_held:
        pills.append(Pill(gettext("Held mail"), address.to(held="")))
    if filters.rating:
        rating = dict(RATING_CHOICES)[filters.rating.value]
        pills.append(Pill(gettext("Rated: %(rating)s") % {"rating": rating}, address.to(rating="")))
    return pills
