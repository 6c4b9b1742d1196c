import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction

from helpdesk.core import jobs
from helpdesk.core.domain.backoff import MAX_TRIES, delay_after
from helpdesk.core.models import Job
from helpdesk.core.services.housekeeping import clean_house
from helpdesk.core.services.jobs import (
    LEASE,
    delete_old_jobs,
    due_job_ids,
    enqueue,
    run_job,
    run_minute,
    run_moment,
)

Status = Job.Status
HOUR = timedelta(hours=1)


@pytest.fixture
def done() -> Iterator[list[str]]:
    """Registers jobs of the kinds "note", "fail" and "later" and gives the list of what was done."""
    refs: list[str] = []
    known = dict(jobs._handlers)

    @jobs.handler("note")
    def note(ref: str, now: datetime) -> None:
        refs.append(ref)

    @jobs.handler("fail")
    def fail(ref: str, now: datetime) -> None:
        raise ValueError(f"no luck, password={ref}")

    @jobs.handler("later")
    def later(ref: str, now: datetime) -> None:
        raise jobs.Later(now + HOUR)

    yield refs
    jobs._handlers.clear()
    jobs._handlers.update(known)


@pytest.fixture
def woken() -> Iterator[list[int]]:
    ids: list[int] = []
    before = list(jobs._waker)
    jobs.set_waker(ids.append)
    yield ids
    jobs._waker[:] = before


@pytest.mark.django_db
def test_a_job_runs_once_and_is_done(done: list[str], now: datetime) -> None:
    job = enqueue(kind="note", ref="7", now=now)
    assert str(job) == "note(7)"
    assert run_job(job.pk, now)
    assert not run_job(job.pk, now + HOUR)
    job.refresh_from_db()
    assert (job.status, job.tries, job.ended_at, done) == (Status.DONE, 1, now, ["7"])


@pytest.mark.django_db
def test_a_job_for_later_waits_for_its_time(done: list[str], now: datetime) -> None:
    job = enqueue(kind="note", ref="7", now=now, run_at=now + HOUR)
    assert due_job_ids(now, 10) == []
    assert not run_job(job.pk, now)
    assert due_job_ids(now + HOUR, 10) == [job.pk]
    assert run_job(job.pk, now + HOUR)


@pytest.mark.django_db
def test_a_failure_is_tried_again_with_growing_pauses_and_then_given_up(
    done: list[str], now: datetime
) -> None:
    job = enqueue(kind="fail", ref="x", now=now)
    pauses = []
    for _ in range(MAX_TRIES):
        assert run_job(job.pk, now)
        job.refresh_from_db()
        pauses.append(job.run_at - now)
        now = max(now, job.run_at)
    assert pauses[:7] == sorted(pauses[:7])
    assert (job.status, job.tries) == (Status.FAILED, MAX_TRIES)
    assert not run_job(job.pk, now + HOUR)


@pytest.mark.django_db
def test_a17_a_secret_in_an_error_does_not_reach_the_row(done: list[str], now: datetime) -> None:
    job = enqueue(kind="fail", ref="hunter2", now=now)
    run_job(job.pk, now)
    job.refresh_from_db()
    assert job.last_error == "ValueError: no luck, password=[hidden]"


@pytest.mark.django_db
def test_a_job_that_nobody_knows_says_so(now: datetime) -> None:
    job = enqueue(kind="unheard-of", ref="", now=now)
    run_job(job.pk, now)
    job.refresh_from_db()
    assert "unheard-of" in job.last_error


@pytest.mark.django_db
def test_a_handler_may_ask_to_be_called_again_without_losing_a_try(done: list[str], now: datetime) -> None:
    job = enqueue(kind="later", ref="", now=now)
    run_job(job.pk, now)
    job.refresh_from_db()
    assert (job.status, job.tries, job.run_at) == (Status.QUEUED, 0, now + HOUR)


@pytest.mark.django_db
def test_what_a_dead_worker_held_is_due_again_after_its_lease(done: list[str], now: datetime) -> None:
    job = enqueue(kind="note", ref="7", now=now)
    Job.objects.filter(pk=job.pk).update(status=Status.RUNNING, tries=1, lease_until=now + LEASE)
    assert not run_job(job.pk, now + LEASE - timedelta(seconds=1))
    assert run_job(job.pk, now + LEASE)
    assert done == ["7"]


