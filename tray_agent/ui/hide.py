"""Hide parts of the screenshot: what is hidden is painted into the pixels of a copy."""

import io
import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from PIL import Image, ImageDraw

from tray_agent.texts import _
from tray_agent.ui.icon import png
from tray_agent.ui.theme import Theme, photo
from tray_agent.ui.widgets import Window

Area = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the picture; the last two are outside."""

STEP = 12
SMALLEST = 3


def painted(picture: Image.Image, areas: Sequence[Area]) -> Image.Image:
    """A copy in which every pixel of the areas is black."""
    copy = picture.copy()
    draw = ImageDraw.Draw(copy)
    for left, top, right, bottom in areas:
        draw.rectangle((left, top, right - 1, bottom - 1), fill="black")
    return copy


def area_of(box: tuple[float, float, float, float], ratio: float, size: tuple[int, int]) -> Area:
    """From the scaled view to the picture, rounded outwards so that nothing peeps out at an edge."""
    left, right = sorted((box[0], box[2]))
    top, bottom = sorted((box[1], box[3]))
    return (
        max(0, int(left / ratio)),
        max(0, int(top / ratio)),
        min(size[0], int(right / ratio) + 1),
        min(size[1], int(bottom / ratio) + 1),
    )


class HideParts(Window):
    def __init__(
        self, theme: Theme, parent: tk.Toplevel, picture: bytes, use: Callable[[bytes], None]
    ) -> None:
        super().__init__(theme, _("Hide parts of the screenshot"), width=560)
        self.transient(parent)
        self._use = use
        with Image.open(io.BytesIO(picture)) as image:
            self._picture = image.convert("RGB")
        self._areas: list[Area] = []
        self._start: tuple[float, float] | None = None
        px = theme.px
        room = (self.winfo_screenwidth() - px(80), self.winfo_screenheight() - px(260))
        self._ratio = min(1.0, room[0] / self._picture.width, room[1] / self._picture.height)
        size = (
            max(1, round(self._picture.width * self._ratio)),
            max(1, round(self._picture.height * self._ratio)),
        )
        self._tools()
        c = theme.colours
        self.canvas = tk.Canvas(
            self.body, width=size[0], height=size[1], background="black", takefocus=1, cursor="crosshair",
            highlightthickness=px(2), highlightbackground=c.line, highlightcolor=c.accent, borderwidth=0,
        )  # fmt: skip
        self.canvas.grid(row=1, column=0)
        self._offset = px(2)
        self._photo = photo(self, self._picture.resize(size, Image.Resampling.BILINEAR))
        self.canvas.create_image(self._offset, self._offset, image=self._photo, anchor="nw")
        w, h = size
        self._box = [w * 0.4, h * 0.4, w * 0.6, h * 0.5]
        self._foot_text = self.foot_text("")
        self.foot_button(_("Cancel"), self.close)
        self._use_button = self.foot_button(_("Use this picture"), self._done, "Accent")
        self._listen()
        self._redraw()

    def _tools(self) -> None:
        row = ttk.Frame(self.body)
        row.grid(row=0, column=0, sticky="we", pady=(0, self.theme.px(12)))
        self._undo_button = self.button(row, _("Undo"), self._undo, "Mini", picture="undo")
        self._undo_button.pack(side="left")
        text = _("Drag over what nobody should see. It is painted black in the picture itself.\n"
                 "With keys: arrows move, Shift and arrows resize, Return hides.")  # fmt: skip
        self.label(row, text, "Small", wrap=self.theme.px(900)).pack(side="left", padx=(self.theme.px(12), 0))

    def _listen(self) -> None:
        canvas = self.canvas
        canvas.bind("<ButtonPress-1>", self._pressed)
        canvas.bind("<B1-Motion>", self._dragged)
        canvas.bind("<ButtonRelease-1>", self._released)
        canvas.bind("<FocusIn>", lambda event: self._redraw())
        canvas.bind("<FocusOut>", lambda event: self._redraw())
        canvas.bind("<Return>", lambda event: self._add(self._box))
        for key, x, y in (("Left", -STEP, 0), ("Right", STEP, 0), ("Up", 0, -STEP), ("Down", 0, STEP)):
            canvas.bind(f"<{key}>", lambda event, x=x, y=y: self._moved(x, y, both=True))  # type: ignore[misc]
            canvas.bind(f"<Shift-{key}>", lambda event, x=x, y=y: self._moved(x, y, both=False))  # type: ignore[misc]
        self.bind("<Control-z>", lambda event: self._undo())

    # --- the areas --------------------------------------------------------------------------------
    def _at(self, event: "tk.Event[tk.Canvas]") -> tuple[float, float]:
        width, height = self._picture.width * self._ratio, self._picture.height * self._ratio
        return (
            min(width, max(0.0, float(event.x - self._offset))),
            min(height, max(0.0, float(event.y - self._offset))),
        )

    def _pressed(self, event: "tk.Event[tk.Canvas]") -> None:
        self.canvas.focus_set()
        self._start = self._at(event)

    def _dragged(self, event: "tk.Event[tk.Canvas]") -> None:
        if self._start is not None:
            self._box = [*self._start, *self._at(event)]
            self._redraw()

    def _released(self, event: "tk.Event[tk.Canvas]") -> None:
        if self._start is not None:
            box = [*self._start, *self._at(event)]
            self._start = None
            if abs(box[2] - box[0]) >= SMALLEST and abs(box[3] - box[1]) >= SMALLEST:
                self._add(box)

    def _moved(self, x: float, y: float, *, both: bool) -> str:
        left, top, right, bottom = self._box
        width, height = self._picture.width * self._ratio, self._picture.height * self._ratio
        if both:
            x, y = min(max(x, -left), width - right), min(max(y, -top), height - bottom)
            left, top = left + x, top + y
        right = min(width, max(left + STEP, right + x))
        bottom = min(height, max(top + STEP, bottom + y))
        self._box = [left, top, right, bottom]
        self._redraw()
        return "break"

    def _add(self, box: Sequence[float]) -> str:
        left, top, right, bottom = box
        self._areas.append(area_of((left, top, right, bottom), self._ratio, self._picture.size))
        self._box = [min(left, right), min(top, bottom), max(left, right), max(top, bottom)]
        self._redraw()
        return "break"

    def _undo(self) -> None:
        if self._areas:
            self._areas.pop()
            self._redraw()

    def _redraw(self) -> None:
        self.canvas.delete("area")
        for area in self._areas:
            left, top, right, bottom = (side * self._ratio + self._offset for side in area)
            self.canvas.create_rectangle(left, top, right, bottom, fill="black", width=0, tags="area")
        if self.focus_displayof() is self.canvas or self._start is not None:
            left, top, right, bottom = (side + self._offset for side in self._box)
            for colour, dash in (("white", ()), (self.theme.colours.accent, (4, 4))):
                self.canvas.create_rectangle(
                    left, top, right, bottom, outline=colour, dash=dash, width=2, tags="area"
                )
        count = len(self._areas)
        self._undo_button.state(["!disabled" if count else "disabled"])
        words = (
            _("1 area hidden.")
            if count == 1
            else _("%s areas hidden.") % count
            if count
            else _("Nothing hidden yet.")
        )
        self._foot_text.configure(
            text=words + " " + _("The original stays on your computer, and is deleted when you use this.")
        )

    def _done(self) -> None:
        use, data = self._use, png(painted(self._picture, self._areas))
        self.close()
        use(data)
