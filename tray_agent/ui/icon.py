"""Our drawings, made by Pillow at the wanted size: the logo, the tray picture, the small icons."""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw

from tray_agent.model import VERIFIED, WAITING_FOR_APPROVAL, WAITING_FOR_TOKEN

ACCENT, ON_ACCENT, QUIET, WAITING = "#0b6a77", "#ffffff", "#6d7b77", "#e9b64a"
FINE = 8
"""Everything is drawn this much larger and scaled down, which makes the edges smooth."""

Points = Sequence[tuple[float, float]]


class Pen:
    """Draws in the coordinates of a square grid, with round joins."""

    def __init__(self, size: int, grid: float, width: float) -> None:
        self._size, self._unit, self._width = size, size * FINE / grid, width
        self.image = Image.new("RGBA", (size * FINE, size * FINE))
        self._draw = ImageDraw.Draw(self.image)

    def _box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        return x0 * self._unit, y0 * self._unit, x1 * self._unit - 1, y1 * self._unit - 1

    def dot(self, x: float, y: float, radius: float, colour: str) -> None:
        self._draw.ellipse(self._box(x - radius, y - radius, x + radius, y + radius), fill=colour)

    def line(self, points: Points, colour: str) -> None:
        scaled = [(x * self._unit, y * self._unit) for x, y in points]
        self._draw.line(scaled, fill=colour, width=round(self._width * self._unit), joint="curve")
        for x, y in (points[0], points[-1]):
            self.dot(x, y, self._width / 2, colour)

    def arc(self, centre: tuple[float, float], radius: float, span: tuple[float, float], colour: str) -> None:
        x, y = centre
        outer = radius + self._width / 2
        box = self._box(x - outer, y - outer, x + outer, y + outer)
        self._draw.arc(box, *span, fill=colour, width=round(self._width * self._unit))

    def rect(self, place: tuple[float, float, float, float], radius: float, colour: str) -> None:
        x, y, w, h = place
        half = self._width / 2
        box = self._box(x - half, y - half, x + w + half, y + h + half)
        width = round(self._width * self._unit)
        self._draw.rounded_rectangle(box, (radius + half) * self._unit, outline=colour, width=width)

    def block(self, place: tuple[float, float, float, float], radius: float, colour: str) -> None:
        x, y, w, h = place
        self._draw.rounded_rectangle(self._box(x, y, x + w, y + h), radius * self._unit, fill=colour)

    def done(self) -> Image.Image:
        return self.image.resize((self._size, self._size), Image.Resampling.BOX)


def logo(size: int, colour: str = ACCENT, ink: str = ON_ACCENT) -> Image.Image:
    """A bell seen as two rings of sound over two dots."""
    pen = Pen(size, 24, 2)
    pen.block((0, 0, 24, 24), 6.5, colour)
    for radius in (5.5, 2.2):
        pen.arc((12, 14.5), radius, (180, 360), ink)
        for x in (12 - radius, 12 + radius):
            pen.dot(x, 14.5, 1, ink)
    pen.dot(6.5, 17.2, 1.3, ink)
    pen.dot(17.5, 17.2, 1.3, ink)
    return pen.done()


def tray_image(size: int, state: str) -> Image.Image:
    """Petrol when tickets can be opened, grey before; an amber dot while somebody has to do something."""
    image = logo(size, ACCENT if state == VERIFIED else QUIET)
    if state in {WAITING_FOR_TOKEN, WAITING_FOR_APPROVAL}:
        pen = Pen(size, 24, 2)
        pen.dot(18.5, 5.5, 5.5, "#ffffff")
        pen.dot(18.5, 5.5, 4.5, WAITING)
        image.alpha_composite(pen.done())
    return image


def _redact(pen: Pen, ink: str) -> None:
    pen.line([(2, 3.5), (14, 3.5)], ink)
    pen.block((2, 6, 12, 4), 1, ink)
    pen.line([(2, 12.5), (9, 12.5)], ink)


def _camera(pen: Pen, ink: str) -> None:
    pen.rect((2, 4.5, 12, 8.3), 1, ink)
    pen.line([(4.8, 4.5), (5.8, 2.8), (10.2, 2.8), (11.2, 4.5)], ink)
    pen.arc((8, 8.4), 2.3, (0, 360), ink)


def _paperclip(pen: Pen, ink: str) -> None:
    pen.line([(13.2, 7.4), (8, 12.6)], ink)
    pen.arc((5.75, 10.35), 3.2, (45, 225), ink)
    pen.line([(3.5, 8.1), (8.8, 2.8)], ink)
    pen.arc((10.3, 4.3), 2.1, (225, 405), ink)
    pen.line([(11.8, 5.8), (6.6, 11)], ink)
    pen.arc((5.85, 10.25), 1.05, (45, 225), ink)
    pen.line([(5.1, 9.5), (9.8, 4.8)], ink)


def _trash(pen: Pen, ink: str) -> None:
    pen.line([(2.5, 4.2), (13.5, 4.2)], ink)
    pen.line([(6, 4.2), (6, 2.1), (10, 2.1), (10, 4.2)], ink)
    pen.line([(4, 4.2), (4.7, 13.7), (11.3, 13.7), (12, 4.2)], ink)


def _undo(pen: Pen, ink: str) -> None:
    pen.line([(6.5, 4), (2.5, 7.5), (6.5, 11)], ink)
    pen.line([(2.5, 7.5), (9, 7.5)], ink)
    pen.arc((9, 12), 4.5, (270, 360), ink)


def _alert(pen: Pen, ink: str) -> None:
    pen.line([(8, 2.4), (14, 13), (2, 13), (8, 2.4)], ink)
    pen.line([(8, 6.6), (8, 9.4)], ink)
    pen.dot(8, 11.3, 0.9, ink)


def _ok(pen: Pen, ink: str) -> None:
    pen.arc((8, 8), 5.75, (0, 360), ink)
    pen.line([(5.4, 8.2), (7.2, 10), (10.7, 6.2)], ink)


def _check(pen: Pen, ink: str) -> None:
    pen.line([(3.5, 8.3), (6.5, 11.3), (12.5, 5)], ink)


def _refresh(pen: Pen, ink: str) -> None:
    pen.arc((8, 8), 5.5, (0, 140), ink)
    pen.arc((8, 8), 5.5, (180, 320), ink)
    pen.line([(12.5, 2), (12.5, 4.7), (9.8, 4.7)], ink)
    pen.line([(3.5, 14), (3.5, 11.3), (6.2, 11.3)], ink)


def _cross(pen: Pen, ink: str) -> None:
    pen.line([(4, 4), (12, 12)], ink)
    pen.line([(12, 4), (4, 12)], ink)


_DRAWINGS = {
    "redact": _redact, "camera": _camera, "paperclip": _paperclip, "trash": _trash, "undo": _undo,
    "alert": _alert, "ok": _ok, "check": _check, "refresh": _refresh, "cross": _cross,
}  # fmt: skip


def small_icon(name: str, size: int, ink: str) -> Image.Image:
    pen = Pen(size, 16, 1.5)
    _DRAWINGS[name](pen, ink)
    return pen.done()


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
