"""The ticket list as a file for spreadsheets."""

from collections.abc import Iterator
from datetime import tzinfo

from django.core.exceptions import BadRequest
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.web import requires
from tickets.domain.csv_cells import BOM, csv_line
from tickets.domain.filters import NAMES, BadFilter, TicketFilters, read_filters
from tickets.selectors.export import export_rows
from tickets.services.figures.counting import catch_up
from tickets.services.note_export import note_export
from tickets.views.requests import Request


@requires(Permission.TICKETS_VIEW)
@require_POST
def export(request: Request) -> StreamingHttpResponse:
    """Everything that the list of this address shows, all pages of it, as CSV."""
    asked = {name: request.GET.getlist(name) for name in request.GET if name in NAMES}
    try:
        filters = read_filters(asked, me=request.user.pk, now=timezone.localtime())
    except BadFilter as problem:  # more than was asked for must not leave the house
        raise BadRequest(str(problem)) from problem
    if filters.counted:
        catch_up()
    now = timezone.now()
    note_export(asked=asked, by=request.user, now=now)
    zone = timezone.get_current_timezone()  # the answer is written when this request's clock is gone
    response = StreamingHttpResponse(_lines(request, filters, zone), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="tickets-{now:%Y-%m-%d}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _lines(request: Request, filters: TicketFilters, zone: tzinfo) -> Iterator[str]:
    yield BOM
    for row in export_rows(request.user, filters, zone=zone):
        yield csv_line(row)
