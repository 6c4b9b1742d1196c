"""What stays of a person's words when the person has to go."""

import re
from collections.abc import Callable, Iterable

#: In the database, whatever the language of who reads it.
GONE = "Deleted person"
MARK = "[…]"
SHORTEST = 3


def eraser(words: Iterable[str]) -> Callable[[str], str]:
    """Takes each of the words out of a text, whatever its case, and the words of a name one by one.

    Parts shorter than three letters stay: they are in every text.
    """
    wanted = {part for word in words for part in (word, *word.split()) if len(part) >= SHORTEST}
    if not wanted:
        return lambda text: text
    longest_first = sorted(wanted, key=lambda word: (-len(word), word))
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
    return lambda text: pattern.sub(MARK, text)
