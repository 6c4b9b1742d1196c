"""`manage.py serve` as a process: how it starts, how it ends, and what a kill leaves behind."""

import os
import signal
import socket
import sqlite3
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
import requests

from helpdesk.celery import SWEEP_SECONDS
from tests.hosts.process import Process
from tests.server.desk import Desk, until

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "manage.py", "serve"]
NewDesk = Callable[..., Desk]


def traces(desk: Desk) -> list[str]:
    path = desk.data / "probe.log"
    return path.read_text().splitlines() if path.exists() else []


def done(desk: Desk) -> Counter[str]:
    return Counter(line[2:] for line in traces(desk) if line.startswith("D "))


def test_jobs_do_not_wait_for_the_sweep(desk: Desk) -> None:
    started = time.monotonic()
    for number in range(1, 11):
        desk.post("/probe/jobs/1/").raise_for_status()
        until(lambda: len(traces(desk)) >= number, "the start of the job")  # noqa: B023 (called at once)
    assert time.monotonic() - started < 10 * SWEEP_SECONDS / 2


def test_fifty_jobs_survive_a_kill_in_their_middle(new_desk: NewDesk) -> None:
    """The row is the truth: what was queued in memory only is found again by the sweep."""
    desk = new_desk()
    desk.post("/probe/jobs/50/").raise_for_status()
    until(lambda: len(done(desk)) >= 10, "ten done jobs")
    desk.process.kill()
    assert len(done(desk)) < 50
    desk.start()
    until(lambda: desk.get("/probe/jobs/left/").json() == {"left": 0}, "the end of all jobs")
    assert set(done(desk)) == {str(number) for number in range(50)}
    assert sum(done(desk).values()) <= 51


def test_jobs_written_while_no_worker_listened_are_found(new_desk: NewDesk) -> None:
    desk = new_desk()
    desk.post("/probe/jobs/30/").raise_for_status()
    assert desk.process.stop() == 0
    desk.start()
    until(lambda: desk.get("/probe/jobs/left/").json() == {"left": 0}, "the end of all jobs")
    assert done(desk) == Counter(str(number) for number in range(30))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_with_streams_open(new_desk: NewDesk, number: signal.Signals) -> None:
    desk = new_desk()
    streams = [desk.sign_in("carla@deskbell.example").listen() for _ in range(3)]
    credential = desk.post("/probe/profile/", {"state": "enabled"}).json()["credential"]
    desk.post(
        "/api/agent/v1/heartbeat", {"signed_in": True}, headers={"Authorization": f"Agent {credential}"}
    )
    os.kill(desk.process.pid, number)
    assert desk.process.wait(60) == 0
    until(lambda: all(stream.has_ended for stream in streams), "the end of the streams")
    assert "Traceback" not in desk.process.output
    with closing(sqlite3.connect(desk.data / "db.sqlite3")) as database:
        ((seen,),) = database.execute("SELECT last_seen_at FROM agents_profile").fetchall()
    assert seen is not None, "the presence was not flushed"


def test_a_running_request_is_answered_before_the_end(new_desk: NewDesk) -> None:
    desk = new_desk()
    answers: list[str] = []
    asking = threading.Thread(target=lambda: answers.append(desk.get("/probe/slow/").text))
    asking.start()
    until(lambda: "slow" in traces(desk), "the request's beginning")
    assert desk.process.stop() == 0
    asking.join(60)
    assert answers == ["done"]


def test_a_port_in_use_is_told_in_one_sentence(desk: Desk, tmp_path: Path) -> None:
    second = dict(desk.environment, DATA_DIR=str(tmp_path))
    process = Process(COMMAND, second)
    assert process.wait(20) == 1
    assert f"Port {desk.port}" in process.output
    assert f"PORT={desk.port + 1}" in process.output
    assert "Traceback" not in process.output


def test_two_desks_never_share_a_data_folder(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = Process(COMMAND, dict(desk.environment, PORT=str(port)))
    assert process.wait(20) == 1
    assert "Another desk uses" in process.output


def test_a_second_start_repeats_no_work(new_desk: NewDesk) -> None:
    desk = new_desk()
    assert "Collecting" not in desk.process.output
    assert "database" not in desk.process.output


def test_pages_are_sent_as_they_are_made(desk: Desk) -> None:
    started = time.monotonic()
    with desk.get("/probe/drip/", stream=True) as answer:
        times = [time.monotonic() - started for _ in answer.iter_lines()]
    assert len(times) == 3
    assert times[0] < times[2] - 0.4


def test_an_upload_of_many_megabytes_arrives_whole(desk: Desk) -> None:
    data = os.urandom(1 << 20) * 20
    assert desk.post("/probe/body/", data=data).json()["length"] == len(data)


def test_an_upload_over_the_limit_is_refused_in_words(desk: Desk) -> None:
    """A24: nobody fills the disk with one request."""
    answer = desk.post("/probe/body/", data=bytes(61 * 1024 * 1024))
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


def test_a_made_up_forwarded_address_does_not_count(new_desk: NewDesk) -> None:
    """A20: without TRUSTED_PROXIES nobody may say where a request comes from."""
    desk = new_desk()
    seen = desk.get("/probe/caller/", headers={"X-Forwarded-For": "10.0.0.1", "X_Forwarded_For": "10.0.0.2"})
    assert seen.json() == {"remote": "127.0.0.1", "client": "127.0.0.1"}


def test_visitors_who_hang_up_do_no_harm(desk: Desk) -> None:
    for _ in range(20):
        with suppress(requests.RequestException):
            requests.get(desk.url + "/probe/slow/", timeout=0.05)
    assert desk.get("/probe/caller/").status_code == 200
