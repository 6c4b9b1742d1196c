"""Who made this, for whom it works, and whom to call."""

import socket
from tkinter import ttk

import tray_agent
from tray_agent import model
from tray_agent.model import Me
from tray_agent.personal import Personal
from tray_agent.texts import _
from tray_agent.ui.theme import Theme
from tray_agent.ui.widgets import Window


def state_words(me: Me) -> str:
    words = {
        model.ENABLED: _("Ready to be set up"),
        model.WAITING_FOR_TOKEN: _("Waiting for the confirmation token"),
        model.WAITING_FOR_APPROVAL: _("Waiting for a technician's approval"),
        model.VERIFIED: _("Set up, tickets can be opened"),
        model.DISABLED: _("Switched off by the desk"),
    }
    return words.get(me.state, _("Not connected yet"))


class About(Window):
    def __init__(self, theme: Theme, me: Me, personal: Personal) -> None:
        super().__init__(theme, _("About"), width=400)
        self._personal = personal
        self._show(me)
        self.foot_text("")
        self.done = self.foot_button(_("Close"), self.close, "Accent")

    def update_me(self, me: Me) -> None:
        for child in self.body.winfo_children():
            child.destroy()
        self._show(me)

    def _show(self, me: Me) -> None:
        px = self.theme.px
        ttk.Label(self.body, text=f" {me.organisation or 'Deskbell'}", image=self._logo, compound="left",
                  style="Heading.TLabel").grid(sticky="w", pady=(0, px(8)))  # fmt: skip
        facts = ttk.Frame(self.body)
        facts.grid(sticky="we")
        rows = [
            (_("Version"), tray_agent.__version__),
            (_("Telephone"), me.support_phone),
            (_("Company"), me.client),
            (_("Computer"), socket.gethostname()),
            (_("Person"), ", ".join(part for part in (me.full_name, me.email) if part)),
            (_("State"), state_words(me)),
            (_("Hotkey"), self._personal.hotkey.shown() if me.may_open_tickets else ""),
        ]
        for row, (label, value) in enumerate((label, value) for label, value in rows if value):
            self.label(facts, label, "Sub").grid(row=row, column=0, sticky="nw", pady=px(3), padx=(0, px(16)))
            text = self.label(facts, value, wrap=self.inner - px(110))
            text.grid(row=row, column=1, sticky="w", pady=px(3))
