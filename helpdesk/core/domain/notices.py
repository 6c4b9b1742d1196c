"""What a technician can be told, and where: the bell, an e-mail, a push of the browser."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final


class News(StrEnum):
    """What happened, from the reader's side. The first that fits wins: nobody hears twice of one deed."""

    MENTIONED = "mentioned"
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    MAIL_FAILED = "mail-failed"
    TARGET = "target"
    RULE = "rule"
    TEAM = "team"
    NEW = "new"
    FOLLOWED = "followed"
    #: Something about the desk that an administrator should look at.
    DESK = "desk"


class Channel(StrEnum):
    BELL = "bell"
    MAIL = "mail"
    PUSH = "push"


#: For whoever chose nothing. Mail only where the console alone would be too late.
STANDARD: Final[Mapping[News, frozenset[Channel]]] = {
    News.MENTIONED: frozenset(Channel),
    News.ASSIGNED: frozenset({Channel.BELL, Channel.PUSH}),
    News.ANSWERED: frozenset({Channel.BELL, Channel.PUSH}),
    News.MAIL_FAILED: frozenset(Channel),
    News.TARGET: frozenset({Channel.BELL, Channel.PUSH}),
    News.RULE: frozenset({Channel.BELL, Channel.PUSH}),
    News.TEAM: frozenset({Channel.BELL}),
    News.NEW: frozenset({Channel.BELL}),
    News.FOLLOWED: frozenset({Channel.BELL}),
    News.DESK: frozenset({Channel.BELL, Channel.MAIL}),
}
#: Who reads it in the console within this time gets no mail of it; what comes together is one mail.
MAIL_WAITS: Final = timedelta(minutes=2)


def channels_of(news: News, chosen: Mapping[str, Iterable[str]]) -> frozenset[Channel]:
    """Where to tell it; `chosen` is as stored: of each kind of news the channels."""
    if news not in chosen:
        return STANDARD[news]
    known = {channel.value for channel in Channel}
    return frozenset(Channel(each) for each in chosen[news] if each in known)


def quiet_until(local: datetime, since: time | None, until: time | None) -> datetime | None:
    """The end of the quiet hours that `local`, the reader's own time, lies in; None outside of them.

    From 22:00 to 6:30 goes over midnight; equal times and a missing one mean no quiet hours.
    """
    if since is None or until is None or since == until:
        return None
    at = local.time()
    is_quiet = since <= at < until if since < until else at >= since or at < until
    if not is_quiet:
        return None
    end = local.replace(hour=until.hour, minute=until.minute, second=0, microsecond=0)
    return end if at < until else end + timedelta(days=1)
