"""One pattern of many phrases, a line each."""

import re


def any_of(lines: str, before: str = "", after: str = "", flags: int = 0) -> re.Pattern[str]:
    """The phrases as one pattern without regard to case; blank lines between languages do not count."""
    phrases = "|".join(line.strip() for line in lines.splitlines() if line.strip())
    return re.compile(f"{before}(?:{phrases}){after}", re.IGNORECASE | flags)
