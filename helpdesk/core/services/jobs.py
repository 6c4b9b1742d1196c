"""Background work as rows."""

import logging
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from helpdesk.core import jobs
from helpdesk.core.domain.backoff import MAX_TRIES, delay_after
from helpdesk.core.domain.redaction import redact
from helpdesk.core.models import Job
from helpdesk.core.selectors.jobs import due, due_job_ids

__all__ = [
    "delete_old_jobs",
    "due_job_ids",
    "enqueue",
    "lane_of",
    "run_day",
    "run_job",
    "run_minute",
    "run_moment",
]

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)


def enqueue(*, kind: str, ref: str, now: datetime, run_at: datetime | None = None) -> Job:
    """Writes the row in the caller's transaction; after the commit a worker is woken."""
    job = Job.objects.create(kind=kind, ref=ref, run_at=run_at or now, created_at=now)
    if job.run_at <= now:
        transaction.on_commit(lambda: jobs.wake(job.pk))
    return job


def run_job(job_id: int, now: datetime) -> bool:
    """Runs a due job; the first worker wins, the others get False. Safe to call for any id.

    A failure is tried again with growing pauses, `MAX_TRIES` times in all. A worker that dies leaves its
    lease behind; after 60 s the job is due again, so a handler may run twice and must not mind.
    """
    claim = uuid.uuid4()
    claimed = Job.objects.filter(due(now), pk=job_id).update(
        status=Job.Status.RUNNING, claim=claim, lease_until=now + LEASE, tries=F("tries") + 1
    )
    if claimed != 1:
        return False
    job = Job.objects.get(pk=job_id)
    if job.tries > MAX_TRIES:
        _end(job, status=Job.Status.FAILED, ended_at=now, last_error="The worker died at every try.")
        return True
    try:
        jobs.handler_for(job.kind)(job.ref, now)
    except jobs.Later as later:
        _end(job, status=Job.Status.QUEUED, run_at=later.at, tries=job.tries - 1)
    except Exception as error:  # a handler may fail in any way; the row must say so
        logger.exception("Job %s (%s) failed at try %s", job.pk, job.kind, job.tries)
        words = redact(f"{type(error).__name__}: {error}")[:2000]
        if delay := delay_after(job.tries):
            _end(job, status=Job.Status.QUEUED, run_at=now + delay, last_error=words)
        else:
            _end(job, status=Job.Status.FAILED, ended_at=now, last_error=words)
    else:
        _end(job, status=Job.Status.DONE, ended_at=now)
    return True


def _end(job: Job, **fields: object) -> None:
    """Only while the claim is still ours: a worker that overslept its lease changes nothing."""
    Job.objects.filter(pk=job.pk, claim=job.claim).update(claim=None, lease_until=None, **fields)


def lane_of(job_id: int) -> str:
    """The kind of a job that waits for servers of others, with what follows an @ in its ref; else ""."""
    kind, ref = Job.objects.filter(pk=job_id).values_list("kind", "ref").first() or ("", "")
    _before, at, lane = ref.partition("@")
    return kind + at + lane if jobs.is_waiting(kind) else ""


def run_moment(*, now: datetime) -> int:
    """Runs every sweep of the moment, one that fails does not keep the others; how many went well."""
    return _run(jobs.moment_sweeps(), now)


def run_minute(*, now: datetime) -> int:
    """The same with the sweeps of the minute, and those of the moment once more."""
    return _run((*jobs.moment_sweeps(), *jobs.minute_sweeps()), now)


def run_day(*, now: datetime) -> int:
    """The same with the sweeps of the day."""
    return _run(jobs.day_sweeps(), now)


def _run(sweeps: Iterable[jobs.Sweep], now: datetime) -> int:
    done = 0
    for sweep in sweeps:
        try:
            sweep(now)
        except Exception:  # a sweep may fail in any way; the next round is another try
            logger.exception("The sweep %s failed", sweep.__name__)
        else:
            done += 1
    return done


def delete_old_jobs(*, now: datetime, days: int = 14) -> int:
    """Removes jobs done more than `days` ago; failed ones stay for a human."""
    return Job.objects.filter(status=Job.Status.DONE, ended_at__lt=now - timedelta(days=days)).delete()[0]
