"""Due times: how much is left, how late it is, and the exact time in the title."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from helpdesk.core.templatetags.ui import icon, say_day
from tickets.models.labels import CLOCK_CHOICES, hours_words, span_words
from tickets.selectors.dues import Due, DueState

register = template.Library()
KINDS = {str(kind): label for kind, label in CLOCK_CHOICES}
#: State -> class and icon.
LOOKS = {
    DueState.PLAIN: ("", "clock"),
    DueState.SOON: ("soon", "clock"),
    DueState.LATE: ("late", "alert"),
    DueState.PAUSED: ("paused", "pause"),
    DueState.MET: ("ok", "ok"),
    DueState.MISSED: ("late", "alert"),
}


@register.simple_tag
def due(clock: Due | None) -> SafeString:
    """The chip of a clock; nothing for none."""
    if clock is None:
        return format_html('<span class="sr">{}</span>', _("no target"))
    css, name = LOOKS[clock.state]
    title = say_day(timezone.localtime(clock.at), "j M Y, G:i") if clock.at else ""
    kind = KINDS[clock.kind]
    return format_html(
        '<span class="due due--{}" title="{}">{}<span class="sr">{}: </span>{}</span>',
        css,
        f"{kind}: {title}" if title else kind,
        icon(name, "icon--sm"),
        kind,
        _words(clock),
    )


def due_words(clock: Due | None) -> tuple[object, ...]:
    """All that its chip says."""
    return (clock.kind, clock.state, clock.at, _words(clock)) if clock else ()


@register.filter
def of(found: dict[int, object], key: int) -> object:
    return found.get(key)


@register.filter
def kind_name(kind: str) -> str:
    return str(KINDS[kind])


register.filter("span", span_words)
register.filter("hours_span", hours_words)


def _words(clock: Due) -> str:
    if clock.state is DueState.MET:
        return _("kept")
    if clock.state is DueState.MISSED:
        return _("missed")
    if clock.at is None:
        return _("paused") if clock.state is DueState.PAUSED else "–"
    left = _between(clock.at)
    return _("%(time)s over") % {"time": left} if clock.state is DueState.LATE else left


def _between(at: datetime) -> str:
    return span_words(abs(at - timezone.now()) / timedelta(minutes=1))
