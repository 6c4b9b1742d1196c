"""Settings: what was done, by whom, to what."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from agents.selectors import clients_visible_to
from helpdesk.core import throttle
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.forms import LongSelect, near
from helpdesk.core.models import AuditEntry, User
from helpdesk.core.selectors.audit import AuditFilter, audit_kinds, audit_page, audit_rows, audit_visible_to
from helpdesk.core.selectors.organisation import current_organisation
from helpdesk.core.services.audit import record
from helpdesk.core.templatetags.ui import thing
from helpdesk.core.web import requires, user_of
from helpdesk.web.audit_words import FactWords
from tickets.domain.csv_cells import BOM, csv_line
from tickets.selectors.access import client_scope

PAGE, MOST = 50, 100_000


class AuditForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=200)
    who = forms.ChoiceField(label=gettext_lazy("Who"), required=False, widget=LongSelect)
    kind = forms.ChoiceField(label=gettext_lazy("On what"), required=False)
    client = forms.ChoiceField(label=gettext_lazy("Client"), required=False, widget=LongSelect)
    since = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=[near],
    )
    until = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=[near],
    )

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.order_by("full_name", "id").values_list("pk", "full_name")
        kinds = [(kind, thing(kind)) for kind in audit_kinds()]
        self.clients = {
            str(client.public_id): client for client in clients_visible_to(reader).order_by("name", "id")
        }
        choices = {
            "who": [("", _("Everybody")), *((str(pk), name) for pk, name in people)],
            "kind": [("", _("Everything")), *sorted(kinds, key=lambda pair: pair[1])],
            "client": [("", _("All clients")), *((key, row.name) for key, row in self.clients.items())],
        }
        for name, lines in choices.items():
            self.fields[name].choices = lines  # type: ignore[attr-defined]

    def wanted(self) -> AuditFilter:
        data, client = self.cleaned_data, self.clients.get(self.cleaned_data["client"])
        until = data["until"] + timedelta(days=1) if data["until"] else None
        return AuditFilter(
            text=data["q"],
            actor=int(data["who"]) if data["who"] else None,
            kind=data["kind"],
            client=client.pk if client else None,
            since=_midnight(data["since"]),
            until=_midnight(until),
        )


def _midnight(day: Any) -> datetime | None:  # noqa: ANN401 - a date or None out of a form
    return timezone.make_aware(datetime.combine(day, time())) if day else None


def scope_of(user: User) -> list[int] | None:
    """The clients of the roles that let somebody read the log, not of others (A12); None: all."""
    scope = client_scope(user, Permission.AUDIT_VIEW)
    return None if scope is None else sorted(scope)


@requires(Permission.AUDIT_VIEW)
def audit(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    form = AuditForm(request.GET, reader=user)
    rows: list[AuditEntry] = []
    older = None
    if form.is_valid():
        before = request.GET.get("before", "")
        entries = audit_visible_to(user, wanted=form.wanted(), clients=scope_of(user))
        start = int(before) if before.isdecimal() and len(before) < 19 else None
        rows, older = audit_page(entries, before=start, limit=PAGE)
    words = FactWords(user)
    told = [(row, words.lines(row.told_before), words.lines(row.told_after)) for row in rows]
    context = {"nav": "settings", "tab": "audit", "form": form, "rows": told, "older": older}
    return render(request, "web/audit.html", context, status=422 if form.errors else 200)


@requires(Permission.AUDIT_VIEW)
@require_POST
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """What the page of this address shows, all of it, as CSV; that it left the house is written down, too."""
    user, now = user_of(request), timezone.now()
    form = AuditForm(request.GET, reader=user)
    if not form.is_valid():
        context = {"nav": "settings", "tab": "audit", "form": form, "rows": [], "older": None}
        return render(request, "web/audit.html", context, status=422)
    throttle.hit("audit-export", str(user.pk), limit=20, per_seconds=600, now=now)
    asked = {name: str(value)[:200] for name, value in form.cleaned_data.items() if value}
    entries = audit_visible_to(user, wanted=form.wanted(), clients=scope_of(user))
    record(actor=user, verb="exported audit log", target=current_organisation(), after=asked, now=now)

    head = [_("Who"), _("What"), _("Kind"), _("On"), _("Before"), _("After")]
    words = FactWords(user)
    zone = timezone.get_current_timezone()  # the answer is written when this request's clock is gone

    def lines() -> Iterator[str]:
        yield BOM
        yield csv_line([_("Time (%(zone)s)") % {"zone": zone}, *head])
        for row in audit_rows(entries, limit=MOST, tell=words.text, zone=zone):
            yield csv_line(row)

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{now:%Y-%m-%d}.csv"'
    response["Cache-Control"] = "no-store"
    return response
