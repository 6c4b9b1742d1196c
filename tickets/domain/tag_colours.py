"""The colours of tags: names of the design's own, so that they fit in both themes."""

from enum import StrEnum


class TagColour(StrEnum):
    GREY = ""
    BLUE = "open"
    VIOLET = "proc"
    AMBER = "wait"
    GREEN = "done"
    ORANGE = "high"
    RED = "danger"
