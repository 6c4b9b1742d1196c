"""Saved views: what a name for a list may be."""

from typing import Final

MAX_NAME: Final = 60
MAX_QUERY: Final = 1000
#: So many of one's own, of a team's or of everybody's: more is no list any more.
MAX_VIEWS: Final = 50
#: The dots of the design, by the name of their token.
COLOURS: Final = ("open", "proc", "wait", "done", "danger", "high")
EVERYBODY: Final = "all"
OWN: Final = "own"
TEAM: Final = "team-"
