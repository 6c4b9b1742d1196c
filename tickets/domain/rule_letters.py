"""Placeholders like {{ number }} in what rules and macros write: one language for both.

`{{ name | there }}` says "there" where the name is not known.
"""

import re
from collections.abc import Mapping


def _(text: str) -> str:
    """Marks a text for translation; the domain itself knows no language."""
    return text


#: Word -> what it stands for.
PLACEHOLDERS: dict[str, str] = {
    "name": _("the customer's name"),
    "first_name": _("the customer's first name"),
    "client": _("the client"),
    "number": _("the ticket's number"),
    "subject": _("the ticket's subject"),
    "status": _("the ticket's status"),
    "priority": _("the ticket's priority"),
    "type": _("the ticket's type"),
    "device": _("the device"),
    "assignee": _("who works on it"),
    "technician": _("who writes: you, or the organisation for a rule"),
    "organisation": _("the organisation"),
    "rating": _("what the customer said of a solution"),
    "comment": _("the words beside a rating"),
    "writer": _("in notices: who wrote last"),
    "message": _("in notices: what the customer wrote"),
}
_PLACEHOLDER = re.compile(r"\{\{[ \t]*([a-z_]{1,20})[ \t]*(?:\|([^{}|\n]{0,80}))?\}\}")
_ANYTHING = re.compile(r"\{\{([^{}\n]{0,200})\}\}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced, once: what a value holds is never looked at again (A1).

    A value that is missing leaves what the placeholder says instead, or nothing. A word that means nothing
    stays as it is, so that its author sees it.
    """

    def put(match: re.Match[str]) -> str:
        word, instead = match[1], match[2] or ""
        return (values.get(word) or instead.strip()) if word in PLACEHOLDERS else match[0]

    return _PLACEHOLDER.sub(put, text)


def unknown_placeholders(text: str) -> list[str]:
    """What stands in double braces and means nothing, as it was written, each once."""
    found = [match[0] for match in _ANYTHING.finditer(text) if not _is_known(match[0])]
    return list(dict.fromkeys(found))


def _is_known(text: str) -> bool:
    match = _PLACEHOLDER.fullmatch(text)
    return match is not None and match[1] in PLACEHOLDERS


def first_name(name: str) -> str:
    """ "Anna" of "Anna Berg" and of "Berg, Anna"."""
    last, comma, rest = name.partition(",")
    words = (rest if comma and rest.strip() else last).split()
    return words[0] if words else ""
