"""Keeps the live connection up: one thread that connects, hears, and connects again.

It says what it hears and when it is gone; what that means is the engine's business. Where WebSockets do not
get through, or the desk does not want one now, it tries seldom, and the heartbeats go on.
"""

import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tray_agent.api import ApiError, Offline
from tray_agent.ports import Line, LineEnded
from tray_agent.trace import log, trace

FIRST_WAIT, LONGEST_WAIT = 0.25, 3.0
PATIENT_WAIT, PATIENT_AFTER = 30.0, 200
"""After so many tries the desk is away for longer than a restart."""
SELDOM = 300.0
GREETING_SECONDS = 10.0
SETTLED_SECONDS = 10.0
"""A line that ends sooner is no better than none: who is cut off at once, again and again, slows down."""
MUTE_LINES = 3
"""So many lines without a greeting: something before the desk takes WebSockets and carries nothing."""
RESTARTING = frozenset({500, 502, 503, 504})
UNKNOWN, DISABLED, REPLACED, TOO_SLOW, TOO_MANY = 4401, 4403, 4409, 4408, 4429
OUT = frozenset({UNKNOWN, DISABLED})
"""A heartbeat has to find out what is the matter, and when that changes."""

Heard = Callable[[dict[str, Any]], None]


def _spread(seconds: float) -> float:
    return seconds * (0.5 + 0.75 * random.random())  # noqa: S311 (not a secret)


def soon(tries: int) -> float:
    """Seconds to the next try where the desk is away: a restart is over for all agents within seconds."""
    if tries > PATIENT_AFTER:
        return _spread(PATIENT_WAIT)
    return _spread(min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(tries, 8)))


class Live:
    """`is_open` from the desk's greeting on. `heard` and `lost` are called on the thread of the line."""

    def __init__(self, open_line: Callable[[], Line], *, heard: Heard, lost: Callable[[int], None]) -> None:
        self._open_line, self._heard, self._lost = open_line, heard, lost
        self.is_open = False
        self._line: Line | None = None
        self._lock = threading.Lock()
        self._wanted, self._ended, self._awake = threading.Event(), threading.Event(), threading.Event()
        self._tries = self._mute = 0
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def want(self, wanted: bool) -> None:  # noqa: FBT001
        """Whether the desk would let us in, as the last answer of it says."""
        if wanted and not self._wanted.is_set():
            self._wanted.set()
            self._awake.set()
        elif not wanted:
            self._wanted.clear()

    def stop(self) -> bool:
        """True if the desk has heard that the Windows user signs out."""
        self._ended.set()
        self._awake.set()
        self._wanted.set()
        with self._lock:
            line, is_open = self._line, self.is_open
        if line is None:
            return False
        has_said = False
        with suppress(LineEnded):
            if is_open:
                line.say("bye")
                has_said = True
        line.end()
        return has_said

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            if self._ended.is_set():
                return
            self._awake.clear()
            try:
                wait = self._one_line()
            except Exception:  # noqa: BLE001 (without this thread only heartbeats are left)
                log.exception("the live connection failed")
                wait = _spread(SELDOM)
            if self._ended.is_set():
                return
            self._awake.wait(wait)

    def _one_line(self) -> float:
        """Seconds to the next try."""
        try:
            line = self._open_line()
        except Offline:
            self._tries += 1
            return soon(self._tries)
        except ApiError as refusal:
            self._tries += 1
            return self._wait_refused(refusal)
        with self._lock:
            self._line = line
        if self._ended.is_set():
            line.end()
            return 0
        code = self._hear(line)
        return self._wait_ended(code)

    def _hear(self, line: Line) -> int:
        """Why it ended."""
        began, was_open = time.monotonic(), False
        try:
            said = line.hear(GREETING_SECONDS)
            while True:
                if said.get("t") == "hello" and not was_open:
                    was_open, self._mute = True, 0
                    self.is_open = True
                    trace("live")
                self._heard(said)
                said = line.hear()
        except LineEnded as end:
            code, lasted = end.code, time.monotonic() - began
            log.info("the live connection ended with %d after %.0f s", code, lasted)
        finally:
            with self._lock:
                self._line, self.is_open = None, False
            line.end()
        self._mute += not was_open
        if was_open:
            if lasted >= SETTLED_SECONDS:
                self._tries = 0
            trace("live no more")
            self._lost(code)
        return code

    def _wait_ended(self, code: int) -> float:
        self._tries += 1
        if code in OUT:
            self._wanted.clear()
            return 0
        if code == REPLACED:  # somebody else has our credential; two that hurry would never stop
            return _spread(4 * PATIENT_WAIT)
        if code in (TOO_SLOW, TOO_MANY):
            return _spread(PATIENT_WAIT)
        return soon(self._tries) if self._mute < MUTE_LINES else _spread(SELDOM)

    def _wait_refused(self, refusal: ApiError) -> float:
        log.info("no live connection: %s", refusal)
        if refusal.code in ("credential-unknown", "profile-disabled"):
            self._wanted.clear()
            return 0
        if "code" in refusal.extra:  # the desk's own word
            return max(refusal.retry_after, _spread(PATIENT_WAIT))
        if refusal.status in RESTARTING and self._tries < PATIENT_AFTER:
            return soon(self._tries)  # a proxy answers for a desk that starts again
        return _spread(SELDOM)
