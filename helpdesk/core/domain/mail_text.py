"""The organisation's own words in mails: plain text with placeholders, and nothing that could run.

`{{ name }}` is a fact of the mail; `{{ name | there }}` says what stands where it is missing. A text is
filled in one pass, so what somebody wrote into a fact stays as they wrote it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

PLACEHOLDER: Final = re.compile(r"\{\{\s*([a-z]+)\s*(?:\|\s*([^{}|]*?)\s*)?\}\}")
_BRACES: Final = re.compile(r"\{\{|\}\}|\{%|%\}")


@dataclass(frozen=True, slots=True)
class MailKind:
    """Which facts a letter has, without which it is no use, and those of its subject (none: not editable)."""

    template: str
    names: tuple[str, ...]
    needed: tuple[str, ...] = ()
    subject_names: tuple[str, ...] = ()


HOUSE: Final = ("house", "phone")  # every letter knows them
KINDS: Final = {
    "confirmation": MailKind("tickets/mails/confirmation", ("name", "number", "subject", *HOUSE)),
    "survey": MailKind(
        "tickets/mails/survey",
        ("name", "number", "subject", "happy", "neutral", "sad", "days", *HOUSE),
        ("happy", "neutral", "sad"),
        ("number", "subject"),
    ),
    "token": MailKind(
        "agents/mails/token", ("name", "token", "device", "until", *HOUSE), ("token",), ("house",)
    ),
    "invite": MailKind("core/mails/invite", ("name", "by", "url", *HOUSE), ("url",), ("house",)),
    "reset": MailKind("core/mails/reset", ("name", "url", *HOUSE), ("url",), ("house",)),
}
KIND_OF: Final = {kind.template: name for name, kind in KINDS.items()}


def wrong_placeholders(text: str, names: tuple[str, ...]) -> list[str]:
    """What stands between braces and is none of `names`, as it was typed."""
    known = [found[0] for found in PLACEHOLDER.finditer(text) if found[1] in names]
    unknown = [found[0] for found in PLACEHOLDER.finditer(text) if found[1] not in names]
    rest = PLACEHOLDER.sub("", text)
    return unknown + sorted(set(_BRACES.findall(rest)) - set(known))


def missing_placeholders(text: str, needed: tuple[str, ...]) -> list[str]:
    there = {found[1] for found in PLACEHOLDER.finditer(text)}
    return [name for name in needed if name not in there]


def fill(text: str, facts: Mapping[str, str], show: Callable[[str], str] = str) -> str:
    """`show` is applied to each fact, not to the words around it."""
    return PLACEHOLDER.sub(lambda found: show(facts.get(found[1], "") or found[2] or ""), text)


def as_html(text: str, facts: Mapping[str, str]) -> str:
    """Paragraphs, with every fact and every word escaped; a fact that is an address of the web is a link."""
    parts = re.split(r"\n\s*\n", text.strip())
    return "\n".join(f"<p>{_paragraph(part, facts)}</p>" for part in parts)


def _paragraph(part: str, facts: Mapping[str, str]) -> str:
    out, last = [], 0
    for found in PLACEHOLDER.finditer(part):
        out += [escape(part[last : found.start()]), _link(facts.get(found[1], "") or found[2] or "")]
        last = found.end()
    return "".join([*out, escape(part[last:])]).replace("\n", "<br>\n")


def _link(value: str) -> str:
    safe = escape(value)
    return f'<a href="{safe}">{safe}</a>' if re.fullmatch(r"https?://[^\s<>\"']+", value) else safe
