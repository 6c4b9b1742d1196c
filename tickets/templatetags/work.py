"""Lengths of time and values of own fields in words."""

from datetime import date, timedelta
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agents.domain.fields import NO, YES, FieldType
from tickets.models.labels import hours_words

register = template.Library()


@register.filter
def length_words(length: timedelta) -> str:
    """ "1 h 20 m"; what is shorter than a minute is rounded up to one."""
    return hours_words(max(1, round(length.total_seconds() / 60)) if length else 0)


@register.filter
def shown_value(field: Any) -> str:  # noqa: ANN401 - whatever has a type and a value
    """A value in the reader's words."""
    if field.type == FieldType.DATE:
        return date_format(date.fromisoformat(field.value), "SHORT_DATE_FORMAT")
    if field.type == FieldType.YES_NO:
        return _("Yes") if field.value == YES else _("No")
    return str(field.value)


@register.inclusion_tag("tickets/work/_field_input.html")
def field_input(field: Any, typed: Any = None) -> dict[str, Any]:  # noqa: ANN401 - as above
    """The control of a field, with what was typed before or its value."""
    value = typed.get(f"field-{field.key}", field.value) if typed else field.value
    is_yes_no = field.type == FieldType.YES_NO
    options = [(YES, _("Yes")), (NO, _("No"))] if is_yes_no else [(one, one) for one in field.choices]
    if value and not is_yes_no and value not in field.choices:
        options.append((value, value))  # a choice that was removed later
    return {
        "name": field.name,
        "key": field.key,
        "type": field.type,
        "value": value,
        "options": options,
    }
