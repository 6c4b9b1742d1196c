"""Letters: the texts of our mails in the reader's language, as plain text and as HTML.

A letter is a pair of templates <app>/mails/<name>.body.txt and .body.html, perhaps with a .subject.txt; what
they say is translated in helpdesk/core/locale (scripts/messages).
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape

from helpdesk.core.models import Organisation

PLAIN_COLOR = "#0b6a77"
_FIRST_MARK = 0xF0000  # private use: no text means anything by it
_MARKS = re.compile("[\U000f0000-\U000f00ff]")


class Letter(NamedTuple):
    text: str
    html: str


def write_letter(
    template: str, *, language: str, organisation: Organisation, facts: Mapping[str, object]
) -> Letter:
    """`template` is like `tickets/mails/reply`; every fact is escaped in the HTML (A1)."""
    context = {
        "language": language,
        "organisation": organisation,
        "color": organisation.brand_color or PLAIN_COLOR,
        **facts,
    }
    with translation.override(language):
        text = render_to_string(f"{template}.body.txt", context)
        html = render_to_string(f"{template}.body.html", context)
    return Letter(text.strip("\n") + "\n", html)


def fill_letter(
    template: str, *, language: str, organisation: Organisation, words: Mapping[str, str]
) -> Letter:
    """As `write_letter` for a text that only shows its facts: rendered once and then filled in, many times
    as quick. The template may ask whether a word is given, nothing else about it.
    """
    house = (organisation.name, organisation.support_phone, organisation.brand_color)
    given = tuple(name for name in sorted(words) if words[name])
    form = _form(template, language, house, given)
    values = {chr(_FIRST_MARK + place): words[name] for place, name in enumerate(given)}
    # In one pass, so that a mark inside of a word stays a character.
    return Letter(
        text=_MARKS.sub(lambda mark: values.get(mark[0], mark[0]), form.text),
        html=_MARKS.sub(lambda mark: escape(values.get(mark[0], mark[0])), form.html),
    )


@lru_cache(maxsize=200)
def _form(template: str, language: str, house: tuple[str, str, str], given: tuple[str, ...]) -> Letter:
    name, support_phone, brand_color = house
    organisation = Organisation(name=name, support_phone=support_phone, brand_color=brand_color)
    marks = {word: chr(_FIRST_MARK + place) for place, word in enumerate(given)}
    return write_letter(template, language=language, organisation=organisation, facts=marks)


def write_subject(template: str, *, language: str, facts: Mapping[str, object]) -> str:
    """The subject of a letter that is about no ticket, on one line (A9)."""
    with translation.override(language):
        return " ".join(render_to_string(f"{template}.subject.txt", dict(facts)).split())
