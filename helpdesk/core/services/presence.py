"""Which technicians are there: an open page of the console says so every minute."""

from datetime import datetime, timedelta

from helpdesk.core.models import User

NOTE_EVERY = timedelta(seconds=50)


def note_seen(*, user: User, now: datetime) -> None:
    """The user has a page open. Writes at most once in 50 s, however many pages it are."""
    if user.seen_at is None or now - user.seen_at > NOTE_EVERY:
        User.objects.filter(pk=user.pk).update(seen_at=now)
        user.seen_at = now


def set_away(*, user: User, is_away: bool) -> None:
    """Away people get no ticket by round robin or least busy; what is theirs stays theirs."""
    User.objects.filter(pk=user.pk).update(is_away=is_away)
    user.is_away = is_away
