"""What a browser's session knows of a sign-in: who waits, which factor was shown, and when."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from helpdesk.core.models import User
from helpdesk.core.services.accounts.sign_ins import NOTE_EVERY, note_session, note_sign_in
from helpdesk.core.web import CONFIRMED, client_address

PENDING, FACTOR, ROW, SEEN = "pending", "factor", "sign_in", "sign_in_seen_at"
PATIENCE = timedelta(minutes=10)


def enter(
    request: HttpRequest,
    user: User,
    *,
    factor: str = "",
    stay: bool,
    confirmed_at: float | None = None,
    now: datetime,
) -> None:
    """Signed in, with a new session key (no fixation); the browser shows up in the person's list.

    `confirmed_at`: when somebody else saw the person show who they are; else it was just now.
    """
    request.session.pop(PENDING, None)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    if not stay:
        request.session.set_expiry(0)
    if request.session.session_key is None:
        request.session.save()
    row = note_sign_in(
        user=user,
        session_key=str(request.session.session_key),
        browser=request.headers.get("User-Agent", ""),
        address=client_address(request),
        factor=factor,
        now=now,
    )
    stamp = now.timestamp()
    shown = stamp if confirmed_at is None else confirmed_at
    request.session.update({FACTOR: factor, CONFIRMED: shown, ROW: row.pk, SEEN: stamp})


def wait_for_factor(request: HttpRequest, user: User, *, stay: bool, now: datetime) -> None:
    """The password was right; nobody is signed in yet."""
    request.session.cycle_key()
    bound = user.get_session_auth_hash()
    request.session[PENDING] = {"user": user.pk, "bound": bound, "stay": stay, "at": now.timestamp()}


def who_waits(request: HttpRequest, *, now: datetime) -> tuple[User, bool] | None:
    """(user, stay signed in?) of the last ten minutes; None when time, account or password have moved on."""
    pending = request.session.get(PENDING)
    if not pending or now.timestamp() - pending["at"] > PATIENCE.total_seconds():
        return None
    user = User.objects.filter(pk=pending["user"], is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), pending["bound"]):
        return None
    return user, pending["stay"]


def show_factor(request: HttpRequest, factor: str, *, now: datetime) -> None:
    """Somebody who is in has shown a second factor as well."""
    request.session[FACTOR] = factor
    keep_up(request, factor=factor, now=now)


def keep_up(request: HttpRequest, *, factor: str | None = None, now: datetime) -> None:
    """The list of sign-ins follows the session, whose key changes with the password."""
    if row := request.session.get(ROW):
        request.session[SEEN] = now.timestamp()
        note_session(sign_in=row, session_key=str(request.session.session_key), factor=factor, now=now)


def note_visit(request: HttpRequest, *, now: datetime) -> None:
    """Writes at most every ten minutes."""
    seen = request.session.get(SEEN)
    if seen and now.timestamp() - seen > NOTE_EVERY.total_seconds():
        keep_up(request, now=now)
