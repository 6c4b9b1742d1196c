"""What an HTML mail says, in plain text; the quoted mail in it is known by the structure of the page."""

import re
from typing import Final

import lxml.etree
import lxml.html
from inscriptis import Inscriptis
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig
from lxml.etree import XPath
from lxml.html import HtmlElement

from tickets.domain.mail.quote_words import FORWARDED
from tickets.domain.mail.tags import without_tags

_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
_PICTURES: Final = re.compile(r"data:image/[^\s\"'<>]{100,}", re.IGNORECASE)
LONGEST: Final = 1_000_000
MOST_TAGS: Final = 20_000
#: A line that stands for a quote taken out; the private character cannot come from the mail.
MARK: Final = ">\ue000"
_END: Final = ">\ue001"
_PRIVATE: Final = re.compile("[\x00\ue000\ue001]")
_CONFIG: Final = ParserConfig(css=CSS_PROFILES["strict"])
_BLANK_LINES: Final = re.compile(r"\n[ \t\xa0]*(?:\n[ \t\xa0]*)+\n")
#: Elements that hold the quoted mail, each in the way of one mail program.
_QUOTES: Final = XPath(
    "//*[contains(concat(' ', @class, ' '), ' gmail_quote ')] | //*[contains(@class, 'gmail_quote_')]"
    " | //blockquote[@type='cite'] | //*[contains(@class, 'moz-cite-prefix')]"
    " | //*[contains(@class, 'yahoo_quoted')] | //*[contains(@class, 'protonmail_quote')]"
    " | //*[contains(@class, 'tutanota_quote')] | //*[contains(@class, 'zmail_extra')]"
    " | //*[contains(@class, 'gmail_attr')] | //*[@id='OLK_SRC_BODY_SECTION']"
    " | //*[@id='mail-editor-reference-message-container'] | //*[@id='isReplyContent']"
    " | //*[contains(@class, 'AppleOriginalContents')] | //*[@name='quote' and @class='quote']"
    " | //blockquote[@id='replyBlockquote'] | //*[contains(@class, 'mail-quote-collapse')]"
    " | //*[contains(@class, 'quote-wrapper')] | //*[@name='messageReplySection']"
    " | //*[contains(@class, 'front-blockquote')] | //*[contains(@class, 'airmail_ext_on')]"
)
_SIGNATURES: Final = XPath(
    "//*[contains(@class, 'gmail_signature')] | //*[contains(@class, 'moz-signature')]"
    " | //*[@id='ms-outlook-mobile-signature'] | //*[@id='AppleMailSignature']"
    " | //*[@id='ymail_android_signature'] | //*[contains(@class, 'protonmail_signature_block')]"
)
#: Elements from which on all the rest is the quoted mail.
_FROM_HERE: Final = XPath(
    "//*[@id='divRplyFwdMsg'] | //*[@id='x_divRplyFwdMsg'] | //*[@id='appendonsend']"
    " | //*[@id='oriMsgHtmlSeperator'] | //*[@id='reply139content'] | //*[@id='zmOrigHeader']"
    " | //*[@name='_MailOriginal'] | //hr[@id='stopSpelling']"
    " | //div[starts-with(translate(@style, ' ', ''), 'border:none;border-top:solid')]"
    " | //*[contains(@class, 'OutlookMessageHeader')] | //*[@id='quotedMessage']"
)


def html_to_text(html: str) -> str:
    """The words of an HTML mail as lines of text; tables keep their columns."""
    tree = _parsed(html)
    return _crude(html) if tree is None else _text(tree) or _crude(html)


def split_html(html: str) -> tuple[str, str, str]:
    """The whole text, the text with a line `MARK` for each quoted mail that was taken out, the quotes."""
    tree = _parsed(html)
    if tree is None:
        return _crude(html), _crude(html), ""
    everything = _text(tree) or _crude(html)
    taken = [_text(part) for part in _take_quotes(tree)]
    own, end, rest = _text(tree).partition(_END)
    return (
        everything,
        own + MARK if end else own,
        "\n\n".join(part for part in (*taken, rest.strip()) if part),
    )


def _parsed(html: str) -> HtmlElement | None:
    """The tree of the page; None if there is none, or one too large to walk."""
    html = _DECLARATION.sub("", _PRIVATE.sub("", _PICTURES.sub("", html)))
    if not html.strip() or len(html) > LONGEST or html.count("<") > MOST_TAGS:
        return None
    try:
        return lxml.html.document_fromstring(html)
    except (lxml.etree.LxmlError, ValueError, AssertionError):
        return None


def _crude(html: str) -> str:
    """The words without the structure."""
    return " ".join(without_tags(html).split())


def _text(tree: HtmlElement) -> str:
    text = Inscriptis(tree, _CONFIG).get_text()
    lines = "\n".join(line.rstrip() for line in text.replace("\xa0", " ").split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip("\n").rstrip()


def _take_quotes(tree: HtmlElement) -> list[HtmlElement]:
    """Takes the quoted mails (and the signatures) out of the tree, in their order."""
    taken = [_removed(node, mark="") for node in _SIGNATURES(tree) if _is_part(node, tree)]
    taken += [_removed(node, mark=MARK) for node in _QUOTES(tree) if _is_part(node, tree)]
    for node in _FROM_HERE(tree)[:1]:
        node.addprevious(_paragraph(_END))
    return taken


def _is_part(node: HtmlElement, tree: HtmlElement) -> bool:
    """Still in the tree, not its top, and no forwarded mail: that one is meant to be read."""
    is_inside = node is not tree and any(above is tree for above in node.iterancestors())
    return is_inside and not _is_forwarded(node)


def _is_forwarded(node: HtmlElement) -> bool:
    first = next((line for line in node.text_content()[:400].splitlines() if line.strip()), "")
    return bool(FORWARDED.match(first))


def _removed(node: HtmlElement, *, mark: str) -> HtmlElement:
    placeholder = _paragraph(mark)
    placeholder.tail, node.tail = node.tail, None
    node.getparent().replace(node, placeholder)
    return node


def _paragraph(text: str) -> HtmlElement:
    paragraph = lxml.html.Element("p")
    paragraph.text = text
    return paragraph
