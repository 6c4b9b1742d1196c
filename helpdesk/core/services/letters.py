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
from django.utils.safestring import mark_safe

from helpdesk.core.domain.mail_text import KIND_OF, as_html, fill
from helpdesk.core.links import absolute_url
from helpdesk.core.models import Organisation
from helpdesk.core.selectors.mail_texts import own_mail_texts
from helpdesk.core.selectors.organisation import organisation_name

PLAIN_COLOR = "#0b6a77"
_FIRST_MARK = 0xF0000  # private use: no text means anything by it
_MARKS = re.compile("[\U000f0000-\U000f00ff]")


class Letter(NamedTuple):
    text: str
    html: str


def write_letter(
    template: str, *, language: str, organisation: Organisation, facts: Mapping[str, object]
) -> Letter:
    """`template` is like `tickets/mails/reply`; every fact is escaped in the HTML (A1). The house's own
    words come before the standard ones.
    """
    if own := _own(template, language):
        return own_letter(own[1], language=language, organisation=organisation, facts=facts)
    return standard_letter(template, language=language, organisation=organisation, facts=facts)


def standard_letter(
    template: str, *, language: str, organisation: Organisation, facts: Mapping[str, object]
) -> Letter:
    """Whatever words the organisation has of its own."""
    context = {**_frame(language, organisation), **facts}
    with translation.override(language):
        text = render_to_string(f"{template}.body.txt", context)
        html = render_to_string(f"{template}.body.html", context)
    return Letter(text.strip("\n") + "\n", html)


def own_letter(
    body: str, *, language: str, organisation: Organisation, facts: Mapping[str, object]
) -> Letter:
    """The organisation's words, which are no template: placeholders are filled in and nothing runs."""
    known = _words(facts) | {"house": organisation.name, "phone": organisation.support_phone}
    inner = mark_safe(as_html(body, known))  # noqa: S308 (every word and fact of it is escaped there)
    with translation.override(language):
        html = render_to_string("mails/own.body.html", {**_frame(language, organisation), "inner": inner})
    return Letter(fill(body, known) + "\n", html)


def _frame(language: str, organisation: Organisation) -> dict[str, object]:
    color = organisation.brand_color or PLAIN_COLOR
    logo = absolute_url(f"/logo/{organisation.logo_id}/") if organisation.logo_id else ""
    return {"language": language, "organisation": organisation, "color": color, "logo": logo}


def _own(template: str, language: str) -> tuple[str, str] | None:
    kind = KIND_OF.get(template)
    return own_mail_texts().get((kind, language)) if kind else None


def _words(facts: Mapping[str, object]) -> dict[str, str]:
    """The facts as texts; those of a ticket by name."""
    words = {name: str(value) for name, value in facts.items() if value is not None}
    if ticket := facts.get("ticket"):
        words |= {name: str(getattr(ticket, name)) for name in ("number", "subject")}
    return words


def fill_letter(
    template: str, *, language: str, organisation: Organisation, words: Mapping[str, str]
) -> Letter:
    """As `write_letter` for a text that only shows its facts: rendered once and then filled in, many times
    as quick. The template may ask whether a word is given, nothing else about it.
    """
    house = (organisation.name, organisation.support_phone, organisation.brand_color, organisation.logo_id)
    given = tuple(name for name in sorted(words) if words[name])
    form = _form(template, language, house, given, _own(template, language))
    values = {chr(_FIRST_MARK + place): words[name] for place, name in enumerate(given)}
    # In one pass, so that a mark inside of a word stays a character.
    return Letter(
        text=_MARKS.sub(lambda mark: values.get(mark[0], mark[0]), form.text),
        html=_MARKS.sub(lambda mark: escape(values.get(mark[0], mark[0])), form.html),
    )


@lru_cache(maxsize=200)
def _form(
    template: str,
    language: str,
    house: tuple[str, str, str, str | None],
    given: tuple[str, ...],
    own: tuple[str, str] | None,
) -> Letter:
    name, support_phone, brand_color, logo = house
    organisation = Organisation(name=name, support_phone=support_phone, brand_color=brand_color, logo_id=logo)
    marks = {word: chr(_FIRST_MARK + place) for place, word in enumerate(given)}
    if own:
        return own_letter(own[1], language=language, organisation=organisation, facts=marks)
    return standard_letter(template, language=language, organisation=organisation, facts=marks)


def write_subject(template: str, *, language: str, facts: Mapping[str, object]) -> str:
    """The subject of a letter that is about no ticket, on one line (A9)."""
    own = _own(template, language)
    if own and own[0]:
        return " ".join(fill(own[0], _words(facts) | {"house": organisation_name()}).split())
    return standard_subject(template, language=language, facts=facts)


def standard_subject(template: str, *, language: str, facts: Mapping[str, object]) -> str:
    with translation.override(language):
        return " ".join(render_to_string(f"{template}.subject.txt", dict(facts)).split())
