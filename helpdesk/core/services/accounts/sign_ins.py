"""Where people are signed in. Django's session is the truth; our row tells which browser it is."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import transaction

from helpdesk.core import jobs
from helpdesk.core.events import publish
from helpdesk.core.models import SignIn, User
from helpdesk.core.services.audit import record

NOTE_EVERY = timedelta(minutes=10)


def note_sign_in(
    *, user: User, session_key: str, browser: str, address: str, factor: str, now: datetime
) -> SignIn:
    return SignIn.objects.create(
        user=user,
        session_key=session_key,
        browser=browser[:200],
        address=address[:45],
        factor=factor,
        created_at=now,
        seen_at=now,
    )


def note_session(*, sign_in: int, session_key: str, factor: str | None = None, now: datetime) -> None:
    """The browser was here; its session may have got another key, or a factor that it had not."""
    changes = {"session_key": session_key, "seen_at": now} | ({"factor": factor} if factor else {})
    SignIn.objects.filter(pk=sign_in).update(**changes)


@transaction.atomic
def end_sign_in(*, user: User, sign_in: int, now: datetime) -> bool:
    """Signs that browser out with its next click, and closes its pages; False when it was out already."""
    row = SignIn.objects.filter(user=user, pk=sign_in).first()
    if row is None:
        return False
    _end([row])
    record(actor=user, verb="signed out elsewhere", target=user, after={"browser": row.browser}, now=now)
    publish("user", user_id=user.pk)
    return True


@transaction.atomic
def end_others(*, user: User, keep: str, now: datetime) -> int:
    """Signs out every browser but the one whose session has the key `keep`; returns how many there were."""
    rows = list(SignIn.objects.filter(user=user).exclude(session_key=keep))
    _end(rows)
    if rows:
        record(actor=user, verb="signed out elsewhere", target=user, after={"browsers": len(rows)}, now=now)
        publish("user", user_id=user.pk)
    return len(rows)


def end_all(*, user: User) -> None:
    _end(list(SignIn.objects.filter(user=user)))


def _end(rows: list[SignIn]) -> None:
    Session.objects.filter(session_key__in=[row.session_key for row in rows]).delete()
    SignIn.objects.filter(pk__in=[row.pk for row in rows]).delete()


@jobs.each_day
def forget_old_sign_ins(now: datetime) -> None:
    """Those whose session has run out."""
    SignIn.objects.filter(created_at__lt=now - NOTE_EVERY).exclude(
        session_key__in=Session.objects.filter(expire_date__gte=now).values("session_key")
    ).delete()
