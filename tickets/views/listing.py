"""The ticket list and its preview panel."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

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
from tickets.domain.columns import ListColumn, chosen_columns
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
from tickets.views.addresses import PAGE, VIEW_NAMES, ListAddress, Pill, QuickFilter, safe_query
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
    """What `tickets/list.html` and its fragments show. What follows from the keys is only worked out where
    it is drawn.
    """

    title: str
    caption: str
    address: ListAddress
    filters: TicketFilters
    url: str
    rows: list[Ticket]
    counts: QuickCounts
    pills: list[Pill]
    pages: dict[str, str]
    shown: frozenset[ListColumn]
    may_edit: bool
    has_preview: bool
    #: Rows that stand on top because a promise was broken, and what is due next in each row.
    lifted: set[int]
    dues: Mapping[int, Due]
    search: SearchShown | None

    @property
    def total(self) -> Count:
        return self.counts.total

    @property
    def is_filtered(self) -> bool:
        return bool(self.address.pairs(["sort"]))

    @property
    def kept_by_search(self) -> list[tuple[str, str]]:
        return self.address.pairs(["q"])

    @property
    def here(self) -> str:
        """The query string of this very page, to come back to it."""
        return self.url.partition("?")[2]

    @property
    def wider_url(self) -> str:
        return self.address.to(status=ANY) if self.filters.query and self.filters.statuses else ""

    # --- the head of the table

    @property
    def head_key(self) -> Hashable:
        return tuple(self.address.pairs()), self.shown, self.may_edit

    @property
    def columns(self) -> list[Column]:
        return head_of(self.address, self.filters.sort, self.shown)

    # --- the bar above it

    @property
    def filters_key(self) -> Hashable:
        counts = (*self.counts.status.values(), *self.counts.priority.values())
        pills = tuple((str(pill.label), pill.url) for pill in self.pills)
        return tuple(self.address.pairs()), tuple(count.value for count in counts), pills

    @property
    def quick_filters(self) -> list[list[QuickFilter]]:
        return _quick_filters(self.address, self.filters, self.counts)

    @property
    def order(self) -> str | Promise:
        return order_words(self.filters.sort)

    @property
    def order_choices(self) -> list[Choice]:
        return order_choices(self.address, self.filters.sort)

    @property
    def builder_url(self) -> str:
        return reverse("tickets:filter") + (f"?{query}" if (query := self.address.query) else "")

    @property
    def save_url(self) -> str:
        return reverse("tickets:new-view") + (f"?{query}" if (query := self.address.query) else "")

    # --- the tools beside the title

    @property
    def tools_key(self) -> Hashable:
        return self.here, self.shown, self.has_preview, bool(self.rows)

    @property
    def export_url(self) -> str:
        return self.address.to_export()

    @property
    def column_choices(self) -> list[Choice]:
        return column_choices(self.shown)


@requires(Permission.TICKETS_VIEW)
@require_safe
def tickets(request: Request) -> HttpResponse:
    """All tickets that match the address; with htmx only the rows, and the filters beside them."""
    user = request.user
    params = {name: request.GET.getlist(name) for name in request.GET}
    try:
        filters = read_filters(params, me=user.pk, now=timezone.localtime())
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
    due = due_column(listed, found, timezone.now())
    lifted = {ticket.pk for ticket in due.lifted}
    title, counts = _view_name(user, address.query) or _title(filters), listed.counts()
    pages = {
        "first": address.to() if found.previous else "",
        "previous": address.to(page=found.previous.encode()) if found.previous else "",
        "next": address.to(page=found.next.encode()) if found.next else "",
        "last": address.to(page=LAST) if found.next else "",
    }
    return ListPage(
        title=title,
        caption=gettext("%(title)s, %(count)s in all") % {"title": title, "count": counts.total},
        address=address,
        filters=filters,
        url=address.to(page=cursor.encode()),
        rows=[*due.lifted, *(ticket for ticket in found.tickets if ticket.pk not in lifted)],
        counts=counts,
        pills=_pills(address, filters, found.tickets, user),
        pages=pages,
        shown=shown,
        may_edit=user.may(Permission.TICKETS_EDIT),
        has_preview=look.has_preview,
        lifted=lifted,
        dues=due.by_ticket,
        search=search_shown(listed, found.tickets),
    )


def _view_name(user: User, here: str) -> str:
    """What the list of this address is called at the side; "" where it does not stand there."""
    if not here:
        return ""
    saved = (name for _kind, _pk, name, query, *_ in frame_of(user).views if _is_here(query, here))
    return str(VIEW_NAMES.get(here, "")) or next(saved, "")


def _is_here(query: str, here: str) -> bool:
    return safe_query(query, with_page=False) == here


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
