"""How well words can be read on a colour (WCAG 2.2, 1.4.3)."""

import re
from typing import Final

ENOUGH: Final = 4.5
_COLOR: Final = re.compile("#[0-9a-f]{6}")


def is_color(text: str) -> bool:
    """Like #0b6a77, with small letters, and nothing else: it goes into styles."""
    return _COLOR.fullmatch(text) is not None


def _luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_with_white(color: str) -> float:
    """1.0 for white, 21.0 for black."""
    return 1.05 / (_luminance(color) + 0.05)


def darkened(color: str) -> str:
    """The nearest darker shade of it on which white words can be read."""
    shade, percent = color, 100
    while contrast_with_white(shade) < ENOUGH:
        percent -= 1
        parts = (int(color[at : at + 2], 16) * percent // 100 for at in (1, 3, 5))
        shade = "#" + "".join(f"{part:02x}" for part in parts)
    return shade
