"""My tickets: a list to read, in the customer's words."""

import tkinter as tk
from tkinter import ttk

from tray_agent.model import Me, TicketRow
from tray_agent.personal import Personal
from tray_agent.ports import Actions
from tray_agent.texts import _
from tray_agent.ui.theme import Theme
from tray_agent.ui.widgets import Window

ROWS = 8


def status_words(status: str) -> str:
    if status == "waiting":
        return _("Your answer please")
    return _("Solved") if status in {"resolved", "closed"} else _("We are on it")


class MyTickets(Window):
    def __init__(self, theme: Theme, actions: Actions, personal: Personal) -> None:
        super().__init__(theme, _("My tickets"), width=640)
        self._actions, self._personal, self._rows = actions, personal, list[TicketRow]()
        self._is_empty = False
        self.label(self.body, _("My tickets"), "Heading").grid(sticky="w", pady=(0, theme.px(10)))
        frame = ttk.Frame(self.body, style="Field.TFrame", padding=theme.px(5))
        frame.grid(sticky="nswe")
        self.body.rowconfigure(1, weight=1)
        self.list = ttk.Treeview(frame, columns=("number", "subject", "status"), show="headings", height=ROWS)
        for name, title, width in (
            ("number", _("No."), 70),
            ("subject", _("Subject"), 340),
            ("status", _("Where it is"), 160),
        ):
            self.list.heading(name, text=title, anchor="w")
            self.list.column(name, width=theme.px(width), anchor="w", stretch=name == "subject")
        bar = ttk.Scrollbar(frame, command=self.list.yview)
        self.list.configure(yscrollcommand=bar.set, selectmode="browse")
        self.list.pack(side="left", fill="both", expand=True)
        self._bar = bar
        self._hint = self.label(frame, "", "Hint", wrap=theme.px(440))
        self._said = self.foot_text("")
        self._refresh_button = self.foot_button(_("Refresh"), self.refresh)
        self.foot_button(_("Close"), self.close, "Accent")
        self.bind("<F5>", lambda event: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        self._refresh_button.state(["disabled"])
        if not self.list.get_children():
            self._hint_at(_("One moment, your tickets are coming."))
        self._actions.my_tickets(self._arrived)

    def _arrived(self, rows: list[TicketRow], sentence: str) -> None:
        try:
            if not self.winfo_exists():
                return
        except tk.TclError:  # the program ends
            return
        self._refresh_button.state(["!disabled"])
        if not sentence:
            self._rows = rows
        count = len(self._rows)
        number = _("1 ticket") if count == 1 else _("%s tickets") % count if count else ""
        self._said.configure(text=sentence or number)
        self._is_empty = self._fill() == 0 and not sentence
        self._hint_at("" if self.list.get_children() else sentence)
        self.update_me(self._actions.me)

    def update_me(self, me: Me) -> None:
        if self._is_empty:
            text = _("You have no tickets yet. %s opens the first one.")
            self._hint_at(text % self._personal.hotkey.shown())

    def _fill(self) -> int:
        """On top what has not reached the desk."""
        self.list.delete(*self.list.get_children())
        for subject, refusal in self._actions.kept_tickets():
            words = _("Not taken") if refusal else _("Waits to be sent")
            self.list.insert("", "end", values=("–", f"{subject}: {refusal}" if refusal else subject, words))
        for row in self._rows:
            self.list.insert("", "end", values=(f"#{row.number}", row.subject, status_words(row.status)))
        count = len(self.list.get_children())
        if count > ROWS:
            self._bar.pack(side="right", fill="y")
        return count

    def _hint_at(self, text: str) -> None:
        self._hint.configure(text=text)
        if text:
            self._hint.place(relx=0.5, rely=0.5, anchor="center")
        else:
            self._hint.place_forget()
