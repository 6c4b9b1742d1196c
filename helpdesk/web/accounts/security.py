"""One's own way in: password, second factor, passkeys, and where one is signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from helpdesk.core.errors import DeskbellError, Refused, TooMany
from helpdesk.core.selectors.accounts import passkeys_of, sign_ins_of, way_in_of
from helpdesk.core.selectors.organisation import organisation_name
from helpdesk.core.selectors.providers import identities_of, open_providers
from helpdesk.core.services.accounts.passkeys import add_passkey, registration_options, remove_passkey
from helpdesk.core.services.accounts.second_factor import (
    begin_authenticator,
    confirm_authenticator,
    digest_of,
    has_second_factor,
    provisioning_uri,
    remove_authenticator,
    renew_recovery_codes,
)
from helpdesk.core.services.accounts.sign_ins import end_others, end_sign_in
from helpdesk.core.services.people import change_password
from helpdesk.core.services.sign_in import check_credentials
from helpdesk.core.web import client_address, is_confirmed, lacks_second_factor, signed_in, user_of
from helpdesk.web.accounts.enter import ROW, keep_up, show_factor
from helpdesk.web.accounts.forms import FirstCodeForm
from helpdesk.web.accounts.second import CHALLENGE, credential_of
from helpdesk.web.accounts.site import is_number, site_of
from helpdesk.web.forms import PasswordForm, show_errors

CODES, BEGUN = "recovery_codes", "authenticator_begun"
View = Callable[..., HttpResponseBase]


def confirmed(view: View) -> View:
    """Who has not shown the password for a while shows it first; what a POST wanted is asked again. Who owes
    a second factor shows that one: the password alone must not bring a new one (A18).
    """

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        owes = _owes_factor(request)
        if is_confirmed(request, now=timezone.now()) and not owes:
            return view(request, *args, **kwargs)
        back = request.path if request.method == "GET" else reverse("account:security")
        page = reverse("account:needed" if owes else "account:confirm")
        target = f"{page}?{urlencode({'next': back})}"
        if request.accepts("text/html"):
            return redirect(target)
        return JsonResponse({"next": target}, status=403)

    return inner


def _owes_factor(request: HttpRequest) -> bool:
    """The person has a second factor, their role asks for one, and this browser has shown none."""
    return lacks_second_factor(request) and has_second_factor(user_of(request))


@signed_in
@never_cache
def security(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    if request.method == "POST" and _owes_factor(request):
        return redirect("account:needed")
    form, code = PasswordForm(request.POST or None), 422
    if request.method == "POST" and form.is_valid():
        address, now = client_address(request), timezone.now()
        try:  # counted as at the sign-in: a stolen session guesses no password (A18)
            check_credentials(
                email=user.email, password=form.cleaned_data["old_password"], address=address, now=now
            )
        except DeskbellError as error:
            form.add_error("old_password", _("This is not your present password."))
            code = 429 if isinstance(error, TooMany) else 422
    if request.method == "POST" and form.is_valid():
        try:
            change_password(user=user, **form.cleaned_data, now=timezone.now())
        except DeskbellError as error:
            show_errors(form, error)
        else:
            update_session_auth_hash(request, user)
            keep_up(request, now=timezone.now())
            end_others(user=user, keep=str(request.session.session_key), now=timezone.now())
            messages.success(request, _("Saved. Every other browser is signed out."))
            return redirect("account:security")
    context = {
        "nav": "profile",
        "tab": "security",
        "form": form,
        "way": way_in_of(user),
        "passkeys": passkeys_of(user),
        "sign_ins": sign_ins_of(user),
        "identities": identities_of(user),
        "linkable": open_providers().exclude(identities__user=user),
        "here": request.session.get(ROW),
        "is_walled": lacks_second_factor(request),
        "by_number": is_number(request.get_host().rpartition(":")[0] or request.get_host()),
        "codes": request.session.pop(CODES, []),
    }
    return render(request, "account/security.html", context, status=code if form.errors else 200)


@signed_in
@confirmed
@never_cache
def authenticator(request: HttpRequest) -> HttpResponse:
    """The picture for the app, and the first code as the proof that it works."""
    user, now = user_of(request), timezone.now()
    form, code = FirstCodeForm(request.POST or None), 200
    try:
        secret = begin_authenticator(user=user, begun=request.session.get(BEGUN, ""))
    except DeskbellError as error:
        messages.error(request, str(error))
        return redirect("account:security")
    request.session[BEGUN] = digest_of(secret)
    if request.method == "POST" and form.is_valid():
        try:
            codes = confirm_authenticator(user=user, code=form.cleaned_data["code"], now=now)
        except DeskbellError as error:
            show_errors(form, error)
            code = error.http_status
        else:
            show_factor(request, "totp", now=now)
            request.session[CODES] = codes
            messages.success(request, _("The app is added. It is asked for at the next sign-in."))
            return redirect("account:security")
    if form.errors and code == 200:
        code = 422
    uri = provisioning_uri(user=user, secret=secret, issuer=organisation_name())
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    context = {
        "nav": "profile",
        "tab": "security",
        "form": form,
        "picture": picture_of(uri),
        "secret": groups,
        "uri": uri,
    }
    return render(request, "account/authenticator.html", context, status=code)


def picture_of(text: str) -> str:
    """A QR code as a data address, which the CSP lets pictures have."""
    import segno

    return segno.make(text, error="m").svg_data_uri(scale=5, border=4, light="#fff")


def _refused_when_needed(request: HttpRequest, *, left: int) -> None:
    if user_of(request).needs_second_factor and left < 1:
        raise Refused(_("Your role needs a second factor. Add another one before you remove this one."))


@signed_in
@require_POST
@confirmed
def drop_authenticator(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    _refused_when_needed(request, left=way_in_of(user).passkeys)
    remove_authenticator(user=user, now=timezone.now())
    messages.success(request, _("The app is removed."))
    return redirect("account:security")


@signed_in
@require_POST
@confirmed
def new_codes(request: HttpRequest) -> HttpResponse:
    request.session[CODES] = renew_recovery_codes(user=user_of(request), now=timezone.now())
    return redirect("account:security")


@signed_in
@require_POST
@confirmed
def new_passkey_options(request: HttpRequest) -> HttpResponse:
    try:
        options, challenge = registration_options(user=user_of(request), site=site_of(request))
    except DeskbellError as error:
        return JsonResponse({"detail": str(error)}, status=error.http_status)
    request.session[CHALLENGE] = challenge
    return HttpResponse(options, content_type="application/json")


@signed_in
@require_POST
@confirmed
def new_passkey(request: HttpRequest) -> HttpResponse:
    user, now = user_of(request), timezone.now()
    try:
        add_passkey(
            user=user,
            credential=credential_of(request),
            challenge=request.session.pop(CHALLENGE, ""),
            name=request.POST.get("name", ""),
            site=site_of(request),
            now=now,
        )
        if not way_in_of(user).codes_left:
            request.session[CODES] = renew_recovery_codes(user=user, now=now)
    except DeskbellError as error:
        return JsonResponse({"detail": str(error)}, status=error.http_status)
    show_factor(request, "passkey", now=now)
    messages.success(request, _("The passkey is added."))
    return JsonResponse({"next": reverse("account:security")})


@signed_in
@require_POST
@confirmed
def drop_passkey(request: HttpRequest, passkey: int) -> HttpResponse:
    user, way = user_of(request), way_in_of(user_of(request))
    _refused_when_needed(request, left=way.has_authenticator + way.passkeys - 1)
    remove_passkey(user=user, passkey=passkey, now=timezone.now())
    messages.success(request, _("The passkey is removed."))
    return redirect("account:security")


@signed_in
@require_POST
def end_one(request: HttpRequest, sign_in: int) -> HttpResponse:
    if end_sign_in(user=user_of(request), sign_in=sign_in, now=timezone.now()):
        messages.success(request, _("That browser is signed out."))
    return redirect("account:security")


@signed_in
@require_POST
def end_elsewhere(request: HttpRequest) -> HttpResponse:
    ended = end_others(user=user_of(request), keep=str(request.session.session_key), now=timezone.now())
    words = ngettext("%(n)d browser is signed out.", "%(n)d browsers are signed out.", ended)
    messages.success(request, words % {"n": ended})
    return redirect("account:security")
