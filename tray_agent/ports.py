"""What the engine and the app need from the world; one adapter each per platform."""

from collections.abc import Callable
from typing import Any, Protocol

from tray_agent.combination import Combination
from tray_agent.model import Machine, Me, TicketDraft, TicketRow

Answer = Callable[[str, str], None]
"""Called on the main thread with (error code, sentence); ("", "") means it worked."""


class Store(Protocol):
    """The platform's protected place for the credential."""

    name: str

    def load(self) -> str:
        """Nothing if there is none, or none that can ever be read again.

        OSError where it cannot be read just now (a virus scanner holds the file): who took that for nothing
        would make another credential, and a technician would have to let this profile in again.
        """
        ...

    def save(self, secret: str) -> None: ...


class Desk(Protocol):
    """The server, as the engine needs it (api.Api). ApiError is its no, Offline its silence."""

    def register(self, *, key: str, credential: str, machine: Machine) -> dict[str, Any]: ...
    def heartbeat(self, *, signed_in: bool = True) -> dict[str, Any]: ...
    def me(self) -> dict[str, Any]: ...
    def send_token(self, *, full_name: str, email: str) -> dict[str, Any]: ...
    def confirm(self, *, token: str) -> dict[str, Any]: ...
    def open_ticket(
        self, *, key: str, ticket: dict[str, Any], screenshot: bytes | None, files: list[tuple[str, bytes]]
    ) -> dict[str, Any]: ...
    def tickets(self) -> dict[str, Any]: ...


class LineEnded(Exception):
    """The live connection is over. `code` says why, as WebSockets count reasons."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(code)


class Line(Protocol):
    """An open live connection to the desk."""

    def hear(self, seconds: float | None = None) -> dict[str, Any]:
        """The next message, {} if it is none; LineEnded when nothing comes any more, or not in time."""
        ...

    def say(self, kind: str) -> None:
        """LineEnded if it cannot be said."""

    def end(self) -> None:
        """From any thread; who hears gets LineEnded. Safe to repeat."""


class Screen(Protocol):
    def grab(self) -> bytes | None:
        """All monitors as PNG, or None where no picture can be taken."""


class Hotkey(Protocol):
    way: str
    """How it listens, for the trace."""

    def start(self) -> None:
        """Listens when it returns. Taken if it wants the combination alone and another program has it."""

    def stop(self) -> None: ...


class Taken(Exception):
    """Another program has this combination."""


class Hotkeys(Protocol):
    """The ways to hear a combination everywhere. `pressed` is called on a thread of theirs."""

    def hotkey(self, combination: Combination, pressed: Callable[[], None]) -> Hotkey:
        """Alone: no other program hears it meanwhile."""
        ...

    def listener(self, combination: Combination, pressed: Callable[[], None]) -> Hotkey:
        """Beside another program that has it."""
        ...


class Tray(Protocol):
    def start(self) -> None: ...
    def update(self, me: Me, hotkey: str) -> None:
        """`hotkey` as people read it."""

    def notify(self, title: str, text: str) -> bool:
        """False where this tray has no balloons."""
        ...

    def stop(self) -> None: ...


class Instance(Protocol):
    """One agent per profile; a second start hands its wish to the first."""

    def claim(self, on_command: Callable[[str], None]) -> bool: ...
    def tell(self, command: str) -> bool:
        """Hand a wish to the running agent; False if none hears it."""

    def release(self) -> None: ...


class Actions(Protocol):
    """What the windows may ask for. Answers come on the main thread."""

    me: Me

    def send_token(self, full_name: str, email: str, done: Answer) -> None: ...
    def confirm(self, token: str, done: Answer) -> None: ...
    def submit(self, draft: TicketDraft) -> str:
        """Kept on disk when it returns; gives its id."""
        ...

    def my_tickets(self, done: Callable[[list[TicketRow], str], None]) -> None: ...
    def kept_tickets(self) -> list[tuple[str, str]]:
        """(subject, refusal or nothing) of what has not reached the desk."""
        ...

    def details(self) -> dict[str, str]:
        """Technical details, label to value, that go with a ticket if the person agrees."""
        ...


class Windows(Protocol):
    """The windows and the main loop; everything but `post` belongs to the main thread."""

    def run(self, on_ready: Callable[[], None]) -> None: ...
    def post(self, deed: Callable[[], None]) -> None:
        """From any thread: do it soon on the main thread."""

    def quit(self) -> None: ...
    def show_settings(self, reason: str = "") -> None: ...
    def show_ticket(self, source: str) -> None: ...
    def show_my_tickets(self) -> None: ...
    def show_about(self) -> None: ...
    def show_notice(self, title: str, text: str) -> None:
        """Our own balloon, where the tray has none."""

    def update(self, me: Me) -> None: ...


class Platform(Hotkeys, Protocol):
    """Everything that differs between Windows and Linux."""

    @property
    def machine(self) -> Machine: ...
    @property
    def store(self) -> Store: ...
    @property
    def instance(self) -> Instance: ...

    def prepare(self) -> None:
        """Before the first window: DPI awareness, application id."""

    def seal(self, data: bytes) -> bytes:
        """For the outbox: readable by this user alone, where the platform can do that."""
        ...

    def unseal(self, data: bytes) -> bytes: ...
    def has_tray(self) -> str:
        """Why no icon can be shown, or nothing."""
        ...
