"""The words of a search, lit up in what a ticket shows."""

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from tickets.domain.spelling import marked
from tickets.selectors.search import SearchShown

register = template.Library()


@register.filter
def hits(text: str, shown: SearchShown | None) -> SafeString:
    """The text with `<mark>` around each word of the search; escaped."""
    if shown is None or not shown.asked.wanted:
        return escape(text)
    pieces = marked(text, shown.asked)
    return format_html_join("", "{}", ((_piece(text, is_hit=is_hit),) for text, is_hit in pieces))


@register.filter
def place(shown: SearchShown | None, number: int) -> SafeString:
    """Where in this ticket the words stand, if its row does not show them."""
    text = shown.places.get(number) if shown else None
    return format_html('<div class="found">{}</div>', hits(text, shown)) if text else SafeString("")


def _piece(text: str, *, is_hit: bool) -> SafeString:
    return format_html("<mark>{}</mark>", text) if is_hit else escape(text)
