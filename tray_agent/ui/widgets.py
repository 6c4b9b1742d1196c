"""What the windows are made of."""

import sys
import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from tray_agent.model import Me
from tray_agent.trace import log, trace
from tray_agent.ui import icon
from tray_agent.ui.theme import Theme, photo

TASKBAR, TITLE_AND_TASKBAR = 48, 80
CONTROL = 4
"""The bit of Control in the state of an event."""


class Window(tk.Toplevel):
    """A window with a body and a foot; hidden until `present`."""

    holds_work = False
    """Something typed in it would be lost with it."""

    def __init__(self, theme: Theme, title: str, *, width: int) -> None:
        super().__init__(theme.root, class_="Deskbell", background=theme.colours.bg)
        self.withdraw()
        self.title(title)
        self.theme, self._height = theme, 0
        self.width = theme.px(width)
        self.inner = self.width - 2 * theme.px(24)
        self._logo = photo(self, icon.logo(theme.px(32)))
        self.iconphoto(False, self._logo)  # noqa: FBT003 (tkinter has no name for it)
        self.body = ttk.Frame(self, padding=(theme.px(24), theme.px(16), theme.px(24), theme.px(20)))
        self.body.columnconfigure(0, weight=1, minsize=self.inner)
        self.foot = ttk.Frame(self, style="Foot.TFrame", padding=(theme.px(24), theme.px(14)))
        self.foot.pack(
            side="bottom", fill="x"
        )  # first: where room is short the body gives way, not the buttons
        line = ttk.Frame(self, style="Line.TFrame", height=max(1, theme.px(1)))
        line.pack(side="bottom", fill="x")
        self.body.pack(fill="both", expand=True)
        self.maxsize(self.winfo_screenwidth(), self.winfo_screenheight() - theme.px(TITLE_AND_TASKBAR))
        self.bind("<Configure>", self._stay_on_screen)
        self.bind("<Escape>", lambda event: self.close())
        self.protocol("WM_DELETE_WINDOW", self.close)

    def _stay_on_screen(self, event: "tk.Event[tk.Misc]") -> None:
        """A window that has grown, by files or by a sentence, moves up before its foot leaves the screen."""
        if event.widget is self and event.height != self._height:
            has_grown, self._height = event.height > self._height > 0, event.height
            if has_grown:
                self.after_idle(self._move_up)

    def _move_up(self, looks: int = 5) -> None:
        """Looks again a few times: where a window is comes from the window manager, and late."""
        over = self.winfo_rooty() + self.winfo_height() - self.winfo_screenheight() + self.theme.px(TASKBAR)
        if over > 0:
            self.geometry(f"+{self.winfo_x()}+{max(0, self.winfo_y() - over)}")
        if looks > 1:
            self.after(60, self._move_up, looks - 1)

    def update_me(self, me: Me) -> None:
        """The desk says something new of this profile."""

    def close(self) -> None:
        if self.winfo_exists():
            self.destroy()

    def present(self, focus: tk.Misc | None = None, shown: Callable[[], None] | None = None) -> None:
        """Show it in the middle of the screen with the keyboard; `shown` is called once it is there."""
        self.update_idletasks()
        if self.state() == "withdrawn":
            width, height = max(self.width, self.winfo_reqwidth()), self.winfo_reqheight()
            x = max(0, (self.winfo_screenwidth() - width) // 2)
            y = max(0, (self.winfo_screenheight() - height) // 2 - self.theme.px(24))
            self.geometry(f"+{x}+{y}")
        _darken_title(self, is_dark=self.theme.is_dark)
        self.come_back(focus or self, shown)

    def come_back(self, focus: tk.Misc, shown: Callable[[], None] | None = None) -> None:
        """Show it where it was, with the keyboard."""
        self._when_mapped(lambda: self._take_keyboard(focus, shown))
        self.deiconify()
        self.lift()

    def _take_keyboard(self, wanted: tk.Misc, shown: Callable[[], None] | None) -> None:
        """The hotkey was pressed in another program, so the window asks for the keyboard by force."""
        if wanted.winfo_exists():
            self.focus_force()
            wanted.focus_set()
        self.update_idletasks()
        self.winfo_pointerxy()  # its answer comes after the display has done all that
        trace(f"keyboard in {type(self).__name__}")
        if shown is not None:
            shown()

    def _when_mapped(self, deed: Callable[[], None]) -> None:
        def do() -> None:
            if self.winfo_exists():
                deed()

        if self.winfo_viewable():
            self.after_idle(do)
            return

        def mapped(event: "tk.Event[tk.Misc]") -> None:
            if event.widget is self:
                self.unbind("<Map>", binding)
                self.after_idle(do)

        binding = self.bind("<Map>", mapped, add=True)

    # --- parts ------------------------------------------------------------------------------------
    def label(self, master: tk.Misc, text: str, style: str = "", *, wrap: int = 0) -> ttk.Label:
        name = f"{style}.TLabel" if style else "TLabel"
        return ttk.Label(master, text=text, style=name, wraplength=wrap or self.inner, justify="left")

    def button(
        self, master: tk.Misc, text: str, command: Callable[[], None], style: str = "", *, picture: str = ""
    ) -> ttk.Button:
        name = f"{style}.TButton" if style else "TButton"
        made = ttk.Button(master, text=text, command=command, style=name)
        if picture:
            made.configure(image=self.theme.icon(picture), compound="left", text=f" {text}")
        on_return(made, lambda: _press(made))
        return made

    def foot_button(self, text: str, command: Callable[[], None], style: str = "") -> ttk.Button:
        """The next button of the foot, from the left; all of them stand at its right end."""
        column = 1 + sum(isinstance(child, ttk.Button) for child in self.foot.winfo_children())
        made = self.button(self.foot, text, command, style)
        self.foot.columnconfigure(column, minsize=self.theme.px(104))
        made.grid(row=0, column=column, sticky="nswe", padx=(self.theme.px(8), 0))
        for label in self.foot.grid_slaves(row=0, column=0):
            label.configure(wraplength=self.inner - self.theme.px(104) * column)  # type: ignore[call-arg]
        return made

    def clear(self) -> None:
        """Empty body and foot, for another view."""
        for child in (*self.body.winfo_children(), *self.foot.winfo_children()):
            child.destroy()
        for column in range(self.foot.grid_size()[0]):
            self.foot.columnconfigure(column, minsize=0)

    def foot_text(self, text: str) -> ttk.Label:
        self.foot.columnconfigure(0, weight=1)
        label = self.label(self.foot, text, "Foot")
        label.grid(row=0, column=0, sticky="w")
        return label


class Entry(ttk.Entry):
    """An entry with a hint while it is empty."""

    def __init__(
        self, master: tk.Misc, theme: Theme, text: str = "", *, hint: str = "", hint_style: str = "Off"
    ) -> None:
        self.variable = tk.StringVar(master, text)
        super().__init__(master, textvariable=self.variable, font=theme.font)
        self._hint = ttk.Label(self, text=hint, style=f"{hint_style}.TLabel")
        self._theme = theme
        self.variable.trace_add("write", lambda *_: self.changed())
        self._hint.bind("<Button-1>", lambda event: self.focus_set())
        self.icursor("end")
        self.bind("<FocusOut>", lambda event: self.selection_clear())
        self.changed()

    def changed(self) -> None:
        self.state(["!invalid"])
        self.set_hint(str(self._hint.cget("text")))

    def set_hint(self, hint: str) -> None:
        self._hint.configure(text=hint)
        if hint and not self.variable.get():
            self._hint.place(x=self._theme.px(10), rely=0.5, anchor="w")
        else:
            self._hint.place_forget()

    @property
    def text(self) -> str:
        return self.variable.get().strip()


class TextBox(ttk.Frame):
    """Several lines in the frame of an entry. Tab leaves it; Return makes a line."""

    def __init__(
        self, master: tk.Misc, theme: Theme, *, lines: int, text: str = "", is_fixed: bool = False
    ) -> None:
        super().__init__(
            master, style="Field.TFrame", padding=(theme.px(9), theme.px(6), theme.px(3), theme.px(6))
        )
        c = theme.colours
        self.area = tk.Text(
            self, height=lines, width=10, wrap="word", borderwidth=0, highlightthickness=0, font=theme.font,
            background=c.card, foreground=c.ink, insertbackground=c.ink, selectbackground=c.accent, undo=True,
            selectforeground=c.on_accent, spacing3=theme.px(2), padx=0, pady=0,
        )  # fmt: skip
        self._bar = ttk.Scrollbar(self, command=self.area.yview)
        self.area.configure(yscrollcommand=self._scrolled)
        self.area.pack(side="left", fill="both", expand=True)
        self.area.insert("1.0", text)
        if is_fixed:
            self.area.configure(state="disabled", font=theme.small, takefocus=1, cursor="arrow")
        self.area.bind("<Tab>", lambda event: _go(self.area.tk_focusNext()))
        for back in ("<Shift-Tab>", "<ISO_Left_Tab>"):
            try:
                self.area.bind(back, lambda event: _go(self.area.tk_focusPrev()))
            except tk.TclError:
                log.debug("this system has no %s", back)
        self.area.bind("<FocusIn>", lambda event: self._lit(c.focused, "focus"))
        self.area.bind("<FocusOut>", lambda event: self._lit(c.card, "!focus"))

    def _lit(self, paint: str, state: str) -> None:
        self.area.configure(background=paint)
        self.state([state])

    def _fit_bar(self) -> None:
        """A scroll bar only where there is something to scroll to."""
        if not self.winfo_exists():
            return
        if self.area.yview() == (0.0, 1.0):
            self._bar.pack_forget()
        elif not self._bar.winfo_ismapped() and self.area.winfo_height() > 1:
            self._bar.pack(side="right", fill="y", before=self.area)

    def _scrolled(self, first: float, last: float) -> None:
        self._bar.set(first, last)
        self.after_idle(self._fit_bar)

    @property
    def text(self) -> str:
        return self.area.get("1.0", "end-1c").strip()


class Problem(ttk.Frame):
    """A sentence at a field; takes no room while there is nothing to say. Managed by grid."""

    def __init__(
        self, master: tk.Misc, theme: Theme, *, width: int, row: int, space: int = 4, below: int = 0
    ) -> None:
        super().__init__(master)
        self._theme, self._row = theme, row
        self._space = (theme.px(space), theme.px(below))
        self._picture = ttk.Label(self)
        self._picture.grid(row=0, column=0, sticky="n", padx=(0, theme.px(8)))
        self._text = ttk.Label(self, wraplength=width - theme.px(24), justify="left")
        self._text.grid(row=0, column=1, sticky="w")

    @property
    def text(self) -> str:
        return str(self._text.cget("text"))

    def say(self, sentence: str, *, is_bad: bool = True) -> None:
        self._text.configure(text=sentence, style="Bad.TLabel" if is_bad else "Told.TLabel")
        if not sentence:
            self.grid_remove()
            return
        c = self._theme.colours
        self._picture.configure(image=self._theme.icon("alert", c.bad if is_bad else c.accent))
        self.grid(row=self._row, column=0, sticky="w", pady=self._space)


def on_return(widget: tk.Misc, deed: Callable[[], object]) -> None:
    """Return alone: Tk would take Control+Return for it too, and that one belongs to the window."""

    def pressed(event: "tk.Event[tk.Misc]") -> str | None:
        if int(event.state) & CONTROL:
            return None
        deed()
        return "break"

    for key in ("<Return>", "<KP_Enter>"):
        widget.bind(key, pressed)


def _press(button: ttk.Button) -> None:
    button.invoke()


def _go(widget: tk.Misc | None) -> str:
    if widget is not None:
        widget.focus_set()
    return "break"


def _darken_title(window: tk.Toplevel, *, is_dark: bool) -> None:
    """Windows draws the title bar; only it can make it dark (DWMWA_USE_IMMERSIVE_DARK_MODE)."""
    if sys.platform == "win32" and is_dark:
        import ctypes

        handle = ctypes.windll.user32.GetParent(window.winfo_id())
        on = ctypes.c_int(1)
        try:
            ctypes.windll.dwmapi.DwmSetWindowAttribute(handle, 20, ctypes.byref(on), ctypes.sizeof(on))
        except OSError:
            log.info("the title bar stays light")
