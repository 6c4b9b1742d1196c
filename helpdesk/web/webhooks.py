"""Webhooks: the list, one with its log, and what one can do about calls that failed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.domain.webhooks import HookEvent
from helpdesk.core.errors import DeskbellError, Invalid
from helpdesk.core.models import Webhook, WebhookCall
from helpdesk.core.selectors.webhooks import calls_visible_to, deleted_webhooks, webhooks_visible_to
from helpdesk.core.services import webhooks
from helpdesk.core.web import requires, stepped_up, user_of
from helpdesk.web.forms import show_errors
from tickets.services.hooks import last_line

LOG_ROWS = 50
EVENTS = [
    (HookEvent.TICKET_CREATED, gettext_lazy("A ticket is opened")),
    (HookEvent.TICKET_CHANGED, gettext_lazy("A ticket changes: status, priority, assignee, tags")),
    (HookEvent.CUSTOMER_WROTE, gettext_lazy("A customer writes")),
    (HookEvent.REPLY_SENT, gettext_lazy("A technician answers")),
    (HookEvent.NOTE_WRITTEN, gettext_lazy("A note is written")),
    (HookEvent.TICKET_MERGED, gettext_lazy("Tickets are merged or split")),
    (HookEvent.TICKET_RATED, gettext_lazy("A customer rates a solution")),
    (HookEvent.TARGET_MISSED, gettext_lazy("A service target is missed")),
]


class WebhookForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://hooks.example.com/deskbell"}),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("When"),
        choices=[(event.value, label) for event, label in EVENTS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one event.")},
    )


@requires(Permission.WEBHOOKS_EDIT)
@stepped_up
def index(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            hook = webhooks.create_webhook(**form.cleaned_data, by=user, now=now, seen=last_line())
        except DeskbellError as error:
            show_errors(form, error)
        else:
            return _one(request, hook, secret=webhooks.secret_of(hook))
    context = {
        "nav": "settings",
        "tab": "webhooks",
        "form": form,
        "webhooks": webhooks_visible_to(user),
        "deleted": deleted_webhooks(user, now=timezone.now()),
    }
    return render(request, "web/webhooks.html", context, status=422 if form.errors else 200)


@requires(Permission.WEBHOOKS_EDIT)
@stepped_up
def one(request: HttpRequest, webhook: int) -> HttpResponse:
    user = user_of(request)
    rows = webhooks_visible_to(user)
    if request.headers.get("HX-Request") and not rows.filter(pk=webhook).exists():
        # An open log asks again after the deletion: it goes to the list, which offers the way back.
        return HttpResponse(headers={"HX-Redirect": reverse("web:webhooks")})
    hook = get_object_or_404(rows, pk=webhook)
    form = WebhookForm(request.POST or None, initial=_facts(hook))
    if request.method == "POST" and form.is_valid():
        try:
            webhooks.change_webhook(hook=hook, **form.cleaned_data, by=user, now=timezone.now())
        except DeskbellError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("web:webhook", hook.pk)
    return _one(request, hook, form=form)


def _one(
    request: HttpRequest, hook: Webhook, *, form: WebhookForm | None = None, secret: str = ""
) -> HttpResponse:
    """The page of a webhook; `secret` is shown in this one answer."""
    form = form or WebhookForm(initial=_facts(hook))
    calls = calls_visible_to(user_of(request)).filter(webhook=hook)[:LOG_ROWS]
    context: dict[str, Any] = {"nav": "settings", "tab": "webhooks", "hook": hook, "form": form}
    context |= {"calls": calls, "secret": secret, "own": reverse("web:webhook", args=[hook.pk])}
    answer = render(request, "web/webhook.html", context, status=422 if form.errors else 200)
    if secret:
        answer["Cache-Control"] = "no-store, private"
    return answer


@requires(Permission.WEBHOOKS_EDIT)
@stepped_up
@require_POST
def act(request: HttpRequest, webhook: int) -> HttpResponse:
    by, now = user_of(request), timezone.now()
    hook = get_object_or_404(webhooks_visible_to(by), pk=webhook)
    match request.POST.get("do"):
        case "test":
            webhooks.ping(hook=hook, now=now)
            messages.success(request, _("A test call is on its way. The log tells what came of it."))
        case "secret":
            return _one(request, hook, secret=webhooks.renew_secret(hook=hook, by=by, now=now))
        case "on" | "off" as wanted:
            webhooks.switch_webhook(hook=hook, is_active=wanted == "on", by=by, now=now, seen=last_line())
            messages.success(request, _("Switched on.") if wanted == "on" else _("Switched off."))
        case "delete":
            webhooks.delete_webhook(hook=hook, by=by, now=now)
            return redirect("web:webhooks")
        case _:
            raise Invalid(_("Nothing was changed. Reload the page and try again."))
    return redirect("web:webhook", hook.pk)


@requires(Permission.WEBHOOKS_EDIT)
@stepped_up
@require_POST
def restore(request: HttpRequest, webhook: int) -> HttpResponse:
    by, now = user_of(request), timezone.now()
    hook = get_object_or_404(deleted_webhooks(by, now=now), pk=webhook)
    webhooks.delete_webhook(hook=hook, by=by, now=now, is_deleted=False)
    return redirect("web:webhook", hook.pk)


@requires(Permission.WEBHOOKS_EDIT)
@stepped_up
@require_POST
def again(request: HttpRequest, call: int) -> HttpResponse:
    by = user_of(request)
    found: WebhookCall = get_object_or_404(calls_visible_to(by), pk=call)
    try:
        webhooks.call_again(call=found, by=by, now=timezone.now())
    except DeskbellError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It is called again."))
    return redirect("web:webhook", found.webhook_id) if found.webhook_id else redirect("web:webhooks")


def _facts(hook: Webhook) -> dict[str, Any]:
    return {"name": hook.name, "url": hook.url, "events": hook.events}
