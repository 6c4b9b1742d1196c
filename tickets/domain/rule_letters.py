"""Placeholders like {{ number }} in what rules write."""

import re
from collections.abc import Mapping

PLACEHOLDERS = ("number", "subject", "name", "status", "priority", "organisation")
_PLACEHOLDER = re.compile(r"\{\{[ \t]*([a-z_]{1,20})[ \t]*\}\}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced, once: what a value holds is never looked at again (A1).

    A word that means nothing stays as it is, so that its author sees it.
    """
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)
