"""Single sign-on: to a provider and back (OpenID Connect), to come in, to link an account, to confirm.

The way there starts from a link: `form-action 'self'` lets no form end at another site. What the browser must
bring back lies in its own session, so nobody comes in by a way that another browser began (login CSRF).
"""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from helpdesk.core import throttle
from helpdesk.core.domain.address import brake_of
from helpdesk.core.domain.oidc import Flow, make_flow, way_there
from helpdesk.core.errors import DeskbellError, Refused
from helpdesk.core.links import absolute_url
from helpdesk.core.models import IdentityProvider, User
from helpdesk.core.selectors.providers import open_providers
from helpdesk.core.services.accounts.oidc import published_by
from helpdesk.core.services.accounts.second_factor import has_second_factor
from helpdesk.core.services.accounts.single_sign_on import (
    NotVouched,
    check_confirmed,
    link,
    person_of,
    unlink,
    vouched_by,
)
from helpdesk.core.web import client_address, confirm, public, signed_in, user_of
from helpdesk.web.accounts.enter import enter, wait_for_factor
from helpdesk.web.accounts.security import confirmed
from helpdesk.web.sign_in import own_page

FLOWS, CAME_BY = "sso", "sso_provider"
PATIENCE_SECONDS, MOST_FLOWS = 600, 5
TRIES_PER_ADDRESS, WINDOW_SECONDS = 60, 15 * 60


@public
@never_cache
def start(request: HttpRequest, provider: UUID) -> HttpResponse:
    """To the provider; who is in already goes only to confirm that it is still them."""
    found = get_object_or_404(open_providers(), public_id=provider)
    is_in = request.user.is_authenticated
    if is_in and "confirm" not in request.GET:
        return redirect(own_page(request))
    try:
        return redirect(_begin(request, found, "confirm" if is_in else "enter", next_page=own_page(request)))
    except DeskbellError as error:
        return _failed(request, found, error)


@signed_in
@require_POST
@confirmed
@never_cache
def start_link(request: HttpRequest, provider: UUID) -> HttpResponse:
    """By a button alone, so that nobody is led to link a stranger's account; the page goes on by itself."""
    found = get_object_or_404(open_providers(), public_id=provider)
    try:
        there = _begin(request, found, "link", next_page=reverse("account:security"))
    except DeskbellError as error:
        return _failed(request, found, error)
    return render(request, "account/go_on.html", {"there": there, "provider": found})


@signed_in
@require_POST
@confirmed
def drop_link(request: HttpRequest, identity: int) -> HttpResponse:
    unlink(user=user_of(request), identity=identity, now=timezone.now())
    return redirect("account:security")


def _begin(request: HttpRequest, provider: IdentityProvider, purpose: str, *, next_page: str) -> str:
    now = timezone.now()
    _brake(request)
    about = published_by(provider)
    user = user_of(request).pk if request.user.is_authenticated else 0
    flow = make_flow(
        provider=provider.pk, purpose=purpose, user=user, next_page=next_page, at=now.timestamp()
    )
    waiting = request.session.get(FLOWS, [])
    request.session[FLOWS] = [*waiting, flow.to_session()][-MOST_FLOWS:]
    there = about["authorization_endpoint"]
    return way_there(there, flow, client_id=provider.client_id, back=_back_url(provider))


def _brake(request: HttpRequest) -> None:
    """Each of these pages may ask another server."""
    throttle.hit(
        "sso",
        brake_of(client_address(request)),
        limit=TRIES_PER_ADDRESS,
        per_seconds=WINDOW_SECONDS,
        now=timezone.now(),
    )


def _back_url(provider: IdentityProvider) -> str:
    """One for each provider, so that none answers for another (mix-up); never from a request (A19)."""
    return absolute_url(reverse("account:sso-back", args=[provider.public_id]))


