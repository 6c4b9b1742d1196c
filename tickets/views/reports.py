"""Reports as pages, as files, and as mails that go out by themselves."""

from collections.abc import Sequence

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from helpdesk.core.domain.languages import LANGUAGE_NAMES, mail_language
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError, Invalid
from helpdesk.core.services.removal import bring_back, way_back
from helpdesk.core.web import offer_undo, requires
from tickets.domain.csv_cells import BOM, csv_line
from tickets.domain.reports import ReportKind, Rhythm
from tickets.models import ReportPlan
from tickets.selectors.report_plans import plans_visible_to
from tickets.selectors.reports import Cell, Report, ReportScope, report_of, report_title
from tickets.services.figures.counting import catch_up
from tickets.services.figures.report_mails import (
    NEVER,
    delete_report,
    plan_report,
    rest_report,
    start_report,
)
from tickets.services.note_export import note_export
from tickets.views.charts import Bar, bars
from tickets.views.figure_scope import Asked, read_asked, scope_context
from tickets.views.requests import Request


@requires(Permission.REPORTS_VIEW)
@require_safe
def report(request: Request, kind: str) -> HttpResponse:
    """One report; everybody sees what they may see of it."""
    return _page(request, _kind(kind), {})


@requires(Permission.REPORTS_VIEW)
@require_safe
def reports(_request: Request) -> HttpResponse:
    return redirect("tickets:report", ReportKind.TECHNICIANS.value)


@requires(Permission.REPORTS_VIEW)
@require_POST
def export(request: Request, kind: str) -> HttpResponse:
    """The same table for a spreadsheet; who takes it stands in the audit log."""
    known, asked = _kind(kind), read_asked(request, request.user, timezone.now())
    note_export(asked={"report": [kind], "days": [str(asked.days)]}, by=request.user, now=timezone.now())
    catch_up()
    made = report_of(request.user, known, _scope(asked))
    text = BOM + "".join(csv_line(row) for row in made.as_texts())
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name = f"{kind}-{asked.first}-{asked.last}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@requires(Permission.REPORTS_VIEW)
@require_POST
def plan(request: Request, kind: str) -> HttpResponse:
    """Have the report sent by mail from now on."""
    known, now = _kind(kind), timezone.now()
    given = {name: request.POST.get(name, "") for name in ("rhythm", "recipients", "language", "client")}
    rhythm = Rhythm.MONTH if given["rhythm"] == Rhythm.MONTH else Rhythm.WEEK
    asked = read_asked(request, request.user, now)
    try:
        plan_report(
            kind=known,
            rhythm=rhythm,
            recipients=given["recipients"].replace(";", ",").replace("\n", ",").split(","),
            language=given["language"],
            client=asked.client,
            by=request.user,
            now=now,
        )
    except Invalid as error:
        return _page(request, known, {"given": given, "wrong": error.fields}, status=422)
    messages.success(request, _("The report will be sent."))
    return redirect(reverse("tickets:report", args=[kind]) + asked.query())


@requires(Permission.REPORTS_VIEW)
@require_POST
def change_plan(request: Request, plan: int) -> HttpResponse:
    """Stop one of one's reports, start it again, or delete it."""
    found = plans_visible_to(request.user).filter(pk=plan).first()
    if found is None:
        raise Http404
    deeds = {"stop": rest_report, "start": start_report, "delete": delete_report}
    deed = deeds.get(request.POST.get("do", ""), rest_report)
    sealed = way_back(target=found, by=request.user, now=timezone.now()) if deed is delete_report else ""
    deed(plan=found, by=request.user, now=timezone.now())
    if sealed:
        url = reverse("tickets:bring-back-report-plan")
        offer_undo(request, _("The report is not sent any more."), sealed, url=url)
    return redirect(reverse("tickets:report", args=[found.report]) + "#plans")


@requires(Permission.REPORTS_VIEW)
@require_POST
def bring_back_plan(request: Request) -> HttpResponse:
    """One that one has just deleted, as far as one still sees its client."""
    sealed, by = request.POST.get("what", ""), request.user
    try:
        with transaction.atomic():
            found = bring_back(sealed=sealed, kind=ReportPlan, by=by, now=timezone.now())
            plan = get_object_or_404(plans_visible_to(by), pk=found.pk)
    except DeskbellError as error:
        messages.error(request, str(error))
        return redirect("tickets:report", "technicians")
    messages.success(request, _("The report will be sent."))
    return redirect(reverse("tickets:report", args=[plan.report]) + "#plans")


def _page(request: Request, kind: ReportKind, extra: dict[str, object], *, status: int = 200) -> HttpResponse:
    user = request.user
    catch_up()
    asked = read_asked(request, user, timezone.now())
    made = report_of(user, kind, _scope(asked))
    context = {
        **scope_context(user, asked),
        "nav": "dashboard",
        "kind": kind,
        "title": report_title(kind),
        "tabs": [
            (report_title(each), reverse("tickets:report", args=[each.value]) + asked.query(), each is kind)
            for each in ReportKind
        ],
        "report": made,
        "rows": [
            [(cell, _url(asked, cell), column) for cell, column in zip(row, made.columns, strict=True)]
            for row in made.rows
        ],
        "chart": _chart(made),
        "export_url": reverse("tickets:export-report", args=[kind.value]) + asked.query(),
        "plan_url": reverse("tickets:plan-report", args=[kind.value]) + asked.query(),
        "plans": plans_visible_to(user).filter(report=kind.value),
        "never": NEVER,
        "languages": LANGUAGE_NAMES.items(),
        "language": mail_language(user.language),
        "given": {},
        "wrong": {},
        **extra,
    }
    return render(request, "tickets/figures/report.html", context, status=status)


def _kind(text: str) -> ReportKind:
    if text not in list(ReportKind):
        raise Http404
    return ReportKind(text)


def _scope(asked: Asked) -> ReportScope:
    return ReportScope(first=asked.first, last=asked.last, who=asked.who, client=asked.client)


def _url(asked: Asked, cell: Cell) -> str:
    if not cell.is_linked:
        return ""
    return asked.in_days(cell.days, **cell.filters) if cell.days else asked.list_url(**cell.filters)


def _chart(made: Report) -> str:
    shown: Sequence[Bar] = [Bar(one.label, one.value, one.words) for one in made.bars]
    return bars(shown, label=made.told) if shown else ""
