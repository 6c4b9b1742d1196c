"""The agent's words. English is the source; catalogues lie in tray_agent/locale."""

import gettext
from pathlib import Path

_catalogue = gettext.translation("deskbell-agent", Path(__file__).parent / "locale", fallback=True)


def _(text: str) -> str:
    return _catalogue.gettext(text)
