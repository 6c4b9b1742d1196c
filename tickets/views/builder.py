"""The filter builder: rows of field, operator and value. What it makes is nothing but an address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agents.domain.fields import FieldType, NotAValue, canonical
from agents.models import CustomField
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.web import requires
from tickets.domain.conditions import MAX_ROWS, UP_TO, BadRow, Field, Op, ops_of, read_row
from tickets.domain.filters import YES
from tickets.domain.rule_words import OWN_GROUPS
from tickets.models.labels import OP_WORDS
from tickets.selectors.choices import all_tags
from tickets.selectors.conditions import row_choices
from tickets.selectors.own_rows import own_choices, own_row_fields
from tickets.views.addresses import ListAddress, safe_query
from tickets.views.requests import Request
from tickets.views.row_pills import FIELD_WORDS

Choices = list[tuple[str, str]]
ROW_PARTS = 3
_DATES = {Op.AFTER, Op.BEFORE}
_DAYS = {Op.WITHIN, Op.OLDER, Op.NEXT}
_BLANK = {Op.EMPTY, Op.FILLED}


@dataclass(slots=True)
class Line:
    """One row of the form. `kind`: what the value is typed into. `until`: the other end of "between"."""

    name: str
    op: str
    value: str
    until: str = ""
    error: str = ""
    kind: str = "text"
    ops: Choices = field(default_factory=list)
    choices: Choices = field(default_factory=list)


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
    choices, own = row_choices(request.user), own_row_fields(request.user)
    changed = request.headers.get("HX-Trigger", "")
    for place, line in enumerate(lines):
        if changed == f"field-{place}":
            line.value = line.until = ""  # it was one of the other field
        _dress(line, choices, own.get(line.name))
    rest = QueryDict(safe_query(typed.urlencode(), with_page=False))
    if command == "show":
        for line in lines:
            _judge(line, request.user.pk, own)
        if not any(line.error for line in lines):
            return _to_list(request, rest, lines)
    context = {
        "nav": "tickets",
        "lines": lines,
        "groups": _groups(own),
        "tags": all_tags(),
        "kept": [(name, value) for name in rest for value in rest.getlist(name) if name not in {"f", "any"}],
        "is_any": typed.get("any") == YES,
        "may_add": len(lines) < MAX_ROWS,
        "back": rest.urlencode(),
    }
    template = "tickets/filter/_dialog.html" if request.htmx else "tickets/filter/page.html"
    return render(request, template, context)


def _groups(own: Mapping[str, CustomField]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The fields to choose from, those that the desk added behind what they belong to."""
    found = [("", [(value, str(label)) for value, label in FIELD_WORDS.items()])]
    for owner, group in OWN_GROUPS.items():
        fields = [(name, field.name) for name, field in own.items() if field.belongs_to == owner]
        found += [(_(group), fields)] if fields else []
    return found


def _lines(typed: QueryDict) -> list[Line]:
    """As typed into the form, else as the address has them; one empty row to begin with."""
    if "field" in typed:
        columns = [typed.getlist(name) for name in ("field", "op", "value", "until")]
        whole = zip_longest(*columns, fillvalue="")
        found = [Line(name, op, value, until) for name, op, value, until in whole if name]
    else:
        rows = (text.split(".", 2) for text in typed.getlist("f"))
        found = [_line(*row) for row in rows if len(row) == ROW_PARTS]
    return found[:MAX_ROWS] or ([] if "do" in typed else [Line(Field.STATUS, Op.IS, "")])


def _line(name: str, op: str, value: str) -> Line:
    first, _up_to, last = value.partition(UP_TO) if op == Op.BETWEEN else (value, "", "")
    return Line(name, op, first, last)


def _dress(line: Line, choices: Mapping[str, Choices], own: CustomField | None) -> None:
    ops = ops_of(line.name, FieldType(own.type) if own else None)
    if line.op not in ops:
        line.op, line.value, line.until = ops[0], "", ""
    line.ops = [(op.value, str(OP_WORDS[op])) for op in ops]
    line.choices = own_choices(own) if own else choices.get(line.name, [])
    if line.op in _BLANK:
        line.kind, line.value = "blank", ""
    elif line.choices:
        line.kind = "select"
    elif line.op in _DAYS:
        line.kind = "number"
    elif line.op in _DATES or (own and own.type == FieldType.DATE):
        line.kind = "date"
    elif own and own.type == FieldType.NUMBER:
        line.kind = "amount"
    elif line.name == Field.TAG:
        line.kind = "tag"
    if line.op != Op.BETWEEN:
        line.until = ""


def _judge(line: Line, me: int, own: Mapping[str, CustomField]) -> None:
    try:
        if (field := own.get(line.name)) and line.op in {Op.IS, Op.NOT}:
            line.value = canonical(FieldType(field.type), line.value, tuple(field.choices))
        read_row(line.name, line.op, _value(line), me=me, now=timezone.now())
    except (BadRow, NotAValue):
        words = {
            "select": _("Choose one from the list."),
            "date": _("Choose a day, for example 2026-11-22."),
            "number": _("Write how many days, for example 7."),
            "amount": _("Write a number, for example 12 or 3.5."),
            "tag": _("Write a word for the tag, for example “printer”."),
        }
        line.error = words.get(line.kind, _("Write what to look for."))
        if line.op == Op.BETWEEN:
            line.error = _("Give both ends, the smaller one first.")


def _value(line: Line) -> str:
    typed = line.value.strip()
    return f"{typed}{UP_TO}{line.until.strip()}" if line.op == Op.BETWEEN else typed


def _to_list(request: Request, rest: QueryDict, lines: Sequence[Line]) -> HttpResponse:
    params = {name: rest.getlist(name) for name in rest if name != "any"}
    if request.GET.get("any") == YES and len(lines) > 1:
        params["any"] = [YES]
    url = ListAddress(params).to_rows(f"{line.name}.{line.op}.{_value(line)}" for line in lines)
    if not request.htmx:
        return redirect(url)
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = url
    return answer
