"""Hide parts of the screenshot, point at others, cut it: all of it goes into the pixels of a copy."""

import io
import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from PIL import Image

from tray_agent.screen import sendable
from tray_agent.texts import _
from tray_agent.ui.choice import Choice
from tray_agent.ui.marks import ARROW, Mark, Tool, arrow, last_crop, line_width, painted
from tray_agent.ui.theme import Theme, photo
from tray_agent.ui.widgets import Window

STEP = 12
SMALLEST = 3


class HideParts(Window):
    def __init__(
        self, theme: Theme, parent: tk.Toplevel, picture: bytes, use: Callable[[bytes], None],
        back: Callable[[], None],
    ) -> None:  # fmt: skip
        super().__init__(theme, _("Hide parts of the screenshot"), width=560)
        self.transient(parent)
        self._use, self._back = use, back
        with Image.open(io.BytesIO(picture)) as image:
            self._picture = image.convert("RGB")
        self._marks: list[Mark] = []
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
        self._tool = tk.StringVar(self, "hide")
        options = (("hide", _("Hide")), ("arrow", _("Arrow")), ("crop", _("Crop")))
        Choice(row, self.theme, options, self._tool, width=72).pack(side="left")
        self._undo_button = self.button(row, _("Undo"), self._undo, "Mini", picture="undo")
        self._undo_button.pack(side="left")
        self._hint = self.label(row, "", "Small", wrap=self.theme.px(620))
        self._hint.pack(side="left", padx=(self.theme.px(12), 0))
        self._tool.trace_add("write", lambda *_: self._redraw())

    def _hint_words(self) -> str:
        words = {
            "hide": _("Drag over what nobody should see. It is painted black in the picture itself."),
            "arrow": _("Drag from where the arrow begins to what it points at."),
            "crop": _("Drag over the part that is to be sent."),
        }[self._tool.get()]
        keys = _("With keys: arrows move, Shift and arrows resize, Return does it.")
        return f"{words}\n{keys}"

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
            sides = abs(box[2] - box[0]), abs(box[3] - box[1])
            if (max(sides) if self._chosen == "arrow" else min(sides)) >= SMALLEST:
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
        left, top, right, bottom = (side / self._ratio for side in box)
        self._marks.append(Mark(self._chosen, (left, top, right, bottom)))
        if self._chosen != "arrow":
            box = [min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3])]
        self._box = list(box)
        self._redraw()
        return "break"

    @property
    def _chosen(self) -> Tool:
        chosen = self._tool.get()
        return "arrow" if chosen == "arrow" else "crop" if chosen == "crop" else "hide"

    def _undo(self) -> None:
        if self._marks:
            self._marks.pop()
            self._redraw()

    def _redraw(self) -> None:
        self.canvas.delete("mark")
        for mark in self._marks:
            if mark.tool == "hide":
                self.canvas.create_rectangle(*self._seen(mark), fill="black", width=0, tags="mark")
            elif mark.tool == "arrow":
                self._draw_arrow([side * self._ratio for side in mark.box])
        self._veil()
        if self.focus_displayof() is self.canvas or self._start is not None:
            self._draw_box()
        self._undo_button.state(["!disabled" if self._marks else "disabled"])
        self._hint.configure(text=self._hint_words())
        kept = _("The original stays on your computer, and is deleted when you use this.")
        self._foot_text.configure(text=f"{self._counted()} {kept}")

    def _seen(self, mark: Mark) -> tuple[float, float, float, float]:
        left, top, right, bottom = (
            side * self._ratio + self._offset for side in mark.area(self._picture.size)
        )
        return left, top, right, bottom

    def _draw_arrow(self, box: Sequence[float], *, outline: str = "white") -> None:
        width = line_width(self._picture.size) * self._ratio
        x0, y0, x1, y1 = (side + self._offset for side in box)
        self.canvas.create_polygon(arrow((x0, y0, x1, y1), width), fill=ARROW, outline=outline, tags="mark")

    def _veil(self) -> None:
        """What a crop leaves out lies under a veil."""
        if crop := last_crop(self._marks):
            left, top, right, bottom = self._seen(crop)
            width, height = (side * self._ratio + self._offset for side in self._picture.size)
            for box in ((0, 0, width, top), (0, bottom, width, height), (0, top, left, bottom),
                        (right, top, width, bottom)):  # fmt: skip
                self.canvas.create_rectangle(*box, fill="black", stipple="gray75", width=0, tags="mark")

    def _draw_box(self) -> None:
        if self._chosen == "arrow":
            self._draw_arrow(self._box, outline=self.theme.colours.accent)
            return
        left, top, right, bottom = (side + self._offset for side in self._box)
        for colour, dash in (("white", ()), (self.theme.colours.accent, (4, 4))):
            self.canvas.create_rectangle(
                left, top, right, bottom, outline=colour, dash=dash, width=2, tags="mark"
            )

    def _counted(self) -> str:
        hidden = sum(mark.tool == "hide" for mark in self._marks)
        arrows = sum(mark.tool == "arrow" for mark in self._marks)
        words = []
        if hidden:
            words.append(_("1 area hidden.") if hidden == 1 else _("%s areas hidden.") % hidden)
        if arrows:
            words.append(_("1 arrow.") if arrows == 1 else _("%s arrows.") % arrows)
        if last_crop(self._marks):
            words.append(_("Cropped."))
        return " ".join(words) or _("Nothing changed yet.")

    def _done(self) -> None:
        self._use(sendable(painted(self._picture, self._marks)))
        self.close()

    def close(self) -> None:
        back = self._back
        super().close()
        back()
