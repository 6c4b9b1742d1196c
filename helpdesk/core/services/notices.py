"""Telling people what happened: one call for every part of the desk."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count

from helpdesk.core.domain.notices import MAIL_WAITS, Channel, News, channels_of, quiet_until
from helpdesk.core.events import publish
from helpdesk.core.models import Notice, NoticeChoice, User
from helpdesk.core.selectors.organisation import clock_of
from helpdesk.core.services.jobs import enqueue

PUSH_KIND = "push_notices"
KEPT_DAYS = 90
MOST_UNREAD = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One piece of news for some people.

    `about` names the thing, like "ticket:7": who may not see it when it is told hears nothing, and its
    subject and address are read then. What is about nothing with a door (a webhook that failed) gives `title`
    and `url`. `who` and `detail` complete the sentence, `text` quotes. `by` never hears of his own deed, nor
    does who left. With a `key` nobody is told twice: safe to repeat.
    """

    news: News
    to: Iterable[User]
    about: str = ""
    by: User | None = None
    who: str = ""
    detail: str = ""
    title: str = ""
    url: str = ""
    text: str = ""
    key: str = ""


def notice(*, news: News, to: Iterable[User], now: datetime, **more: Any) -> int:
    """Tells one `Story`; how many people heard something new. Commits with the caller."""
    return tell([Story(news=news, to=to, **more)], now=now)


def tell(stories: Sequence[Story], *, now: datetime) -> int:
    """Tells many at once, in few statements: each person on the channels that they chose. How many notices.

    Who is in two stories with one key hears the first. Commits with the caller.
    """
    people = {user.pk: user for story in stories for user in story.to if user.is_active}
    if not people:
        return 0
    choices = NoticeChoice.objects.in_bulk(list(people))
    keys = {story.key for story in stories if story.key}
    told = Notice.objects.filter(key__in=keys, user__in=people).values_list("user_id", "key") if keys else ()
    known = set(told)
    rows: list[Notice] = []
    for story in stories:
        for user in story.to:
            mark = (user.pk, story.key)
            if user.pk not in people or user == story.by or mark in known:
                continue
            known |= {mark} if story.key else set()
            if row := _row(story, user, choices.get(user.pk), now):
                rows.append(row)
    _write(rows, now)
    return len(rows)


def _row(story: Story, user: User, choice: NoticeChoice | None, now: datetime) -> Notice | None:
    """None for who wants to hear of it nowhere."""
    where = channels_of(story.news, choice.channels if choice else {})
    if not where:
        return None
    rest = _quiet_until(user, choice, now)
    return Notice(
        user=user,
        news=story.news.value,
        about=story.about,
        key=story.key[:80],
        who=(story.who or str(story.by or ""))[:200],
        detail=story.detail[:20],
        title=story.title[:200],
        url=story.url[:200],
        text=" ".join(story.text.split())[:300],
        in_bell=Channel.BELL in where,
        created_at=now,
        mail_due_at=max(now + MAIL_WAITS, rest or now) if Channel.MAIL in where else None,
        push_due_at=now if Channel.PUSH in where and not rest else None,
    )


@transaction.atomic
def _write(rows: Sequence[Notice], now: datetime) -> None:
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    for user_id in sorted({row.user_id for row in rows}):
        publish("notice", user_id=user_id)
    pushed = [row.user_id for row in rows if row.push_due_at]
    for user_id in with_devices(pushed) if pushed else ():
        enqueue(kind=PUSH_KIND, ref=str(user_id), now=now)


def with_devices(user_ids: list[int]) -> list[int]:
    """Those of them who have a browser to push to."""
    found = User.objects.filter(pk__in=user_ids, push_devices__isnull=False)
    return list(found.distinct().values_list("pk", flat=True))


def _quiet_until(user: User, choice: NoticeChoice | None, now: datetime) -> datetime | None:
    if choice is None:
        return None
    local = now.astimezone(clock_of(user))
    return quiet_until(local, choice.quiet_since, choice.quiet_until)


def choose_notices(
    *, user: User, channels: Mapping[str, Sequence[str]], quiet_since: time | None, quiet_until: time | None
) -> None:
    """From now on `user` hears of each kind of news where `channels` says; what is not known is left out."""
    known = {
        news.value: sorted(channels_of(news, channels), key=list(Channel).index)
        for news in News
        if news in channels
    }
    NoticeChoice.objects.update_or_create(
        user=user,
        defaults={"channels": known, "quiet_since": quiet_since, "quiet_until": quiet_until},
    )


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
    """Read or not, nobody looks for news of three months ago; how many went.

    Of what somebody never reads the newest stay unread: the bell, counted with every page, stays quick.
    """
    unread = Notice.objects.filter(in_bell=True, read_at=None)
    crowded = unread.order_by().values("user").annotate(n=Count("pk")).filter(n__gt=MOST_UNREAD)
    for user_id in list(crowded.values_list("user", flat=True)):
        last = unread.filter(user=user_id).order_by("-pk").values_list("pk", flat=True)[MOST_UNREAD - 1]
        unread.filter(user=user_id, pk__lt=last).update(read_at=now)
    return Notice.objects.filter(created_at__lt=now - timedelta(days=KEPT_DAYS)).delete()[0]
