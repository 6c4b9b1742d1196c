"""The embedded worker: a Celery worker as a thread of this process, woken through memory.

A job is a row (helpdesk.core.services.jobs); only its id travels. What was queued in memory when the process
died is found again by the sweep, which looks for due rows every few seconds and once at the start.
"""

import logging
import os
import threading
import time
from datetime import datetime

from celery import signals
from celery.worker import state as worker_state
from django.db import close_old_connections, connection, connections
from django.utils import timezone
from kombu.exceptions import OperationalError

from helpdesk.celery import CLEAN_SECONDS, MINUTE_SECONDS, SWEEP_SECONDS, app
from helpdesk.core.events import hub
from helpdesk.core.jobs import set_waker
from helpdesk.core.models import Job, OutgoingMail
from helpdesk.core.services import jobs
from helpdesk.server.tasks import clean_house, lanes, minute, moment, run_job
from tickets.services.mail.journal import release_claims

BATCH = 100
RESEND_SECONDS = 10
STOP_SECONDS = 1
NO_JOB = 0

logger = logging.getLogger(__name__)


class Sweeper:
    """Sends the ids of due rows, each at most once in RESEND_SECONDS: a claim makes a repeat harmless.

    After events it starts the sweeps of the moment, every minute those of the minute; once a day, and at
    the start, it has the house cleaned.
    """

    def __init__(self) -> None:
        self.sent: dict[int, float] = {}
        self.minute_at = self.clean_at = 0.0
        self.heard = 0

    def sweep(self) -> int:
        """How many ids were sent."""
        now = time.monotonic()
        self.sent = {job_id: at for job_id, at in self.sent.items() if now - at < RESEND_SECONDS}
        fresh = [i for i in jobs.due_job_ids(timezone.now(), limit=BATCH) if i not in self.sent]
        for job_id in fresh:
            run_job.delay(job_id)
            self.sent[job_id] = now
        if self.heard != hub.last_id:
            self.heard = hub.last_id
            moment.delay()
        if now >= self.minute_at:
            self.minute_at = now + MINUTE_SECONDS
            minute.delay()
        if now >= self.clean_at:
            self.clean_at = now + CLEAN_SECONDS
            clean_house.delay()
        return len(fresh)


class EmbeddedWorker:
    """`start` at the start of `serve`, `stop` at its end. One job at a time, in the order of waking."""

    def __init__(self) -> None:
        self.controller = app.WorkController(
            pool="solo",
            concurrency=1,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
            loglevel="WARNING",
        )
        self.ending = threading.Event()
        self.threads = [
            threading.Thread(target=self._work, name="worker", daemon=True),
            threading.Thread(target=self._sweep_for_ever, name="sweep", daemon=True),
        ]

    def start(self) -> None:
        release_orphans(timezone.now())
        worker_state.should_stop = None
        signals.task_prerun.connect(_refresh_connections)
        signals.task_postrun.connect(_refresh_connections)
        set_waker(wake)
        lanes.open()
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Lets the running job end, for a moment; what is still queued stays a row for the next start."""
        self.ending.set()
        set_waker(None)
        worker_state.should_stop = os.EX_OK
        # Celery's loop looks at that after a message (or two silent seconds), and then waits for one more.
        wake(NO_JOB)
        wake(NO_JOB)
        for thread in self.threads:
            thread.join(STOP_SECONDS)
        lanes.close(STOP_SECONDS)

    def _work(self) -> None:
        try:
            self.controller.start()
        finally:
            connections.close_all()

    def _sweep_for_ever(self) -> None:
        sweeper = Sweeper()
        try:
            while not self.ending.is_set():
                try:
                    sweeper.sweep()
                except Exception:  # a locked database must not end the sweeping
                    logger.exception("Looking for due jobs failed; the next try is in a moment.")
                self.ending.wait(SWEEP_SECONDS)
        finally:
            connections.close_all()


def release_orphans(now: datetime) -> None:
    """Jobs and mails of a process that was killed run again at once instead of after their lease.

    Only beside SQLite: there `serve` holds its data folder alone, so whoever ran them is dead.
    """
    if connection.vendor == "sqlite":
        Job.objects.filter(status=Job.Status.RUNNING).update(lease_until=now)
        OutgoingMail.objects.filter(status=OutgoingMail.Status.SENDING).update(lease_until=now)
        release_claims(now=now)


def wake(job_id: int) -> None:
    """The waker for both shapes. A broker that is away is no failure: the sweep finds the row."""
    try:
        run_job.delay(job_id)
    except (OSError, OperationalError):
        logger.warning("The broker is away; job %d waits for the sweep.", job_id)


def _refresh_connections(**_: object) -> None:
    close_old_connections()
