"""Jobs that wait for servers of others stand in lanes of their own."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from helpdesk.core import jobs
from helpdesk.core.models import Job
from helpdesk.core.services.jobs import enqueue, lane_of
from helpdesk.server import tasks
from helpdesk.server.lanes import Lanes

WAIT = 5


class Street:
    """Records which jobs were run; job 1 stands still until it is let go."""

    def __init__(self) -> None:
        self.ran: list[int] = []
        self.reached, self.go_on, self.done = (threading.Event() for _ in range(3))

    def run_job(self, job_id: int, now: datetime) -> bool:
        if job_id == 1:
            self.reached.set()
            assert self.go_on.wait(WAIT)
        if job_id == 13:
            raise OSError("database is locked")
        self.ran.append(job_id)
        if job_id >= 90:
            self.done.set()
        return True


@pytest.fixture
def street(monkeypatch: pytest.MonkeyPatch) -> Street:
    street = Street()
    monkeypatch.setattr("helpdesk.server.lanes.jobs.run_job", street.run_job)
    return street


@pytest.fixture
def lanes(street: Street) -> Iterator[Lanes]:
    lanes = Lanes()
    lanes.open()
    yield lanes
    street.go_on.set()
    lanes.close(WAIT)


def test_a_server_that_is_away_keeps_only_its_own_kind(lanes: Lanes, street: Street) -> None:
    lanes.add("mail", 1)
    assert street.reached.wait(WAIT)
    lanes.add("mail", 2)
    lanes.add("webhook", 90)
    assert street.done.wait(WAIT)
    assert street.ran == [90]
    street.done.clear()
    lanes.add("mail", 91)
    street.go_on.set()
    assert street.done.wait(WAIT)
    assert street.ran == [90, 1, 2, 91]


def test_a_job_that_is_named_twice_stands_in_the_lane_once(lanes: Lanes, street: Street) -> None:
    for job_id in (1, 2, 2, 2, 90):
        lanes.add("mail", job_id)
    street.go_on.set()
    assert street.done.wait(WAIT)
    assert street.ran == [1, 2, 90]


def test_an_error_of_the_database_does_not_end_the_lane(
    lanes: Lanes, street: Street, caplog: pytest.LogCaptureFixture
) -> None:
    lanes.add("mail", 13)
    lanes.add("mail", 90)
    assert street.done.wait(WAIT)
    assert "Job 13 could not be run." in caplog.text


def test_a_closed_street_takes_nothing(street: Street) -> None:
    lanes = Lanes()
    lanes.add("mail", 90)
    lanes.open()
    lanes.close(WAIT)
    lanes.add("mail", 91)
    assert street.ran == []


@pytest.mark.django_db
def test_mail_and_webhooks_have_a_lane_and_nothing_else(now: datetime) -> None:
    assert lane_of(enqueue(kind="send_mail", ref="1", now=now).pk) == "send_mail"
    assert lane_of(enqueue(kind="take_mail", ref="", now=now).pk) == ""
    assert lane_of(0) == ""
    assert jobs.is_waiting("rule-webhook")


@pytest.mark.django_db
def test_the_task_runs_a_job_itself_where_no_lane_is_open(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    added: list[tuple[str, int]] = []
    monkeypatch.setattr(tasks.lanes, "add", lambda kind, job_id: added.append((kind, job_id)))
    job = enqueue(kind="send_mail", ref="0", now=now - timedelta(days=9999))
    monkeypatch.setattr(tasks.lanes, "is_open", True)
    tasks.run_job(job.pk)
    assert added == [("send_mail", job.pk)]
    monkeypatch.setattr(tasks.lanes, "is_open", False)
    tasks.run_job(job.pk)
    assert Job.objects.get().status == Job.Status.DONE
