"""Threads for jobs that wait for servers of others: a mail server that is away must not keep mail out."""

import logging
import threading
from queue import SimpleQueue

from django.db import close_old_connections, connections
from django.utils import timezone

from helpdesk.core.services import jobs

logger = logging.getLogger(__name__)
_END = 0


class Lanes:
    """A thread for each lane (`lane_of`), started with the first job.

    What is still queued at the end stays a row for the next start.
    """

    def __init__(self) -> None:
        self.is_open = False
        self._lock = threading.Lock()
        self._queued: set[int] = set()
        self._lanes: dict[str, tuple[SimpleQueue[int], threading.Thread]] = {}

    def open(self) -> None:
        self.is_open = True

    def add(self, kind: str, job_id: int) -> None:
        """The sweep names a due job again and again; it stands in the queue once."""
        with self._lock:
            if job_id in self._queued or not self.is_open:
                return
            self._queued.add(job_id)
            if kind not in self._lanes:
                queue: SimpleQueue[int] = SimpleQueue()
                thread = threading.Thread(target=self._work, args=(queue,), name=f"lane {kind}", daemon=True)
                self._lanes[kind] = queue, thread
                thread.start()
            self._lanes[kind][0].put(job_id)

    def close(self, seconds: float) -> None:
        """Lets the running jobs end, for a moment."""
        with self._lock:
            self.is_open = False
            lanes = list(self._lanes.values())
            self._lanes.clear()
            self._queued.clear()
        for queue, _thread in lanes:
            queue.put(_END)
        for _queue, thread in lanes:
            thread.join(seconds)

    def _work(self, queue: "SimpleQueue[int]") -> None:
        try:
            while (job_id := queue.get()) != _END and self.is_open:
                with self._lock:
                    self._queued.discard(job_id)
                close_old_connections()
                try:
                    jobs.run_job(job_id, timezone.now())
                except Exception:  # a locked database must not end the lane; the sweep names the job again
                    logger.exception("Job %d could not be run.", job_id)
        finally:
            connections.close_all()
