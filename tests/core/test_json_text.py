import json

import pytest

from helpdesk.core.domain.json_text import read_json
from helpdesk.core.domain.search import LONGEST_SEARCH, search_text


def test_json_is_read_as_it_is() -> None:
    value = {"a": [1, 2.5, None, True, {"b": "C:\\x\t😀"}]}
    assert read_json(json.dumps(value)) == value


def test_half_an_emoji_becomes_the_replacement_character_everywhere() -> None:
    assert read_json(r'{"a\ud83d": ["\udfffb", "\ud83d\ude00"]}') == {"a\ufffd": ["\ufffdb", "😀"]}


@pytest.mark.parametrize(
    "text", ["", "{", "NaN", "[-Infinity]", "[" * 100_000, '{"a":' * 100_000, "1" * 5000]
)
def test_what_is_no_json_or_nests_too_deep_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_json(text)


def test_a_search_is_short_and_without_nul() -> None:
    assert search_text(" \0PC\0 ") == "PC"
    assert search_text("x" * 100_000) == "x" * LONGEST_SEARCH
