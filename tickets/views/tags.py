"""Settings > Tags."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError, Invalid
from helpdesk.core.web import requires
from tickets.domain.counts import CAP
from tickets.domain.tag_colours import TagColour
from tickets.models import Tag, TagUndo
from tickets.selectors.tags import MOST, tag_rows
from tickets.services.tags import delete_tag, merge_tags, save_tag, undo_tag
from tickets.views.requests import Request

EDIT = Permission.FIELDS_EDIT
COLOURS = [
    (TagColour.GREY.value, gettext_lazy("Grey")),
    (TagColour.BLUE.value, gettext_lazy("Blue")),
    (TagColour.VIOLET.value, gettext_lazy("Violet")),
    (TagColour.AMBER.value, gettext_lazy("Amber")),
    (TagColour.GREEN.value, gettext_lazy("Green")),
    (TagColour.ORANGE.value, gettext_lazy("Orange")),
    (TagColour.RED.value, gettext_lazy("Red")),
]


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def tags(request: Request) -> HttpResponse:
    """All tags, or those with words of `q`; POST makes one."""
    return _save(request, None) if request.method == "POST" else _page(request)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def tag(request: Request, tag: int) -> HttpResponse:
    """POST with `do` save, merge (`into`) or delete."""
    found = get_object_or_404(Tag, pk=tag)
    if request.method != "POST":
        return _page(request, found, typed={"name": found.name, "colour": found.colour})
    do, now = request.POST.get("do", "save"), timezone.now()
    if do not in {"merge", "delete"}:
        return _save(request, found)
    try:
        if do == "merge":
            into = Tag.objects.filter(name__iexact=request.POST.get("into", "").strip()).first()
            if into is None:
                raise Invalid(fields={"into": _("Choose a tag from the list.")})
            undo = merge_tags(tag=found, into=into, by=request.user, now=now)
        else:
            undo = delete_tag(tag=found, by=request.user, now=now)
    except DeskbellError as problem:
        typed = {"name": found.name, "colour": found.colour, "into": request.POST.get("into", "")}
        errors = problem.fields or {"": str(problem)}
        return _page(request, found, typed=typed, errors=errors, status=problem.http_status)
    messages.success(request, render_to_string("tickets/work/_tag_gone.html", {"undo": undo}, request))
    return redirect("desk:tags")


@requires(EDIT)
@require_POST
def undo(request: Request, undo: int) -> HttpResponse:
    found = get_object_or_404(TagUndo, pk=undo)
    try:
        back = undo_tag(undo=found, by=request.user, now=timezone.now())
    except DeskbellError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("%(name)s is back on its tickets.") % {"name": back.name})
    return redirect("desk:tags")


def _save(request: Request, found: Tag | None) -> HttpResponse:
    typed = request.POST
    try:
        colour = TagColour(typed.get("colour", ""))
        saved = save_tag(
            tag=found, name=typed.get("name", ""), colour=colour, by=request.user, now=timezone.now()
        )
    except ValueError:
        return _page(
            request, found, typed=typed, errors={"colour": _("Choose one from the list.")}, status=422
        )
    except DeskbellError as problem:
        errors = problem.fields or {"": str(problem)}
        return _page(request, found, typed=typed, errors=errors, status=problem.http_status)
    messages.success(request, _("%(name)s is saved.") % {"name": saved.name})
    return redirect("desk:tags")


def _page(request: Request, found: Tag | None = None, *, status: int = 200, **context: Any) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:40]
    rows = list(tag_rows(words))
    context |= {
        "nav": "settings",
        "tab": "tags",
        "chosen": found,
        "rows": rows,
        "q": words,
        "cap": CAP,
        "is_cut": len(rows) == MOST,
        "colours": COLOURS,
    }
    return render(request, "tickets/work/tags.html", context, status=status)
