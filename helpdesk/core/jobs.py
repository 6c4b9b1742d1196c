"""Who does which kind of job, and how a worker is woken. The rows are written and run in services.jobs."""

from collections.abc import Callable
from datetime import datetime

Handler = Callable[[str, datetime], None]
Waker = Callable[[int], None]
Sweep = Callable[[datetime], None]

_handlers: dict[str, Handler] = {}
_waker: list[Waker] = []
_each_moment: list[Sweep] = []
_each_minute: list[Sweep] = []
_each_day: list[Sweep] = []
_waiting: set[str] = set()


class Later(Exception):
    """Raised by a handler: nothing went wrong, run me again at `at`; no try is counted."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self.at = at


def handler(kind: str, *, waits: bool = False) -> Callable[[Handler], Handler]:
    """Registers `fn(ref, now)` for jobs of `kind`. A job may run twice after a kill: make it idempotent.

    `waits`: it talks to servers of others, so the jobs of other kinds must not stand behind it, nor those
    whose ref ends in another @lane.
    """

    def register(fn: Handler) -> Handler:
        _handlers[kind] = fn
        if waits:
            _waiting.add(kind)
        return fn

    return register


def is_waiting(kind: str) -> bool:
    return kind in _waiting


def handler_for(kind: str) -> Handler:
    """LookupError for a kind nobody registered."""
    return _handlers[kind]


def each_moment(fn: Sweep) -> Sweep:
    """`fn(now)` runs a few seconds after something was told to open pages, and once a minute: cheap when
    there is nothing to do, and safe to run twice.
    """
    _each_moment.append(fn)
    return fn


def moment_sweeps() -> tuple[Sweep, ...]:
    return tuple(_each_moment)


def each_minute(fn: Sweep) -> Sweep:
    """`fn(now)` runs about once a minute, in any of several processes: short, and safe to run twice."""
    _each_minute.append(fn)
    return fn


def minute_sweeps() -> tuple[Sweep, ...]:
    return tuple(_each_minute)


def each_day(fn: Sweep) -> Sweep:
    """`fn(now)` runs once a day and at each start and removes what is old: in small parts, safe to repeat."""
    _each_day.append(fn)
    return fn


def day_sweeps() -> tuple[Sweep, ...]:
    return tuple(_each_day)


def set_waker(fn: Waker | None) -> None:
    """`fn(job_id)` is called after the commit that wrote the job; without one the sweep finds the row."""
    _waker[:] = [fn] if fn else []


def wake(job_id: int) -> None:
    for fn in _waker:
        fn(job_id)
