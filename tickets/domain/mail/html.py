"""HTML of strangers: what a console may show (A1), and what it says in plain text.

The first wall of three. The page shows the result in a frame without scripts, under a policy of its own.
"""

import re
from collections import Counter
from collections.abc import Mapping
from html import escape
from typing import Final
from urllib.parse import unquote

import nh3

from tickets.domain.mail.html_text import html_to_text

LONGEST: Final = 5_000_000
DEEPEST: Final = 500
MOST_ENTITIES: Final = 100_000


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TAG: Final = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_SELF_CLOSING: Final = _words("area base br col dd dt hr img input li link meta option p td th tr")
_FORMATTING: Final = _words("a b big code em font i nobr s small strike strong tt u")
_TAGS: Final = (nh3.ALLOWED_TAGS - _words("map area rt rp rb rtc ruby")) | _words(
    "font u s big tt section main"
)
_EVERYWHERE: Final = _words("style dir lang title align valign width height bgcolor color")
_ATTRIBUTES: Final = {
    "*": set(_EVERYWHERE),
    "a": {"href"},
    "img": {"src", "data-src", "alt"},
    "font": {"face", "size"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan", "nowrap"},
    "th": {"colspan", "rowspan", "nowrap"},
    "col": {"span"},
    "ol": {"start", "type"},
    "li": {"value"},
}
_SIDES: Final = ("", "-top", "-right", "-bottom", "-left")
_STYLES: Final = {
    *_words(
        "background background-color border-collapse border-radius border-spacing color direction display"
    ),
    *_words(
        "float clear font font-family font-size font-style font-weight height letter-spacing line-height"
    ),
    *_words("list-style-type max-width min-width text-align text-decoration text-indent text-transform"),
    *_words("vertical-align white-space width word-break word-wrap overflow-wrap table-layout"),
    *(f"{name}{side}" for name in ("margin", "padding", "border") for side in _SIDES),
    *(f"border{side}-{part}" for side in _SIDES for part in ("color", "style", "width")),
}
_LINK: Final = re.compile(r"(?:https?://|mailto:|tel:|#)[^\s\x00-\x1f]*", re.IGNORECASE)
_PICTURE: Final = re.compile(
    r"(?:https?://|cid:|data:image/(?:png|gif|jpe?g|webp|bmp);base64,)[^\s\"<>]*", re.IGNORECASE
)
_UNSAFE_STYLE: Final = re.compile(
    r"(?i)url|expression|image|@|\\|/\*|javascript|position|behaviou?r|-moz-|var\("
)
#: nh3 writes attributes in double quotes and escapes those inside: this never leaves its tag.
_IMG_SRC: Final = re.compile(r'(<img(?:\s+[\w-]+="[^"]*")*?\s+)(data-src|src)="([^"]*)"')
_REMOTE: Final = re.compile(r"https?:", re.IGNORECASE)


def _keep(tag: str, attribute: str, value: str) -> str | None:
    """The value that an attribute may have, or None."""
    if attribute == "style":
        return ";".join(part for part in value.split(";") if not _UNSAFE_STYLE.search(part))
    if attribute == "href":
        return value.strip() if _LINK.fullmatch(value.strip()) else None
    if attribute in {"src", "data-src"}:
        is_good = _PICTURE.fullmatch(value.strip()) and (attribute == "src" or _REMOTE.match(value.strip()))
        return value.strip() if is_good else None
    return value


_CLEANER: Final = nh3.Cleaner(
    tags=set(_TAGS),
    clean_content_tags={
        "script",
        "style",
        "title",
        "noscript",
        "template",
        "iframe",
        "object",
        "svg",
        "math",
    },
    attributes=_ATTRIBUTES,
    attribute_filter=_keep,
    strip_comments=True,
    link_rel="noopener noreferrer nofollow",
    generic_attribute_prefixes=None,
    url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
    url_relative="deny",
    filter_style_properties=set(_STYLES),
)


def clean_html(html: str) -> str:
    """HTML without anything that runs, loads or leaves its place. Cleaning twice changes nothing.

    Pictures of other servers keep their address in `data-src`: nobody learns that the mail was read. What is
    built to be slow to read becomes plain text.
    """
    if _is_tangled(html):
        return f"<pre>{escape(html_to_text(html[:LONGEST]), quote=False)}</pre>"
    return _IMG_SRC.sub(_set_aside, _CLEANER.clean(html.replace("\x00", "")))


def _is_tangled(html: str) -> bool:
    """So deep, or with so many open <b>, that repairing it takes time by the square (A8)."""
    if len(html) > LONGEST or html.count("&") + html.count("\xa0") > MOST_ENTITIES:
        return True
    is_open: Counter[str] = Counter()
    tags = deepest = boldest = depth = bold = 0
    for slash, name in _TAG.findall(html):
        tags, name = tags + 1, name.lower()
        if name in _SELF_CLOSING or (slash and not is_open[name]):
            continue
        step = -1 if slash else 1
        is_open[name] += step
        depth, bold = depth + step, bold + step * (name in _FORMATTING)
        deepest, boldest = max(deepest, depth), max(boldest, bold)
    return deepest > DEEPEST or (boldest > 10 and boldest * tags > 300_000)


def _set_aside(match: re.Match[str]) -> str:
    return f'{match[1]}data-src="{match[3]}"' if _REMOTE.match(match[3]) else match[0]


def is_remote_picture_in(html: str) -> bool:
    """Does cleaned HTML hold pictures of other servers?"""
    return any(match[2] == "data-src" for match in _IMG_SRC.finditer(html))


def with_pictures(html: str, *, inline: Mapping[str, str], is_remote_shown: bool) -> str:
    """Cleaned HTML with the pictures of the mail (content id -> address), on wish the remote ones too."""
    addresses = {name.strip("<>").lower(): address for name, address in inline.items()}

    def place(match: re.Match[str]) -> str:
        name, value = match[2], match[3]
        if name == "data-src":
            return f'{match[1]}src="{value}"' if is_remote_shown else match[0]
        if not value.lower().startswith("cid:"):
            return match[0]
        address = addresses.get(unquote(value[4:]).lower())
        return f'{match[1]}src="{escape(address)}"' if address else match[1].rstrip()

    return _IMG_SRC.sub(place, html)
