"""Colleagues in a text: `@Mara Lindholm`, or `@Mara` where there is one Mara."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

#: More are no call but a list.
MOST = 20


def mentioned(text: str, names: Mapping[int, str]) -> list[int]:
    """The keys of those whom the text calls, each once, in the order of the text.

    An address (anna@mara.example) calls nobody; of two names the longer one is meant.
    """
    keys = {word.casefold(): key for key, word in _words(names)}
    pattern = _pattern(keys)
    called = [" ".join(match[1].split()) for match in pattern.finditer(text)] if pattern else []
    return list(dict.fromkeys(keys[name.casefold()] for name in called))[:MOST]


def pattern_of(names: Iterable[str]) -> "re.Pattern[str] | None":
    """Finds `@name` with the name as its first group; None without names."""
    return _pattern({word.casefold() for _key, word in _words(dict(enumerate(names)))})


def _words(names: Mapping[int, str]) -> list[tuple[int, str]]:
    """Whole names, and first names that only one bears."""
    whole = [(key, " ".join(name.split())) for key, name in names.items() if name.split()]
    bearers = Counter(name.split()[0].casefold() for _key, name in whole)
    doubled = Counter(name.casefold() for _key, name in whole)
    first = [(key, name.split()[0]) for key, name in whole if bearers[name.split()[0].casefold()] == 1]
    return [*first, *((key, name) for key, name in whole if doubled[name.casefold()] == 1)]


def _pattern(words: Iterable[str]) -> "re.Pattern[str] | None":
    longest_first = sorted(words, key=len, reverse=True)
    if not longest_first:
        return None
    names = "|".join(re.escape(word).replace("\\ ", r"\s+") for word in longest_first)
    return re.compile(rf"(?<![\w@.])@({names})(?!\w)", re.IGNORECASE)
