"""Sentences of rules: their parts translated, the values in pills or in bold."""

from collections.abc import Iterator, Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from tickets.domain.rule_words import Part
from tickets.models.standard import standard_words

register = template.Library()
PILLS = frozenset({"value", "term", "span"})


@register.simple_tag
def sentence(parts: Sequence[Part], style: str = "pills") -> SafeString:
    """`style`: "pills" for lists, "bold" for running text."""
    if style == "bold":
        return format_html_join(
            "",
            "{}{}",
            ((_glue(parts, at), _bold(text, kind)) for at, (text, kind) in enumerate(_spoken(parts))),
        )
    shapes = {"quiet": '<span class="quiet">{}</span>', "word": "<span>{}</span>"}
    pills = (
        format_html(shapes.get(kind, '<span class="pill">{}</span>'), text)
        for text, kind in _spoken([part for part in parts if part.kind != "comma"])
    )
    return format_html_join(" ", "{}", ((pill,) for pill in pills))


def in_a_line(parts: Sequence[Part]) -> str:
    """For files and where no word is marked."""
    return "".join(_glue(parts, at) + text for at, (text, _kind) in enumerate(_spoken(parts)))


def _bold(text: str, kind: str) -> SafeString | str:
    return format_html("<strong>{}</strong>", text) if kind in PILLS else text


def _glue(parts: Sequence[Part], at: int) -> str:
    """Values in a row are parted by commas, brackets stand close to what they hold."""
    if not at:
        return ""
    before, here = parts[at - 1], parts[at]
    if before.text == "(" or here.text == ")" or here.kind == "comma":
        return ""
    return ", " if before.kind in PILLS and here.kind in PILLS else " "


def _spoken(parts: Sequence[Part]) -> Iterator[tuple[str, str]]:
    for at, part in enumerate(parts):
        text = part.text if part.kind in {"value", "comma"} else spell_span(part.text)
        text = gettext(text) if part.kind in {"word", "quiet", "term"} and text.strip("()") else text
        yield (capfirst(text) if not at else text), part.kind


register.filter("standard", standard_words)


@register.filter
def spell_span(text: str) -> str:
    """ "2h" is "2 hours"; anything else stays."""
    number, unit = text[:-1], text[-1:]
    if not number.isdecimal() or unit not in "mhd":
        return text
    count = int(number)
    words = {
        "m": ngettext("%(n)s minute", "%(n)s minutes", count),
        "h": ngettext("%(n)s hour", "%(n)s hours", count),
        "d": ngettext("%(n)s day", "%(n)s days", count),
    }
    return words[unit] % {"n": count}
