"""Letters: the texts of our mails in the reader's language, as plain text and as HTML.

A letter is a pair of templates <app>/mails/<name>.body.txt and .body.html, perhaps with a .subject.txt; what
they say is translated in helpdesk/core/locale (scripts/messages).
"""

from collections.abc import Mapping
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils import translation

from helpdesk.core.models import Organisation

PLAIN_COLOR = "#0b6a77"


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


def write_subject(template: str, *, language: str, facts: Mapping[str, object]) -> str:
    """The subject of a letter that is about no ticket, on one line (A9)."""
    with translation.override(language):
        return " ".join(render_to_string(f"{template}.subject.txt", dict(facts)).split())
