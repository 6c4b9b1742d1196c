"""Personal settings: who one is, confirmed by a token that comes by mail."""

import getpass
import socket
import time
import tkinter as tk
from datetime import UTC, datetime
from tkinter import ttk

from tray_agent.model import VERIFIED, WAITING_FOR_APPROVAL, WAITING_FOR_TOKEN, Me, Verification
from tray_agent.personal import Personal
from tray_agent.ports import Actions
from tray_agent.texts import _
from tray_agent.trace import trace
from tray_agent.ui.personal import HotkeyField, PictureSwitch
from tray_agent.ui.theme import Theme
from tray_agent.ui.widgets import Entry, Problem, Window, on_return

RESEND_SECONDS = 60.0
NAME_LENGTH, EMAIL_LENGTH = 200, 254


def looks_like_address(text: str) -> bool:
    name, at, domain = text.rpartition("@")
    return bool(name and at and "." in domain.strip(".") and " " not in text)


class Settings(Window):
    def __init__(self, theme: Theme, actions: Actions, personal: Personal, *, reason: str = "") -> None:
        super().__init__(theme, _("Personal settings"), width=448)
        self._actions, self._personal, self._reason = actions, personal, reason
        self._hotkey: HotkeyField | None = None
        self._is_changing, self._is_busy = False, False
        self._resend_at = 0.0
        self._known_resend: datetime | None = None
        self._view = ""
        self._build(actions.me)
        on_return(self, self._returned)
        self._tick()

    # --- which of the views -----------------------------------------------------------------------
    @property
    def first_field(self) -> tk.Misc:
        if self._view == "form":
            return (
                self._token
                if self._may_save() and self._full_name.text and self._email.text
                else self._full_name
            )
        return self._button

    def because(self, reason: str) -> None:
        """Say on top why this window came."""
        self._reason = reason
        self._why.say(reason, is_bad=False)

    def update_me(self, me: Me) -> None:
        if self._wanted(me) != self._view:
            self._build(me)
            self.first_field.focus_set()  # of this window; takes the keyboard from no other program
        elif self._view == "form":
            self._refresh_form(me)
        elif self._view == "verified":
            self._tell_ways()

    def takes_hotkey(self) -> bool:
        """The hotkey that is pressed now is meant for its field."""
        return self._view == "verified" and self._hotkey is not None and self._hotkey.takes()

    def _wanted(self, me: Me) -> str:
        if me.state == VERIFIED and not self._is_changing:
            return "verified"
        return "approval" if me.state == WAITING_FOR_APPROVAL and not self._is_changing else "form"

    def _build(self, me: Me) -> None:
        self.clear()
        self._view = self._wanted(me)
        self._row = 0
        self._why = Problem(self.body, self.theme, width=self.inner, row=self._next_row(), space=0, below=10)
        self._heading = self.label(self.body, "", "Heading")
        self._heading.grid(row=self._next_row(), column=0, sticky="w")
        self._sub = self.label(self.body, "", "Sub")
        self._sub.grid(row=self._next_row(), column=0, sticky="w", pady=(0, self.theme.px(2)))
        {"form": self._form, "approval": self._approval, "verified": self._verified}[self._view](me)
        if self._view != "verified":
            self._why.say(self._reason, is_bad=False)
        self.after_idle(self._told)

    def _next_row(self) -> int:
        self._row += 1
        return self._row

    # --- the form ---------------------------------------------------------------------------------
    def _form(self, me: Me) -> None:
        px = self.theme.px
        self._full_name = Entry(self._field(_("Full name")), self.theme, me.full_name)
        self._full_name.grid(row=1, column=0, sticky="we")
        self._name_problem = Problem(self._full_name.master, self.theme, width=self.inner, row=2)
        field = self._field(_("E-mail address"))
        row = ttk.Frame(field)
        row.grid(row=1, column=0, sticky="we")
        row.columnconfigure(0, weight=1)
        self._email = Entry(row, self.theme, me.email)
        self._email.grid(row=0, column=0, sticky="we")
        self._send_button = self.button(row, _("Send token"), self._send, "Accent")
        self._send_button.grid(row=0, column=1, sticky="ns", padx=(px(8), 0))
        self._email_problem = Problem(field, self.theme, width=self.inner, row=2)
        field = self._field(_("Confirmation token"))
        self._token = Entry(field, self.theme)
        self._token.grid(row=1, column=0, sticky="we")
        self._token_problem = Problem(field, self.theme, width=self.inner, row=2, space=8)
        note = _(
            "We send a token to this address, to be sure that it is yours. Nothing else is sent there now."
        )
        self._note = self.label(self.body, note, "Small")
        self._note.grid(row=self._next_row(), column=0, sticky="w", pady=(px(12), px(8)))
        self._foot_note = self.foot_text(f"{socket.gethostname()}, {getpass.getuser()}")
        self._save_button = self.foot_button(_("Save"), self._save, "Accent")
        self.foot_button(_("Cancel"), self.close)
        on_return(self._full_name, self._send)
        on_return(self._email, self._send)
        on_return(self._token, self._save)
        self._email.variable.trace_add("write", lambda *_: self._refresh_form(self._actions.me))
        self._refresh_form(me)
        self._full_name.selection_range(0, "end")  # as if one had come by Tab: typing replaces it

    def _field(self, label: str) -> ttk.Frame:
        frame = ttk.Frame(self.body)
        frame.columnconfigure(0, weight=1)
        frame.grid(row=self._next_row(), column=0, sticky="we", pady=(self.theme.px(12), 0))
        self.label(frame, label).grid(row=0, column=0, sticky="w", pady=(0, self.theme.px(4)))
        return frame

    def _may_save(self) -> bool:
        """A token is on its way to the address that is in the form."""
        return self._actions.me.verification is not None

    def _refresh_form(self, me: Me) -> None:
        sent = me.verification
        self._note_resend(sent)
        is_sent = sent is not None and (me.state == WAITING_FOR_TOKEN or self._is_changing)
        self._heading.configure(text=_("Look into your mail") if is_sent else _("Who are you?"))
        if is_sent and sent is not None:
            self._sub.configure(text=_sent_words(me.email, sent))
        else:
            text = _("So that your technician knows who is writing. You do this once.")
            self._sub.configure(text=text)
        may_save = self._may_save()
        look = ("Code.TEntry", self.theme.mono) if may_save else ("TEntry", self.theme.font)
        self._token.configure(style=look[0], font=look[1])
        self._token.state(["!disabled" if may_save else "disabled"])
        self._token.set_hint("" if may_save else _("First press “Send token”"))
        self._save_button.state(["!disabled" if may_save and not self._is_busy else "disabled"])
        if may_save:
            self._note.grid_remove()
            self._foot_note.configure(text=_("No mail? Check the spam folder."))
        else:
            self._note.grid()
        self._label_send()

    def _note_resend(self, sent: Verification | None) -> None:
        """The desk's clock may be off, so its moment is turned into a wait once, of a minute at most."""
        if sent is None or sent.resend_at is None or sent.resend_at == self._known_resend:
            return
        self._known_resend = sent.resend_at
        left = (sent.resend_at - datetime.now(UTC)).total_seconds()
        self._resend_at = time.monotonic() + min(RESEND_SECONDS, max(0.0, left))

    def _is_other(self) -> bool:
        """The form holds another address than the one that was written to."""
        return self._email.text.lower() != self._actions.me.email.lower()

    def _seconds_left(self) -> int:
        if self._is_other() or self._actions.me.verification is None:
            return 0
        return max(0, round(self._resend_at - time.monotonic()))

    def _label_send(self) -> None:
        left = self._seconds_left()
        is_again = self._may_save() and not self._is_other()
        if self._is_busy:
            text = _("One moment…")
        elif left:
            text = _("Again in %s") % f"{left // 60}:{left % 60:02}"
        else:
            text = _("Send again") if is_again else _("Send token")
        is_plain = bool(left) or self._is_busy or is_again
        self._send_button.configure(text=text, style="TButton" if is_plain else "Accent.TButton")
        self._send_button.state(["disabled" if left or self._is_busy else "!disabled"])

    def _tick(self) -> None:
        """Once a second while the window is there: the countdown."""
        if self._view == "form":
            self._label_send()
        self.after(1000, self._tick)

    def _returned(self) -> None:
        """Return that no control has taken."""
        if self._view != "form":
            self.close()

    # --- deeds ------------------------------------------------------------------------------------
    def _send(self) -> None:
        if self._is_busy or self._seconds_left():
            return
        name, email = self._full_name.text, self._email.text
        self._clear_problems()
        if not name or len(name) > NAME_LENGTH:
            self._complain(self._full_name, self._name_problem, _("Please write your first and last name."))
        elif not looks_like_address(email) or len(email) > EMAIL_LENGTH:
            text = _("Please write your full e-mail address, such as anna@example.com.")
            self._complain(self._email, self._email_problem, text)
        else:
            self._busy(is_busy=True)
            self._actions.send_token(name, email, self._sent)

    def _sent(self, code: str, sentence: str) -> None:
        if not self._is_there():
            return
        self._busy(is_busy=False)
        if code:
            self._complain(self._email, self._email_problem, sentence)
        elif self._view == "form":
            self._token.variable.set("")
            self._token.focus_set()

    def _save(self) -> None:
        if self._is_busy or not self._may_save():
            return
        self._clear_problems()
        token = self._token.text
        if not token:
            text = _("Please write the token from the mail: 8 letters and digits.")
            self._complain(self._token, self._token_problem, text)
            return
        self._busy(is_busy=True)
        self._actions.confirm(token, self._saved)

    def _saved(self, code: str, sentence: str) -> None:
        if not self._is_there():
            return
        self._busy(is_busy=False)
        if code:
            self._complain(self._token, self._token_problem, _with_tries(code, sentence, self._actions.me))
            self._token.selection_range(0, "end")
        else:
            self._is_changing, self._reason = False, ""
            self.update_me(self._actions.me)

    def _change(self) -> None:
        self._is_changing = True
        self._build(self._actions.me)
        self._email.focus_set()
        self._email.selection_range(0, "end")

    def _busy(self, *, is_busy: bool) -> None:
        self._is_busy = is_busy
        if self._view == "form":
            self._refresh_form(self._actions.me)

    def _clear_problems(self) -> None:
        for problem in (self._name_problem, self._email_problem, self._token_problem):
            problem.say("")

    def _complain(self, entry: Entry, problem: Problem, sentence: str) -> None:
        if self._view != "form":
            return
        problem.say(sentence)
        entry.state(["invalid"])
        entry.focus_set()

    def _is_there(self) -> bool:
        try:
            return bool(self.winfo_exists())
        except tk.TclError:  # the program ends
            return False

    # --- the other views --------------------------------------------------------------------------
    def _approval(self, me: Me) -> None:
        self._heading.configure(text=_("Waiting for approval"))
        who = me.organisation or _("your desk")
        text = _("Your address is confirmed. A technician of %s checks now that you belong to this company. "
                 "You can open tickets as soon as that is done.")  # fmt: skip
        self._sub.configure(text=text % who)
        self._read_only(me)
        ttk.Frame(self.body, height=self.theme.px(8)).grid(row=self._next_row())
        self.foot_text("")
        self._button = self.foot_button(_("Close"), self.close, "Accent")

    def _verified(self, me: Me) -> None:
        ink = self.theme.colours.good
        text = f" {_('You are set up')}"
        self._heading.configure(text=text, image=self.theme.icon("ok", ink), compound="left")
        self._tell_ways()
        self._read_only(me, change=True)
        self._hotkey = HotkeyField(self, self._field(_("Hotkey for a new ticket")), self._personal)
        self._picture = PictureSwitch(self, self.body, self._personal)
        self._picture.grid(row=self._next_row(), column=0, sticky="we", pady=(self.theme.px(14), 0))
        self.foot_text(_("Confirmed as %s") % me.email)
        self._button = self.foot_button(_("Done"), self.close, "Accent")

    def _tell_ways(self) -> None:
        text = _("You can open tickets with %s or from the icon in the taskbar.")
        self._sub.configure(text=text % self._personal.hotkey.shown())

    def _told(self) -> None:
        """Once the new view stands and its control has the keyboard; a key pressed sooner is lost."""
        if self._is_there():
            self.update_idletasks()
            self.winfo_pointerxy()  # its answer comes after the display has done all that
            trace(f"settings {self._view}")

    def _read_only(self, me: Me, *, change: bool = False) -> None:
        px = self.theme.px
        for number, (label, text) in enumerate(
            ((_("Full name"), me.full_name), (_("E-mail address"), me.email))
        ):
            row = ttk.Frame(self._field(label))
            row.grid(row=1, column=0, sticky="we")
            row.columnconfigure(0, weight=1)
            entry = Entry(row, self.theme, text)
            entry.state(["readonly"])
            entry.configure(takefocus=False)
            entry.grid(row=0, column=0, sticky="we")
            if change and number:
                button = self.button(row, _("Change…"), self._change)
                button.grid(row=0, column=1, sticky="ns", padx=(px(8), 0))


def _sent_words(email: str, sent: Verification) -> str:
    if sent.expires_at is None:
        return _("We have sent a token to %s.") % email
    words = {"email": email, "time": f"{sent.expires_at.astimezone():%H:%M}"}
    return _("We have sent a token to %(email)s. It works until %(time)s.") % words


def _with_tries(code: str, sentence: str, me: Me) -> str:
    """The desk's sentence, and how many tries are left where it does not say so itself."""
    left = me.verification.attempts_left if me.verification else 0
    if code != "wrong-token" or not left or any(sign.isdigit() for sign in sentence):
        return sentence
    return f"{sentence} " + (_("1 try left.") if left == 1 else _("%s tries left.") % left)
