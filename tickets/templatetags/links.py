"""Addresses of many things of one kind: each is reversed once, not for every row."""

from functools import lru_cache

from django import template
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def link(number: int, name: str) -> SafeString:
    """`{{ ticket.pk|link:"web:ticket" }}` is `{% url "web:ticket" ticket.pk %}`, a tenth of its time."""
    before, after = _parts(name, get_script_prefix())
    return SafeString(f"{before}{int(number)}{after}")


@lru_cache(maxsize=64)
def _parts(name: str, _prefix: str) -> tuple[str, str]:
    mark = 987_654_321
    before, _, after = reverse(name, args=[mark]).partition(str(mark))
    return before, after
