"""The languages that the desk speaks, each by its own name, and how days are written in them."""

import re

LANGUAGE_NAMES = {"en": "English", "de": "Deutsch", "fr": "Français", "it": "Italiano"}


def day_pattern(pattern: str, language: str) -> str:
    """How one writes a day there, in Django's letters: "24. Okt" in German; in French and Italian "24 oct"
    with a small letter, and no comma after the weekday.
    """
    if language.startswith("de"):
        return re.sub(r"\bj\b", "j.", pattern)
    return pattern.replace("l, ", "l ").replace("M", "b") if language[:2] in {"fr", "it"} else pattern


def mail_language(*wishes: str) -> str:
    """The first wish that we can write, like `de` for `de-CH`; English without one."""
    tags = (wish.replace("_", "-").partition("-")[0].lower() for wish in wishes)
    return next((tag for tag in tags if tag in LANGUAGE_NAMES), "en")
