"""The time zones of the IANA database, by name."""

import zoneinfo
from functools import cache


@cache
def zone_names() -> tuple[str, ...]:
    """Those that people choose from, in order. Kept: to list them, Python opens six hundred files."""
    return tuple(sorted(name for name in zoneinfo.available_timezones() if "/" in name or name == "UTC"))
