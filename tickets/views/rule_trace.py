"""Which rules looked at a ticket: a card that the ticket page fetches when somebody opens it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.web import requires
from tickets.domain.rule_run import Outcome
from tickets.domain.rule_words import (
    LOOKED_UP,
    TRIGGER_LABELS,
    Names,
    Part,
    choices_of,
    say_action,
    say_actions,
    say_condition,
)
from tickets.domain.rules import Kind, Op, is_own, kind_of
from tickets.models import RuleTrace
from tickets.models.standard import standard_words
from tickets.selectors.access import ticket_for
from tickets.selectors.rule_choices import RuleLists
from tickets.selectors.rule_traces import rule_traces
from tickets.services.rules.plan import Why
from tickets.views.requests import Request

PASSED_OVER = {
    Outcome.STOPPED: gettext_lazy("Not asked: a rule above it stops here."),
    Outcome.NOT_A_MAIL: gettext_lazy("Not asked: it is for e-mails."),
}
LEFT: Mapping[str, object] = {
    Why.CLOSED: gettext_lazy("the ticket is closed"),
    Why.NOT_ALLOWED: gettext_lazy("the ticket cannot go there from its status"),
    Why.GONE: gettext_lazy("it is no longer there"),
    Why.NOBODY_THERE: gettext_lazy("nobody of the team is there"),
    Why.NO_ADDRESS: gettext_lazy("there is no address"),
    Why.AUTOMATIC: gettext_lazy("a machine wrote, and machines get no answer"),
    Why.NOT_SOLVED: gettext_lazy("the ticket is not solved"),
    Why.ASKED: gettext_lazy("this solution was asked about already"),
    Why.ASKED_LATELY: gettext_lazy("this person was asked within the last 14 days"),
    Why.NO_PERSON: gettext_lazy("no person reads at this address, or their mail is ignored"),
    "dmarc-failed": gettext_lazy("the sender may be forged"),
    "sender-doubtful": gettext_lazy("the mail does not say plainly who wrote it"),
    "unparsed": gettext_lazy("the mail cannot be read"),
    "split-off": gettext_lazy("a technician split it off, so no machine answers"),
}


_UNTRUE_BY_ONE = frozenset({Op.EMPTY, Op.IS_NOT, Op.CONTAINS_NOT, Op.HAS_NO_WORD, Op.NOT_IN})


@dataclass(frozen=True, slots=True)
class Line:
    """One rule: `because` is the condition that settled it, `found` what the ticket held."""

    rule: int
    name: str
    is_match: bool
    passed_over: str
    because: list[Part]
    found: str
    #: It asks for a header, and no mail belongs to the event.
    lacks_mail: bool
    did: list[Part]
    left: list[tuple[list[Part], str]]


@dataclass(frozen=True, slots=True)
class RunOver:
    at: datetime
    trigger: str
    lines: list[Line]


@requires(Permission.TICKETS_VIEW)
@require_safe
def trace(request: Request, number: int) -> HttpResponse:
    ticket = ticket_for(request.user, number)
    runs = rule_traces(ticket)
    decided = [{"conditions": {"items": [line["decided"] for line in _decided(run)]}} for run in runs]
    names = RuleLists(request.user, decided).names
    context = {
        "nav": "tickets",
        "ticket": ticket,
        "runs": [_run(run, names) for run in runs],
        "may_edit_rules": request.user.may(Permission.RULES_EDIT),
    }
    template = "tickets/rules/_trace.html" if request.htmx else "tickets/rules/trace.html"
    return render(request, template, context)


def _decided(run: RuleTrace) -> list[dict[str, Any]]:
    return [line for line in run.lines if "decided" in line]


def _run(run: RuleTrace, names: Names) -> RunOver:
    words = TRIGGER_LABELS.get(run.trigger, run.trigger)  # type: ignore[call-overload]
    return RunOver(run.at, words, [line_of(line, names, run.trigger) for line in run.lines])


def line_of(line: Mapping[str, Any], names: Names, trigger: str) -> Line:
    """A line of a trace (see TraceLine.as_json) in words."""
    outcome, decided = Outcome(line["outcome"]), line.get("decided")
    left = line.get("left", [])
    return Line(
        rule=line["rule"],
        name=standard_words(line["name"]),
        is_match=outcome is Outcome.MATCHED,
        passed_over=str(PASSED_OVER.get(outcome, "")),
        because=list(say_condition(decided, names, trigger)) if decided else [],
        found=_found(line, names, trigger),
        lacks_mail=outcome is Outcome.NOT_MATCHED and _lacks_mail(line),
        did=say_actions(line["did"], names) if line.get("did") else [],
        left=[(say_action(action, names), _why(action)) for action in left],
    )


def _lacks_mail(line: Mapping[str, Any]) -> bool:
    """In a mail, only a header that is there can make these untrue."""
    decided = line.get("decided", {})
    return decided.get("field") == "header" and decided.get("op") in _UNTRUE_BY_ONE and not line.get("found")


def _found(line: Mapping[str, Any], names: Names, trigger: str) -> str:
    """What the ticket held, in words; nothing for yes and no, as the sentence says it already."""
    field, found = str(line.get("decided", {}).get("field", "")), str(line.get("found", ""))
    match kind_of(field):
        case Kind.FLAG:
            return ""
        case Kind.SPAN:
            return _span(found)
    choices = field if field in LOOKED_UP or is_own(field) else choices_of(field, trigger)
    return names.get(choices, {}).get(found, found)


def _span(text: str) -> str:
    """ "7384.2" is "2h": whole minutes, hours or days, as rules write them; "" for what never was."""
    if not text:
        return ""
    minutes = max(0, int(float(text))) // 60
    unit, size = ("d", 1440) if minutes >= 2880 else ("h", 60) if minutes >= 120 else ("m", 1)
    return f"{minutes // size}{unit}"


def _why(action: Mapping[str, Any]) -> str:
    """The rule that came first, what a code means, or the words of the brakes of automatic mail."""
    if "first" in action:
        return _("“%(rule)s” came first") % {"rule": action["first"]}
    why = str(action.get("why", ""))
    words = str(LEFT.get(why, why))
    # It stands inside a sentence; the brakes speak in whole ones.
    return words[:1].lower() + words[1:-1] if words.endswith(".") else words
