"""Enable or disable the helpdesk agent on many devices: a result for each, ten minutes to undo it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from agents.domain.activation import UNDO_FOR, Action, Outcome, Plan, Reason, Scope
from agents.domain.profile import State
from agents.errors import UndoTooLate
from agents.models import ActivationResult, ActivationRun, Client, Device, Profile
from agents.selectors import plans_for
from agents.services.move import publish_device, publish_profile
from agents.services.profiles import void_tokens
from helpdesk.core.models import User
from helpdesk.core.services.audit import record


def apply_activation(
    *,
    client: Client,
    devices: QuerySet[Device],
    action: Action,
    scope: Scope = Scope.EVERY_PROFILE,
    by: User,
    now: datetime,
) -> ActivationRun:
    """Do what the preview said, device by device; offline ones are switched too and learn it when back.

    Only devices of `client` are touched. `scope` SIGNED_IN enables the profile that is signed in now (or was
    last), EVERY_PROFILE all of them and, as a policy of the device, later ones. What somebody else changed
    in the same moment is left alone and shows as skipped.
    """
    with transaction.atomic():
        run = ActivationRun.objects.create(
            client=client, action=action.value, scope=scope.value, by=by, at=now, undo_until=now + UNDO_FOR
        )
        record(
            actor=by,
            verb=f"agent.{action.value}",
            target=run,
            after={"scope": scope.value, "client": client.name},
            now=now,
        )
        own = devices.filter(client=client)
        results = [
            _apply(run, device, plan, by=by, now=now)
            for device, plan in plans_for(own, action=action, scope=scope, now=now)
        ]
        ActivationResult.objects.bulk_create(results)
    return run


def undo_activation(*, run: ActivationRun, by: User, now: datetime) -> int:
    """Put back what the run changed and nobody has changed since; returns the number of devices put back.

    The first caller wins; UndoTooLate after 10 minutes or the second time.
    """
    with transaction.atomic():
        fresh = ActivationRun.objects.filter(pk=run.pk, undone_at=None, undo_until__gt=now)
        if fresh.update(undone_at=now) != 1:
            raise UndoTooLate
        run.undone_at = now
        results = run.results.exclude(outcome=Outcome.SKIPPED.value).select_related("device")
        restored = [result for result in results if _restore(run, result, by=by, now=now)]
        ActivationResult.objects.filter(pk__in=[result.pk for result in restored]).update(is_restored=True)
        record(actor=by, verb="agent.undo", target=run, after={"devices": len(restored)}, now=now)
    return len(restored)


def set_device_policy(*, device: Device, every_profile: bool, by: User, now: datetime) -> bool:
    """Whether later profiles of one device start enabled. True if it was not so before."""
    with transaction.atomic():
        rows = Device.objects.filter(pk=device.pk, every_profile=not every_profile)
        if rows.update(every_profile=every_profile) != 1:
            return False
        device.every_profile = every_profile
        record(
            actor=by,
            verb="device.policy",
            target=device,
            before={"every_profile": not every_profile},
            after={"every_profile": every_profile},
            now=now,
        )
        publish_device(device)
    return True


def _apply(run: ActivationRun, device: Device, plan: Plan, *, by: User, now: datetime) -> ActivationResult:
    result = ActivationResult(run=run, device=device, outcome=plan.outcome.value, reason=plan.reason.value)
    if plan.outcome is Outcome.SKIPPED:
        return result
    profiles = {profile.pk: profile for profile in device.profiles.all()}
    moved: list[tuple[int, str, str]] = [
        (pk, source.value, target.value)
        for pk, source, target in plan.moves
        if _switch(profiles[pk], source, target, by=by, now=now)
    ]
    result.before = {"profiles": moved}
    policy = plan.every_profile
    if policy is not None and set_device_policy(device=device, every_profile=policy, by=by, now=now):
        result.before["every_profile"] = [not policy, policy]
    if not moved and "every_profile" not in result.before:
        result.outcome, result.reason = Outcome.SKIPPED.value, Reason.CHANGED_MEANWHILE.value
    void_tokens([pk for pk, _source, target in moved if target == State.DISABLED.value], now=now)
    return result


def _switch(profile: Profile, source: State, target: State, *, by: User, now: datetime) -> bool:
    """One conditional UPDATE; False when the profile is no longer as the preview showed it."""
    rows = Profile.objects.filter(pk=profile.pk, state=source.value)
    if rows.update(state=target.value, state_changed_at=now) != 1:
        return False
    _tell(profile, f"profile.{target.value}", source, target, by=by, now=now)
    return True


def _restore(run: ActivationRun, result: ActivationResult, *, by: User, now: datetime) -> bool:
    device = result.device
    changes: Sequence[tuple[int, str, str]] = result.before["profiles"]
    profiles = {profile.pk: profile for profile in device.profiles.select_related("device__client")}
    count = 0
    for pk, source, target in changes:
        untouched = Profile.objects.filter(pk=pk, state=target, state_changed_at=run.at)
        if untouched.update(state=source, state_changed_at=now) == 1:
            _tell(profiles[pk], "profile.undo", State(target), State(source), by=by, now=now)
            count += 1
    policy = result.before.get("every_profile")
    if policy and not _was_switched_later(run, device):
        count += set_device_policy(device=device, every_profile=policy[0], by=by, now=now)
    return count > 0


def _was_switched_later(run: ActivationRun, device: Device) -> bool:
    later = ActivationResult.objects.filter(device=device, run__pk__gt=run.pk, run__undone_at=None)
    return later.exclude(outcome=Outcome.SKIPPED.value).exists()


def _tell(profile: Profile, verb: str, source: State, target: State, *, by: User, now: datetime) -> None:
    record(
        actor=by,
        verb=verb,
        target=profile,
        before={"state": source.value},
        after={"state": target.value},
        now=now,
    )
    publish_profile(profile)
