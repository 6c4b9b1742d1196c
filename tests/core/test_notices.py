"""What people are told: by choice, once, never of their own deeds."""

from datetime import UTC, datetime, time, timedelta

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from helpdesk.core import notices as doors
from helpdesk.core.domain.notices import STANDARD, Channel, News, channels_of, quiet_until
from helpdesk.core.events import hub
from helpdesk.core.models import Job, Notice, NoticeChoice, PushDevice, User
from helpdesk.core.notices import Subject, subjects_for
from helpdesk.core.services import notices
from helpdesk.core.services.notices import delete_old_notices, mark_read, mark_unread, notice


def test_who_chose_nothing_hears_as_the_standard_says() -> None:
    assert channels_of(News.ASSIGNED, {}) == STANDARD[News.ASSIGNED]


def test_a_choice_counts_and_what_it_does_not_know_is_left_out() -> None:
    assert channels_of(News.ASSIGNED, {"assigned": ["mail", "pigeon"]}) == {Channel.MAIL}
    assert channels_of(News.ASSIGNED, {"assigned": []}) == frozenset()


@pytest.mark.parametrize(
    ("at", "end"),
    [
        ("22:00", datetime(2026, 11, 23, 6, 30, tzinfo=UTC)),
        ("06:29", datetime(2026, 11, 22, 6, 30, tzinfo=UTC)),
        ("06:30", None),
        ("21:59", None),
    ],
)
def test_quiet_hours_go_over_midnight(at: str, end: datetime | None) -> None:
    local = datetime.combine(datetime(2026, 11, 22, tzinfo=UTC), time.fromisoformat(at), UTC)
    assert quiet_until(local, time(22), time(6, 30)) == end


def test_quiet_hours_at_noon_end_on_the_same_day() -> None:
    local = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
    assert quiet_until(local, time(12), time(13)) == datetime(2026, 11, 22, 13, tzinfo=UTC)
    assert quiet_until(local, time(13), time(14)) is None


@pytest.mark.parametrize(("since", "until"), [(None, time(6)), (time(6), None), (time(6), time(6))])
def test_half_of_a_time_and_no_time_at_all_are_no_quiet_hours(since: time | None, until: time | None) -> None:
    assert quiet_until(datetime(2026, 11, 22, 6, tzinfo=UTC), since, until) is None


def test_nobody_is_told_of_their_own_deed(ada: User, bob: User, now: datetime) -> None:
    assert notice(news=News.ASSIGNED, to=[ada, bob], by=ada, about="ticket:7", now=now) == 1
    row = Notice.objects.get()
    assert (row.user, row.who, row.about, row.in_bell) == (bob, "Ada Lovelace", "ticket:7", True)


def test_who_left_hears_nothing(ada: User, now: datetime) -> None:
    ada.is_active = False
    assert notice(news=News.ASSIGNED, to=[ada], now=now) == 0


def test_with_a_key_everybody_hears_once(ada: User, bob: User, now: datetime) -> None:
    assert notice(news=News.DESK, to=[ada], title="A", key="k", now=now) == 1
    assert notice(news=News.DESK, to=[ada, bob], title="A", key="k", now=now) == 1
    assert Notice.objects.count() == 2


def test_the_pages_of_the_reader_hear_of_it_and_no_others(
    ada: User, now: datetime, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    before = hub.last_id
    with django_capture_on_commit_callbacks(execute=True):
        notice(news=News.NEW, to=[ada], now=now)
    heard = [(event.name, event.ref, event.user_id) for event in hub.since(before) or ()]
    assert heard == [("notice", "", ada.pk)]


def test_a_mail_waits_two_minutes_for_somebody_who_reads_in_the_console(ada: User, now: datetime) -> None:
    notice(news=News.MENTIONED, to=[ada], now=now)
    assert Notice.objects.get().mail_due_at == now + timedelta(minutes=2)


def test_who_wants_to_hear_nowhere_has_no_row(ada: User, now: datetime) -> None:
    NoticeChoice.objects.create(user=ada, channels={"assigned": []})
    assert notice(news=News.ASSIGNED, to=[ada], now=now) == 0
    assert not Notice.objects.exists()


def test_who_wants_mail_alone_has_no_bell(ada: User, now: datetime) -> None:
    NoticeChoice.objects.create(user=ada, channels={"assigned": ["mail"]})
    notice(news=News.ASSIGNED, to=[ada], now=now)
    row = Notice.objects.get()
    assert (row.in_bell, row.push_due_at) == (False, None)


def test_in_quiet_hours_mails_wait_and_nothing_is_pushed(ada: User, now: datetime) -> None:
    User.objects.filter(pk=ada.pk).update(time_zone="Europe/Berlin")
    ada.time_zone = "Europe/Berlin"
    NoticeChoice.objects.create(user=ada, quiet_since=time(10, 30), quiet_until=time(13))
    notice(news=News.MENTIONED, to=[ada], now=now)  # 11:00 in Berlin
    row = Notice.objects.get()
    assert (row.mail_due_at, row.push_due_at) == (datetime(2026, 11, 22, 12, tzinfo=UTC), None)


def test_a_push_is_a_job_for_those_who_have_a_browser(ada: User, bob: User, now: datetime) -> None:
    PushDevice.objects.create(user=ada, endpoint="https://push.example/1", created_at=now)
    notice(news=News.ASSIGNED, to=[ada, bob], now=now)
    assert list(Job.objects.filter(kind="push_notices").values_list("ref", flat=True)) == [str(ada.pk)]


def test_what_was_read_comes_back_with_undo(ada: User, bob: User, now: datetime) -> None:
    for person in (ada, ada, bob):
        notice(news=News.NEW, to=[person], now=now)
    first, second, foreign = Notice.objects.order_by("pk").values_list("pk", flat=True)
    assert mark_read(user=ada, notices=[first, foreign], now=now) == [first]
    assert mark_read(user=ada, now=now) == [second]
    assert mark_read(user=ada, now=now) == []
    assert mark_unread(user=ada, notices=[first, second, foreign]) == 2
    assert mark_unread(user=ada, notices=[first]) == 0
    assert not Notice.objects.exclude(read_at=None).exists()


def test_old_news_go_after_three_months(ada: User, now: datetime) -> None:
    notice(news=News.NEW, to=[ada], now=now)
    assert delete_old_notices(now=now + timedelta(days=90)) == 0
    assert delete_old_notices(now=now + timedelta(days=91)) == 1


def test_of_what_nobody_reads_the_newest_stay_unread(
    ada: User, bob: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "MOST_UNREAD", 2)
    for person in (ada, ada, ada, bob):
        notice(news=News.NEW, to=[person], now=now)
    delete_old_notices(now=now)
    first, *others = Notice.objects.order_by("pk")
    assert first.read_at == now
    assert [row.read_at for row in others] == [None, None, None]


def test_each_door_is_asked_once_for_its_kind_alone(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "_doors", {})
    asked = []

    @doors.door("ticket")
    def tickets(user: User, refs: object) -> dict[str, Subject]:
        asked.append(refs)
        return {"7": Subject("#7", "Printer", "/tickets/7/")}

    found = subjects_for(ada, ["ticket:7", "ticket:7", "ticket:8", "moon:1", ""])
    assert found == {"ticket:7": Subject("#7", "Printer", "/tickets/7/")}
    assert [sorted(refs) for refs in asked] == [["7", "8"]]  # type: ignore[call-overload]
