"""Fields that the desk added, as rules and canned replies speak of them."""

from collections.abc import Iterable

from django.utils.translation import gettext

from agents.domain.fields import NO, YES, FieldType
from agents.models import CustomField


def own_names(fields: Iterable[CustomField]) -> dict[str, dict[str, str]]:
    """For sentences: what these fields are called, in the list "own", and the choices of each by its name."""
    names: dict[str, dict[str, str]] = {"own": {}}
    for field in fields:
        name = f"{field.belongs_to}.{field.key}"
        names["own"][name] = field.name
        if field.type == FieldType.CHOICE:
            names[name] = {choice: choice for choice in field.choices}
        elif field.type == FieldType.YES_NO:
            names[name] = {YES: gettext("yes"), NO: gettext("no")}
    return names