@public
@never_cache
def back(request: HttpRequest, provider: UUID) -> HttpResponse:
    """Back from the provider, with a code for a token or with what went wrong there."""
    found = get_object_or_404(open_providers().select_related("new_role"), public_id=provider)
    now = timezone.now()
    try:
        flow = _taken_flow(request, found, now=now)
        code = _code(request, found)
        who = vouched_by(found, code=code, flow=flow, back=_back_url(found), now=now)
        if flow.purpose == "enter":
            user = person_of(found, who, now=now)
            return _enter(request, found, user, flow, confirmed_at=who.confirmed_at, now=now)
        user = user_of(request)
        if flow.purpose == "link":
            link(user=user, provider=found, who=who, now=now)
        else:
            check_confirmed(user, found, who, begun=flow.at)
            confirm(request, now=now)
    except DeskbellError as error:
        return _failed(request, found, error)
    return redirect(flow.next)


def _taken_flow(request: HttpRequest, provider: IdentityProvider, *, now: datetime) -> Flow:
    """What this browser began, for this one use. Refused for anybody else's, or a second time."""
    waiting = [Flow(**row) for row in request.session.get(FLOWS, [])]
    state = request.GET.get("state", "")
    flow = next((flow for flow in waiting if flow.state == state), None)
    if flow is None or not cache.add(f"sso-state:{state}", 1, PATIENCE_SECONDS):
        raise Refused(_("This sign-in was begun in another browser, or is over. Start it again here."))
    request.session[FLOWS] = [each.to_session() for each in waiting if each is not flow]
    user = user_of(request).pk if request.user.is_authenticated else 0
    is_late = now.timestamp() - flow.at > PATIENCE_SECONDS
    if flow.provider != provider.pk or flow.user != user or is_late:
        raise Refused(_("This sign-in was begun in another browser, or is over. Start it again here."))
    return flow


def _code(request: HttpRequest, provider: IdentityProvider) -> str:
    about, issuer = published_by(provider), request.GET.get("iss")
    if (issuer or about["names_itself"]) and issuer != provider.issuer:  # RFC 9207
        raise NotVouched(_("Somebody else answered for %(name)s.") % {"name": provider.name})
    if "error" in request.GET or not request.GET.get("code"):
        is_no = request.GET.get("error") == "access_denied"
        words = (
            _("%(name)s did not let you in, or you stopped there.")
            if is_no
            else _("%(name)s could not sign you in. Try again, or sign in with your password.")
        )
        raise Refused(words % {"name": provider.name})
    return request.GET["code"][:4096]


def _enter(
    request: HttpRequest,
    provider: IdentityProvider,
    user: User,
    flow: Flow,
    *,
    confirmed_at: float,
    now: datetime,
) -> HttpResponse:
    """In; with the own second factor before, unless the provider's is trusted."""
    request.session[CAME_BY] = str(provider.public_id)
    if not provider.trusts_factor and has_second_factor(user):
        wait_for_factor(request, user, stay=False, now=now)
        return redirect(f"{reverse('account:second')}?{urlencode({'next': flow.next})}")
    factor = "provider" if provider.trusts_factor else ""
    enter(request, user, factor=factor, stay=False, confirmed_at=confirmed_at, now=now)
    return redirect(flow.next)


@public
@never_cache
def out(request: HttpRequest, provider: UUID) -> HttpResponse:
    """Out of the desk; a link leads out of the provider too, where it has such a page."""
    found = get_object_or_404(open_providers(), public_id=provider)
    try:
        _brake(request)
        there = published_by(found).get("end_session_endpoint", "")
    except DeskbellError:
        there = ""
    if there:
        asked = {
            "client_id": found.client_id,
            "post_logout_redirect_uri": absolute_url(reverse("web:sign-in")),
        }
        there += f"{'&' if '?' in there else '?'}{urlencode(asked)}"
    return render(request, "account/signed_out.html", {"provider": found, "there": there})


def _failed(request: HttpRequest, provider: IdentityProvider, error: DeskbellError) -> HttpResponse:
    again = reverse("account:security" if request.user.is_authenticated else "web:sign-in")
    context = {"error": error, "provider": provider, "again": again}
    return render(request, "account/sso_failed.html", context, status=error.http_status)
