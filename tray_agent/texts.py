"""The agent's words, in the language of Windows. English is the source, the others lie in locale."""

import gettext
import os
import sys
from pathlib import Path


def languages() -> list[str] | None:
    """What to look for, best first; None leaves it to gettext, which asks LANGUAGE, LC_ALL and LANG."""
    if wish := os.environ.get("DESKBELL_LANGUAGE"):
        return [wish]
    if sys.platform == "win32":
        import ctypes
        import locale

        number = ctypes.WinDLL("kernel32").GetUserDefaultUILanguage() & 0xFFFF
        return [locale.windows_locale.get(number, "en")]
    return None


_catalogue = gettext.translation(
    "deskbell-agent", Path(__file__).parent / "locale", languages=languages(), fallback=True
)
#: What the desk is asked to answer in: the language whose words we have.
LANGUAGE: str = _catalogue.info().get("language", "en") or "en"


def _(text: str) -> str:
    return _catalogue.gettext(text)
