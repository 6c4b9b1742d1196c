from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from agents.domain.activation import (
    Action,
    DeviceFacts,
    Outcome,
    ProfileFacts,
    Reason,
    Scope,
    current_profile,
    plan,
)
from agents.domain.profile import ACTIVE, INACTIVE, State

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
HERE, AWAY = NOW - timedelta(seconds=5), NOW - timedelta(days=1)


def device(*profiles: ProfileFacts, **facts: object) -> DeviceFacts:
    return DeviceFacts(**{"pk": 1, "last_seen_at": HERE, "profiles": profiles, **facts})  # type: ignore[arg-type]


def enable(facts: DeviceFacts, scope: Scope = Scope.EVERY_PROFILE) -> tuple[Outcome, Reason]:
    made = plan(facts, action=Action.ENABLE, scope=scope, now=NOW)
    return made.outcome, made.reason


def test_an_online_device_gets_it_now() -> None:
    made = plan(device(ProfileFacts(7, State.OFF)), action=Action.ENABLE, scope=Scope.EVERY_PROFILE, now=NOW)
    assert made.outcome is Outcome.NOW
    assert made.moves == [(7, State.OFF, State.ENABLED)]
    assert made.every_profile is True


def test_an_offline_device_gets_it_when_it_is_back() -> None:
    assert enable(device(last_seen_at=AWAY)) == (Outcome.WHEN_BACK, Reason.NONE)


def test_a_server_is_skipped() -> None:
    assert enable(device(is_workstation=False)) == (Outcome.SKIPPED, Reason.NOT_A_WORKSTATION)


def test_a_server_can_be_disabled() -> None:
    facts = device(ProfileFacts(7, State.ENABLED), is_workstation=False)
    assert plan(facts, action=Action.DISABLE, scope=Scope.EVERY_PROFILE, now=NOW).outcome is Outcome.NOW


def test_what_is_enabled_with_its_policy_is_skipped() -> None:
    facts = device(ProfileFacts(7, State.VERIFIED), every_profile=True)
    assert enable(facts) == (Outcome.SKIPPED, Reason.ALREADY_ENABLED)


def test_what_is_disabled_is_skipped() -> None:
    made = plan(device(ProfileFacts(7, State.OFF)), action=Action.DISABLE, scope=Scope.EVERY_PROFILE, now=NOW)
    assert (made.outcome, made.reason) == (Outcome.SKIPPED, Reason.ALREADY_DISABLED)


def test_an_enabled_profile_without_the_policy_gets_the_policy() -> None:
    made = plan(
        device(ProfileFacts(7, State.ENABLED)), action=Action.ENABLE, scope=Scope.EVERY_PROFILE, now=NOW
    )
    assert (made.outcome, made.moves, made.every_profile) == (Outcome.NOW, [], True)


def test_only_the_profile_that_is_signed_in_now() -> None:
    there = ProfileFacts(1, State.OFF, last_seen_at=HERE)
    left = ProfileFacts(2, State.OFF, last_seen_at=NOW, is_signed_out=True)
    made = plan(device(there, left), action=Action.ENABLE, scope=Scope.SIGNED_IN, now=NOW)
    assert made.moves == [(1, State.OFF, State.ENABLED)]
    assert made.every_profile is None


def test_nobody_signed_in_ever() -> None:
    assert enable(device(ProfileFacts(1, State.OFF)), Scope.SIGNED_IN) == (Outcome.SKIPPED, Reason.NO_PROFILE)
    assert current_profile([]) is None


def test_who_had_confirmed_is_verified_again() -> None:
    facts = device(ProfileFacts(7, State.DISABLED, has_contact=True))
    made = plan(facts, action=Action.ENABLE, scope=Scope.EVERY_PROFILE, now=NOW)
    assert made.moves == [(7, State.DISABLED, State.VERIFIED)]


profiles = st.lists(
    st.builds(
        ProfileFacts,
        pk=st.integers(1, 9),
        state=st.sampled_from(State),
        last_seen_at=st.sampled_from([None, HERE, AWAY]),
        is_signed_out=st.booleans(),
    ),
    max_size=4,
)


@given(
    st.builds(
        DeviceFacts,
        pk=st.just(1),
        is_workstation=st.booleans(),
        every_profile=st.booleans(),
        last_seen_at=st.sampled_from([None, HERE, AWAY]),
        profiles=profiles,
    ),
    st.sampled_from(Action),
    st.sampled_from(Scope),
)
def test_a_plan_is_skipped_with_a_reason_or_changes_something(
    facts: DeviceFacts, action: Action, scope: Scope
) -> None:
    made = plan(facts, action=action, scope=scope, now=NOW)
    changes = bool(made.moves) or made.every_profile is not None
    assert (made.outcome is Outcome.SKIPPED) is not changes
    assert (made.reason is Reason.NONE) is changes
    for _pk, source, target in made.moves:
        assert source in (INACTIVE if action is Action.ENABLE else ACTIVE)
        assert target in (ACTIVE if action is Action.ENABLE else INACTIVE)
