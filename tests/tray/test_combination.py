"""Which combinations of keys can be the hotkey."""

import pytest

from tray_agent.combination import DEFAULT, KEYSYMS, Combination, key_of, objection


@pytest.mark.parametrize(
    ("text", "shown"),
    [("ctrl+f12", "Ctrl+F12"), ("shift+ctrl+f9", "Ctrl+Shift+F9"), ("f7", "F7"), ("win+f3", "Win+F3"),
     ("ctrl+shift+page_up", "Ctrl+Shift+Page Up"), ("win+alt+shift+ctrl+5", "Ctrl+Alt+Shift+Win+5")],
)  # fmt: skip
def test_a_combination_is_read_and_shown_in_one_order(text: str, shown: str) -> None:
    assert Combination.parse(text).shown() == shown
    assert Combination.parse(str(Combination.parse(text))) == Combination.parse(text)


@pytest.mark.parametrize(
    "text", ["", "ctrl", "ctrl+", "ctrl+f25", "ctrl+ctrl+f9", "hyper+f9", "CTRL+F9", "ctrl + f9"]
)
def test_what_names_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no combination"):
        Combination.parse(text)


@pytest.mark.parametrize(
    "text",
    ["ctrl+f12", "ctrl+shift+f9", "f2", "shift+f5", "alt+f1", "win+f9", "ctrl+shift+a", "alt+h",
     "ctrl+shift+alt+q", "ctrl+5", "ctrl+alt+insert", "ctrl+win+t", "ctrl+pause"],
)  # fmt: skip
def test_these_can_be_the_hotkey(text: str) -> None:
    assert objection(Combination.parse(text)) == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [("ctrl+alt+delete", "system"), ("alt+f4", "system"), ("win+l", "system"), ("win+space", "system"),
     ("win+f1", "system"), ("alt+tab", "system"), ("f10", "system"), ("ctrl+shift+esc", "system"),
     ("f1", "help"), ("a", "typing"), ("shift+a", "typing"), ("space", "typing"), ("shift+left", "typing"),
     ("ctrl+c", "copy"), ("ctrl+left", "copy"), ("ctrl+alt+q", "@"), ("ctrl+alt+end", "support session")],
)  # fmt: skip
def test_these_are_refused_and_the_sentence_names_a_good_one(text: str, why: str) -> None:
    sentence = objection(Combination.parse(text))
    assert why in sentence
    assert "Take" in sentence or "Press" in sentence
    assert "%" not in sentence


def test_the_default_and_what_the_sentences_propose_are_good() -> None:
    for text in ("ctrl+shift+f9", "ctrl+f1"):
        assert objection(Combination.parse(text)) == ""
    assert objection(DEFAULT) == ""


def test_a_key_is_known_by_its_number_on_windows_and_by_its_name_under_x() -> None:
    assert [key_of("exclam", 0x31, is_windows=True), key_of("F9", 0x78, is_windows=True)] == ["1", "f9"]
    assert [key_of(name, 0, is_windows=False) for name in ("A", "F9", "Prior", "ISO_Left_Tab", "exclam")] == [
        "a", "f9", "page_up", "tab", "",
    ]  # fmt: skip
    assert key_of("x", 0xFF, is_windows=True) == ""
    assert {key_of(keysym, 0, is_windows=False) for keysym in KEYSYMS.values()} == set(KEYSYMS)
