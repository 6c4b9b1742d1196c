"""What goes along with a ticket: the screenshot and files. Each can be seen and taken away again."""

import io
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import ttk

from PIL import Image

from tray_agent.model import FileDraft
from tray_agent.texts import _
from tray_agent.ui import limits
from tray_agent.ui.hide import HideParts
from tray_agent.ui.theme import photo
from tray_agent.ui.widgets import Problem, Window

WIDTH, HEIGHT = 252, 146


class Attachments:
    def __init__(self, window: Window, field: ttk.Frame, *, take: Callable[[], None]) -> None:
        self._window, self._theme = window, window.theme
        self.picture: bytes | None = None
        """PNG as it will be sent."""
        self.files: list[FileDraft] = []
        px = self._theme.px
        row = ttk.Frame(field)
        row.grid(row=1, column=0, sticky="we")
        row.columnconfigure(1, weight=1)
        c = self._theme.colours
        self._size = (px(WIDTH), px(HEIGHT))
        self._frame = tk.Frame(row, width=self._size[0] + 2, height=self._size[1] + 2, background=c.card,
                               highlightthickness=1, highlightbackground=c.line)  # fmt: skip
        self._frame.pack_propagate(False)  # noqa: FBT003 (tkinter has no name for it)
        self._frame.grid(row=0, column=0, rowspan=4, sticky="nw", padx=(0, px(8)))
        self._preview = ttk.Label(self._frame, anchor="center", justify="center", style="CardSmall.TLabel")
        self._preview.pack(fill="both", expand=True)
        made = [
            window.button(row, text, command, "Mini", picture=picture)
            for text, command, picture in (
                (_("Hide parts…"), self._hide, "redact"),
                (_("Take again"), take, "camera"),
                (_("Add file…"), self._choose, "paperclip"),
                (_("Remove"), self._remove_picture, "trash"),
            )
        ]
        self._hide_button, self.take_button, self.add_button, self._remove_button = made
        for number, button in enumerate(made):
            button.grid(row=number, column=1, sticky="we", pady=(0 if number == 0 else px(6), 0))
        self._list = ttk.Frame(field)
        self._problem = Problem(field, self._theme, width=window.inner, row=3)

    def say(self, sentence: str) -> None:
        self._problem.say(sentence)

    # --- the screenshot ---------------------------------------------------------------------------
    def set_picture(self, picture: bytes | None, *, later: bool = False) -> None:
        """`later`: the preview may come when the window stands already."""
        self.picture = picture
        self.take_button.configure(text=f" {_('Take again') if picture else _('Add a screenshot')}")
        for button in (self._hide_button, self._remove_button):
            button.state(["!disabled" if picture else "disabled"])
        if later and picture:
            self._preview.configure(image="", text="")
            self._window.after(30, self._show_preview)
        else:
            self._show_preview()

    def _show_preview(self) -> None:
        if self.picture is None:
            self._photo = None
            self._preview.configure(image="", text=_("No screenshot goes along."))
            return
        with Image.open(io.BytesIO(self.picture)) as image:
            image.thumbnail(self._size, Image.Resampling.BILINEAR, reducing_gap=2.0)
            self._photo = photo(self._window, image.convert("RGB"))
        self._preview.configure(image=self._photo, text="")

    def _remove_picture(self) -> None:
        self.set_picture(None)
        self.take_button.focus_set()

    def _hide(self) -> None:
        if self.picture is not None:
            window = HideParts(self._theme, self._window, self.picture, self.set_picture, self._back)
            window.present(window.canvas)

    def _back(self) -> None:
        if self._window.winfo_exists():
            self._window.present(self._hide_button)

    # --- files ------------------------------------------------------------------------------------
    def _choose(self) -> None:
        from tkinter import filedialog

        names = filedialog.askopenfilenames(parent=self._window, title=_("Add file…"))
        self.add([Path(name) for name in names])

    def add(self, paths: list[Path]) -> None:
        self.say("")
        for path in paths:
            try:
                self.files.append(
                    limits.read_file(path, beside=self.files, has_picture=self.picture is not None)
                )
            except limits.NotAdded as reason:
                self.say(str(reason))
                break
        self._show_files()

    def _take_away(self, file: FileDraft) -> None:
        self.files.remove(file)
        self.say("")
        self._show_files()
        self.add_button.focus_set()

    def _show_files(self) -> None:
        for child in self._list.winfo_children():
            child.destroy()
        if not self.files:
            self._list.grid_remove()
            return
        px = self._theme.px
        self._list.grid(row=2, column=0, sticky="we", pady=(px(6), 0))
        for number, file in enumerate(self.files):
            row, column = divmod(number, 2)
            self._list.columnconfigure(column, weight=1, uniform="file")
            card = ttk.Frame(self._list)
            card.grid(row=row, column=column, sticky="we", pady=px(1))
            card.columnconfigure(0, weight=1)
            text = f"{_short(file.name)}, {limits.size_text(len(file.data))}"
            self._window.label(card, text, "Small").grid(row=0, column=0, sticky="w")
            cross = self._window.button(card, "", lambda file=file: self._take_away(file), "Cross")  # type: ignore[misc]
            cross.configure(
                image=self._theme.icon("cross", self._theme.colours.ink2), text=_("Remove"), compound="image"
            )
            cross.grid(row=0, column=1, sticky="e", padx=(0, px(8)))


def _short(name: str, limit: int = 26) -> str:
    """The name with its ending, the middle left out where it is too long."""
    return name if len(name) <= limit else f"{name[: limit - 9]}…{name[-8:]}"
