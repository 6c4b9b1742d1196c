"""One of a few, as buttons in a row: Tab stops once, the arrow keys choose."""

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from tray_agent.ui.theme import Theme
from tray_agent.ui.widgets import on_return


class Choice(ttk.Frame):
    """`options` are (value, text); `variable` holds the value that is chosen."""

    def __init__(
        self, master: tk.Misc, theme: Theme, options: Sequence[tuple[str, str]], variable: tk.StringVar,
        *, width: int = 104,
    ) -> None:  # fmt: skip
        super().__init__(master)
        self._variable = variable
        self._buttons: list[ttk.Radiobutton] = []
        for column, (value, text) in enumerate(options):
            button = ttk.Radiobutton(
                self, text=text, value=value, variable=variable, style="Choice.TRadiobutton"
            )
            button.grid(row=0, column=column, sticky="nswe", padx=(0, theme.px(8)))
            self.columnconfigure(column, minsize=theme.px(width))
            self._buttons.append(button)
        for number, button in enumerate(self._buttons):
            before = self._buttons[number - 1]
            after = self._buttons[(number + 1) % len(self._buttons)]
            for key, other in {"Left": before, "Up": before, "Right": after, "Down": after}.items():
                button.bind(f"<{key}>", _chooser(other))
            on_return(button, button.invoke)
        variable.trace_add("write", lambda *_: self._one_stop())
        self._one_stop()

    def _one_stop(self) -> None:
        for button in self._buttons:
            button.configure(takefocus=button.cget("value") == self._variable.get())


def _chooser(button: ttk.Radiobutton) -> Callable[["tk.Event[ttk.Radiobutton]"], str]:
    def choose(event: "tk.Event[ttk.Radiobutton]") -> str:
        button.focus_set()
        button.invoke()
        return "break"

    return choose
