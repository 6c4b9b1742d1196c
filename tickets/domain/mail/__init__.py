"""Mail as it is: `parse` reads the bytes of one mail; plain Python, no Django.

What needs an HTML parser is loaded when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tickets.domain.mail.parse import parse
from tickets.domain.mail.parsed import Address, Bounced, MailFile, ParsedMail

if TYPE_CHECKING:
    from tickets.domain.mail.html import clean_html, is_remote_picture_in
    from tickets.domain.mail.html_text import html_to_text
    from tickets.domain.mail.quote import fold_quote

_LATER = {
    "clean_html": "html",
    "is_remote_picture_in": "html",
    "html_to_text": "html_text",
    "fold_quote": "quote",
}

__all__ = [
    "Address",
    "Bounced",
    "MailFile",
    "ParsedMail",
    "clean_html",
    "fold_quote",
    "html_to_text",
    "is_remote_picture_in",
    "parse",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 — the functions above
    if name not in _LATER:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
