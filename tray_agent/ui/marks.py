"""What is drawn into a copy of the screenshot: areas hidden, arrows, and the part that is left of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageDraw

Area = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the picture; the last two are outside."""
Box = tuple[float, float, float, float]
Tool = Literal["hide", "arrow", "crop"]

ARROW = "#d7263d"
HEAD = 5
"""The length of an arrow's head, in widths of its line."""


@dataclass(frozen=True, slots=True)
class Mark:
    """`box` runs from where the drag began to where it ended, in pixels of the picture."""

    tool: Tool
    box: Box

    def area(self, size: tuple[int, int]) -> Area:
        """Rounded outwards, so that nothing peeps out at an edge."""
        left, right = sorted((self.box[0], self.box[2]))
        top, bottom = sorted((self.box[1], self.box[3]))
        return (
            max(0, int(left)),
            max(0, int(top)),
            min(size[0], int(right) + 1),
            min(size[1], int(bottom) + 1),
        )


def painted(picture: Image.Image, marks: Sequence[Mark]) -> Image.Image:
    """A copy with the marks in their order; what the last crop leaves out is not in it."""
    copy = picture.copy()
    draw = ImageDraw.Draw(copy)
    for mark in marks:
        if mark.tool == "hide":
            left, top, right, bottom = mark.area(copy.size)
            draw.rectangle((left, top, right - 1, bottom - 1), fill="black")
        elif mark.tool == "arrow":
            width = line_width(copy.size)
            for colour, more in (("white", 2), (ARROW, 0)):  # legible on every ground
                draw.polygon(arrow(mark.box, width, grown=more * width / 4), fill=colour)
    crop = last_crop(marks)
    return copy.crop(crop.area(copy.size)) if crop else copy


def last_crop(marks: Sequence[Mark]) -> Mark | None:
    return next((mark for mark in reversed(marks) if mark.tool == "crop"), None)


def line_width(size: tuple[int, int]) -> float:
    """Thick enough to be seen when the whole picture is looked at."""
    return max(3.0, max(size) / 320)


def arrow(box: Box, width: float, *, grown: float = 0.0) -> list[tuple[float, float]]:
    """The outline of an arrow from the beginning of the box to its end, `grown` wider on each side."""
    x0, y0, x1, y1 = box
    length = math.hypot(x1 - x0, y1 - y0) or 1.0
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    head = min(HEAD * width, length * 0.7)
    half, wing = width / 2 + grown, head * 0.55 + grown * 2

    def at(along: float, aside: float) -> tuple[float, float]:
        return x0 + ux * along - uy * aside, y0 + uy * along + ux * aside

    neck, tip = length - head - grown, length + grown * 2
    return [
        at(-grown, -half), at(neck, -half), at(neck, -wing), at(tip, 0), at(neck, wing), at(neck, half),
        at(-grown, half),
    ]  # fmt: skip
