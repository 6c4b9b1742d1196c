"""The second step of a sign-in, and showing that it is still you."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from helpdesk.core.errors import DeskbellError, Invalid, Refused
from helpdesk.core.selectors.accounts import way_in_of
from helpdesk.core.selectors.providers import identities_of
from helpdesk.core.services.accounts.passkeys import check_passkey, sign_in_options
from helpdesk.core.services.accounts.second_factor import check_code, has_second_factor
from helpdesk.core.services.sign_in import check_credentials
from helpdesk.core.web import client_address, confirm, lacks_second_factor, public, signed_in, user_of
from helpdesk.web.accounts.enter import enter, show_factor, who_waits
from helpdesk.web.accounts.forms import CodeForm, ConfirmForm
from helpdesk.web.accounts.site import site_of
from helpdesk.web.forms import show_errors
from helpdesk.web.sign_in import own_page

CHALLENGE = "passkey_challenge"


@public
@never_cache
def second(request: HttpRequest) -> HttpResponse:
    """After the right password: six digits, a recovery code, or a passkey."""
    now = timezone.now()
    waiting = who_waits(request, now=now)
    if waiting is None:
        return redirect("web:sign-in")
    user, stay = waiting
    form, code = CodeForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        try:
            factor = check_code(
                user=user, code=form.cleaned_data["code"], address=client_address(request), now=now
            )
        except DeskbellError as error:
            show_errors(form, error)
            code = error.http_status
        else:
            enter(request, user, factor=factor, stay=stay, now=now)
            return redirect(own_page(request))
    if form.errors and code == 200:
        code = 422
    context = {"form": form, "next": own_page(request), "way": way_in_of(user)}
    return render(request, "account/second.html", context, status=code)


@public
@require_POST
@never_cache
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser shall sign: with the keys of who waits for the second step, or with any key."""
    waiting = who_waits(request, now=timezone.now())
    signed = request.user if request.user.is_authenticated else None
    options, challenge = sign_in_options(
        user=waiting[0] if waiting else signed,
        site=site_of(request),
    )
    request.session[CHALLENGE] = challenge
    return HttpResponse(options, content_type="application/json")


@public
@require_POST
@never_cache
def passkey(request: HttpRequest) -> HttpResponse:
    """In by passkey: as the second step, without a password, or to confirm who is in already."""
    try:
        return JsonResponse({"next": _by_passkey(request)})
    except DeskbellError as error:
        return JsonResponse({"detail": str(error)}, status=error.http_status)


def _by_passkey(request: HttpRequest) -> str:
    now, waiting = timezone.now(), who_waits(request, now=timezone.now())
    signed = user_of(request) if request.user.is_authenticated else None
    challenge = request.session.pop(CHALLENGE, "")
    if not challenge:
        raise Refused(_("That took too long. Try again."))
    user = check_passkey(
        credential=credential_of(request),
        challenge=challenge,
        user=waiting[0] if waiting else signed,
        site=site_of(request),
        address=client_address(request),
        now=now,
    )
    if signed:
        confirm(request, now=now)
        show_factor(request, "passkey", now=now)
    else:
        stay = waiting[1] if waiting else request.POST.get("stay") == "on"
        enter(request, user, factor="passkey", stay=stay, now=now)
    return own_page(request)


def credential_of(request: HttpRequest) -> dict[str, Any]:
    """The browser's answer out of the field `credential`; Invalid for anything else."""
    try:
        found = json.loads(request.POST.get("credential", ""))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Invalid(_("The browser's answer did not fit. Try again."))
    return found


@signed_in
@never_cache
def confirm_page(request: HttpRequest) -> HttpResponse:
    """Before the way in is changed: the password or a passkey once more."""
    user, now, code = user_of(request), timezone.now(), 200
    form = ConfirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["password"]
        try:
            check_credentials(email=user.email, password=password, address=client_address(request), now=now)
        except DeskbellError as error:
            form.add_error("password", _("This is not your present password."))
            code = error.http_status
        else:
            confirm(request, now=now)
            return redirect(own_page(request))
    if form.errors and code == 200:
        code = 422
    context = {"form": form, "next": own_page(request), "way": way_in_of(user), "is_confirm": True}
    context |= {
        "has_password": user.has_usable_password(),
        "providers": [row.provider for row in identities_of(user)],
    }
    return render(request, "account/confirm.html", context, status=code)


@signed_in
@never_cache
def needed(request: HttpRequest) -> HttpResponse:
    """A role of this person asks for a second factor: show it, or set one up first."""
    user, now, code = user_of(request), timezone.now(), 200
    if not lacks_second_factor(request):
        return redirect(own_page(request))
    if not has_second_factor(user):
        return redirect("account:security")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            factor = check_code(
                user=user, code=form.cleaned_data["code"], address=client_address(request), now=now
            )
        except DeskbellError as error:
            show_errors(form, error)
            code = error.http_status
        else:
            show_factor(request, factor, now=now)
            return redirect(own_page(request))
    if form.errors and code == 200:
        code = 422
    context = {"form": form, "next": own_page(request), "way": way_in_of(user)}
    return render(request, "account/second.html", context, status=code)
