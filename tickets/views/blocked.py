"""Settings > Incoming mail > Blocked senders: who is shut out or written to no more, and the way back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.web import requires
from tickets.forms.blocked import BlockForm
from tickets.selectors.mail_journal import blocked_visible_to, stopped_visible_to
from tickets.services.mail.stopped import lift_stop
from tickets.services.mail.strangers import block_pattern, unblock_sender
from tickets.views.requests import Request


@requires(Permission.MAIL_EDIT)
def blocked_senders(request: Request) -> HttpResponse:
    form = BlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            blocked = block_pattern(**form.cleaned_data, by=request.user, now=timezone.now())
        except DeskbellError as error:
            for field, text in (error.fields or {"pattern": str(error)}).items():
                form.add_error(field, text)
        else:
            messages.success(request, _("Mail of %(sender)s makes no tickets.") % {"sender": blocked.pattern})
            return redirect("desk:blocked-senders")
    context = {
        "nav": "settings",
        "tab": "mail",
        "rows": blocked_visible_to(request.user),
        "stopped": stopped_visible_to(request.user),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "tickets/mail_journal/blocked.html", context, status=status)


@requires(Permission.MAIL_EDIT)
@require_POST
def unblock(request: Request, blocked: int) -> HttpResponse:
    found = get_object_or_404(blocked_visible_to(request.user), pk=blocked)
    unblock_sender(blocked=found, by=request.user, now=timezone.now())
    messages.success(request, _("Mail of %(sender)s is welcome again.") % {"sender": found.pattern})
    return redirect("desk:blocked-senders")


@requires(Permission.MAIL_EDIT)
@require_POST
def resume(request: Request, stopped: int) -> HttpResponse:
    found = get_object_or_404(stopped_visible_to(request.user), pk=stopped)
    lift_stop(stopped=found, by=request.user, now=timezone.now())
    messages.success(request, _("%(address)s gets automatic mail again.") % {"address": found.email})
    return redirect("desk:blocked-senders")
