"""The agent without a face: registers, reports, asks, and sends what waits in the outbox.

Three threads: `beat` talks to the server about this profile, `outbox` sends tickets, so that a long upload
never makes the profile look offline, and `live` holds the live connection: while it is open, no heartbeat is
sent. Every callback goes through `post`, which brings it to the main thread.
"""

import contextlib
import queue
import random
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any

from tray_agent.api import ApiError, Offline
from tray_agent.live import OUT, Live
from tray_agent.model import DISABLED, Machine, Me, TicketDraft, TicketRow
from tray_agent.outbox import Outbox, Waiting
from tray_agent.ports import Answer, Desk, Line, Store
from tray_agent.texts import _
from tray_agent.trace import log, trace

FIRST_WAIT, LONGEST_WAIT = 1.0, 300.0
KEEP_TRYING = frozenset({401, 403, 404, 408, 409, 425, 426, 429})
"""4xx that may pass by themselves (not verified yet, too many, update needed)."""
TOO_LARGE, SERVER_ERROR = 413, 500
BUSY = frozenset({429, 503})
"""Who says this and when to come back is not asked sooner, whatever happens."""
TOKEN_SPENT = frozenset({"wrong-token", "token-expired", "no-attempts-left"})
"""After these `me` tells something new of the open token."""
LONGEST_BEAT = 3600.0
LINE_GRACE = 5.0
"""Seconds that a lost live connection has to come back before a heartbeat is sent instead."""
LONGEST_SLEEP = 3600.0
"""The clock may be set meanwhile; and Windows waits no longer than 49 days for anything."""

Post = Callable[[Callable[[], None]], None]


def credential_of(store: Store) -> str:
    """The credential in the protected store; made and stored there before anybody hears of it."""
    secret = store.load()
    if not secret:
        secret = "dba_" + secrets.token_urlsafe(32)
        store.save(secret)
    return secret


def wait_after(tries: int, *, asked: float = 0, spread: float = 0.5) -> float:
    """Seconds to the next try: doubling, never less than the server asked, spread so that nobody storms."""
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(tries, 12))
    return max(asked, wait * (1 + spread * random.random()))  # noqa: S311 (not a secret)


def is_final(error: ApiError) -> bool:
    """Will the desk never take it? Only its own word counts: a proxy or a hotel's page answers anything."""
    is_ours = "code" in error.extra or error.status == TOO_LARGE
    return is_ours and 400 <= error.status < 500 and error.status not in KEEP_TRYING


def interval_of(answer: Mapping[str, Any], known: float) -> float:
    """Seconds between two reports, as the desk asks; what makes no sense changes nothing."""
    asked = answer.get("heartbeat_seconds")
    is_number = isinstance(asked, int | float) and not isinstance(asked, bool)
    return float(asked) if is_number and 0 < asked <= LONGEST_BEAT else known  # type: ignore[operator, arg-type]


def ticket_of(draft: TicketDraft) -> dict[str, Any]:
    """The JSON part of a ticket."""
    words = asdict(draft)
    return {name: words[name] for name in ("subject", "description", "priority", "details")} | (
        {"taken_at": draft.taken_at} if draft.taken_at else {}
    )


