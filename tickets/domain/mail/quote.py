"""Folds what a mail only repeats: the quoted mail under an answer, signatures, footers of phones.

Nothing is deleted, the reader opens the folded part with one click. On doubt (answers between the quoted
lines, a forwarded mail, nothing else in the mail) everything is shown.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tickets.domain.mail import quote_words as words
from tickets.domain.mail.html_text import MARK, split_html

#: A longer text is shown as it is: no person wrote it.
LONGEST = 1_000_000
_LONGEST_LINE = 400
_LONGEST_MARK = 160
_LOOKED_AT = 2_000
_SIGNATURE_LINES = 12
_UNLIMITED = 1_000_000
_HEADER_LINES = 25
_QUOTED = re.compile(r"\s{0,4}>(?!.*<<\s*$)")
_MAIL = re.compile(r"(?<=[^\s<>()@])@[\w.-]*\w")
_BARE_SENDER = re.compile(r"[^<>@:]{0,60}<\s?[^\s<>@]+@[\w.-]+>,?$")
_DATED = re.compile(r"\d{1,2}[:.h]\d{2}(?!\d)|(?:19|20)\d\d|\d{1,2}[./-]\s?\d{1,2}[./-]|\d[年년]")
_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}")
#: "On Mon, 3 ...", "Le lun. 15 ...", "tir. 18. apr. ...", "在 2018年": at most four words before a figure.
_START = re.compile(r"\W{0,4}(?:[^\W\d]+['’]?[.,]{0,2}\s+){0,4}[^\W\d]{0,2}[^\w\s]?\d")
_MYSELF = re.compile(r"\b(?:I|we|ich|wir|je|nous|j['’]ai|ik|wij|ho|jag|jeg|vi|minä|я|мы)\b", re.IGNORECASE)
_LEAD = re.compile(r"\W{0,3}(?:On|Am|Le|Il|El|Em|Op|Den|På|W|Dnia|Dne|Dňa|In data|Vào|Pada)\b.{0,40}$")
_BIDI = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
_GROUPWISE = re.compile(r"\s{0,3}>>> [^>]{0,80}(?:<[^<>]*@[^<>]*>|@)[^>]{0,80}>>>\s*$")
_WROTE = re.compile(r"\s*-{2,}.{1,80}\s(?:wrote|schrieb|a écrit|ha scritto|escribió)\s*:?\s*-{2,}\s*$", re.I)
_RULE = re.compile(r"[\s>*|]*(?:[-_=*─—–‐]{3,400}|[-_=‐]{2,80}[^-_=‐]{1,60}[-_=‐]{2,80})\s*")
_DASHES = re.compile(r"\s{0,3}(?:--|—|––)\s*")
_LONG_RULE = re.compile(r"\s{0,3}_{10,}\s*")
_DASHED_NAME = re.compile(r"-{1,2}\s?[A-Z][\w.]*(?:\s[A-Z][\w.]*){0,2}\s*")


def fold_quote(text: str, html: bool = False) -> tuple[str, str]:  # noqa: FBT001, FBT002 (the scorer's signature)
    """What the sender wrote for this mail, and what only repeats or decorates it (may be ""); plain text.

    HTML is cut by its structure first. The first part is never empty unless the text is.
    """
    if not html:
        return _fold(text)
    everything, own, quoted = split_html(text)
    visible, folded = _fold(own)
    if MARK in visible or not visible:
        return everything, ""
    return visible, _joined([part for part in (folded.replace(MARK, "").strip(), quoted) if part])


def is_forward(subject: str) -> bool:
    """Does the subject say that the mail carries another one?"""
    return bool(words.FORWARD_SUBJECT.match(subject))


def _fold(text: str) -> tuple[str, str]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > LONGEST:
        return text, ""
    lines = text.split("\n")
    ranges = _Scan(lines).ranges()
    shown, hidden, at = [], [], 0
    for start, end in ranges:
        shown += lines[at:start]
        hidden += lines[start:end]
        at = end
    shown += lines[at:]
    if not ranges or _is_blank(shown):
        return _joined(lines), ""
    return _joined(shown), _joined(hidden)


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines).strip("\n").rstrip()


def _is_blank(lines: Sequence[str]) -> bool:
    return not any(line.strip() for line in lines)


def _is_quoted(line: str) -> bool:
    return ">" in line[:5] and bool(_QUOTED.match(line))


class _Doubt(Exception):
    """The writer answered between the quoted lines."""


@dataclass(slots=True)
class _Scan:
    """One walk down the lines. `found` collects the ranges to fold."""

    lines: list[str]
    found: list[tuple[int, int]] = field(default_factory=list)
    #: Where a signature begins, and how many lines it may have; it counts once we see what ends it.
    signature: int = -1
    allowed: int = 0
    since: int = 0
    #: Has the writer said something yet?
    is_begun: bool = False
    #: Nothing before this line may be part of what comes.
    floor: int = 0

    def ranges(self) -> list[tuple[int, int]]:
        at, count = 0, len(self.lines)
        try:
            while at < min(count, _LOOKED_AT):
                line, before = self.lines[at], len(self.found)
                if not line.strip():
                    at += 1
                    continue
                if len(line) <= _LONGEST_MARK and words.FORWARDED.fullmatch(line):
                    count = at
                    break
                start, at = at, self._step(at)
                if len(self.found) == before:
                    self._stays(at - start)
        except _Doubt:
            return []
        self._end_signature(count)
        return self.found

    def _stays(self, lines: int) -> None:
        self.is_begun = True
        self.since += lines

    def _step(self, at: int) -> int:
        """Looks at one line; the line to look at next."""
        line, end = self.lines[at], len(self.lines)
        if len(line) <= _LONGEST_MARK and _announces_a_quote(line):
            return self._take(at, end)
        if _is_quoted(line):
            return self._quoted(at)
        if len(line) > _LONGEST_LINE:
            return at + 1
        if _header_block(self.lines, at):
            return self._take(_with_rules(self.lines, at, self.floor), end)
        start = _attribution(self.lines, at, self.floor)
        if start is not None:
            return self._attributed(start, at)
        self._look_for_signature(at)
        return at + 1

    def _attributed(self, start: int, last: int) -> int:
        start, quote = _with_rules(self.lines, start, self.floor), _next_full(self.lines, last + 1)
        if quote is None or not _is_quoted(self.lines[quote]):
            return self._take(start, len(self.lines))
        return self._take(start, self._block_end(quote))

    def _quoted(self, at: int) -> int:
        """Quoted lines without an introduction: folded at the end or at the top, kept as a citation else."""
        end = self._block_end(at)
        is_last = _next_full(self.lines, end) is None
        if self.lines[at].strip() == MARK or (end - at > 1 and (is_last or not self.is_begun)):
            return self._take(at, end)
        return end

    def _block_end(self, at: int) -> int:
        """The end of the quote that begins here; `_Doubt` if more quotes follow after words of the writer."""
        lines, end, count = self.lines, at + 1, len(self.lines)
        for here in range(at + 1, count):
            line = lines[here]
            if not line.strip():
                continue
            if _is_quoted(line) or _is_wrapped(lines, here, at) or _attribution(lines, here, end) is not None:
                end = here + 1
            else:
                break
        if any(_is_quoted(line) for line in lines[end:]):
            raise _Doubt
        return end

    def _take(self, start: int, end: int) -> int:
        start = self._signature_before(start)
        self.found.append((start, end))
        self.signature, self.floor = -1, end
        return end

    def _end_signature(self, end: int) -> None:
        start = self._signature_before(end)
        if start < end:
            self.found.append((start, end))

    def _signature_before(self, end: int) -> int:
        """`end`, or the start of the signature that reaches it."""
        return self.signature if self.signature >= 0 and self.since <= self.allowed + 1 else end

    def _look_for_signature(self, at: int) -> None:
        allowed = _signature_length(self.lines[at])
        if allowed < 0 or not self.is_begun:
            return
        if self._signature_before(at) == at:
            self.signature, self.allowed, self.since = at, allowed, 0
        else:
            self.allowed = max(self.allowed, allowed)


def _announces_a_quote(line: str) -> bool:
    """All below this line is quoted."""
    return bool(
        words.ORIGINAL.fullmatch(line)
        or words.ABOVE.fullmatch(line)
        or _WROTE.match(line)
        or _GROUPWISE.match(line)
    )


def _signature_length(line: str) -> int:
    """How many lines may follow if this line begins a signature; -1 if it does not begin one."""
    if _DASHES.fullmatch(line):
        return _SIGNATURE_LINES
    if _LONG_RULE.fullmatch(line):
        return _SIGNATURE_LINES // 2
    if _is_mobile_footer(line):
        return _UNLIMITED
    return 0 if _DASHED_NAME.fullmatch(line) else -1


def _is_mobile_footer(line: str) -> bool:
    """ "Sent from my iPhone", but not "Sent from my desk, which is easier than my phone." """
    text = re.sub(r"[<(\[]?(?:https?|mailto):\S*", "", line).strip()
    if len(text) > 80 or len(text.split()) > 9 or "," in text or text.endswith((":", "?")):
        return False
    return bool(words.MOBILE.fullmatch(text) and words.DEVICE.search(text))


def _next_full(lines: Sequence[str], at: int) -> int | None:
    return next((here for here in range(at, len(lines)) if lines[here].strip()), None)


def _is_wrapped(lines: Sequence[str], at: int, first: int) -> bool:
    """A quoted line that the mail program broke: its second half has lost the mark."""
    before, line = lines[at - 1], lines[at].strip()
    if at - 1 < first or not before.strip():
        return False
    if re.match(r"[<(]?https?://", line) or (" " not in line and "://" in before.split()[-1]):
        return True
    length = len(before.rstrip())
    if line[0].islower() and length >= 60:
        return _is_quoted((*lines[at + 1 : at + 2], "")[0])
    return length + len(line.split()[0]) >= 74 and not before.rstrip().endswith((".", "?", "!", ":"))


def _header_block(lines: Sequence[str], at: int) -> bool:
    """Do the header lines of a quoted mail begin here (From, Sent, To, Subject in any language)?"""
    first = _header_role(lines[at])
    if first not in {"sender", "date", "subject"}:
        return False
    roles, plain, last, is_after_blank = {first}, 0, at, False
    for here in range(at + 1, min(at + _HEADER_LINES, len(lines))):
        if not lines[here].strip():
            if is_after_blank:
                break
            is_after_blank = True
            continue
        role = _header_role(lines[here])
        plain = 0 if role else plain + 1
        if plain > 2 or (plain and is_after_blank):
            break
        is_after_blank = False
        if role:
            roles.add(role)
            last = here
    text = "\n".join(line[:_LONGEST_LINE] for line in lines[at : last + 2])
    if len(roles) >= 3:
        return "subject" in roles or bool(_MAIL.search(text) or _CLOCK.search(text))
    return "date" in roles and bool(roles & {"sender", "to"}) and bool(_MAIL.search(text))


def _header_role(line: str) -> str:
    if not (":" in line[:40] or "：" in line[:40]):
        return ""
    match = words.HEADER.match(line[:_LONGEST_LINE])
    return next((role for role in ("sender", "date", "to", "subject") if match[role]), "") if match else ""


def _with_rules(lines: Sequence[str], at: int, floor: int) -> int:
    """Takes the rules and marks right above along ("____", "----- Something -----")."""
    here = at - 1
    while here >= floor and (not lines[here].strip() or _RULE.fullmatch(lines[here])):
        at = here if lines[here].strip() else at
        here -= 1
    return at


def _attribution(lines: Sequence[str], at: int, floor: int) -> int | None:
    """Where "On ... wrote:" begins if it ends at this line; it may be broken over four lines."""
    last = lines[at].translate(_BIDI).rstrip()
    if len(last) > _LONGEST_LINE:
        return None
    has_colon = last.endswith((":", "："))
    following = _next_full(lines, at + 1)
    is_quoting = following is not None and _is_quoted(lines[following])
    if not (has_colon or is_quoting or words.VERBS.search(last, max(0, len(last) - 20))):
        return None
    joined = ""
    loose: int | None = None
    for start in range(at, max(floor, at - 4) - 1, -1):
        if not lines[start].strip():
            break
        joined = f"{lines[start].translate(_BIDI).strip(' >*')} {joined}".strip()
        if len(joined) > _LONGEST_LINE:
            break
        if _is_dated_attribution(joined, has_colon, is_quoting):
            return _widened(lines, start, floor)
        if loose is None and _is_loose_attribution(joined, has_colon, is_quoting):
            loose = start
    return loose


def _is_dated_attribution(text: str, has_colon: bool, is_quoting: bool) -> bool:  # noqa: FBT001
    """A date, then who wrote, or at least an address. "On 3 March I wrote to you:" is none."""
    begin = _START.match(text)
    if not (begin and _DATED.search(text)):
        return False
    verb, mail = words.VERBS.search(text, begin.end()), _MAIL.search(text)
    if is_quoting and (verb or mail):
        return True
    if verb:
        return (has_colon and not (_MYSELF.search(text) and not mail)) or (
            bool(mail) and verb.end() > len(text) - 4
        )
    return bool(mail) and has_colon and bool(_CLOCK.search(text))


def _is_loose_attribution(text: str, has_colon: bool, is_quoting: bool) -> bool:  # noqa: FBT001
    """Without a date in front: "Bob <bob@example.com> wrote:", "Bob <bob@example.com> [2026-03-03]:"."""
    if not has_colon:
        return False
    mail = bool(_MAIL.search(text))
    return (
        (mail or is_quoting)
        if words.VERBS.search(text)
        else mail and is_quoting and bool(_DATED.search(text))
    )


def _widened(lines: Sequence[str], start: int, floor: int) -> int:
    """The line before belongs to it too if it is a bare sender or a bare "On Monday,"."""
    before = lines[start - 1].strip() if start > floor else ""
    is_part = bool(before) and bool(_BARE_SENDER.fullmatch(before) or _LEAD.fullmatch(before))
    return start - 1 if is_part and not re.search(r"[.!?:]$", before) else start
