"""Where a ticket came from and what its parts are."""

from enum import StrEnum


class Source(StrEnum):
    AGENT = "agent"
    CONSOLE = "console"
    API = "api"
    MAIL = "mail"


class MessageKind(StrEnum):
    CUSTOMER = "customer"
    REPLY = "reply"
    NOTE = "note"


class AttachmentKind(StrEnum):
    SCREENSHOT = "screenshot"
    FILE = "file"


class Verb(StrEnum):
    """What an activity line says; the first four mark entries that the page shows in full anyway."""

    REPLIED = "replied"
    NOTED = "noted"
    WROTE = "wrote"
    OPENED = "opened"
    CHANGED = "changed"
    TAKEN = "taken"
    REOPENED = "reopened"
    FOLLOWED_UP = "followed-up"
    MISSED = "missed"
    #: The customer said how it went.
    RATED = "rated"
    #: Merged, split off, or taken back: `field` says which.
    MERGED = "merged"
    #: What mail did besides speaking: `field` says what.
    MAIL = "mail"


#: Verbs whose entry stands in the time line as a message of its own.
SPOKEN: frozenset[Verb] = frozenset({Verb.REPLIED, Verb.NOTED, Verb.WROTE})
