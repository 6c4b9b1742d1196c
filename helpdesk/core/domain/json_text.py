"""JSON of strangers: what Python's reader lets through and the rest of the house could not bear."""

import json
import re
from typing import NoReturn

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def read_json(text: str) -> object:
    """The value; ValueError for broken JSON, NaN, Infinity and what nests too deep.

    Half an emoji (`"\\ud83d"`) is legal JSON, yet no answer, mail or database can hold it: it becomes U+FFFD.
    """
    try:
        return _mended(json.loads(text, parse_constant=_refuse))
    except RecursionError:
        raise ValueError("Nested too deep") from None


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _mended(value: object) -> object:
    match value:
        case str():
            return _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", value)
        case list():
            return [_mended(entry) for entry in value]
        case dict():
            return {_mended(name): _mended(entry) for name, entry in value.items()}
        case _:
            return value
