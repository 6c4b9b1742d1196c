"""Personal settings: who sits here, proven by a token sent to the e-mail address."""

import time
import tkinter as tk
from datetime import datetime, timezone
from tkinter import ttk

from tray_agent.config import Preferences
from tray_agent.model import WAITING_FOR_APPROVAL, Me
from tray_agent.ports import Actions
from tray_agent.texts import _
from tray_agent.trace import trace
from tray_agent.ui.dialog import Dialog, is_blank
from tray_agent.ui.theme import Look

WIDTH = 448
FIRST, TOKEN, APPROVAL, CONFIRMED, OFF = "first", "token", "approval", "confirmed", "off"


def mode_of(me: Me, *, is_changing: bool) -> str:
    """Which of its faces the window shows."""
    if not me.is_visible:
        return OFF
    if is_changing:
        return TOKEN if me.verification else FIRST
    if me.may_open_tickets:
        return CONFIRMED
    if me.state == WAITING_FOR_APPROVAL:
        return APPROVAL
    return TOKEN if me.verification else FIRST


def seconds_until(at: datetime | None) -> int:
    return 0 if at is None else max(0, round(at.timestamp() - time.time()))


class SettingsWindow(Dialog):
    def __init__(self, look: Look, actions: Actions, preferences: Preferences, seat: str) -> None:
        super().__init__(look, _("Personal settings"), width=WIDTH)
        self._actions, self._preferences, self._seat = actions, preferences, seat
        self._name, self._email, self._token = (tk.StringVar(look.root) for _n in range(3))
        self._wants_picture = tk.BooleanVar(look.root, preferences.takes_screenshot)
        self._is_changing, self._is_busy, self._mode, self._ticker = False, False, "", ""
        self._build_head()
        self._build_fields()
        self._build_foot()
        self._token.trace_add("write", self._typed_token)

    # --- building -------------------------------------------------------------------------------------------
    def _build_head(self) -> None:
        head = ttk.Frame(self.body)
        head.grid(row=0, sticky="w")
        self._tick = ttk.Label(head, image=self.look.icon("ok", self.look.colours.ok, 20))
        self._tick.grid(row=0, column=0, padx=(0, self.look.px(10)))
        self._title = ttk.Label(head, style="Title.TLabel")
        self._title.grid(row=0, column=1)
        self._sub = self.label(style="Sub.TLabel")
        self._sub.grid(row=1, sticky="w", pady=(self.look.px(2), self.look.px(12)))

    def _build_fields(self) -> None:
        gap, near = self.look.px(14), self.look.px(4)
        body = self.body
        self.label(_("Full name")).grid(row=2, sticky="w")
        self._name_field = self.field(body, self._name)
        self._name_field.grid(row=3, sticky="ew", pady=(near, gap))
        self.label(_("E-mail address")).grid(row=4, sticky="w")
        row = ttk.Frame(body)
        row.grid(row=5, sticky="ew", pady=(near, gap))
        row.columnconfigure(0, weight=1)
        self._email_field = self.field(row, self._email)
        self._email_field.grid(row=0, column=0, sticky="ew", padx=(0, self.look.px(8)))
        self._send = self.button(row, _("Send token"), self._press_send, style="Accent.TButton")
        self._send.grid(row=0, column=1)
        self._token_label = self.label(_("Confirmation token"))
        self._token_label.grid(row=6, sticky="w")
        self._token_field = self.field(body, self._token)
        self._token_field.grid(row=7, sticky="ew", pady=(near, self.look.px(10)))
        colours, px = self.look.colours, self.look.px
        self._alert, self._fine = self.look.icon("alert", colours.red), self.look.icon("ok", colours.ok)
        self._said = ttk.Frame(body)
        self._said.grid(row=8, sticky="w", pady=(0, px(6)))
        self._said_icon = ttk.Label(self._said, image=self._alert)
        self._said_icon.grid(row=0, column=0, sticky="n", padx=(0, px(8)), pady=(px(1), 0))
        self._said_text = ttk.Label(self._said, style="Bad.TLabel", wraplength=px(WIDTH - 72), justify="left")
        self._said_text.grid(row=0, column=1)
        self._small = self.label(style="Small.TLabel")
        self._small.grid(row=9, sticky="w")
        self._hotkey = self._build_hotkey()
        self._hotkey.grid(row=10, sticky="ew")
        for field in (self._name_field, self._email_field):
            field.bind("<Return>", lambda _event: self._send.invoke())
        self._token_field.bind("<Return>", lambda _event: self._save.invoke())

    def _build_hotkey(self) -> ttk.Frame:
        px = self.look.px
        frame = ttk.Frame(self.body)
        frame.columnconfigure(0, weight=1)
        self.label(_("Hotkey for a new ticket"), parent=frame).grid(row=0, sticky="w")
        keys = self.field(frame, tk.StringVar(self.look.root, "Ctrl + F12"))
        keys.state(["readonly"])
        keys.configure(takefocus=False)
        keys.grid(row=1, sticky="ew", pady=(px(4), px(14)))
        ttk.Checkbutton(
            frame,
            text=_("Take a screenshot when I open a ticket"),
            variable=self._wants_picture,
            command=self._keep_wish,
        ).grid(row=2, sticky="w")
        self.label(_("You see it before it is sent and can hide parts of it."), "Small.TLabel", frame).grid(
            row=3, sticky="w", padx=(px(28), 0)
        )
        return frame

    def _build_foot(self) -> None:
        self._save = self.button(self.foot, _("Save"), self._press_save, style="Accent.TButton")
        self._save.grid(row=0, column=1, padx=(self.look.px(8), 0))
        self._cancel = self.button(self.foot, _("Cancel"), self.ask_close)
        self._cancel.grid(row=0, column=2, padx=(self.look.px(8), 0))

    # --- showing --------------------------------------------------------------------------------------------
    def open(self, reason: str = "") -> None:
        me = self._actions.me
        was_shown = self.is_shown
        if not was_shown:
            self._is_changing, self._is_busy = False, False
            self._name.set(me.full_name or self._name.get() or self._actions.display_name())
            self._email.set(me.email or self._email.get())
            self._token.set("")
            self._say("")
        self._render(reason)
        first = {TOKEN: self._token_field, CONFIRMED: self._save, APPROVAL: self._save}.get(
            self._mode, self._name_field
        )
        if self._mode == FIRST and not is_blank(self._name.get()):
            first = self._email_field
        self.show(first)
        if self._mode == FIRST and first is self._email_field and self._email.get():
            self._email_field.icursor("end")
        trace("settings shown")
        self._tick_on()

    def update(self, me: Me) -> None:
        """The server told something new of this profile."""
        if not self.is_shown:
            return
        if me.may_open_tickets and self._is_changing and not me.verification:
            self._is_changing = self._is_busy
        self._render()

    def ask_close(self) -> None:
        self._is_changing = False
        self.hide()

    def _render(self, reason: str = "") -> None:
        me = self._actions.me
        mode = mode_of(me, is_changing=self._is_changing)
        if mode != self._mode:
            self._mode = mode
            self._say(reason if mode == OFF else "")
        title, sub = self._words(me, reason)
        self._title.configure(text=title)
        self._sub.configure(text=sub)
        self._shown(self._tick, mode == CONFIRMED)
        asks = mode in {FIRST, TOKEN, OFF}
        for part in (self._token_label, self._token_field):
            self._shown(part, asks)
        self._shown(self._hotkey, mode == CONFIRMED)
        self._shown(self._small, mode == FIRST)
        self._small.configure(
            text=_(
                "We send a token to this address, to be sure that it is yours. Nothing else is sent there now."
            )
        )
        self._enable(self._name_field, asks and mode != OFF)
        self._enable(self._email_field, asks and mode != OFF)
        self._render_token(mode)
        self._render_buttons(mode)
        self.start.configure(text=_("No mail? Check the spam folder.") if mode == TOKEN else self._seat)

    def _words(self, me: Me, reason: str) -> tuple[str, str]:
        if self._mode == CONFIRMED:
            return _("Confirmed, thank you"), _(
                "You can open tickets with Ctrl+F12 or from the icon in the taskbar."
            )
        if self._mode == APPROVAL:
            sub = _(
                "Your address %s is confirmed. Your helpdesk still has to approve it; you need not do anything."
            )
            return _("Waiting for approval"), sub % me.email
        if self._mode == OFF:
            return _("Not switched on yet"), reason or _(
                "Your helpdesk has not switched the agent on for you yet."
            )
        if self._mode == TOKEN and me.verification:
            minutes = max(1, round(seconds_until(me.verification.expires_at) / 60))
            sub = _("We have sent a token to %(email)s. It works for %(minutes)d minutes.")
            return _("Look into your mail"), sub % {
                "email": me.email or self._email.get(),
                "minutes": minutes,
            }
        why = _("So that your technician knows who is writing. You do this once.")
        return _("Who are you?"), f"{reason} {why}" if reason else why

    def _render_token(self, mode: str) -> None:
        is_open = mode == TOKEN
        hint = _("First press “Send token”")
        self._token_field.configure(style="Code.TEntry" if is_open else "TEntry",
                                    font=self.look.code if is_open else self.look.body)  # fmt: skip
        if is_open and self._token.get() == hint:
            self._token.set("")
        elif not is_open:
            self._token.set(hint)
        self._enable(self._token_field, is_open)

    def _render_buttons(self, mode: str) -> None:
        verification = self._actions.me.verification
        left = seconds_until(verification.resend_at) if verification else 0
        if mode in {CONFIRMED, APPROVAL}:
            self._send.configure(text=_("Change..."), style="TButton")
            self._enable(self._send, not self._is_busy)
        elif left:
            self._send.configure(text=_("Again in %s") % f"{left // 60}:{left % 60:02}", style="TButton")
            self._enable(self._send, False)
        else:
            self._send.configure(text=_("Send again") if mode == TOKEN else _("Send token"),
                                 style="TButton" if mode == TOKEN else "Accent.TButton")  # fmt: skip
            self._enable(self._send, mode != OFF and not self._is_busy)
        is_done = mode in {CONFIRMED, APPROVAL}
        self._save.configure(text=_("Done") if is_done else _("Save"))
        self._enable(self._save, is_done or (mode == TOKEN and not self._is_busy))
        self._shown(self._cancel, not is_done)

    def _tick_on(self) -> None:
        """The countdown, once a second and only while it can be seen."""
        if self._ticker:
            self.top.after_cancel(self._ticker)
            self._ticker = ""
        if self.is_shown:
            self._render()
            self._ticker = self.top.after(1000, self._tick_on)

    @staticmethod
    def _shown(widget: ttk.Widget, is_shown: bool) -> None:  # noqa: FBT001
        if is_shown:
            widget.grid()
        else:
            widget.grid_remove()

    @staticmethod
    def _enable(widget: ttk.Widget, is_enabled: bool) -> None:  # noqa: FBT001
        widget.state(["!disabled" if is_enabled else "disabled"])

    def _say(self, text: str, *, is_good: bool = False) -> None:
        self._shown(self._said, bool(text))
        self._said_icon.configure(image=self._fine if is_good else self._alert)
        self._said_text.configure(text=text, style="Ok.TLabel" if is_good else "Bad.TLabel")

    # --- deeds ----------------------------------------------------------------------------------------------
    def _typed_token(self, *_change: str) -> None:
        text = self._token.get()
        if self._mode == TOKEN and text != text.upper():
            self._token.set(text.upper())
        self._token_field.state(["!invalid"])

    def _keep_wish(self) -> None:
        self._preferences.takes_screenshot = self._wants_picture.get()

    def _press_send(self) -> None:
        if self._mode in {CONFIRMED, APPROVAL}:
            self._is_changing = True
            self._render()
            self._email_field.focus_set()
            return
        for field, value, sentence in (
            (self._name_field, self._name, _("Write your full name.")),
            (self._email_field, self._email, _("Write your e-mail address, like claire@example.com.")),
        ):
            is_bad = is_blank(value.get()) or (field is self._email_field and "@" not in value.get())
            field.state(["invalid" if is_bad else "!invalid"])
            if is_bad:
                self._say(sentence)
                field.focus_set()
                return
        self._say("")
        self._is_busy = True
        self._render()
        self._actions.send_token(self._name.get().strip(), self._email.get().strip(), self._sent)

    def _sent(self, code: str, sentence: str) -> None:
        self._is_busy = False
        if not self.is_shown:
            return
        self._render()
        if code:
            self._say(sentence)
        else:
            self._token.set("")
            self._token_field.focus_set()

    def _press_save(self) -> None:
        if self._mode in {CONFIRMED, APPROVAL}:
            self.ask_close()
            return
        if is_blank(self._token.get()):
            self._say(_("Write the token from the mail. It has 8 letters and digits."))
            self._token_field.focus_set()
            return
        self._is_busy = True
        self._render()
        self._actions.confirm(self._token.get(), self._confirmed)

    def _confirmed(self, code: str, sentence: str) -> None:
        self._is_busy = False
        if not self.is_shown:
            return
        if not code:
            self._is_changing = False
        self._render()
        if not code:
            self._say("")
            self._save.focus_set()
            return
        if code == "wrong-token" and (open_token := self._actions.me.verification):
            sentence = _("This is not the token we sent. Tokens have 8 letters and digits. %d tries left.")
            sentence %= open_token.attempts_left
        self._say(sentence)
        if self._mode == TOKEN:
            self._token_field.state(["invalid"])
            self._token_field.focus_set()


def when(at: datetime | None) -> str:
    """A time as people write it: 9:41 today, Mon this week, 12 Sep before."""
    if at is None:
        return ""
    local, now = at.astimezone(), datetime.now(tz=timezone.utc).astimezone()
    if local.date() == now.date():
        return f"{local.hour}:{local.minute:02}"
    if (now.date() - local.date()).days < 7:
        return local.strftime("%a")
    return f"{local.day} {local.strftime('%b')}"
