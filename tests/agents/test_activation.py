from datetime import datetime, timedelta

import pytest

from agents.domain.activation import Action, Outcome, Reason, Scope
from agents.domain.profile import State
from agents.errors import UndoTooLate
from agents.models import ActivationResult, ActivationRun, Client, Device, Profile
from agents.selectors import may_undo, plans_for, preview_activation, run_results
from agents.services import (
    apply_activation,
    disable_profile,
    enable_profile,
    set_device_policy,
    undo_activation,
)
from helpdesk.core.models import AuditEntry, User
from tests.agents.conftest import MakeDevice, MakeProfile


@pytest.fixture
def fleet(make_device: MakeDevice, make_profile: MakeProfile, verified: Profile, now: datetime) -> None:
    """An online device, one offline, one server, one that has it already."""
    make_profile("off", device=make_device("PC-2"), state=State.OFF)
    make_profile("away", device=make_device("LT-3", seen=7200), state=State.OFF, seen=7200)
    make_profile("root", device=make_device("NAS-1", kind="server"), state=State.OFF)
    Device.objects.filter(name="PC-1").update(every_profile=True)


def run(
    acme: Client, by: User, now: datetime, action: Action = Action.ENABLE, scope: Scope = Scope.EVERY_PROFILE
) -> ActivationRun:
    return apply_activation(
        client=acme, devices=Device.objects.all(), action=action, scope=scope, by=by, now=now
    )


def outcomes(made: ActivationRun) -> dict[str, tuple[str, str]]:
    return {result.device.name: (result.outcome, result.reason) for result in run_results(made)}


