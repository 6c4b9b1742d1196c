"""Settings > Canned replies: everybody's own, the teams' and everybody's."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.web import requires
from tickets.domain.rule_letters import PLACEHOLDERS, fill, unknown_placeholders
from tickets.domain.text import ticket_number
from tickets.errors import TicketNotFound
from tickets.forms.macro import EVERYBODY, OWN, MacroForm
from tickets.models import Macro, Ticket
from tickets.selectors.access import ticket_for, tickets_visible_to
from tickets.selectors.macros import macros_visible_to, may_change, search_macros
from tickets.selectors.placeholders import customer_language, placeholder_values
from tickets.services.macros.edit import copy_macro, delete_macro, restore_macro, save_macro
from tickets.views.composer import chips_by_macro
from tickets.views.requests import Request

EDIT = Permission.TICKETS_EDIT
NAV = {"nav": "settings", "tab": "macros"}
SCOPES = {
    OWN: lambda rows: rows.exclude(owner=None),
    "team": lambda rows: rows.exclude(team=None),
    EVERYBODY: lambda rows: rows.filter(owner=None, team=None),
}


@requires(EDIT)
@require_safe
def macros(request: Request) -> HttpResponse:
    query, scope = request.GET.get("q", "").strip(), request.GET.get("scope", "")
    every = macros_visible_to(request.user)
    found = search_macros(every.filter(deleted_at=None), query)
    found = SCOPES[scope](found) if scope in SCOPES else found
    teams = set(request.user.teams.values_list("pk", flat=True))
    may_share = request.user.may(Permission.SETTINGS_EDIT)
    shown = list(found)
    chips = chips_by_macro(shown)
    rows = [
        {
            "macro": macro,
            "chips": chips[macro.pk],
            "may_change": bool(macro.owner_id or may_share or macro.team_id in teams),
        }
        for macro in shown
    ]
    asked = request.GET.get("deleted", "")
    gone = every.filter(deleted_at__isnull=False)
    deleted = gone.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 10 else None
    scopes = [("", _("All")), (OWN, _("Mine")), ("team", _("Teams")), (EVERYBODY, _("Everybody"))]
    context = {"rows": rows, "q": query, "scope": scope, "scopes": scopes, "deleted": deleted}
    return render(request, "tickets/macros/list.html", {**NAV, **context})


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    return _edit(request, None)


@requires(EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def macro(request: Request, macro: int) -> HttpResponse:
    return _edit(request, _macro(request, macro))


def _macro(request: Request, pk: int) -> Macro:
    return get_object_or_404(macros_visible_to(request.user).filter(deleted_at=None), pk=pk)


def _edit(request: Request, found: Macro | None) -> HttpResponse:
    if request.method != "POST":
        return _page(request, found, MacroForm(user=request.user, macro=found))
    form = MacroForm(request.POST, user=request.user, macro=found)
    if request.POST.get("command") == "preview":
        return _preview(request, found, form)
    if form.is_valid():
        try:
            version = form.cleaned_data["version"] or 0
            save_macro(macro=found, draft=form.draft(), version=version, by=request.user, now=timezone.now())
        except DeskbellError as error:
            for name, text in (error.fields or {"": str(error)}).items():
                form.add_error(name if name in form.fields else None, text)
        else:
            messages.success(request, _("Saved. Type / in a reply to use it."))
            return redirect("desk:macros")
    return _page(request, found, form, status=422)


def _preview(request: Request, found: Macro | None, form: MacroForm) -> HttpResponse:
    """With htmx the preview alone; the form is only shown again, nothing is saved or blamed."""
    text = request.POST.get("text", "")
    if request.htmx:
        return render(request, "tickets/macros/_preview.html", _shown(request, text))
    return _page(request, found, form)


def _page(request: Request, found: Macro | None, form: MacroForm, *, status: int = 200) -> HttpResponse:
    text = str(form["text"].value() or "")
    may = found is None or may_change(request.user, found)
    chips = chips_by_macro([found])[found.pk] if found else []
    context = {
        **NAV,
        "macro": found,
        "form": form,
        "may_change": may,
        "chips": chips,
        "placeholders": [(f"{{{{ {word} }}}}", _(label)) for word, label in PLACEHOLDERS.items()],
        **_shown(request, text),
    }
    return render(request, "tickets/macros/edit.html", context, status=status)


def _shown(request: Request, text: str) -> dict[str, Any]:
    """The text with the values of a ticket that the reader may see: the one asked for, else the latest."""
    asked = request.POST.get("ticket", "").strip()
    ticket: Ticket | None = None
    problem = ""
    try:
        number = ticket_number(asked) if asked else _latest(request)
        ticket = ticket_for(request.user, number) if number else None
    except TicketNotFound as error:
        problem = str(error)
    values: dict[str, str] = {}
    if ticket:
        values = placeholder_values(ticket, request.user, language=customer_language(ticket))
    return {
        "ticket": ticket,
        "asked": asked or (ticket.number if ticket else ""),
        "no_ticket": problem,
        "filled": fill(text, values) if ticket else "",
        "unknown": unknown_placeholders(text),
    }


def _latest(request: Request) -> int | None:
    return tickets_visible_to(request.user).values_list("pk", flat=True).first()


@requires(EDIT)
@require_POST
def copy(request: Request, macro: int) -> HttpResponse:
    found = _macro(request, macro)
    try:
        made = copy_macro(macro=found, by=request.user, now=timezone.now())
    except DeskbellError as error:
        messages.error(request, " ".join((error.fields or {"": str(error)}).values()))
        return redirect("desk:macros")
    messages.success(request, _("This is your own copy."))
    return redirect("desk:macro", made.pk)


@requires(EDIT)
@require_POST
def delete(request: Request, macro: int) -> HttpResponse:
    """The list then offers the way back, also after a second click."""
    found = get_object_or_404(macros_visible_to(request.user), pk=macro)
    try:
        delete_macro(macro=found, by=request.user, now=timezone.now())
    except DeskbellError as error:
        messages.error(request, str(error))
        return redirect("desk:macros")
    return redirect(f"{reverse('desk:macros')}?deleted={found.pk}")


@requires(EDIT)
@require_POST
def restore(request: Request, macro: int) -> HttpResponse:
    found = get_object_or_404(macros_visible_to(request.user), pk=macro)
    try:
        restore_macro(macro=found, by=request.user, now=timezone.now())
    except DeskbellError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("“%(name)s” is back.") % {"name": found.name})
    return redirect("desk:macros")