@pytest.mark.django_db
def test_a_job_that_kills_every_worker_is_given_up(done: list[str], now: datetime) -> None:
    job = enqueue(kind="note", ref="7", now=now)
    Job.objects.filter(pk=job.pk).update(status=Status.RUNNING, tries=MAX_TRIES, lease_until=now)
    assert run_job(job.pk, now)
    job.refresh_from_db()
    assert (job.status, done) == (Status.FAILED, [])


@pytest.mark.django_db
def test_a_worker_that_overslept_its_lease_changes_nothing(now: datetime) -> None:
    job = enqueue(kind="slow", ref="", now=now)

    def slow(ref: str, at: datetime) -> None:
        Job.objects.filter(pk=job.pk).update(claim=None, status=Status.QUEUED)  # another one took over

    jobs.handler("slow")(slow)
    run_job(job.pk, now)
    job.refresh_from_db()
    assert job.status == Status.QUEUED


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_woken_after_the_commit_and_never_for_a_rollback(woken: list[int], now: datetime) -> None:
    with transaction.atomic():
        job = enqueue(kind="note", ref="1", now=now)
        assert woken == []
    assert woken == [job.pk]
    with transaction.atomic():
        enqueue(kind="note", ref="2", now=now)
        transaction.set_rollback(True)
    enqueue(kind="note", ref="3", now=now, run_at=now + HOUR)
    assert woken == [job.pk]


def test_without_a_waker_nobody_is_woken() -> None:
    before = list(jobs._waker)
    jobs.set_waker(None)
    jobs.wake(1)
    jobs._waker[:] = before


@pytest.mark.django_db
def test_old_done_jobs_are_removed_and_failed_ones_stay(done: list[str], now: datetime) -> None:
    old = now - timedelta(days=15)
    for status in (Status.DONE, Status.FAILED):
        Job.objects.create(kind="note", status=status, run_at=old, created_at=old, ended_at=old)
    Job.objects.create(kind="note", status=Status.DONE, run_at=now, created_at=now, ended_at=now)
    assert delete_old_jobs(now=now) == 1


@pytest.mark.django_db
def test_cleaning_removes_old_jobs_and_sign_ins_that_have_run_out(now: datetime) -> None:
    old = now - timedelta(days=15)
    Job.objects.create(kind="note", status=Status.DONE, run_at=old, created_at=old, ended_at=old)
    for key, ends in (("gone", now - timedelta(seconds=1)), ("here", now)):
        Session.objects.create(session_key=key, session_data="", expire_date=ends)
    for _ in range(2):
        clean_house(now=now)
        assert not Job.objects.exists()
        assert [session.session_key for session in Session.objects.all()] == ["here"]


@pytest.mark.django_db
def test_a_sweep_of_the_day_that_fails_does_not_keep_the_others(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[datetime] = []

    def fails(_now: datetime) -> None:
        raise ValueError

    monkeypatch.setattr(jobs, "_each_day", [])
    for sweep in (jobs.each_day(fails), jobs.each_day(ran.append)):
        assert sweep in jobs.day_sweeps()
    clean_house(now=now)
    assert ran == [now]


def test_the_last_pause_is_followed_by_giving_up() -> None:
    assert delay_after(MAX_TRIES - 1)
    assert delay_after(MAX_TRIES) is None


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_that_race_exactly_one_runs_the_job(done: list[str], now: datetime) -> None:
    ids = [enqueue(kind="note", ref=str(number), now=now).pk for number in range(20)]
    start = threading.Barrier(2)
    wins: list[int] = []

    def work() -> None:
        try:
            for job_id in ids:
                start.wait()
                if run_job(job_id, now):
                    wins.append(job_id)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(wins) == ids
    assert sorted(done, key=int) == [str(number) for number in range(20)]


def test_a_sweep_that_fails_does_not_keep_the_next_one(
    now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    swept: list[datetime] = []
    monkeypatch.setattr(jobs, "_each_minute", [])
    monkeypatch.setattr(jobs, "_each_moment", [])

    @jobs.each_minute
    def broken(now: datetime) -> None:
        raise ValueError

    jobs.each_minute(swept.append)
    assert run_minute(now=now) == 1
    assert swept == [now]
    assert "broken" in caplog.text


def test_what_runs_each_moment_runs_each_minute_too(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[datetime] = []
    monkeypatch.setattr(jobs, "_each_minute", [])
    monkeypatch.setattr(jobs, "_each_moment", [swept.append])
    assert (run_moment(now=now), run_minute(now=now)) == (1, 1)
    assert swept == [now, now]
