"""CSV imports: choose a file, look at what each line would do, carry it out, take it back."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from agents.domain.csv_file import COLUMNS, MAX_BYTES, NEEDED
from agents.services.imports.plan import Outcome
from agents.services.imports.run import carry_out, may_be_undone, plan_of, start_import, undo_import
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.models import ImportRun
from helpdesk.core.selectors.imports import imports_visible_to
from helpdesk.core.web import requires, user_of
from helpdesk.web.forms import show_errors

RECENT = 20
CHIPS = {
    Outcome.CREATE: (gettext_lazy("New"), "chip--open", "plus"),
    Outcome.CHANGE: (gettext_lazy("Changes"), "chip--wait", "pen"),
    Outcome.SAME: (gettext_lazy("Nothing to do"), "", "check"),
    Outcome.WRONG: (gettext_lazy("Skipped"), "chip--danger", "alert"),
}


class ImportForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("The file holds"), choices=ImportRun.Kind.choices)
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=gettext_lazy("As a spreadsheet saves it; the first line names the columns."),
    )


@requires(Permission.CLIENTS_EDIT)
def index(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read(MAX_BYTES + 1)
        try:
            run = start_import(
                kind=form.cleaned_data["kind"],
                filename=file.name or "",
                content=content,
                by=user,
                now=timezone.now(),
            )
        except DeskbellError as error:
            show_errors(form, error)
        else:
            return redirect("web:import", run.public_id)
    columns = [(kind.label, COLUMNS[kind], NEEDED[kind]) for kind in ImportRun.Kind]
    context = {"nav": "settings", "tab": "imports", "form": form, "columns": columns}
    context["runs"] = imports_visible_to(user)[:RECENT]
    return render(request, "web/imports.html", context, status=422 if form.errors else 200)


@requires(Permission.CLIENTS_EDIT)
def one(request: HttpRequest, import_run: UUID) -> HttpResponse:
    """Before: what each line would do. After: what became of it."""
    run = get_object_or_404(imports_visible_to(user_of(request)), public_id=import_run)
    if request.method == "POST":
        try:
            carry_out(run=run, now=timezone.now())
        except DeskbellError as error:
            messages.error(request, str(error))
        else:
            count = len(run.done)
            words = ngettext("%(n)s line was imported.", "%(n)s lines were imported.", count) % {"n": count}
            messages.success(request, words)
        return redirect("web:import", run.public_id)
    context: dict[str, Any] = {"nav": "settings", "tab": "imports", "run": run}
    if run.applied_at is None:
        plans = plan_of(run)
        counts = [(CHIPS[outcome], sum(plan.outcome is outcome for plan in plans)) for outcome in Outcome]
        context["lines"] = [(plan, CHIPS[plan.outcome]) for plan in plans]
        context["counts"] = counts
        context["to_do"] = sum(plan.outcome in (Outcome.CREATE, Outcome.CHANGE) for plan in plans)
    else:
        context["created"] = sum(line[1] == "created" for line in run.done)
        context["changed"] = len(run.done) - context["created"]
        context["may_undo"] = may_be_undone(run, timezone.now())
    return render(request, "web/import.html", context)


@requires(Permission.CLIENTS_EDIT)
@require_POST
def undo(request: HttpRequest, import_run: UUID) -> HttpResponse:
    user = user_of(request)
    run = get_object_or_404(imports_visible_to(user), public_id=import_run)
    try:
        back, stay = undo_import(run=run, by=user, now=timezone.now())
    except DeskbellError as error:
        messages.error(request, str(error))
    else:
        words = _(
            "Taken back: %(back)s. Left as they are, because they were used or changed since: %(stay)s."
        )
        messages.success(request, words % {"back": back, "stay": stay})
    return redirect("web:import", run.public_id)
