"""One's own notices, with what they are about as one may see it now."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.template.loader import render_to_string

from helpdesk.core.models import Notice, NoticeChoice, PushDevice, User
from helpdesk.core.notices import Subject, spoken_name, subjects_for

PAGE = 50


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as its reader sees it."""

    notice: Notice
    subject: Subject

    @property
    def sentence(self) -> str:
        """In the language that is active: "Ada Lovelace gave this ticket to you"."""
        return sentence_of(self.notice)


def sentence_of(notice: Notice) -> str:
    """What happened, without what it happened to; empty where the title says it all."""
    facts = {"news": notice.news, "detail": notice.detail, "who": spoken_name(notice.who)}
    return render_to_string("mails/notice_line.txt", facts).strip()


def notices_of(user: User) -> QuerySet[Notice]:
    """The bell's, newest first. What they are about must still go through `told`."""
    return Notice.objects.filter(user=user, in_bell=True).order_by("-id")


def told(user: User, notices: Iterable[Notice]) -> list[Told]:
    """Those whose subject the user may see at this moment (A12); one query for each kind of subject."""
    rows = list(notices)
    subjects = subjects_for(user, [row.about for row in rows if row.about])
    found = []
    for row in rows:
        subject = subjects.get(row.about) if row.about else Subject("", row.title, row.url)
        if subject:
            found.append(Told(row, subject))
    return found


def unread_count(user: User) -> int:
    return Notice.objects.filter(user=user, in_bell=True, read_at=None).count()


def notice_choice(user: User) -> NoticeChoice:
    """What they chose; an unsaved row for who chose nothing."""
    return NoticeChoice.objects.filter(user=user).first() or NoticeChoice(user=user)


def push_devices_of(user: User) -> QuerySet[PushDevice]:
    return PushDevice.objects.filter(user=user).order_by("-created_at", "-pk")
