"""Notices by e-mail: collected, spared when read in time, in the reader's language."""

from datetime import datetime, timedelta

import pytest

from helpdesk.core import notices as doors
from helpdesk.core.domain.notices import News
from helpdesk.core.models import Notice, NoticeChoice, OutgoingMail, User
from helpdesk.core.notices import Subject
from helpdesk.core.selectors.notices import notices_of, sentence_of, told
from helpdesk.core.services import notice_mail
from helpdesk.core.services.notice_mail import forget_old_notices, mail_notices
from helpdesk.core.services.notices import choose_notices, mark_read, notice

SOON = timedelta(minutes=2)


@pytest.fixture(autouse=True)
def _tickets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "_doors", {})

    @doors.door("ticket")
    def tickets(user: User, refs: object) -> dict[str, Subject]:
        return {"7": Subject("#7", "Printer", "/tickets/7/")}


def mention(to: User, now: datetime, **more: str) -> None:
    notice(news=News.MENTIONED, to=[to], who="Bob Kahn", **{"about": "ticket:7", **more}, now=now)


def test_two_notices_are_one_mail(ada: User, now: datetime) -> None:
    mention(ada, now, text="Look at this")
    notice(news=News.DESK, to=[ada], title="A webhook failed", url="/settings/", now=now)
    mail_notices(now)
    assert not OutgoingMail.objects.exists()
    mail_notices(now + SOON)
    mail_notices(now + SOON)
    mail = OutgoingMail.objects.get()
    assert mail.subject == "2 notices from the helpdesk"
    assert "#7 Printer\nBob Kahn mentioned you\n> Look at this\n" in mail.text
    assert "/tickets/7/" in mail.text
    assert "A webhook failed" in mail.html
    assert "/profile/notices/" in mail.text


def test_one_notice_says_in_the_subject_what_it_is_about(ada: User, now: datetime) -> None:
    mention(ada, now)
    mail_notices(now + SOON)
    assert OutgoingMail.objects.get().subject == "[#7] Printer: Bob Kahn mentioned you"


def test_the_mail_is_in_the_language_of_its_reader(ada: User, now: datetime) -> None:
    User.objects.filter(pk=ada.pk).update(language="de")
    mention(ada, now)
    mail_notices(now + SOON)
    assert "Bob Kahn hat Sie erwähnt" in OutgoingMail.objects.get().text


def test_a1_words_of_strangers_are_no_markup_in_the_mail(ada: User, now: datetime) -> None:
    mention(ada, now, text="<script>x</script>")
    mail_notices(now + SOON)
    assert "<script>" not in OutgoingMail.objects.get().html


def test_what_was_read_in_time_is_not_mailed(ada: User, now: datetime) -> None:
    mention(ada, now)
    mark_read(user=ada, now=now)
    mail_notices(now + SOON)
    assert not OutgoingMail.objects.exists()


def test_who_left_meanwhile_gets_no_mail(ada: User, now: datetime) -> None:
    mention(ada, now)
    User.objects.update(is_active=False)
    mail_notices(now + SOON)
    assert not OutgoingMail.objects.exists()


def test_a12_what_the_reader_may_no_longer_see_is_not_mailed(ada: User, now: datetime) -> None:
    mention(ada, now, about="ticket:8")
    mail_notices(now + SOON)
    assert not OutgoingMail.objects.exists()
    assert not Notice.objects.exclude(mail_due_at=None).exists()


def test_what_another_process_took_is_left_to_it(
    ada: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    mention(ada, now)
    row = Notice.objects.get()
    Notice.objects.update(mail_due_at=None)
    monkeypatch.setattr(notice_mail, "list", lambda rows: [row], raising=False)
    notice_mail._mail_one(ada, now + SOON)
    assert not OutgoingMail.objects.exists()


def test_old_notices_go_with_the_sweep_of_the_day(ada: User, now: datetime) -> None:
    mention(ada, now)
    forget_old_notices(now + timedelta(days=91))
    assert not Notice.objects.exists()


def test_a_choice_is_kept_without_what_nobody_knows(ada: User) -> None:
    wanted = {"assigned": ["push", "bell", "pigeon"], "weather": ["bell"]}
    choose_notices(user=ada, channels=wanted, quiet_since=None, quiet_until=None)
    choose_notices(user=ada, channels=wanted, quiet_since=None, quiet_until=None)
    assert NoticeChoice.objects.get().channels == {"assigned": ["bell", "push"]}


def test_the_list_leaves_out_what_is_behind_a_closed_door(ada: User, now: datetime) -> None:
    mention(ada, now)
    mention(ada, now, about="ticket:8")
    assert [one.subject.label for one in told(ada, notices_of(ada))] == ["#7"]


@pytest.mark.parametrize(
    ("news", "detail", "words"),
    [
        ("assigned", "opened", "Bob opened a ticket for you"),
        ("assigned", "assignee", "Bob gave you this ticket"),
        ("answered", "wrote", "Bob answered"),
        ("answered", "rated", "Bob rated the help"),
        ("followed", "noted", "Bob wrote a note"),
        ("followed", "watch", "Bob asked you to watch this ticket"),
        ("new", "opened", "Bob opened a ticket"),
        ("followed", "woken", "The snooze is over"),
        ("target", "missed", "A service target was missed"),
        ("target", "near", "A service target is at risk"),
        ("rule", "", "The rule “Bob” tells you"),
        ("desk", "", ""),
    ],
)
def test_each_news_has_a_sentence(news: str, detail: str, words: str) -> None:
    assert sentence_of(Notice(news=news, detail=detail, who="Bob")) == words
