"""The sweep of the worker: due rows every few seconds, cleaning once a day."""

from datetime import UTC, datetime

import pytest

from helpdesk.celery import CLEAN_SECONDS, app
from helpdesk.core.models import Job
from helpdesk.server.worker import Sweeper

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def old_job() -> Job:
    return Job.objects.create(
        kind="note", status=Job.Status.DONE, run_at=LONG_AGO, created_at=LONG_AGO, ended_at=LONG_AGO
    )


@pytest.mark.django_db
def test_it_cleans_at_the_start_and_then_once_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.conf, "task_always_eager", True)
    sweeper = Sweeper()
    old_job()
    assert sweeper.sweep() == 0
    assert not Job.objects.exists()
    old_job()
    sweeper.sweep()
    assert Job.objects.exists()
    sweeper.clean_at -= CLEAN_SECONDS
    sweeper.sweep()
    assert not Job.objects.exists()


def test_the_clock_of_the_scaled_shape_starts_tasks_that_there_are() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} == {
        "sweep",
        "moment",
        "minute",
        "clean_house",
    }
    assert app.tasks.keys() >= {"sweep", "minute", "clean_house", "run_job"}
