"""Names that somebody may have meant, and where in a text the words of a search stand."""

import re
from collections.abc import Collection, Iterable, Iterator

from tickets.domain.find import Asked, plain

MOST_INSTEAD = 3
#: Letters of an excerpt, and of those before the word.
_LONG, _BEFORE = 180, 16
_WORD = re.compile(r"[^\W_]+")


def likest(word: str, known: Iterable[str]) -> list[str]:
    """The known words with the fewest slips from this one: one slip in five letters, two in more."""
    most = 1 if len(word) <= 5 else 2
    slips = [(distance, name) for name in known if (distance := distance_of(word, name, most)) <= most]
    least = min(slips, default=(0, ""))[0]
    return sorted(name for distance, name in slips if distance == least)[:MOST_INSTEAD]


def distance_of(one: str, other: str, most: int) -> int:
    """How many letters to put in, take out, change or swap with a neighbour; above `most`: more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        here = [row]
        for column, against in enumerate(other, 1):
            cost = min(last[column] + 1, here[-1] + 1, last[column - 1] + (letter != against))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against:
                cost = min(cost, before[column - 2] + 1)
            here.append(cost)
        if min(here) > most:
            return most + 1
        before, last = last, here
    return last[-1]


def marked(text: str, asked: Asked) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is a word of the search."""
    whole = {word for term in asked.wanted for word in (term.instead or term.words)}
    begun = tuple(term.words[-1] for term in asked.wanted if term.may_go_on and not term.instead)
    at = 0
    for match in _WORD.finditer(text):
        word = plain(match[0])
        if word in whole or (begun and word.startswith(begun)):
            yield text[at : match.start()], False
            yield match[0], True
            at = match.end()
    yield text[at:], False


def shows(text: str, asked: Asked) -> bool:
    return any(is_hit for _piece, is_hit in marked(text, asked))


def excerpt_around(text: str, words: Collection[str]) -> str:
    """One line of the text, with the first word that begins like one of these near its start."""
    line = " ".join(text.split())
    begins = "|".join(map(re.escape, words))
    found = re.search(rf"(?<![^\W_])(?:{begins})", line, re.IGNORECASE)
    at = found.start() if found else 0
    start = max(0, line.rfind(" ", 0, at - _BEFORE) + 1) if at > _BEFORE else 0
    cut = line[start : start + _LONG]
    if start + len(cut) < len(line):
        cut = (cut.rpartition(" ")[0] or cut) + "…"
    return ("…" if start else "") + cut
