"""The way out of the emergency brake."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.web import requires
from tickets.services.mail_out import resume_automatic_mail
from tickets.views.requests import Request


@requires(Permission.MAIL_EDIT)
@require_POST
def resume(request: Request) -> HttpResponse:
    if resume_automatic_mail(by=request.user, now=timezone.now()):
        messages.success(request, _("Automatic mail goes out again."))
    return redirect("desk:mailboxes")
