"""Saved views: keep a list under a name, put the names in order, take them away and back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.web import requires
from tickets.domain.columns import FIXED, ListColumn, chosen_columns
from tickets.domain.counts import CAP, Count
from tickets.domain.filters import BadFilter
from tickets.forms.view import ViewForm
from tickets.models import SavedView
from tickets.selectors.drafts import drafts_of
from tickets.selectors.lists import TicketList
from tickets.selectors.views import may_change_view, views_visible_to
from tickets.services.views import delete_view, keep_look, move_view, restore_view, save_view
from tickets.views.addresses import STANDARD_VIEWS, filters_of, list_address, safe_query
from tickets.views.requests import Request

VIEW = Permission.TICKETS_VIEW
#: More lists than this are not counted at once.
COUNTED = 30


@requires(VIEW)
@require_safe
def views(request: Request) -> HttpResponse:
    """All that the user sees, in their order."""
    rows = list(views_visible_to(request.user).filter(deleted_at=None))
    circles: dict[tuple[int | None, int | None], list[int]] = {}
    for view in rows:
        circles.setdefault((view.owner_id, view.team_id), []).append(view.pk)
    shown = [
        {
            "view": view,
            "url": list_address(view.query),
            "may_change": may_change_view(request.user, view),
            "is_first": circles[view.owner_id, view.team_id][0] == view.pk,
            "is_last": circles[view.owner_id, view.team_id][-1] == view.pk,
        }
        for view in rows
    ]
    return render(request, "tickets/views/list.html", {"rows": shown, "nav": "tickets"})


@requires(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """The list of this address gets a name."""
    return _edit(request, None, safe_query(request.GET.urlencode(), with_page=False))


@requires(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, view: int) -> HttpResponse:
    """Another name, colour or circle; with `query` in the address also another list."""
    found = _view(request, view)
    if not may_change_view(request.user, found):
        raise Http404
    return _edit(request, found, found.query)


def _view(request: Request, pk: int) -> SavedView:
    return get_object_or_404(views_visible_to(request.user), pk=pk)


def _edit(request: Request, found: SavedView | None, query: str) -> HttpResponse:
    form = ViewForm(request.POST or None, user=request.user, view=found)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                kept = save_view(view=found, draft=form.draft(query), by=request.user, now=timezone.now())
            except DeskbellError as error:
                for text in (error.fields or {"": str(error)}).values():
                    form.add_error("name", text)
            else:
                messages.success(request, _("“%(name)s” is kept. It stands at the side.") % {"name": kept})
                return _to(request, list_address(kept.query))
    context: dict[str, Any] = {"form": form, "view": found, "query": query, "nav": "tickets"}
    template = "tickets/views/_dialog.html" if request.htmx else "tickets/views/edit.html"
    return render(request, template, context, status=200 if request.htmx else status)


def _to(request: Request, url: str) -> HttpResponse:
    if not request.htmx:
        return redirect(url)
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = url
    return answer


@requires(VIEW)
@require_POST
def move(request: Request, view: int) -> HttpResponse:
    return _deed(request, view, "move")


@requires(VIEW)
@require_POST
def delete(request: Request, view: int) -> HttpResponse:
    return _deed(request, view, "delete")


@requires(VIEW)
@require_POST
def restore(request: Request, view: int) -> HttpResponse:
    return _deed(request, view, "restore")


def _deed(request: Request, pk: int, deed: str) -> HttpResponse:
    found, by = _view(request, pk), request.user
    try:
        if deed == "move":
            move_view(view=found, by=by, up=request.POST.get("to") == "up")
        elif deed == "delete":
            delete_view(view=found, by=by, now=timezone.now())
            messages.success(
                request, render_to_string("tickets/views/_deleted.html", {"view": found}, request)
            )
        else:
            restore_view(view=found, by=by, now=timezone.now())
            messages.success(request, _("“%(name)s” is back.") % {"name": found.name})
    except DeskbellError as error:
        messages.error(request, str(error))
    return redirect("tickets:views")


@requires(VIEW)
@require_safe
def counts(request: Request) -> HttpResponse:
    """How many tickets stand behind each view at the side, capped; asked for after the page is there."""
    kept = views_visible_to(request.user).filter(deleted_at=None)[:COUNTED]
    lists = [*STANDARD_VIEWS.items(), *((str(view.pk), view.query) for view in kept)]
    shown = [(key, found) for key, query in lists if (found := _count(request, query)) is not None]
    if request.user.may(Permission.TICKETS_EDIT):
        drafts = drafts_of(request.user).filter(thrown_at=None).order_by()[: CAP + 1].count()
        shown.append(("drafts", Count(drafts)))
    return render(request, "tickets/views/_counts.html", {"counts": shown})


def _count(request: Request, query: str) -> object:
    params = QueryDict(query)
    try:
        filters = filters_of(request, params, now=timezone.localtime())
    except BadFilter:
        return None
    return TicketList(request.user, filters).size()


@requires(VIEW)
@require_POST
def look(request: Request) -> HttpResponse:
    """The columns of the list, or the preview beside it: remembered for this person."""
    if "columns" in request.POST:
        columns = chosen_columns(request.POST.getlist("column")) if "column" in request.POST else FIXED
        usual = request.POST["columns"] == "usual"
        keep_look(by=request.user, columns=[] if usual else [one for one in ListColumn if one in columns])
    if "preview" in request.POST:
        keep_look(by=request.user, has_preview=request.POST["preview"] == "on")
    if request.headers.get("Sec-Fetch-Mode") == "cors":
        return HttpResponse(status=204)
    back = safe_query(request.POST.get("back", ""))
    return redirect(list_address(back))
