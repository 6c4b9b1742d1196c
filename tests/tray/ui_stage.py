"""The windows with an engine that only remembers. A program: one command a line on stdin."""

import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tray_agent.linux.desktop import LinuxPlatform
from tray_agent.model import Me, TicketDraft, TicketRow, Verification
from tray_agent.personal import Personal
from tray_agent.ports import Answer
from tray_agent.screen import PillowScreen
from tray_agent.ui.root import TkWindows
from tray_agent.ui.ticket import NewTicket

GOOD_TOKEN = "k7m4-qxp2"


def me_in(state: str, *, is_sent: bool = False) -> Me:
    now = datetime.now(UTC)
    sent = Verification(now + timedelta(minutes=30), 4, now + timedelta(seconds=60)) if is_sent else None
    return Me(state, "Brightwell", "Acme", "Anna Gruen", "anna@acme.example", sent, support_phone="030 123")


class Remembering:
    """ports.Actions; prints what it was asked."""

    def __init__(self, folder: Path, state: str) -> None:
        self.me, self._folder = me_in(state, is_sent=state == "waiting_for_token"), folder
        self.windows: TkWindows
        self.is_full = False

    def send_token(self, full_name: str, email: str, done: Answer) -> None:
        print(f"send {full_name} {email}", flush=True)
        self._become(me_in("waiting_for_token", is_sent=True))
        self._answer(done, "", "")

    def confirm(self, token: str, done: Answer) -> None:
        print(f"confirm {token}", flush=True)
        if token != GOOD_TOKEN:
            self._answer(done, "wrong-token", "This is not the token we sent.")
            return
        self._become(me_in("verified"))
        self._answer(done, "", "")

    def _answer(self, done: Answer, code: str, sentence: str) -> None:
        self.windows.post(lambda: done(code, sentence))
        self.windows.post(lambda: print("answered", flush=True))

    def _become(self, me: Me) -> None:
        self.me = me
        self.windows.post(lambda: self.windows.update(me))
        self.windows.post(lambda: print(f"became {me.state}", flush=True))

    def submit(self, draft: TicketDraft) -> str:
        if self.is_full:
            raise OSError("no space left on device")
        (self._folder / "screenshot.png").write_bytes(draft.screenshot or b"")
        print(
            f"submit {draft.subject!r} {draft.description!r} {draft.priority} {sorted(draft.details)}",
            flush=True,
        )
        return "id"

    def my_tickets(self, done: "object") -> None:
        print("asked for the tickets", flush=True)
        rows = [TicketRow(7, "Printer", "waiting", None)]
        self.windows.post(lambda: done(rows, ""))  # type: ignore[operator]

    def kept_tickets(self) -> list[tuple[str, str]]:
        return [("Scanner", ""), ("Long story", "Shorten it.")]

    def details(self) -> dict[str, str]:
        return {"Computer name": "MD-PC-014", "Free space": "81 GB"}


class CountingScreen(PillowScreen):
    def grab(self) -> bytes | None:
        print("picture taken", flush=True)
        return super().grab()


def add_files(windows: TkWindows, folder: Path) -> None:
    """All that a form can grow by."""
    form = windows._open["ticket"]
    assert isinstance(form, NewTicket)
    paths = [folder / f"file-{number}.txt" for number in range(11)]
    for path in paths:
        path.write_text("text")
    form.attachments.add(paths)
    form._toggle_details()
    form.submit()  # without a subject: a sentence comes too
    form.after(500, tell_foot, form)  # it has grown by then


def tell_foot(form: NewTicket) -> None:
    foot = form._send_button
    if foot.winfo_rooty() + foot.winfo_height() < form.winfo_screenheight() - 40:
        print("foot in", flush=True)
    else:
        form.after(100, tell_foot, form)


def main() -> None:
    actions = Remembering(Path(sys.argv[1]), sys.argv[2])
    personal = Personal(Path(sys.argv[1]), LinuxPlatform(Path(sys.argv[1])))
    actions.windows = windows = TkWindows(actions, CountingScreen(), personal)
    personal.pressed = lambda: windows.post(lambda: windows.show_ticket("hotkey"))
    personal.changed = lambda: windows.update(actions.me)
    deeds = {
        "ticket": lambda: windows.show_ticket("hotkey"),
        "settings": lambda: windows.show_settings("Confirm your address first."),
        "tickets": windows.show_my_tickets,
        "about": windows.show_about,
        "notice": lambda: windows.show_notice("Ticket #12 was opened", "Printer"),
        "files": lambda: add_files(windows, Path(sys.argv[1])),
        "full": lambda: setattr(actions, "is_full", True),
        "approval": lambda: actions._become(me_in("waiting_for_approval")),
        "verified": lambda: actions._become(me_in("verified")),
        "hide": lambda: windows.update(Me()),
        "keys": lambda: print(personal.start(), flush=True),
        "quit": windows.quit,
    }

    def listen() -> None:
        for line in sys.stdin:
            windows.post(deeds[line.strip()])

    threading.Thread(target=listen, daemon=True).start()
    windows.run(lambda: print("ready", flush=True))
    print("ended", flush=True)


if __name__ == "__main__":
    main()
