"""Settings > Mailboxes > Delete: says what happens, and does it once that is confirmed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Conflict
from helpdesk.core.web import requires, stepped_up
from tickets.selectors.mailboxes import mailboxes_visible_to, restorable_mailboxes, traces_of
from tickets.services.mailboxes.removal import delete_mailbox, restore_mailbox
from tickets.views.requests import Request

EDIT = Permission.MAIL_EDIT


@requires(EDIT)
@stepped_up
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, mailbox: int) -> HttpResponse:
    if request.method == "POST" and _just_deleted(request, mailbox):  # a second click
        return redirect("desk:mailboxes")
    found = get_object_or_404(mailboxes_visible_to(request.user), pk=mailbox)
    status = 200
    if request.method == "POST":
        try:
            delete_mailbox(mailbox=found, by=request.user, now=timezone.now())
        except Conflict as error:
            messages.error(request, str(error))
            status = 409
        else:
            return redirect("desk:mailboxes")
    context = {"nav": "settings", "tab": "mailboxes", "box": found, "traces": traces_of(found)}
    return render(request, "tickets/mailboxes/delete.html", context, status=status)


def _just_deleted(request: Request, pk: int) -> bool:
    return restorable_mailboxes(request.user, now=timezone.now()).filter(pk=pk).exists()


@requires(EDIT)
@stepped_up
@require_POST
def restore(request: Request, mailbox: int) -> HttpResponse:
    now = timezone.now()
    found = restorable_mailboxes(request.user, now=now).filter(pk=mailbox).first()
    if found is None:
        messages.error(request, _("It is too late: the passwords are gone. Add the mailbox again."))
        return redirect("desk:mailboxes")
    try:
        restore_mailbox(mailbox=found, by=request.user, now=now)
    except Conflict as error:
        messages.error(request, str(error))
        return redirect("desk:mailboxes")
    messages.success(request, _("%(address)s is back.") % {"address": found.address})
    return redirect("desk:mailbox", found.pk)
