"""HTML without its tags, in linear time whatever it looks like: for looking at, not for reading."""

import re
from html import unescape

_TAGS = re.compile(r"<[^<>]*>")
_HIDDEN = re.compile(r"<(/?)(?:style|script|head|title)\b", re.IGNORECASE)


def without_tags(html: str) -> str:
    """The words; what stands in <style>, <script>, <head> and <title> is none of them."""
    shown: list[str] = []
    position, is_hidden = 0, False
    for match in _HIDDEN.finditer(html):
        if not is_hidden:
            shown.append(html[position : match.start()])
        position, is_hidden = match.start(), not match[1]
    if not is_hidden:
        shown.append(html[position:])
    return unescape(_TAGS.sub(" ", "".join(shown)))
