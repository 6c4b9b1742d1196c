"""Shortcuts with other keys: a clash is refused, who keeps its own key comes first."""

import pytest

from helpdesk.core.domain.keys import PLACES, SINGLES, Clash, chosen, rebind
from helpdesk.core.errors import Invalid
from helpdesk.core.models import User
from helpdesk.core.services.keys import change_keys

NAMES = {each: each for each in (*SINGLES, *PLACES)}


def test_standard_keys_never_clash() -> None:
    assert rebind({}) == ({}, [])
    assert len(set(SINGLES)) == len(SINGLES)


def test_only_what_differs_is_stored() -> None:
    assert rebind({"i": "Y", "m": "m", "g t": "x", "?": ""}) == ({"i": "y", "g t": "x"}, [])


def test_two_shortcuts_can_change_places() -> None:
    assert rebind({"r": "m", "m": "r"}) == ({"r": "m", "m": "r"}, [])


def test_a_key_that_another_shortcut_has_is_refused() -> None:
    assert rebind({"i": "r"})[1] == [Clash("i", "r", "r")]
    assert rebind({"m": "y", "r": "y"})[1] == [Clash("m", "y", "r")]


def test_a_place_may_have_the_letter_of_a_single_key() -> None:
    assert rebind({"g t": "r", "g r": "t"})[1] == []
    assert rebind({"g t": "c"})[1] == [Clash("g t", "c", "g c")]


@pytest.mark.parametrize("key", ["ab", " ", "\x07", "  "])
def test_what_is_no_key_is_refused(key: str) -> None:
    assert [clash.shortcut for clash in rebind({"i": key})[1]] == ["i"]


def test_the_keys_of_a_user() -> None:
    keys = chosen({"i": "y"})
    assert (keys["i"], keys["m"], keys["g t"]) == ("y", "m", "t")


def test_a_choice_is_kept(ada: User) -> None:
    change_keys(user=ada, wanted={"i": "y"}, names=NAMES)
    assert User.objects.get(pk=ada.pk).keys == {"i": "y"}


def test_a_clash_names_both_and_changes_nothing(ada: User) -> None:
    with pytest.raises(Invalid) as error:
        change_keys(user=ada, wanted={"i": "r", "m": "mm"}, names=NAMES | {"r": "Reply"})
    assert error.value.fields == {
        "i": "“R” is taken by “Reply”. Choose another key.",
        "m": "Enter one letter, digit or sign, like Y.",
    }
    assert User.objects.get(pk=ada.pk).keys == {}
