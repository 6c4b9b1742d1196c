"""Forgotten passwords and invitations: a link by mail, once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from helpdesk.core.errors import DeskbellError
from helpdesk.core.services.accounts.links import LinkDead, ask_for_link, choose_password, owner_of_link
from helpdesk.core.web import client_address, public
from helpdesk.web.accounts.forms import ForgotForm, NewPasswordForm
from helpdesk.web.forms import show_errors


@public
@never_cache
def forgot(request: HttpRequest) -> HttpResponse:
    """The same answer for every address (A18)."""
    form, is_sent, code = ForgotForm(request.POST or None), False, 200
    if request.method == "POST" and form.is_valid():
        try:
            ask_for_link(
                email=form.cleaned_data["email"], address=client_address(request), now=timezone.now()
            )
            is_sent = True
        except DeskbellError as error:
            show_errors(form, error)
            code = error.http_status
    if form.errors and code == 200:
        code = 422
    return render(request, "account/forgot.html", {"form": form, "is_sent": is_sent}, status=code)


@public
@never_cache
def link(request: HttpRequest, key: str) -> HttpResponse:
    """A GET changes nothing, so that scanners of mail use up no link (A21)."""
    now = timezone.now()
    form = NewPasswordForm(request.POST or None)
    try:
        found = owner_of_link(key, now=now)
        if request.method == "POST" and form.is_valid():
            choose_password(key=key, password=form.cleaned_data["new_password"], now=now)
            messages.success(request, _("The password is set. Sign in with it."))
            return redirect("web:sign-in")
    except LinkDead as error:
        answer = render(request, "account/link_dead.html", {"error": error}, status=404)
    except DeskbellError as error:
        show_errors(form, error)
        answer = render(request, "account/link.html", {"form": form, "link": found}, status=422)
    else:
        code = 422 if form.errors else 200
        answer = render(request, "account/link.html", {"form": form, "link": found}, status=code)
    return answer
