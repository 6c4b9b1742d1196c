from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.domain import secret, text
from agents.domain.profile import ACTIVE, INACTIVE, TRANSITIONS, State, first_state, is_online, sources_of

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def test_every_state_has_a_way_out_and_disabled_is_reached_from_every_other() -> None:
    assert set(TRANSITIONS) == set(State)
    assert all(TRANSITIONS.values())
    assert sources_of(State.DISABLED) == set(State) - {State.DISABLED}


def test_nobody_becomes_verified_without_a_token_an_approval_or_an_earlier_proof() -> None:
    assert sources_of(State.VERIFIED) == {State.WAITING_FOR_TOKEN, State.WAITING_FOR_APPROVAL, State.DISABLED}


def test_active_and_inactive_states_are_all_states() -> None:
    assert {State.OFF, State.DISABLED} == INACTIVE
    assert set(State) == ACTIVE | INACTIVE


@pytest.mark.parametrize(("seconds", "online"), [(0, True), (60, True), (61, False), (-5, True)])
def test_online_means_seen_within_a_minute(seconds: int, online: bool) -> None:
    assert is_online(NOW - timedelta(seconds=seconds), NOW) is online


def test_who_was_never_seen_is_offline() -> None:
    assert is_online(None, NOW) is False


def test_a_new_profile_is_off_unless_a_policy_covers_a_workstation() -> None:
    assert first_state(is_supported=True, has_policy=True) is State.ENABLED
    assert first_state(is_supported=False, has_policy=True) is State.OFF
    assert first_state(is_supported=True, has_policy=False) is State.OFF


@given(st.text(max_size=300), st.integers(min_value=1, max_value=120))
def test_a_clean_name_is_one_short_line_without_control_characters(raw: str, limit: int) -> None:
    cleaned = text.clean_name(raw, limit=limit)
    assert len(cleaned) <= limit
    assert not text.has_control(cleaned)
    assert text.clean_name(cleaned, limit=limit) == cleaned


def test_a28_markup_in_a_name_stays_as_it_is_but_control_characters_go() -> None:
    raw = "<img src=x onerror=alert(1)>\r\n\x00\u202egnp.exe\x1b[31m"
    assert text.clean_name(raw, limit=100) == "<img src=x onerror=alert(1)> gnp.exe[31m"


@pytest.mark.parametrize("good", ["b6f1e2c4-11aa-4d9c-8d2f-0c9a7a4a0001", "{A-1}", "machine:1"])
def test_machine_ids_are_plain(good: str) -> None:
    assert text.is_machine_id(good)


@pytest.mark.parametrize("bad", ["", "ab", "a" * 101, "a b c", "abc\n", "<script>", "../../etc"])
def test_odd_machine_ids_are_no_ids(bad: str) -> None:
    assert not text.is_machine_id(bad)


def test_sids_are_plain() -> None:
    assert text.is_sid("S-1-5-21-1-2-3-1001")
    assert text.is_sid("uid-1000")
    assert not text.is_sid("S-1 5")
    assert not text.is_sid("S-1\n")


def test_addresses_are_lower_case_and_keep_line_breaks_to_be_refused() -> None:
    assert text.normal_email("  Claire@ACME.example ") == "claire@acme.example"
    assert "\n" in text.normal_email("a@acme.example\n")
    assert text.domain_of("claire@acme.example") == "acme.example"


def test_domains_are_parted_by_anything_and_kept_once() -> None:
    assert text.normal_domains("@Acme.example, acme.example\nparis.acme.example;") == [
        "acme.example",
        "paris.acme.example",
    ]
    assert text.normal_domains("  , ") == []


@pytest.mark.parametrize("bad", ["acme", "a..example", "-acme.example", "acme.example/x", "<b>.example"])
def test_what_is_no_domain_is_named(bad: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        text.normal_domains(f"good.example {bad}")


@pytest.mark.parametrize(
    ("version", "too_old"),
    [
        ("0.1.0", False),
        ("0.1", False),
        ("0.10.0", False),
        ("1.4.2-beta", False),
        ("0.0.9", True),
        ("new", True),
    ],
)
def test_versions_older_than_the_minimum_are_too_old(version: str, too_old: bool) -> None:
    assert text.is_too_old(version, "0.1.0") is too_old


def test_a_minimum_that_is_no_version_keeps_nobody_out() -> None:
    assert text.is_too_old("0.0.1", "") is False


def test_keys_and_credentials_have_their_shape_and_never_repeat() -> None:
    assert len({secret.make_key() for _ in range(50)}) == 50
    assert secret.is_key(secret.make_key())
    assert secret.is_credential(secret.make_credential())
    assert not secret.is_credential(secret.make_credential() + "\n")
    assert not secret.is_key("dbk_short")


@given(
    st.sampled_from([secret.make_token() for _ in range(20)]), st.sampled_from([" ", "-", "\u2013", "\n", ""])
)
def test_however_a_token_is_typed_it_is_the_same(token: str, between: str) -> None:
    assert len(token) == 8
    assert set(token) <= set(secret.TOKEN_ALPHABET)
    assert secret.normal_token(between.join(secret.show_token(token).lower())) == token


def test_a27_a_token_hash_depends_on_the_secret_the_profile_and_the_token() -> None:
    def make(pepper: str = "p", profile_id: int = 1, token: str = "A") -> str:
        return secret.token_digest(pepper=pepper, profile_id=profile_id, token=token)

    assert len({make(), make(pepper="q"), make(profile_id=2), make(token="B")}) == 4
