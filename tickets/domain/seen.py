"""How much of a ticket somebody has seen: the newest message and the newest change."""

from typing import NamedTuple


class Seen(NamedTuple):
    message: int = 0
    activity: int = 0

    def __str__(self) -> str:
        return f"{self.message}.{self.activity}"

    @classmethod
    def read(cls, text: str) -> "Seen | None":
        """As a page sends it back; None when it says nothing that can be understood."""
        parts = text.split(".")
        if len(parts) != 2 or not all(p.isascii() and p.isdecimal() and len(p) < 19 for p in parts):
            return None
        return cls(int(parts[0]), int(parts[1]))
