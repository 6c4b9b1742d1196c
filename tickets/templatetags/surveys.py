"""Ratings as people see them: a face that is drawn, and its word."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from helpdesk.core.templatetags.ui import icon
from tickets.models.labels import RATING_CHOICES

register = template.Library()
LABELS = dict(RATING_CHOICES)
INK = {"happy": "ink-done", "neutral": "ink-idle", "sad": "ink-danger"}


@register.simple_tag
def face(rating: str) -> SafeString:
    return format_html("{}<span>{}</span>", icon(f"face-{rating}", INK[rating]), LABELS[rating])
