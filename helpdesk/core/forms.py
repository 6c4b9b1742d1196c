"""Fields that forms of several apps share."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from helpdesk.core.domain.zones import zone_names

#: Digits of a key: every such number fits into the column.
LONGEST_KEY = 18


def near(day: date) -> None:
    """Validates a day or a moment of forms and of the API: the first and the last that there are cannot be
    told in other time zones (A25).
    """
    if not 1900 <= day.year < 9000:
        raise ValidationError(forms.DateField.default_error_messages["invalid"])


class LongSelect(forms.Select):
    """A select whose hundreds of options are not a template each; it has no groups."""

    def render(
        self,
        name: str,
        value: Any,  # noqa: ANN401 - as Django has it
        attrs: Mapping[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        chosen = set(self.format_value(value))
        options = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            ((key, " selected" if str(key) in chosen else "", label) for key, label in self.choices),
        )
        tag = flatatt(self.build_attrs({**self.attrs, "name": name}, dict(attrs or {})))
        return format_html("<select{}>\n{}\n</select>", tag, options)


class GroupedBoxes(forms.CheckboxSelectMultiple):
    """Boxes below the headings of their groups: ui/_fields.html shows `heading` above the first of each."""

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> Any:  # noqa: ANN401
        groups = super().optgroups(name, value, attrs)
        for heading, options, _index in groups:
            options[0]["heading"] = heading
        return groups


class PickMany(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """Some of the rows of a queryset, or none. SQLite would raise at a number that no key can be."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, queryset: QuerySet[Any], *, label: str | Promise) -> None:
        super().__init__(queryset=queryset, label=label, required=False)

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - as Django has it
        for key in value or ():
            if len(str(key)) > LONGEST_KEY:
                raise ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": key}
                )
        return super().clean(value)


class ZoneField(forms.ChoiceField):
    """A time zone; with `empty`, none may be chosen too, and that is what the first line says."""

    widget = LongSelect

    def __init__(self, *, empty: str | Promise = "", **kwargs: Any) -> None:
        super().__init__(required=bool(not empty), choices=lambda: self._lines(empty), **kwargs)

    @staticmethod
    def _lines(empty: str | Promise) -> list[tuple[str, str | Promise]]:
        return [*([("", empty)] if empty else []), *((name, name) for name in zone_names())]
