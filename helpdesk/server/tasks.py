"""What a Celery worker runs: ids in, nothing out. A task lost with its broker is found again by the sweep."""

from django.utils import timezone

from helpdesk.celery import app
from helpdesk.core.services import jobs
from helpdesk.core.services.housekeeping import clean_house as clean
from helpdesk.server.lanes import Lanes

lanes = Lanes()


@app.task(name="run_job")  # type: ignore[untyped-decorator]
def run_job(job_id: int) -> None:
    """In one process a job that waits for servers of others goes to a thread of its kind."""
    if lanes.is_open and (lane := jobs.lane_of(job_id)):
        lanes.add(lane, job_id)
    else:
        jobs.run_job(job_id, timezone.now())


@app.task(name="sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    for job_id in jobs.due_job_ids(timezone.now(), limit=100):
        run_job.delay(job_id)


@app.task(name="moment")  # type: ignore[untyped-decorator]
def moment() -> None:
    jobs.run_moment(now=timezone.now())


@app.task(name="minute")  # type: ignore[untyped-decorator]
def minute() -> None:
    jobs.run_minute(now=timezone.now())


@app.task(name="clean_house")  # type: ignore[untyped-decorator]
def clean_house() -> None:
    clean(now=timezone.now())
