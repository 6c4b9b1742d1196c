"""Small helpers for views: who asks, and from where.

Every view in the URLconf carries `.guard`: "public", "signed-in" or a permission. A test walks the URLconf.
"""

import ipaddress
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import DeskbellError
from helpdesk.core.models import User
from helpdesk.core.selectors.accounts import way_in_of
from helpdesk.core.selectors.providers import identities_of
from helpdesk.core.services.sign_in import check_credentials

View = Callable[..., HttpResponseBase]
CONFIRMED: Final = "confirmed_at"
STAYS_CONFIRMED: Final = timedelta(minutes=10)
AGAIN: Final = "password-again"


def offer_undo(request: HttpRequest, said: str, sealed: str, *, url: str) -> None:
    """A toast on the next page; its button posts what `services.removal` sealed."""
    shown = {"said": said, "sealed": sealed, "url": url}
    messages.success(request, render_to_string("ui/_removed.html", shown, request))


def _is_trusted(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in settings.TRUSTED_PROXIES)


def client_address(request: HttpRequest) -> str:
    """Who really asks: the last hop that is not one of TRUSTED_PROXIES.

    X-Forwarded-For is read from the right and only as far as trusted proxies wrote it; what a client puts
    there itself never counts (A20).
    """
    address: str = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    while hops and _is_trusted(address):
        hop = hops.pop()
        try:
            address = str(ipaddress.ip_address(hop))
        except ValueError:
            break
    return address


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):  # htmx would put the sign-in page into a corner of the old one
        answer = HttpResponse(status=401)
        answer["HX-Redirect"] = resolve_url(settings.LOGIN_URL)
        return answer
    if request.method in ("GET", "HEAD"):
        return redirect_to_login(request.get_full_path())
    return redirect_to_login("/")


def user_of(request: HttpRequest) -> User:
    """The signed-in user of a guarded view."""
    assert isinstance(request.user, User)  # noqa: S101 (the guard let only users through)
    return request.user


def lacks_second_factor(request: HttpRequest) -> bool:
    """A role of the signed-in user asks for a second factor, and this sign-in has shown none."""
    return user_of(request).needs_second_factor and not request.session.get("factor")


def public(view: View) -> View:
    """Anybody may ask."""
    return _guarded(view, view, "public")


def signed_in(view: View) -> View:
    """Any active user may ask; others go to the sign-in page."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        return view(request, *args, **kwargs)

    return _guarded(inner, view, "signed-in")


def requires(permission: Permission, *, post: Permission | None = None) -> Callable[[View], View]:
    """Visitors go to the sign-in page; a user without the permission gets the 403 page. `post` asks more of a
    POST.

    Whether the user may see this very object is the selector's question: it answers 404.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            asked = post if post and request.method == "POST" else permission
            if not request.user.may(asked):
                raise PermissionDenied
            request.user.acts_by = asked
            return view(request, *args, **kwargs)

        return _guarded(inner, view, str(permission))

    return decorate


def is_confirmed(request: HttpRequest, *, now: datetime) -> bool:
    """Was the password, a passkey or a second factor shown in the last ten minutes?"""
    at = request.session.get(CONFIRMED, 0)
    return bool(now.timestamp() - at < STAYS_CONFIRMED.total_seconds())


def confirm(request: HttpRequest, *, now: datetime) -> None:
    request.session[CONFIRMED] = now.timestamp()


def stepped_up(view: View) -> View:
    """A POST is asked for the password once more (A14): a browser left open, or a stolen session, gives no
    rights and no secrets away, sends nothing out after one has left, and deletes nothing for good. What was
    typed goes along, and counts once the password is right.
    """

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        now = timezone.now()
        is_reading = request.method in ("GET", "HEAD") or not request.user.is_authenticated
        if is_reading or is_confirmed(request, now=now):
            return view(request, *args, **kwargs)
        wrong, code = "", 403
        if AGAIN in request.POST:
            user, address = user_of(request), client_address(request)
            try:
                check_credentials(email=user.email, password=request.POST[AGAIN], address=address, now=now)
            except DeskbellError as error:
                wrong, code = _("This is not your present password."), error.http_status
            else:
                confirm(request, now=now)
                return view(request, *args, **kwargs)
        return _ask_again(request, wrong=wrong, status=code)

    return inner


def stepped_up_when(is_grave: Callable[[HttpRequest], bool]) -> Callable[[View], View]:
    """As `stepped_up`, for a page of which only some POSTs change something."""

    def decorate(view: View) -> View:
        asked = stepped_up(view)

        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return (asked if is_grave(request) else view)(request, *args, **kwargs)

        return inner

    return decorate


def _ask_again(request: HttpRequest, *, wrong: str, status: int) -> HttpResponse:
    user = user_of(request)
    if request.headers.get("HX-Request"):  # only part of a page: it cannot ask
        back = urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
        answer = HttpResponse(status=status)
        answer["HX-Redirect"] = _confirm_url(back)
        return answer
    back = "/" + urlsplit(request.headers.get("Referer", "")).path.lstrip("/")
    if request.FILES:  # no field can keep a file for the next page
        messages.info(request, _("The file cannot wait here. Choose it once more afterwards."))
        return redirect(_confirm_url(back))
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in (AGAIN, "csrfmiddlewaretoken")
    ]
    context = {"kept": kept, "wrong": wrong, "way": way_in_of(user), "next": back, "is_confirm": True}
    context |= {"has_password": user.has_usable_password(), "name": AGAIN}
    context["providers"] = [row.provider for row in identities_of(user)]
    answer = render(request, "account/step_up.html", context, status=status)
    answer["Cache-Control"] = "no-store, private"
    return answer


def _confirm_url(back: str) -> str:
    return f"{resolve_url('account:confirm')}?{urlencode({'next': back})}"


def _guarded(wrapped: View, view: View, guard: str) -> View:
    wrapped.guard = guard  # type: ignore[attr-defined]
    return wrapped
