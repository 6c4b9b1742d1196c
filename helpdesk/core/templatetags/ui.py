"""The atoms of the interface: icons, chips, faces, times. Plain tags: the quickest way in Django."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache, wraps
from typing import Any

from django import template
from django.forms import BoundField, widgets
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from helpdesk.core.domain.languages import day_pattern
from helpdesk.core.models.deeds import deed_words, thing_words
from helpdesk.core.models.facts import STATES, fact_words

register = template.Library()

STATUS = {
    "open": ("open", "st-open", gettext_lazy("Open")),
    "processing": ("proc", "st-proc", gettext_lazy("Processing")),
    "waiting": ("wait", "st-wait", gettext_lazy("Waiting")),
    "resolved": ("done", "st-done", gettext_lazy("Resolved")),
    "closed": ("idle", "st-idle", gettext_lazy("Closed")),
}
PRIORITY = {
    "urgent": ("urgent", gettext_lazy("Urgent")),
    "high": ("high", gettext_lazy("High")),
    "medium": ("normal", gettext_lazy("Medium")),
    "low": ("low", gettext_lazy("Low")),
}
AGENT = {
    "off": ("", "st-idle", gettext_lazy("Off")),
    "enabled": ("chip--open", "st-new", gettext_lazy("Enabled")),
    "waiting_for_token": ("chip--wait", "mail", gettext_lazy("Waiting for token")),
    "waiting_for_approval": ("chip--wait", "user", gettext_lazy("Waiting for approval")),
    "verified": ("chip--done", "ok", gettext_lazy("Verified")),
    "disabled": ("", "power", gettext_lazy("Disabled")),
}
MINUTE, HOUR, DAY = 60, 3600, 86400


def kept(draw: Callable[..., SafeString]) -> Callable[..., SafeString]:
    """An atom is drawn once for each language and what it is given: a list shows the same ones often."""
    drawn = lru_cache(maxsize=2048)(lambda _language, *args, **more: draw(*args, **more))

    @wraps(draw)
    def look_up(*args: Any, **more: Any) -> SafeString:
        return drawn(get_language(), *args, **more)

    look_up.is_pure = True  # type: ignore[attr-defined]  # for `core.loader`
    return look_up


@register.simple_tag
@kept
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """An icon of the sprite; with a label it speaks, without one it is decoration."""
    says = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    space = " " if css else ""
    return format_html(
        '<svg class="icon{}{}" {}><use href="{}#i-{}"></use></svg>',
        space,
        css,
        says,
        static("ui/icons.svg"),
        name,
    )


@register.simple_tag
@kept
def status(key: str) -> SafeString:
    css, name, text = STATUS[str(key)]
    return format_html('<span class="chip chip--{}">{}{}</span>', css, icon(name), text)


@register.simple_tag
@kept
def status_icon(key: str) -> SafeString:
    css, name, text = STATUS[str(key)]
    return icon(name, f"ink-{css}", str(text))


@register.simple_tag
@kept
def prio(key: str, with_text: bool = True) -> SafeString:  # noqa: FBT001, FBT002 (positional in templates)
    css, text = PRIORITY[str(key)]
    if with_text:
        return format_html('<span class="prio prio--{}">{}{}</span>', css, icon(f"pr-{css}"), text)
    label = _("%(priority)s priority") % {"priority": text}
    return format_html('<span class="prio prio--{}">{}</span>', css, icon(f"pr-{css}", "", label))


@register.simple_tag
@kept
def agent_state(key: str) -> SafeString:
    """The chip of a profile's state."""
    css, name, text = AGENT[str(key)]
    return format_html('<span class="chip {}">{}{}</span>', css, icon(name), text)


@register.simple_tag
def chip(text: str, css: str = "", name: str = "") -> SafeString:
    return format_html('<span class="chip {}">{}{}</span>', css, icon(name) if name else "", text)


@register.simple_tag
@kept
def avatar(name: str, css: str = "", presence: str = "") -> SafeString:
    """Initials on one of eight colours that stay with the name."""
    if not name:
        return format_html(
            '<span class="avatar avatar--none {}">{}</span>', css, icon("user", "", _("Nobody"))
        )
    initials = "".join(word[0] for word in name.replace("&", "").split()[:2]).upper()
    if presence:
        css = f"{css} presence presence--{presence}"
    return format_html(
        '<span class="avatar av-{} {}" aria-hidden="true">{}</span>', sum(map(ord, name)) % 8, css, initials
    )


@register.simple_tag
@kept
def kbd(*keys: str) -> SafeString:
    caps = format_html_join("", "<kbd>{}</kbd>", ((key,) for key in keys))
    return format_html('<span class="kbd" aria-hidden="true">{}</span>', caps)


