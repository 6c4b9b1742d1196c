"""Lengths of time in words."""

from datetime import timedelta

from django import template

from tickets.models.labels import hours_words

register = template.Library()


@register.filter
def length_words(length: timedelta) -> str:
    """ "1 h 20 m"; what is shorter than a minute is rounded up to one."""
    return hours_words(max(1, round(length.total_seconds() / 60)) if length else 0)
