"""What a browser sends of the composer, whatever it is sent for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

MOST_PEOPLE = 40


@dataclass(frozen=True, slots=True)
class Typed:
    kind: str = ""
    body: str = ""
    #: How much of the ticket its author has seen; `anyway` once they looked at what is new, which `looked`
    #: carries through the next question.
    seen: str = ""
    version: int = 0
    #: The files that wait for it, by their ids.
    kept: Sequence[str] = ()
    #: Who is left out, and who is on top, as typed.
    without: Sequence[str] = ()
    cc: str = ""
    people: Mapping[str, Any] = field(default_factory=dict)
    #: Told that tickets below are open, its author finishes this one all the same, by this status.
    finish: str = ""

    @classmethod
    def of(cls, post: QueryDict) -> "Typed":
        chosen = {address.lower() for address in post.getlist("to")}
        without = [one for one in post.getlist("offered")[:MOST_PEOPLE] if one.lower() not in chosen]
        version, cc = post.get("version", ""), post.get("cc", "")[:4000]
        return cls(
            kind=post.get("kind", ""),
            body=post.get("body", ""),
            seen=post.get("anyway") or post.get("looked") or post.get("seen", ""),
            version=int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0,
            kept=post.getlist("kept")[:MOST_PEOPLE],
            without=without,
            cc=cc,
            finish=post.get("finish", ""),
            people={"without": without, "cc": cc} if without or cc.strip() else {},
        )

    @property
    def copies(self) -> list[str]:
        """The addresses on top, each once: "anna@acme.example, Bert <bert@acme.example>"."""
        parts = [re.sub(r"^.*<(.*)>$", r"\1", part.strip()) for part in re.split(r"[,;\n]", self.cc)]
        found = [word for part in parts for word in (part.split() or [])]
        return list(dict.fromkeys(found))[:MOST_PEOPLE]
