"""What a mail says to a reader: the text, the history it repeats, and HTML that may be shown."""

from dataclasses import dataclass

from tickets.domain.mail.html import clean_html
from tickets.domain.mail.html_text import html_to_text
from tickets.domain.mail.parse import parse
from tickets.domain.mail.parsed import ParsedMail
from tickets.domain.mail.quote import fold_quote, is_forward
from tickets.domain.text import clean_body

#: What is longer stays whole in the original only; nobody reads it in a time line.
MAX_TEXT = 100_000
MAX_HTML = 2_000_000
CUT = "\n\n[…]"


@dataclass(frozen=True, slots=True)
class Letter:
    """`text` is everything that was written; `visible` and `folded` are its two parts."""

    text: str = ""
    visible: str = ""
    folded: str = ""
    html: str = ""


def read(raw: bytes) -> tuple[ParsedMail, Letter]:
    """A mail and what it says; like `parse`, whatever the bytes are."""
    mail = parse(raw)
    return mail, Letter() if mail.is_unparsed else compose(mail)


def compose(mail: ParsedMail) -> Letter:
    """What a reader gets to see. Where HTML is beyond reading, the plain text has to do."""
    try:
        return _composed(mail)
    except Exception:  # noqa: BLE001 - the HTML of strangers must not cost us their words
        text = _limited(mail.text)
        return Letter(text, text)


def _composed(mail: ParsedMail) -> Letter:
    """A mail that answers another one is folded; a first one, or one that carries another, is shown whole:
    what it quotes is its story.
    """
    html = clean_html(mail.html) if mail.html and len(mail.html) <= MAX_HTML else ""
    text = _limited(mail.text if mail.text.strip() else html_to_text(mail.html))
    if is_forward(mail.subject) or not (mail.in_reply_to or mail.references):
        return Letter(text, text, "", html)
    has_text = bool(mail.text.strip())
    visible, folded = fold_quote(text) if has_text else fold_quote(mail.html[:MAX_HTML], html=True)
    return Letter(text, _limited(visible), _limited(folded), html)


def _limited(text: str) -> str:
    text = clean_body(text)
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + CUT
