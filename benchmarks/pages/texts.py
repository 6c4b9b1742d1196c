"""Texts as people write them to a helpdesk: few words in every second ticket, a long tail of names and codes.

Sentences are made once and drawn again and again, so that four million texts take a minute. The same seed
gives the same texts on every machine.
"""

import random
from pathlib import Path

_LINES = (Path(__file__).parent / "words.txt").read_text().splitlines()
_LISTS = {name: text.strip().split(" | ") for name, _, text in (line.partition(":") for line in _LINES)}
#: The most frequent first: the weights below follow Zipf's law, as in any language.
THINGS, TROUBLES, PLACES = _LISTS["things"], _LISTS["troubles"], _LISTS["places"]
PLEAS, REPLIES, FIRST = _LISTS["pleas"], _LISTS["replies"], _LISTS["first names"]
_SYLLABLES, ENDS = _LISTS["syllables"], _LISTS["name endings"]
MADE = 20_000


class Texts:
    """A fountain of names, subjects and texts, always the same for the same seed."""

    def __init__(self, seed: str) -> None:
        self.chance = chance = random.Random(seed)
        names = {chance.choice(_SYLLABLES) + chance.choice(_SYLLABLES) for _ in range(2000)}
        self.names = sorted({(name + end).capitalize() for name in names for end in ENDS})
        self.words = sorted({"".join(chance.choices(_SYLLABLES, k=3)) for _ in range(MADE)})
        self.things = chance.choices(THINGS, [1 / (rank + 2) for rank in range(len(THINGS))], k=MADE)
        self.asked = [self._asked() for _ in range(MADE)]
        self.told = [self._told() for _ in range(MADE)]

    def _asked(self) -> str:
        chance = self.chance
        kind = chance.random()
        if kind < 0.6:
            return f"The {self.thing()} {chance.choice(TROUBLES)} {chance.choice(PLACES)}."
        if kind < 0.85:
            return f"{chance.choice(PLEAS)}."
        return f"We use {self.word().capitalize()} {chance.randrange(2, 30)} with {self.word()}."

    def _told(self) -> str:
        chance = self.chance
        if chance.random() < 0.7:
            return f"{chance.choice(REPLIES)}."
        return f"I looked at the {self.thing()} of {chance.choice(self.names)} in {self.word().capitalize()}."

    def thing(self) -> str:
        return self.things[int(self.chance.random() * MADE)]

    def word(self) -> str:
        return self.words[int(self.chance.random() * len(self.words))]

    def name(self) -> str:
        chance = self.chance
        return f"{chance.choice(FIRST)} {self.names[int(chance.random() * len(self.names))]}"

    def subject(self) -> str:
        chance = self.chance
        return f"{self.thing().capitalize()} {chance.choice(TROUBLES)} {chance.choice(PLACES)}"

    def asked_text(self, number: int) -> str:
        """What a customer writes; one text in four names an error that nobody else has."""
        text = self._drawn(self.asked, 6)
        return f"{text}\nError ERR{number * 7 % 9_999_991:07d}" if self.chance.random() < 0.25 else text

    def told_text(self) -> str:
        return self._drawn(self.told, 4)

    def _drawn(self, pool: list[str], most: int) -> str:
        chance = self.chance.random
        return " ".join([pool[int(chance() * MADE)] for _ in range(2 + int(chance() * most))])
