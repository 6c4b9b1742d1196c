import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.process import wait_for
from tests.tray.fakes import MACHINE, OFF, VERIFIED, FakeDesk, MemoryStore, refusal
from tray_agent.api import ApiError, Offline
from tray_agent.engine import LONGEST_WAIT, Engine, credential_of, is_final, wait_after
from tray_agent.model import FileDraft, Me, TicketDraft, TicketRow
from tray_agent.outbox import Outbox

DRAFT = TicketDraft(
    "Printer", "No paper", "high", b"PNG", (FileDraft("a.txt", b"A"),), {"User": "anna"}, "2026-11-22"
)


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox.db")


Maker = Callable[..., Engine]


@pytest.fixture
def make(desk: FakeDesk, outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Maker]:
    engines: list[Engine] = []
    monkeypatch.setattr("tray_agent.engine.FIRST_WAIT", 0.01)

    def build(**facts: Any) -> Engine:
        parts: dict[str, Any] = {"store": MemoryStore(), "machine": MACHINE, "outbox": outbox} | facts
        engines.append(Engine(desk=lambda _credential: desk, **parts))
        return engines[-1]

    yield build
    for engine in engines:
        engine.stop()


def test_the_credential_is_stored_before_the_desk_hears_of_it_and_stays() -> None:
    store = MemoryStore()
    secret = credential_of(store)
    assert store.secret == secret == credential_of(store)
    assert secret.startswith("dba_")
    assert len(secret) == 47


def test_waits_double_are_spread_and_never_shorter_than_asked() -> None:
    assert [wait_after(n, spread=0) for n in (0, 1, 2, 99)] == [1, 2, 4, LONGEST_WAIT]
    assert wait_after(0, asked=60) == 60
    assert 4 <= wait_after(2) <= 6


@pytest.mark.parametrize(
    ("error", "final"),
    [
        (refusal(422, "invalid"), True),
        (refusal(400, "bad"), True),
        (ApiError(413, {}), True),
        (refusal(403, "profile-not-verified"), False),
        (refusal(429, "too-many"), False),
        (refusal(500, "oops"), False),
        (ApiError(404, {}), False),
        (ApiError(400, {}), False),
        (ApiError(302, {}), False),
        (ApiError(200, {}), False),
    ],
)
def test_only_the_desks_own_word_is_final(error: ApiError, *, final: bool) -> None:
    assert is_final(error) is final


def test_it_registers_reports_reads_me_once_and_signs_out(make: Maker, desk: FakeDesk) -> None:
    engine, registered = make(key="dbk_x"), threading.Event()
    engine.registered = registered.set
    engine.start()
    wait_for(lambda: desk.calls.count("heartbeat") > 2, "heartbeats")
    engine.stop()
    assert registered.is_set()
    assert desk.calls[:3] == ["register", "heartbeat", "me"]
    assert (desk.calls.count("register"), desk.calls.count("me")) == (1, 1)
    assert desk.calls[-1] == "signed out"
    assert engine.me == Me("verified", "Desk", capabilities=frozenset({"tickets"}), version="v2")


def test_without_a_key_it_lives_on_its_credential(make: Maker, desk: FakeDesk) -> None:
    engine = make()
    engine.start()
    wait_for(lambda: engine.me.may_open_tickets, "me")
    assert "register" not in desk.calls


def test_a_revoked_key_does_not_stop_who_is_known_already(make: Maker, desk: FakeDesk) -> None:
    desk.troubles["register"] = [refusal(403, "enrolment-key-refused")]
    engine = make(key="dbk_old")
    engine.start()
    wait_for(lambda: engine.me.may_open_tickets, "me")


def test_a_lost_answer_to_the_registration_is_asked_again_with_the_same_credential(
    make: Maker, desk: FakeDesk
) -> None:
    desk.troubles["register"] = [Offline("lost")]
    store = MemoryStore()
    engine = make(key="dbk_x", store=store)
    engine.start()
    wait_for(lambda: bool(desk.registrations), "the registration")
    assert desk.registrations[0]["credential"] == store.secret