@register.simple_tag
def meter(label: str, total: int, *parts: Any) -> SafeString:
    """A stacked bar: `{% meter "7 of 10" 10 "c-done" 5 "c-wait" 2 %}`. Said in words by its label."""
    x = 0.0
    bars = []
    for css, value in zip(parts[::2], parts[1::2], strict=True):
        width = 100 * value / total if total else 0
        bars.append((css, f"{x:.2f}%", f"{width:.2f}%"))
        x += width
    rects = format_html_join("", '<rect class="m-bar {}" x="{}" width="{}" height="8"/>', bars)
    return format_html(
        '<svg class="meter" height="8" role="img" aria-label="{}">'
        '<rect class="m-track" width="100%" height="8" rx="4"/>{}</svg>',
        label,
        rects,
    )


@register.filter
def control(field: BoundField) -> SafeString:
    """A form field's control with the class of its kind."""
    widget = field.field.widget
    attrs: dict[str, Any] = {}
    if isinstance(widget, widgets.Select):
        attrs["class"] = "select"
    elif isinstance(widget, widgets.Textarea):
        attrs["class"] = "textarea"
    elif not isinstance(widget, widgets.CheckboxInput | widgets.ChoiceWidget):
        attrs["class"] = "input"
    return field.as_widget(attrs=attrs)


@register.filter
def plain(value: object) -> str:
    """A stored value in words: "mail_domains" is "mail domains", a list its parts, nothing a dash."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return " ".join(plain(part) for part in value.values() if part not in (None, "", [])) or "–"
    if isinstance(value, list | tuple):
        return ", ".join(plain(part) for part in value) or "–"
    text = "" if value is None else str(value)
    if text in STATES:
        return str(STATES[text])
    if re.fullmatch(r"[a-z]+([_-][a-z]+)+", text):  # a name from the code, no address and no sentence
        return re.sub(r"[_-]", " ", text)
    return text or "–"


@register.filter
def fact(name: str) -> str:
    """What a part of a row is called: "owner_id" is "Owner"."""
    return fact_words(name)


@register.filter
def as_json(value: object) -> str:
    """For an attribute that a script reads; escaped there as everything."""
    return json.dumps(value, sort_keys=True)


@register.filter
def deed(verb: str) -> str:
    """What was done, as the audit log keeps it: "profile.token-sent" is "sent a token"."""
    return deed_words(verb)


_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@register.filter
def browser(user_agent: str) -> str:
    """A browser in words out of what it says of itself: "Firefox, Windows"."""
    found = [
        next((name for mark, name in marks if mark in user_agent), "") for marks in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(filter(None, found)) or _("Unknown browser")


@register.filter
def thing(model_name: str) -> str:
    """What it was done to: "blockedsender" is "blocked sender"."""
    return thing_words(model_name)


@register.filter("day")
def say_day(at: date, pattern: str) -> str:
    """A day in the manner of the reader's language: `{{ plan.next_on|day:"j M Y" }}`."""
    return date_format(at, day_pattern(pattern, get_language() or "en"))


@register.filter
def ago(at: datetime | None) -> SafeString | str:
    """How long ago, short; the exact time in the title. Empty for None."""
    return _time(at, ago_words(at)) if at else ""


def ago_words(at: datetime) -> str:
    seconds = (timezone.now() - at).total_seconds()
    if seconds < MINUTE:
        return _("now")
    if seconds < HOUR:
        return _("%(n)s m") % {"n": int(seconds // MINUTE)}
    if seconds < DAY:
        return _("%(n)s h") % {"n": int(seconds // HOUR)}
    if seconds < 7 * DAY:
        days = int(seconds // DAY)
        return ngettext("%(n)s d", "%(n)s d", days) % {"n": days}
    return say_day(timezone.localtime(at), "j M")


@register.filter
def when(at: datetime | None) -> SafeString | str:
    """ "9:41" today, "Mon 9:41" this week, "12 Sep" this year, else with the year. Empty for None."""
    # Moments are equal in every zone, so its name is told, too.
    zone = timezone.get_current_timezone_name()
    return "" if at is None else _when(at, zone, timezone.localdate())


@kept
def _when(at: datetime, _zone: str, today: date) -> SafeString:
    local = timezone.localtime(at)
    days = abs((today - local.date()).days)
    if days == 0:
        pattern = "G:i"
    elif days < 7:
        pattern = "D G:i"
    elif local.year == today.year:
        pattern = "j M"
    else:
        pattern = "j M Y"
    return _time(at, say_day(local, pattern))


def _time(at: datetime, text: str) -> SafeString:
    exact = say_day(timezone.localtime(at), "j M Y, G:i")
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), exact, text)
