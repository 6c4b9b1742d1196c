"""What a person has chosen: its file, and the hotkey that obeys it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tray_agent.combination import DEFAULT, Combination, objection
from tray_agent.personal import Personal
from tray_agent.ports import Hotkey, Taken
from tray_agent.preferences import KEPT, NAME, Preferences, load, save

F9 = Combination.parse("ctrl+shift+f9")


# --- the file ---
def test_without_a_file_it_is_ctrl_f12_with_a_picture(tmp_path: Path) -> None:
    assert load(tmp_path) == Preferences(DEFAULT, takes_picture=True)
    assert list(tmp_path.iterdir()) == []


def test_what_was_saved_comes_back_and_says_its_version(tmp_path: Path) -> None:
    save(tmp_path, Preferences(F9, takes_picture=False))
    assert load(tmp_path) == Preferences(F9, takes_picture=False)
    assert json.loads((tmp_path / NAME).read_text()) == {
        "version": 1, "hotkey": "ctrl+shift+f9", "screenshot": False,
    }  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[]", b"null", b"[" * 60_000, b'{"version": 1, "hotkey": "ctrl+f99"}',
     b'{"version": 1, "hotkey": "alt+f4"}', b'{"version": 1, "hotkey": 7}',
     b'{"version": 1, "screenshot": "no"}'],
)  # fmt: skip
def test_a_damaged_file_means_the_defaults_and_a_kept_copy(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    assert load(tmp_path) == Preferences()
    assert (tmp_path / KEPT).read_bytes() == content


def test_the_sound_half_of_a_damaged_or_newer_file_counts(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text('{"version": 1, "hotkey": "?", "screenshot": false}')
    assert load(tmp_path) == Preferences(DEFAULT, takes_picture=False)
    newer = '{"version": 2, "hotkey": "ctrl+shift+f9", "colour": "red"}'
    (tmp_path / NAME).write_text(newer)
    assert load(tmp_path) == Preferences(F9)
    assert (tmp_path / KEPT).read_text() == newer


def test_a_file_that_cannot_be_read_or_copied_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    assert load(tmp_path) == Preferences()
    (tmp_path / NAME).rmdir()
    (tmp_path / NAME).write_text("broken")
    (tmp_path / KEPT).mkdir()
    assert load(tmp_path) == Preferences()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["version", "hotkey", "screenshot"]), json_values))
def test_nothing_in_the_file_makes_a_hotkey_that_must_not_be(found: dict[str, object]) -> None:
    preferences, _is_sound = Preferences.from_json(found)
    assert objection(preferences.hotkey) == ""


# --- at work ---
@dataclass
class Keys:
    """ports.Hotkeys; remembers what listens."""

    taken: set[str] = field(default_factory=set)
    broken: bool = False
    on: list[str] = field(default_factory=list)
    press: dict[str, Callable[[], None]] = field(default_factory=dict)

    def hotkey(self, combination: Combination, pressed: Callable[[], None]) -> Hotkey:
        return Key(self, str(combination), pressed)

    def listener(self, combination: Combination, pressed: Callable[[], None]) -> Hotkey:
        return Key(self, f"also {combination}", pressed)


@dataclass
class Key:
    keys: Keys
    name: str
    pressed: Callable[[], None]
    way: str = "fake"

    def start(self) -> None:
        if self.keys.broken:
            raise OSError("no display")
        if self.name in self.keys.taken:
            raise Taken(self.name)
        self.keys.on.append(self.name)
        self.keys.press[self.name] = self.pressed

    def stop(self) -> None:
        self.keys.on.remove(self.name)


def test_a_new_hotkey_listens_at_once_and_after_a_restart(tmp_path: Path) -> None:
    keys, said = Keys(), list[str]()
    personal = Personal(tmp_path, keys)
    personal.changed, personal.pressed = lambda: said.append("changed"), lambda: said.append("pressed")
    assert personal.start() == ""
    assert personal.change_hotkey(F9) == ""
    assert keys.on == ["ctrl+shift+f9"]
    keys.press["ctrl+shift+f9"]()
    assert said == ["changed", "pressed"]
    personal.stop()
    assert keys.on == []
    again = Personal(tmp_path, keys)
    assert (again.start(), keys.on) == ("", ["ctrl+shift+f9"])


def test_a_combination_of_another_program_is_refused_and_the_old_one_goes_on(tmp_path: Path) -> None:
    keys = Keys(taken={"ctrl+shift+f9"})
    personal = Personal(tmp_path, keys)
    personal.start()
    sentence = personal.change_hotkey(F9)
    assert sentence == "Another program already uses Ctrl+Shift+F9. Take another one; Ctrl+F12 goes on."
    assert (personal.hotkey, keys.on, (tmp_path / NAME).exists()) == (DEFAULT, ["ctrl+f12"], False)
    keys.broken = True
    assert "does not give us" in personal.change_hotkey(Combination.parse("f7"))
    assert keys.on == ["ctrl+f12"]


def test_one_that_must_not_be_is_not_even_tried_and_the_same_one_is_no_change(tmp_path: Path) -> None:
    keys = Keys()
    personal = Personal(tmp_path, keys)
    assert "system" in personal.change_hotkey(Combination.parse("alt+f4"))
    assert personal.change_hotkey(DEFAULT) == ""
    assert keys.press == {}


def test_what_cannot_be_kept_is_not_begun(tmp_path: Path) -> None:
    keys = Keys()
    personal = Personal(tmp_path, keys)
    personal.start()
    (tmp_path / "preferences.new").mkdir()
    assert "disk full" in personal.change_hotkey(F9)
    assert (personal.hotkey, keys.on) == (DEFAULT, ["ctrl+f12"])
    assert "disk full" in personal.want_picture(is_wanted=False)
    assert personal.takes_picture


def test_a_combination_that_is_taken_at_the_start_is_shared_until_another_is_chosen(tmp_path: Path) -> None:
    keys = Keys(taken={"ctrl+f12"})
    personal = Personal(tmp_path, keys)
    assert "both will act" in personal.start()
    assert keys.on == ["also ctrl+f12"]
    assert personal.change_hotkey(F9) == ""
    assert keys.on == ["ctrl+shift+f9"]


def test_a_change_while_the_desk_has_switched_the_agent_off_is_kept_for_later(tmp_path: Path) -> None:
    keys = Keys()
    personal = Personal(tmp_path, keys)
    assert personal.change_hotkey(F9) == ""
    assert keys.on == []
    personal.start()
    assert keys.on == ["ctrl+shift+f9"]


def test_where_no_keys_can_be_heard_the_agent_goes_on(tmp_path: Path) -> None:
    personal = Personal(tmp_path, Keys(broken=True))
    assert personal.start() == ""
    personal.stop()


def test_the_picture_is_a_choice_that_lasts(tmp_path: Path) -> None:
    assert Personal(tmp_path, Keys()).want_picture(is_wanted=False) == ""
    assert Personal(tmp_path, Keys()).takes_picture is False
