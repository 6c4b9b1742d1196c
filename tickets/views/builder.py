"""The filter builder: rows of field, operator and value. What it makes is nothing but an address."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agents.models import CustomField
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.web import requires
from tickets.domain.conditions import CUSTOM, MAX_ROWS, BadRow, Field, Op, ops_of, read_row
from tickets.domain.filters import YES
from tickets.selectors.choices import all_tags
from tickets.selectors.conditions import row_choices
from tickets.views.addresses import ListAddress, safe_query
from tickets.views.requests import Request
from tickets.views.row_pills import FIELD_WORDS, OP_WORDS

ROW_PARTS = 3
_DATES = {Op.AFTER, Op.BEFORE}
_DAYS = {Op.WITHIN, Op.OLDER}


@dataclass(slots=True)
class Line:
    """One row of the form. `kind`: what the value is typed into."""

    name: str
    op: str
    value: str
    error: str = ""
    kind: str = "text"
    ops: list[tuple[str, str]] = field(default_factory=list)
    choices: list[tuple[str, str]] = field(default_factory=list)


@requires(Permission.TICKETS_VIEW)
@require_safe
def build(request: Request) -> HttpResponse:
    """Shows the rows of the address; `do` adds one, drops one or leads to the list that they describe."""
    typed = request.GET
    lines = _lines(typed)
    command = typed.get("do", "")
    if command == "add" and len(lines) < MAX_ROWS:
        lines.append(Line(Field.STATUS, Op.IS, ""))
    if command.startswith("drop-"):
        lines = [line for i, line in enumerate(lines) if command != f"drop-{i}"]
    choices = row_choices(request.user)
    changed = request.headers.get("HX-Trigger", "")
    for place, line in enumerate(lines):
        if changed == f"field-{place}":
            line.value = ""  # it was one of the other field
        _dress(line, choices)
    rest = QueryDict(safe_query(typed.urlencode(), with_page=False))
    if command == "show":
        for line in lines:
            _judge(line, request.user.pk)
        if not any(line.error for line in lines):
            return _to_list(request, rest, lines)
    fields = [(value, str(label)) for value, label in FIELD_WORDS.items()]
    own = CustomField.objects.filter(belongs_to="ticket", deleted_at=None)
    fields += [(f"{CUSTOM}{key}", name) for key, name in own.values_list("key", "name")]
    context = {
        "nav": "tickets",
        "lines": lines,
        "fields": fields,
        "tags": all_tags(),
        "kept": [(name, value) for name in rest for value in rest.getlist(name) if name not in {"f", "any"}],
        "is_any": typed.get("any") == YES,
        "may_add": len(lines) < MAX_ROWS,
        "back": rest.urlencode(),
    }
    template = "tickets/filter/_dialog.html" if request.htmx else "tickets/filter/page.html"
    return render(request, template, context)


def _lines(typed: QueryDict) -> list[Line]:
    """As typed into the form, else as the address has them; one empty row to begin with."""
    if "field" in typed:
        fields, ops, values = (typed.getlist(name) for name in ("field", "op", "value"))
        found = [Line(*row) for row in zip(fields, ops, values, strict=False)]
    else:
        rows = (text.split(".", 2) for text in typed.getlist("f"))
        found = [Line(row[0], row[1], row[2]) for row in rows if len(row) == ROW_PARTS]
    return found[:MAX_ROWS] or ([] if "do" in typed else [Line(Field.STATUS, Op.IS, "")])


def _dress(line: Line, choices: dict[str, list[tuple[str, str]]]) -> None:
    ops = ops_of(line.name)
    if line.op not in ops:
        line.op, line.value = ops[0], ""
    line.ops = [(op.value, str(OP_WORDS[op])) for op in ops]
    line.choices = choices.get(line.name, [])
    if line.choices:
        line.kind = "select"
    elif line.op in _DATES:
        line.kind = "date"
    elif line.op in _DAYS:
        line.kind = "number"
    elif line.name == Field.TAG:
        line.kind = "tag"


def _judge(line: Line, me: int) -> None:
    try:
        read_row(line.name, line.op, line.value, me=me, now=timezone.now())
    except BadRow:
        words = {
            "select": _("Choose one from the list."),
            "date": _("Choose a day, for example 2026-11-22."),
            "number": _("Write how many days, for example 7."),
            "tag": _("Write a word for the tag, for example “printer”."),
        }
        line.error = words.get(line.kind, _("Write what to look for."))


def _to_list(request: Request, rest: QueryDict, lines: Sequence[Line]) -> HttpResponse:
    params = {name: rest.getlist(name) for name in rest if name != "any"}
    if request.GET.get("any") == YES and len(lines) > 1:
        params["any"] = [YES]
    url = ListAddress(params).to_rows(f"{line.name}.{line.op}.{line.value.strip()}" for line in lines)
    if not request.htmx:
        return redirect(url)
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = url
    return answer
