"""What notices are about: the apps above open a door for each kind of thing. Rights are theirs to ask."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from helpdesk.core.models import User


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing as this reader may see it: "#7", its title, where it is."""

    label: str
    title: str
    url: str


#: Of a user and ids as text: those that the user may see at this moment, and no others.
Door = Callable[[User, Collection[str]], Mapping[str, Subject]]

_doors: dict[str, Door] = {}
_speakers: list[Callable[[str], str]] = []


def speaker(fn: Callable[[str], str]) -> Callable[[str], str]:
    """Registers who says a kept name in the language that is active: a rule is named in the reader's."""
    _speakers.append(fn)
    return fn


def spoken_name(who: str) -> str:
    for speak in _speakers:
        who = speak(who)
    return who


def door(kind: str) -> Callable[[Door], Door]:
    """Registers who answers for `kind`: that of "ticket:7" is "ticket", its id "7"."""

    def register(fn: Door) -> Door:
        _doors[kind] = fn
        return fn

    return register


def subjects_for(user: User, abouts: Collection[str]) -> dict[str, Subject]:
    """Of "ticket:7" and the like those that the user may see. One call for each kind."""
    wanted: dict[str, list[str]] = {}
    for about in set(abouts):
        kind, _colon, ref = about.partition(":")
        if kind in _doors:
            wanted.setdefault(kind, []).append(ref)
    return {
        f"{kind}:{ref}": subject
        for kind, refs in wanted.items()
        for ref, subject in _doors[kind](user, refs).items()
    }
