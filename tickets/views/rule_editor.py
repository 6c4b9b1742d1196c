"""One rule: written, tried on real tickets, saved. Each button posts the whole form: no script is needed."""

from collections.abc import Sequence

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from helpdesk.core.errors import DeskbellError
from helpdesk.core.web import requires, stepped_up_when
from tickets.domain.rule_words import say_actions, say_rule
from tickets.forms.rule import RuleForm
from tickets.models import Rule, RuleExample
from tickets.models.standard import standard_words
from tickets.selectors.access import ticket_for
from tickets.selectors.rule_choices import RuleLists
from tickets.services.rules.dry_run import DryRun, dry_run
from tickets.services.rules.edit import save_rule
from tickets.services.rules.examples import Broken, ExamplesBroken, forget_example, keep_example
from tickets.views.requests import Request
from tickets.views.rule_try import lasts, read_last, tried
from tickets.views.rules import EDIT, broken_in_words, columns_of, rule_or_404

#: The buttons that change the rule; the others show the form as it would be.
SAVES = {"save", "save-anyway"}


def _command(request: HttpRequest) -> tuple[str, str]:
    """The button, and which row it is of."""
    what, _colon, key = request.POST.get("command", "save").partition(":")
    return what, key


def _is_saving(request: HttpRequest) -> bool:
    return _command(request)[0] in SAVES


@requires(EDIT)
@stepped_up_when(_is_saving)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    return _editor(request, None)


@requires(EDIT)
@stepped_up_when(_is_saving)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, rule: int) -> HttpResponse:
    return _editor(request, rule_or_404(rule))


def _editor(request: Request, rule: Rule | None) -> HttpResponse:
    saved = columns_of(rule) if rule else None
    lists = RuleLists(request.user, [saved] if saved else [])
    if request.method != "POST":
        return _show(request, rule, RuleForm.of_rule(saved, lists) if saved else RuleForm.fresh(lists))
    form = RuleForm.of_post(request.POST, lists, is_default=bool(rule and rule.is_default))
    what, key = _command(request)
    if what in SAVES:
        return _save(request, rule, form, anyway=what == "save-anyway")
    if what == "forget":
        _forget(request, key)
    form.obey(request.POST.get("command", ""))
    if what in {"dry-run", "example"}:
        return _try(request, rule, form)
    return _show(request, rule, form)


def _save(request: Request, rule: Rule | None, form: RuleForm, *, anyway: bool) -> HttpResponse:
    if not form.is_valid():
        return _show(request, rule, form, status=422)
    try:
        kept = _write(request, rule, form, anyway=anyway)
    except ExamplesBroken as error:
        return _show(request, rule, form, broken=error.broken, status=409)
    except DeskbellError as error:
        problem = " ".join((error.fields or {}).values()) or str(error)
        return _show(request, rule, form, problem=problem, status=error.http_status)
    messages.success(request, _("Saved. It looks at the next ticket."))
    return redirect("tickets:rule", kept.pk)


@transaction.atomic
def _write(request: Request, rule: Rule | None, form: RuleForm, *, anyway: bool) -> Rule:
    """The rule and the examples that were chosen in the dry run, or nothing."""
    by, now, draft = request.user, timezone.now(), form.as_json()
    saved = save_rule(rule=rule, draft=draft, version=form.version, anyway=anyway, by=by, now=now)
    for number in form.keeps:
        subject = ticket_for(by, number).subject
        keep_example(draft=draft, rule=saved, number=number, name=subject, by=by, now=now)
    return saved


def _forget(request: Request, key: str) -> None:
    known = RuleExample.objects.filter(pk=int(key)) if key.isdecimal() and len(key) < 10 else ()
    for example in known:
        forget_example(example=example, by=request.user, now=timezone.now())


def _try(request: Request, rule: Rule | None, form: RuleForm) -> HttpResponse:
    """Also a rule without a name or deeds can be tried."""
    if not form.has_sound_rows():
        return _show(request, rule, form, status=422)
    draft = form.as_json()
    run = dry_run(
        draft=draft,
        rule=rule,
        by=request.user,
        now=timezone.now(),
        last=read_last(request.POST.get("last", "")),
    )
    return _show(request, rule, form, run=run)


def _show(
    request: Request,
    rule: Rule | None,
    form: RuleForm,
    *,
    status: int = 200,
    run: DryRun | None = None,
    problem: str = "",
    broken: Sequence[Broken] = (),
) -> HttpResponse:
    saved = columns_of(rule) if rule else RuleForm.fresh(RuleLists(request.user)).as_json()
    draft = form.as_json()
    names = RuleLists(request.user, [draft]).names
    examples = rule.examples.all() if rule else ()
    last = str(read_last(request.POST.get("last", "")))
    context = {
        "nav": "rules",
        "form": form,
        "lasts": lasts(form.trigger),
        "last": last,
        "tried": tried(run, names, form.trigger) if run else None,
        "address": reverse("tickets:rule", args=[rule.pk]) if rule else reverse("tickets:new-rule"),
        "saved_name": standard_words(rule.name) if rule else "",
        "changes": form.compare(saved),
        "parts": say_rule(draft, names),
        "problem": problem,
        "broken": broken_in_words(broken, names),
        "examples": [(each, say_actions(each.effects, names)) for each in examples],
    }
    template = "tickets/rules/_editor.html" if request.htmx else "tickets/rules/editor.html"
    return render(request, template, context, status=status)