def test_a_desk_that_forgot_us_hides_everything_and_hears_the_registration_again(
    make: Maker, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = make(key="dbk_x")
    states: list[str] = []
    engine.changed = lambda me: states.append(me.state)
    monkeypatch.setattr("tray_agent.engine.LONGEST_WAIT", 0.02)
    engine.start()
    wait_for(lambda: states == ["verified"], "the first state")
    desk.troubles["heartbeat"] = [refusal(401, "credential-unknown")]
    wait_for(lambda: states == ["verified", "off", "verified"], "off and on again")
    assert desk.calls.count("register") == 2


@pytest.mark.parametrize("code", ["agent-too-old", "profile-already-registered"])
def test_what_only_a_person_can_mend_is_said_once(
    make: Maker, desk: FakeDesk, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tray_agent.engine.LONGEST_WAIT", 0.02)
    desk.troubles["register"] = [refusal(409, code, detail="Ask."), refusal(409, code, detail="Ask.")]
    engine = make(key="dbk_x")
    notices: list[str] = []
    engine.notice = lambda _title, text: notices.append(text)
    engine.start()
    wait_for(lambda: bool(desk.registrations), "the third try")
    assert notices == ["Ask."]


def test_a_strange_answer_ends_no_thread(
    make: Maker, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tray_agent.engine.LONGEST_WAIT", 0.02)
    good, engine = desk.me, make()
    strange: list[dict[str, Any]] = [{}, {"state": "verified", "contact": "x"}]
    monkeypatch.setattr(desk, "me", lambda: strange.pop() if strange else good())
    engine.start()
    wait_for(lambda: engine.me.may_open_tickets, "the good answer")


def test_a_ticket_that_was_kept_goes_out_when_the_person_is_verified(
    make: Maker, desk: FakeDesk, outbox: Outbox
) -> None:
    desk.me_answer = dict(OFF)
    desk.troubles["open_ticket"] = [refusal(403, "profile-not-verified", retry_after_seconds=3600)]
    engine = make()
    engine.submit(DRAFT)
    engine.start()
    wait_for(lambda: (outbox.next_try_at() or 0) > 1, "the first try")
    desk.me_answer = dict(VERIFIED)
    wait_for(lambda: outbox.counts() == (0, 0), "the ticket")
    [ticket] = desk.tickets_by_key.values()
    assert ticket["files"] == [("a.txt", b"A")]
    assert {name: ticket[name] for name in ("subject", "description", "priority", "details", "taken_at")} == {
        "subject": "Printer", "description": "No paper", "priority": "high", "details": {"User": "anna"},
        "taken_at": "2026-11-22",
    }  # fmt: skip


def test_offline_tickets_go_out_as_soon_as_the_network_is_back(
    make: Maker, desk: FakeDesk, outbox: Outbox
) -> None:
    desk.troubles = {"open_ticket": [Offline("x")], "heartbeat": [Offline("x"), Offline("x")]}
    engine = make()
    notices: list[str] = []
    engine.notice = lambda title, _text: notices.append(title)
    id_ = engine.submit(DRAFT)
    engine.start()
    wait_for(lambda: id_ in engine.sent, "the ticket")
    assert notices == ["Your ticket is kept", "Ticket #1 was opened"]


def test_a_refused_ticket_is_kept_told_and_not_tried_again(
    make: Maker, desk: FakeDesk, outbox: Outbox
) -> None:
    desk.troubles["open_ticket"] = [
        refusal(422, "invalid", errors=[{"field": "subject", "message": "Too long."}])
    ]
    engine = make()
    notices: list[str] = []
    engine.notice = lambda _title, text: notices.append(text)
    id_ = engine.submit(DRAFT)
    engine.send_once()
    assert outbox.refusal_of(id_) == "Too long."
    assert notices == ["Printer: Too long."]
    engine.send_once()
    assert desk.calls == ["open_ticket"]


def test_waiting_tickets_that_were_damaged_are_told_at_the_start(make: Maker, tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"#" * 5000)
    said: list[str] = []
    engine = make(outbox=Outbox(tmp_path / "broken.db"))
    engine.notice = lambda title, text: said.append(f"{title}: {text}")
    engine.start()
    assert "kept as broken.damaged-" in said[0]


def test_a_full_disk_does_not_end_the_outbox(
    make: Maker, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, failures = outbox.next, [sqlite3.OperationalError("disk is full")]

    def read(*, now: float) -> object:
        if failures:
            raise failures.pop()
        return good(now=now)

    monkeypatch.setattr(outbox, "next", read)
    engine = make()
    engine.start()
    wait_for(lambda: not failures, "the failure")
    id_ = engine.submit(DRAFT)
    wait_for(lambda: id_ in engine.sent, "the ticket")


def test_the_windows_questions_are_answered_with_a_sentence(make: Maker, desk: FakeDesk) -> None:
    wrong = refusal(422, "wrong-token", detail="4 tries are left.")
    desk.troubles = {"send_token": [Offline("x")], "confirm": [wrong]}
    engine = make(details=lambda: {"User": "anna"})
    answers: list[tuple[str, str]] = []
    engine.start()
    for _ in range(2):
        engine.send_token("Anna", "anna@acme.example", lambda *answer: answers.append(answer))
    engine.confirm("AAAA-BBBB", lambda *answer: answers.append(answer))
    wait_for(lambda: len(answers) == 3, "three answers")
    assert [code for code, _sentence in answers] == ["offline", "", "wrong-token"]
    assert answers[2][1] == "4 tries are left."
    rows: list[TicketRow] = []
    engine.my_tickets(lambda found, _sentence: rows.extend(found))
    wait_for(lambda: len(rows) == 2, "the rows")
    assert [row.number for row in rows] == [7, 6]
    assert engine.details() == {"User": "anna"}


def test_callbacks_go_through_post_and_an_unheard_sign_out_is_no_matter(make: Maker, desk: FakeDesk) -> None:
    posted: list[Callable[[], None]] = []
    engine = make(post=posted.append)
    desk.troubles["signed out"] = [Offline("x")]
    engine.start()
    wait_for(lambda: bool(posted), "a deed")
    engine.wake()
    engine.stop()
    assert desk.calls[-1] == "signed out"