class Engine:
    def __init__(
        self,
        *,
        desk: Callable[[str], Desk],
        line: Callable[[str], Line] | None = None,
        store: Store,
        machine: Machine,
        outbox: Outbox,
        key: str = "",
        details: Callable[[], Mapping[str, str]] = dict,
        post: Post = lambda deed: deed(),
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`desk` makes a connection from a credential; each thread its own. Without `line` it only beats."""
        self._credential = credential_of(store)
        self._connect, self._machine, self._outbox, self._key = desk, machine, outbox, key
        self._details, self.post, self._clock = details, post, clock
        self.me = Me()
        self.changed: Callable[[Me], None] = lambda me: None
        self.notice: Callable[[str, str], None] = lambda title, text: None
        self.registered: Callable[[], None] = lambda: None
        self._asks: queue.SimpleQueue[Callable[[Desk], None] | None] = queue.SimpleQueue()
        self._wake, self._ended = threading.Event(), threading.Event()
        self._is_known, self._failures, self._beat_seconds = False, 0, 30.0
        self._beat_at, self._is_behind, self._has_said_bye = 0.0, False, False
        opened = line and partial(line, self._credential)
        self._live = Live(opened, heard=self._heard, lost=self._line_lost) if opened else None
        self._said_waiting: set[str] = set()
        self.sent: dict[str, int | None] = {}
        """The numbers that the desk gave since our start, by id."""
        self._threads: list[threading.Thread] = []

    # --- life ---
    def start(self) -> None:
        if self._outbox.damaged:
            text = _(
                "The file was damaged and is kept as %s. Please tell your helpdesk what you had written."
            )
            self._tell_once("damaged", _("Waiting tickets cannot be read"), text % self._outbox.damaged.name)
        for name, work in (("beat", self._beat), ("outbox", self._send)):
            thread = threading.Thread(target=work, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)
        if self._live:
            self._live.start()

    def stop(self, seconds: float = 3) -> None:
        self._has_said_bye = self._live.stop() if self._live else False
        self._ended.set()
        self._asks.put(None)
        self._wake.set()
        end = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0, end - time.monotonic()))

    def wake(self) -> None:
        """Something new may lie in the outbox."""
        self._wake.set()

    # --- what the windows ask for ---
    def send_token(self, full_name: str, email: str, done: Answer) -> None:
        self._ask(
            lambda desk: self._learn(desk.send_token(full_name=full_name, email=email), "token sent"), done
        )

    def confirm(self, token: str, done: Answer) -> None:
        self._ask(lambda desk: self._learn(desk.confirm(token=token)), done)

    def my_tickets(self, done: Callable[[list[TicketRow], str], None]) -> None:
        rows: list[TicketRow] = []

        def read(desk: Desk) -> None:
            for row in desk.tickets()["results"]:
                updated = row.get("updated_at")
                at = datetime.fromisoformat(updated) if updated else None
                rows.append(TicketRow(row["number"], row["subject"], row["status"], at))

        self._ask(read, lambda _code, sentence: done(rows, sentence))

    def submit(self, draft: TicketDraft) -> str:
        """Durable when it returns."""
        id_ = self._outbox.put(draft, now=self._clock())
        trace(f"queued {id_}")
        self._wake.set()
        return id_

    def kept_tickets(self) -> list[tuple[str, str]]:
        return self._outbox.kept()

    def details(self) -> dict[str, str]:
        return dict(self._details())

    def _ask(self, deed: Callable[[Desk], None], done: Answer) -> None:
        def work(desk: Desk) -> None:
            code, sentence = "", ""
            try:
                deed(desk)
            except ApiError as error:
                code, sentence = error.code, error.sentence
                if code in TOKEN_SPENT:
                    with contextlib.suppress(ApiError, Offline):  # the window has its answer all the same
                        self._reread(desk)
            except Offline:
                code, sentence = "offline", _("No connection to the desk. Try it again in a moment.")
            except Exception:  # noqa: BLE001 (the window waits for its answer, and this thread must live)
                log.exception("an answer that nobody understands")
                code = "strange-answer"
                sentence = _("The desk gave an answer that the agent does not understand.")

            def tell() -> None:
                done(code, sentence)
                trace(f"answered {code}".rstrip())

            self.post(tell)

        self._asks.put(work)

    # --- the beat thread ---
    def _beat(self) -> None:
        desk = self._connect(self._credential)
        while not self._ended.is_set():
            is_told = self._live and self._live.is_open and not self._is_behind
            wait = self._beat_seconds if is_told else self._one_beat(desk)
            self._beat_at = time.monotonic() + wait
            while not self._ended.is_set() and (left := self._beat_at - time.monotonic()) > 0:
                try:
                    ask = self._asks.get(timeout=left)
                except queue.Empty:
                    break
                if ask is not None:
                    ask(desk)
        if self._has_said_bye:
            return
        try:
            desk.heartbeat(signed_in=False)
        except (ApiError, Offline):
            log.info("the desk did not hear the sign-out")

    def _one_beat(self, desk: Desk) -> float:
        """Register if need be, report, read `me` when it changed. Returns the seconds to wait."""
        try:
            if not self._is_known:
                self._introduce(desk)
            answer = desk.heartbeat()
            self._compare(desk, answer)
        except ApiError as error:
            self._failures += 1
            return self._wait_refused(error)
        except Offline:
            self._failures += 1
            return min(wait_after(self._failures), self._beat_seconds)
        except Exception:  # noqa: BLE001 (without this thread the profile is offline until the next log-on)
            log.exception("a report failed")
            self._failures += 1
            return wait_after(self._failures + 3)
        self._is_back(answer)
        if self._live:
            self._live.want(answer.get("state") != DISABLED)
        return self._beat_seconds

    def _compare(self, desk: Desk, answer: Mapping[str, Any]) -> None:
        is_new = answer.get("me_version") != self.me.version or answer.get("state") != self.me.state
        if is_new or self._is_behind:
            self._is_behind = True
            self._reread(desk)
        self._is_behind = False

    def _is_back(self, answer: Mapping[str, Any]) -> None:
        if self._failures:
            self._failures = 0
            self._hurry()
        self._beat_seconds = interval_of(answer, self._beat_seconds)

    # --- the live connection ---
    def _heard(self, said: Mapping[str, Any]) -> None:
        """On the thread of the line. What it does not know is for a newer agent."""
        if said.get("t") in {"hello", "me"}:
            self._asks.put(lambda desk: self._told(desk, said))

    def _told(self, desk: Desk, said: Mapping[str, Any]) -> None:
        try:
            self._compare(desk, said)
        except (ApiError, Offline):
            self._beat_at = 0  # a heartbeat finds out, and tries again, also beside the line
        except Exception:  # noqa: BLE001 (as in `_one_beat`)
            log.exception("what the desk said live")
            self._beat_at = 0
        else:
            self._is_back(said)

    def _line_lost(self, code: int) -> None:
        """The heartbeats go on: at once where the desk has let us go, else if the line is not soon back."""
        wait = 0 if code in OUT else LINE_GRACE * (1 + random.random())  # noqa: S311 (not a secret)
        at = time.monotonic() + wait

        def sooner(_desk: Desk) -> None:
            self._beat_at = min(self._beat_at, at)

        self._asks.put(sooner)

    def _wait_refused(self, error: ApiError) -> float:
        log.info("the desk refused: %s", error)
        if error.code == "credential-unknown":
            self._is_known = False
            self._show(Me())
        elif error.code == "agent-too-old":
            self._tell_once("old", _("Update needed"), error.sentence)
        elif error.code == "profile-already-registered":
            self._tell_once("known", _("A technician has to help"), error.sentence)
        if error.status >= SERVER_ERROR:  # a proxy answers for a desk that starts again: soon it is back
            return max(error.retry_after, min(wait_after(self._failures), self._beat_seconds))
        return wait_after(self._failures + 3, asked=error.retry_after)

    def _introduce(self, desk: Desk) -> None:
        """Registering again with the same credential is harmless, so a lost answer costs nothing."""
        if self._key:
            try:
                desk.register(key=self._key, credential=self._credential, machine=self._machine)
            except ApiError as error:
                if error.code != "enrolment-key-refused":
                    raise
                log.warning("the enrolment key is refused; the profile may be known all the same")
            else:
                trace("registered")
                self.post(self.registered)
        self._is_known = True

    def _reread(self, desk: Desk) -> None:
        self._learn(desk.me())

    def _learn(self, answer: dict[str, Any], said: str = "") -> None:
        if said:
            trace(said)
        try:
            me = Me.from_answer(answer)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise ApiError(502, {"code": "strange-answer"}) from None
        self._show(me)

    def _show(self, me: Me) -> None:
        is_new, self.me = me.state != self.me.state, me
        if is_new:
            trace(f"state {me.state}")
            if me.may_open_tickets:
                self._hurry()
            self._wake.set()
        self.post(lambda: self.changed(me))

    def _hurry(self) -> None:
        try:
            self._outbox.hurry()
        except (OSError, sqlite3.Error):  # a full disk: the tickets go when their time has come
            log.exception("the outbox cannot be written now")
        self._wake.set()

    def _tell_once(self, what: str, title: str, text: str) -> None:
        if what not in self._said_waiting:
            self._said_waiting.add(what)
            self.post(lambda: self.notice(title, text))

    # --- the outbox thread ---
    def _send(self) -> None:
        desk = self._connect(self._credential)
        while not self._ended.is_set():
            self._wake.clear()
            try:
                entry = self._outbox.next(now=self._clock())
                if entry is not None:
                    self._try(desk, entry)
                    continue
                due = self._outbox.next_try_at()
            except Exception:  # noqa: BLE001 (a full disk, a locked file: without this thread nothing is sent)
                log.exception("the outbox cannot be read now")
                self._wake.wait(30)
                continue
            self._wake.wait(None if due is None else min(LONGEST_SLEEP, max(0.05, due - self._clock())))

    def send_once(self) -> None:
        """Try all that is due now, on this thread (the command line's way)."""
        desk = self._connect(self._credential)
        while (entry := self._outbox.next(now=self._clock())) is not None:
            self._try(desk, entry)

    def _try(self, desk: Desk, entry: Waiting) -> None:
        files = [(file.name, file.data) for file in entry.draft.files]
        ticket = ticket_of(entry.draft)
        try:
            answer = desk.open_ticket(
                key=entry.id, ticket=ticket, screenshot=entry.draft.screenshot, files=files
            )
        except Offline:
            self._later(entry, "offline", _("No connection. It will be sent by itself."))
        except ApiError as error:
            if not is_final(error):
                busy = error.retry_after if error.status in BUSY else 0
                self._later(entry, error.code, error.sentence, asked=error.retry_after, busy=busy)
                return
            self._outbox.refuse(entry.id, reason=error.sentence)
            trace(f"send failed {error.code}")
            text = f"{entry.draft.subject}: {error.sentence}"
            self.post(lambda: self.notice(_("The desk did not take your ticket"), text))
        else:
            self._outbox.remove(entry.id)
            number = answer.get("number")
            self.sent[entry.id] = number
            trace(f"ticket {number}")
            self._said_waiting.discard(entry.id)
            title = _("Ticket #%s was opened") % number
            self.post(lambda: self.notice(title, entry.draft.subject))

    def _later(self, entry: Waiting, code: str, sentence: str, *, asked: float = 0, busy: float = 0) -> None:
        now = self._clock()
        self._outbox.postpone(
            entry.id, until=now + wait_after(entry.tries, asked=asked), never_before=now + busy if busy else 0
        )
        trace(f"send failed {code}")
        self._tell_once(entry.id, _("Your ticket is kept"), sentence)
