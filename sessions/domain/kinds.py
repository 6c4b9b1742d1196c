"""Where a request came from, how it ended, and what its activity says."""

from enum import StrEnum
from typing import Final


class Origin(StrEnum):
    HAND = "hand"
    TICKET = "ticket"
    PAGE = "page"
    SOS = "sos"
    AGENT = "agent"
    API = "api"


class Reason(StrEnum):
    """Why somebody closed a request."""

    DONE = "done"
    NO_ANSWER = "no_answer"
    NOT_NEEDED = "not_needed"
    OTHER = "other"
    #: Of the customer, and of nobody else.
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"
    UNKNOWN = "unknown"


class Verb(StrEnum):
    CREATED = "created"
    JOINED = "joined"
    LEFT = "left"
    #: Its connection fell silent.
    LOST = "lost"
    STATUS = "status"
    TAKEN = "taken"
    ASSIGNED = "assigned"
    TEAM = "team"
    KEY_USED = "key_used"
    KEY_RENEWED = "key_renewed"
    KEY_WITHDRAWN = "key_withdrawn"
    CANCELLED = "cancelled"
    OUTCOME = "outcome"


MOST_NAME: Final = 100
MOST_EMAIL: Final = 254
MOST_DESCRIPTION: Final = 10_000
MOST_WAITING_MESSAGE: Final = 1_000
MOST_CUSTOM_DATA: Final = 4_000
MOST_CLOSING_NOTE: Final = 1_000
