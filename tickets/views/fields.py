"""Settings > Fields, and the fields of one ticket."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agents.domain.fields import FieldOf, FieldType
from agents.models import CustomField
from agents.models.fields import FIELD_OF_CHOICES, FIELD_TYPE_CHOICES
from agents.selectors.fields import fields_of
from agents.services.fields import FieldSpec, delete_field, move_field, restore_field, save_field
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Invalid
from helpdesk.core.web import requires
from tickets.models import Ticket
from tickets.services.work.fields import fill_ticket
from tickets.views.requests import Request
from tickets.views.work import EDIT, Said, part

SETTINGS = Permission.FIELDS_EDIT


@requires(SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def fields(request: Request) -> HttpResponse:
    """All fields by what they belong to; POST makes one."""
    if request.method != "POST":
        return _page(request)
    return _save(request, None)


@requires(SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def field(request: Request, field: int) -> HttpResponse:
    """POST with `do` save, up, down, delete or restore."""
    found = get_object_or_404(CustomField, pk=field)
    if request.method != "POST":
        return _page(request, found, typed=_typed_of(found))
    do, now = request.POST.get("do", "save"), timezone.now()
    if do in {"up", "down"}:
        move_field(field=found, steps=-1 if do == "up" else 1)
    elif do == "delete":
        delete_field(field=found, by=request.user, now=now)
        words = render_to_string("tickets/work/_field_gone.html", {"field": found}, request)
        messages.success(request, words)
    elif do == "restore":
        restore_field(field=found, by=request.user, now=now)
    else:
        return _save(request, found)
    return redirect("desk:fields")


def _save(request: Request, found: CustomField | None) -> HttpResponse:
    typed = request.POST
    try:
        spec = FieldSpec(
            name=typed.get("name", ""),
            belongs_to=_chosen(FieldOf, typed.get("belongs_to", FieldOf.TICKET), "belongs_to"),
            type=_chosen(FieldType, typed.get("type", FieldType.TEXT), "type"),
            choices=typed.get("choices", "").splitlines(),
            is_required=bool(typed.get("is_required")),
        )
        saved = save_field(field=found, spec=spec, by=request.user, now=timezone.now())
    except Invalid as problem:
        return _page(request, found, typed=typed, errors=problem.fields or {}, status=422)
    messages.success(request, _("%(name)s is saved.") % {"name": saved.name})
    return redirect("desk:fields")


def _chosen(kind: Any, value: str, name: str) -> Any:  # noqa: ANN401 - either of two enums
    try:
        return kind(value)
    except ValueError:
        raise Invalid(fields={name: _("Choose one from the list.")}) from None


def _typed_of(found: CustomField) -> dict[str, Any]:
    return {
        "name": found.name,
        "belongs_to": found.belongs_to,
        "type": found.type,
        "choices": "\n".join(found.choices),
        "is_required": found.is_required,
    }


def _page(
    request: Request, found: CustomField | None = None, *, status: int = 200, **context: Any
) -> HttpResponse:
    context |= {
        "nav": "settings",
        "tab": "fields",
        "chosen": found,
        "groups": [(label, fields_of(FieldOf(value))) for value, label in FIELD_OF_CHOICES],
        "kinds": FIELD_OF_CHOICES,
        "types": FIELD_TYPE_CHOICES,
    }
    return render(request, "tickets/work/fields.html", context, status=status)


@requires(EDIT)
@require_POST
def ticket_fields(request: Request, number: int) -> HttpResponse:
    def change(ticket: Ticket) -> Said:
        typed = {
            name.removeprefix("field-"): str(value)
            for name, value in request.POST.items()
            if name.startswith("field-")
        }
        fill_ticket(ticket=ticket, typed=typed, by=request.user, now=timezone.now())
        return None

    return part(request, number, "fields", change)
