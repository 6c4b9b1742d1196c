"""New ticket: three questions and a picture."""

import time
import tkinter as tk
from datetime import UTC, datetime
from tkinter import ttk

from tray_agent.model import Me, TicketDraft
from tray_agent.ports import Actions, Screen
from tray_agent.texts import _
from tray_agent.trace import log
from tray_agent.ui import limits
from tray_agent.ui.ask import ask
from tray_agent.ui.attachments import Attachments
from tray_agent.ui.choice import Choice
from tray_agent.ui.theme import Theme
from tray_agent.ui.widgets import Entry, Problem, TextBox, Window, on_return

SHORTEST_WORDS = 150
"""Leaves two lines to write in, however many files and details stand below."""
GONE_MS = 250
"""After this time a hidden window is off the screen and what it covered is painted again."""


class NewTicket(Window):
    def __init__(self, theme: Theme, actions: Actions, screen: Screen, picture: bytes | None) -> None:
        organisation = actions.me.organisation
        super().__init__(
            theme, _("New ticket, %s") % organisation if organisation else _("New ticket"), width=560
        )
        self._actions, self._screen = actions, screen
        self._details = actions.details()  # before this window is the one in front
        self._taken_at = datetime.now(UTC).isoformat()
        self.label(self.body, _("What is wrong?"), "Heading").grid(row=0, column=0, sticky="w")
        self._words()
        self._urgency()
        field = self._field(3, _("Screenshot"))
        self.attachments = Attachments(self, field, take=self._take_again)
        self.attachments.set_picture(picture, later=True)
        self._technical()
        self._from = self.foot_text(_("From %s") % actions.me.email)
        self.foot_button(_("Cancel"), self.close)
        self._send_button = self.foot_button(_("Send"), self.submit, "Accent")
        self._problem = Problem(self.body, theme, width=self.inner, row=5, space=12)
        for key in ("<Control-Return>", "<Control-KP_Enter>"):
            self.bind(key, lambda event: self.submit())
            self.description.area.bind(key, lambda event: self._send_from_text())
        on_return(self.subject, self.description.area.focus_set)

    # --- parts ------------------------------------------------------------------------------------
    def _field(self, row: int, label: str) -> ttk.Frame:
        frame = ttk.Frame(self.body)
        frame.columnconfigure(0, weight=1)
        frame.grid(row=row, column=0, sticky="nswe", pady=(self.theme.px(12), 0))
        self.label(frame, label).grid(row=0, column=0, sticky="w", pady=(0, self.theme.px(4)))
        return frame

    def _words(self) -> None:
        field = self._field(1, _("In one line"))
        self.subject = Entry(field, self.theme)
        self.subject.grid(row=1, column=0, sticky="we")
        subject_problem = Problem(field, self.theme, width=self.inner, row=2)
        text = ttk.Frame(field)
        text.columnconfigure(0, weight=1)
        text.grid(row=3, column=0, sticky="nswe", pady=(self.theme.px(12), 0))
        label = self.label(text, _("What happened, and what did you expect?"))
        label.grid(row=0, column=0, sticky="w", pady=(0, self.theme.px(4)))
        self.description = TextBox(text, self.theme, lines=3)
        self.description.grid(row=1, column=0, sticky="nswe")
        text.rowconfigure(1, weight=1)
        field.rowconfigure(3, weight=1)
        self.body.rowconfigure(1, weight=1, minsize=self.theme.px(SHORTEST_WORDS))
        self._problems = {
            "subject": subject_problem,
            "description": Problem(text, self.theme, width=self.inner, row=2),
        }
        self.subject.variable.trace_add("write", lambda *_: subject_problem.say(""))

    def _urgency(self) -> None:
        field = self._field(2, _("How much does it stop you?"))
        self.priority = tk.StringVar(self, "medium")
        options = (("low", _("A little")), ("medium", _("Quite a lot")), ("high", _("Fully")))
        Choice(field, self.theme, options, self.priority).grid(row=1, column=0, sticky="w")

    def _technical(self) -> None:
        px = self.theme.px
        frame = ttk.Frame(self.body)
        frame.columnconfigure(1, weight=1)
        frame.grid(row=4, column=0, sticky="we", pady=(px(14), 0))
        self._with_details = tk.BooleanVar(self, value=True)
        box = ttk.Checkbutton(frame, text=_("Send technical details with it"), variable=self._with_details)
        box.grid(row=0, column=0, sticky="w")
        on_return(box, box.invoke)
        self._link = self.button(frame, _("Show them"), self._toggle_details, "Link")
        self._link.grid(row=0, column=1, sticky="w", padx=(px(5), 0))
        self._names = self.label(frame, ", ".join(self._details), "Small", wrap=self.inner - px(30))
        self._names.grid(row=1, column=0, columnspan=2, sticky="w", padx=(px(30), 0))
        text = "\n".join(f"{label}: {value}" for label, value in self._details.items())
        lines = max(1, min(6, len(self._details)))
        self._list = TextBox(frame, self.theme, lines=lines, text=text, is_fixed=True)

    def _toggle_details(self) -> None:
        px = self.theme.px
        if self._list.winfo_ismapped():
            self._list.grid_remove()
            self._names.grid()
            self._link.configure(text=_("Show them"))
        else:
            self._names.grid_remove()
            self._list.grid(row=2, column=0, columnspan=2, sticky="we", padx=(px(30), 0), pady=(px(4), 0))
            self._link.configure(text=_("Hide them"))

    # --- deeds ------------------------------------------------------------------------------------
    @property
    def holds_work(self) -> bool:  # type: ignore[override]
        return bool(self.subject.text or self.description.text or self.attachments.files)

    def update_me(self, me: Me) -> None:
        self._from.configure(text=_("From %s") % me.email)

    def draft(self) -> TicketDraft:
        return TicketDraft(
            subject=" ".join(self.subject.text.split()),
            description=self.description.text,
            priority=self.priority.get(),
            screenshot=self.attachments.picture,
            files=tuple(self.attachments.files),
            details=dict(self._details) if self._with_details.get() else {},
            taken_at=self._taken_at if self.attachments.picture else "",
        )

    def submit(self) -> None:
        draft = self.draft()
        found = limits.problems(draft)
        for name, problem in self._problems.items():
            problem.say(found.get(name, ""))
        self.attachments.say(found.get("files", ""))
        if "subject" in found:
            self.subject.state(["invalid"])
            self.subject.focus_set()
        elif "description" in found:
            self.description.area.focus_set()
        if found:
            return
        try:
            self._actions.submit(draft)
        except Exception:  # noqa: BLE001 (whatever it was: the text must stay)
            log.exception("the ticket could not be kept")
            text = _(
                "Your ticket could not be kept on this computer. Is the disk full? Your text is still here."
            )
            self._problem.say(text)
            return
        self.destroy()

    def _send_from_text(self) -> str:
        self.submit()
        return "break"

    def close(self) -> None:
        if self.holds_work:
            sentence = _("What you have typed is not sent yet.")
            ask(self, sentence, yes=_("Throw it away"), no=_("Keep writing"), then=self.destroy)
        else:
            self.destroy()

    def _take_again(self) -> None:
        """Out of the picture, the picture, and back, where it was."""
        self.withdraw()
        self.update_idletasks()
        self.after(GONE_MS, self._retake, time.monotonic() + 2)

    def _retake(self, latest: float) -> None:
        if self.winfo_viewable() and time.monotonic() < latest:
            self.after(50, self._retake, latest)
            return
        self._taken_at = datetime.now(UTC).isoformat()
        self.attachments.set_picture(self._screen.grab())
        self.come_back(self.attachments.take_button)
