"""A note with the colleagues whom it calls."""

from collections.abc import Sequence

from django import template
from django.utils.html import escape, linebreaks
from django.utils.safestring import SafeString, mark_safe

from tickets.domain.mentions import pattern_of

register = template.Library()


@register.filter
def calling(body: str, names: Sequence[str]) -> SafeString:
    """Paragraphs, with each `@name` of these names marked; everything in it is escaped (A1)."""
    html = SafeString(linebreaks(body, autoescape=True))
    pattern = pattern_of([escape(name) for name in names])
    if pattern is None:
        return html
    return mark_safe(pattern.sub(r'<b class="called">@\1</b>', html))  # noqa: S308 (escaped above)
