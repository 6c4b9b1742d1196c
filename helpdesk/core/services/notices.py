"""Telling people what happened: one call for every part of the desk."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from helpdesk.core.domain.notices import MAIL_WAITS, Channel, News, channels_of, quiet_until
from helpdesk.core.events import publish
from helpdesk.core.models import Notice, NoticeChoice, User
from helpdesk.core.selectors.organisation import organisation_time_zone
from helpdesk.core.services.jobs import enqueue

PUSH_KIND = "push_notices"
KEPT_DAYS = 90


@transaction.atomic
def notice(
    *,
    news: News,
    to: Iterable[User],
    about: str = "",
    by: User | None = None,
    who: str = "",
    detail: str = "",
    title: str = "",
    url: str = "",
    text: str = "",
    key: str = "",
    now: datetime,
) -> int:
    """Tells each of these people on the channels that they chose; how many heard something new.

    `about` names the thing, like "ticket:7": who may not see it when it is told hears nothing, and its
    subject and address are read then. What is about nothing with a door (a webhook that failed) gives `title`
    and `url`. `who` and `detail` complete the sentence, `text` quotes. `by` never hears of his own deed, nor
    does who left. With a `key` nobody is told twice: safe to repeat. Commits with the caller.
    """
    people = {user.pk: user for user in to if user.is_active and user != by}
    choices = NoticeChoice.objects.in_bulk(list(people)) if people else {}
    rows = []
    for user in people.values():
        choice = choices.get(user.pk)
        where = channels_of(news, choice.channels if choice else {})
        if not where:
            continue
        rest = _quiet_until(user, choice, now)
        rows.append(
            Notice(
                user=user,
                news=news.value,
                about=about,
                key=key[:80],
                who=(who or str(by or ""))[:200],
                detail=detail[:20],
                title=title[:200],
                url=url[:200],
                text=" ".join(text.split())[:300],
                in_bell=Channel.BELL in where,
                created_at=now,
                mail_due_at=max(now + MAIL_WAITS, rest or now) if Channel.MAIL in where else None,
                push_due_at=now if Channel.PUSH in where and not rest else None,
            )
        )
    return _write(rows, key, now)


def _write(rows: list[Notice], key: str, now: datetime) -> int:
    if key and rows:
        told = Notice.objects.filter(key=key, user__in=[row.user_id for row in rows])
        known = set(told.values_list("user_id", flat=True))
        rows = [row for row in rows if row.user_id not in known]
    Notice.objects.bulk_create(rows, ignore_conflicts=bool(key))
    for row in rows:
        publish("notice", user_id=row.user_id)
    for user_id in with_devices([row.user_id for row in rows if row.push_due_at]):
        enqueue(kind=PUSH_KIND, ref=str(user_id), now=now)
    return len(rows)


def with_devices(user_ids: list[int]) -> list[int]:
    """Those of them who have a browser to push to."""
    if not user_ids:
        return []
    found = User.objects.filter(pk__in=user_ids, push_devices__isnull=False)
    return list(found.distinct().values_list("pk", flat=True))


def _quiet_until(user: User, choice: NoticeChoice | None, now: datetime) -> datetime | None:
    if choice is None:
        return None
    local = now.astimezone(ZoneInfo(user.time_zone or organisation_time_zone()))
    return quiet_until(local, choice.quiet_since, choice.quiet_until)


def mark_read(*, user: User, notices: Iterable[int] | None = None, now: datetime) -> list[int]:
    """These notices, or all, are read: the ids of those that were not, for the undo.

    A mail that waits with them is spared.
    """
    rows = Notice.objects.filter(user=user, read_at=None)
    if notices is not None:
        rows = rows.filter(pk__in=list(notices))
    ids = list(rows.values_list("pk", flat=True))
    if ids:
        Notice.objects.filter(pk__in=ids).update(read_at=now)
        publish("notice", user_id=user.pk)
    return ids


def mark_unread(*, user: User, notices: Iterable[int]) -> int:
    """Back into the bell; how many."""
    rows = Notice.objects.filter(user=user, pk__in=list(notices)).exclude(read_at=None)
    count = rows.update(read_at=None)
    if count:
        publish("notice", user_id=user.pk)
    return count


def delete_old_notices(*, now: datetime) -> int:
    """Read or not, nobody looks for news of three months ago."""
    return Notice.objects.filter(created_at__lt=now - timedelta(days=KEPT_DAYS)).delete()[0]