@pytest.mark.usefixtures("fleet")
def test_the_preview_groups_what_will_happen(now: datetime, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(2):  # type: ignore[operator]
        preview = preview_activation(Device.objects.all(), action=Action.ENABLE, now=now)
    assert [(g.outcome, g.reason, [d.name for d in g.devices]) for g in preview.groups] == [
        (Outcome.NOW, Reason.NONE, ["PC-2"]),
        (Outcome.WHEN_BACK, Reason.NONE, ["LT-3"]),
        (Outcome.SKIPPED, Reason.NOT_A_WORKSTATION, ["NAS-1"]),
        (Outcome.SKIPPED, Reason.ALREADY_ENABLED, ["PC-1"]),
    ]
    assert [str(group.reason_text) for group in preview.groups][2:] == [
        "not a Windows workstation",
        "already enabled",
    ]
    assert (preview.affected, preview.total) == (2, 4)


@pytest.mark.usefixtures("fleet")
def test_apply_does_what_the_preview_said(acme: Client, ada: User, now: datetime) -> None:
    made = run(acme, ada, now)
    assert outcomes(made) == {
        "PC-2": ("now", ""),
        "LT-3": ("when_back", ""),
        "NAS-1": ("skipped", "not_a_workstation"),
        "PC-1": ("skipped", "already_enabled"),
    }
    assert set(Profile.objects.filter(state=State.ENABLED).values_list("user_name", flat=True)) == {
        "off",
        "away",
    }
    assert Device.objects.filter(every_profile=True).count() == 3
    assert AuditEntry.objects.filter(verb="profile.enabled").count() == 2
    assert AuditEntry.objects.filter(verb="agent.enable", actor=ada).count() == 1


@pytest.mark.usefixtures("fleet")
def test_only_devices_of_the_client_are_touched(
    acme: Client, globex: Client, ada: User, now: datetime
) -> None:
    made = run(globex, ada, now)
    assert outcomes(made) == {}
    assert Profile.objects.filter(state=State.ENABLED).count() == 0


def test_the_profile_that_is_signed_in_now_and_no_other(
    acme: Client, make_profile: MakeProfile, ada: User, now: datetime
) -> None:
    here = make_profile("here", state=State.OFF, seen=5)
    make_profile("earlier", state=State.OFF, seen=4000)
    run(acme, ada, now, scope=Scope.SIGNED_IN)
    assert [profile.pk for profile in Profile.objects.filter(state=State.ENABLED)] == [here.pk]
    assert not Device.objects.get().every_profile


@pytest.mark.usefixtures("fleet")
def test_disabling_takes_the_icon_and_the_policy_away(acme: Client, ada: User, now: datetime) -> None:
    made = run(acme, ada, now, Action.DISABLE)
    assert outcomes(made)["PC-1"] == ("now", "")
    assert outcomes(made)["PC-2"] == ("skipped", "already_disabled")
    assert Profile.objects.get(user_name="claire").state == State.DISABLED
    assert not Device.objects.get(name="PC-1").every_profile


@pytest.mark.usefixtures("fleet")
def test_undo_puts_everything_back(acme: Client, ada: User, now: datetime) -> None:
    before = set(Profile.objects.values_list("pk", "state", "contact"))
    policies = set(Device.objects.values_list("pk", "every_profile"))
    made = run(acme, ada, now, Action.DISABLE)
    again = run(acme, ada, now + timedelta(minutes=1))
    assert undo_activation(run=again, by=ada, now=now + timedelta(minutes=2)) == 3
    assert undo_activation(run=made, by=ada, now=now + timedelta(minutes=3)) == 1
    assert set(Device.objects.values_list("pk", "every_profile")) == policies
    states = set(Profile.objects.values_list("pk", "state", "contact"))
    assert {row for row in before if row not in states} == {
        row for row in before if row[1] == State.VERIFIED
    }, "claire moved twice: the first undo made her disabled anew, so the second leaves her"


@pytest.mark.usefixtures("fleet")
def test_undo_restores_only_what_nobody_changed_since(
    acme: Client, ada: User, bob: User, now: datetime
) -> None:
    made = run(acme, ada, now)
    away = Profile.objects.get(user_name="away")
    disable_profile(profile=away, by=bob, now=now + timedelta(minutes=1))
    enable_profile(profile=away, by=bob, now=now + timedelta(minutes=2))
    assert undo_activation(run=made, by=ada, now=now + timedelta(minutes=3)) == 2
    assert Profile.objects.get(user_name="off").state == State.OFF
    assert Profile.objects.get(user_name="away").state == State.ENABLED
    assert run_results(made).filter(is_restored=True).count() == 2


@pytest.mark.usefixtures("fleet")
def test_undo_leaves_a_device_whose_policy_somebody_changed_since(
    acme: Client, ada: User, bob: User, now: datetime
) -> None:
    made = run(acme, ada, now)
    device = Device.objects.get(name="PC-2")
    assert set_device_policy(device=device, every_profile=False, by=bob, now=now)
    Profile.objects.update(state_changed_at=now + timedelta(seconds=1))
    assert undo_activation(run=made, by=ada, now=now + timedelta(minutes=3)) == 1
    assert not Device.objects.filter(name__in=["PC-2", "LT-3"], every_profile=True).exists()


def test_undo_leaves_a_policy_that_a_later_run_confirmed(
    acme: Client, make_profile: MakeProfile, ada: User, now: datetime
) -> None:
    make_profile(state=State.ENABLED)
    first = run(acme, ada, now)
    make_profile("later", state=State.OFF)
    run(acme, ada, now + timedelta(minutes=1))
    assert undo_activation(run=first, by=ada, now=now + timedelta(minutes=2)) == 0
    assert Device.objects.get().every_profile


def test_undo_without_a_policy_change_moves_only_profiles(
    acme: Client, make_profile: MakeProfile, ada: User, now: datetime
) -> None:
    make_profile(state=State.OFF)
    made = run(acme, ada, now, scope=Scope.SIGNED_IN)
    assert undo_activation(run=made, by=ada, now=now) == 1
    assert Profile.objects.get().state == State.OFF


@pytest.mark.parametrize(("seconds", "works"), [(599, True), (600, False)])
def test_undo_works_for_ten_minutes_and_once(
    seconds: int, works: bool, acme: Client, ada: User, now: datetime
) -> None:
    made, later = run(acme, ada, now), now + timedelta(seconds=seconds)
    assert may_undo(made, later) is works
    if works:
        undo_activation(run=made, by=ada, now=later)
        assert not may_undo(made, later)
    with pytest.raises(UndoTooLate):
        undo_activation(run=made, by=ada, now=later)


def test_what_changed_since_the_preview_is_skipped(
    acme: Client, make_profile: MakeProfile, ada: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_profile(state=State.OFF)
    real = plans_for

    def and_somebody_is_faster(*args: object, **facts: object) -> object:
        plans = real(*args, **facts)  # type: ignore[arg-type]
        Profile.objects.update(state=State.ENABLED.value)
        Device.objects.update(every_profile=True)
        return plans

    monkeypatch.setattr("agents.services.activation.plans_for", and_somebody_is_faster)
    assert outcomes(run(acme, ada, now)) == {"PC-1": ("skipped", "changed_meanwhile")}
    assert ActivationResult.objects.get().before == {"profiles": []}
