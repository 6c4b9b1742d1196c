"""Facts for the enable/disable dialog and its result page."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from agents.domain import activation as rules
from agents.domain.activation import Action, Outcome, Reason, Scope
from agents.domain.profile import State
from agents.models import ActivationResult, ActivationRun, Device, Profile
from agents.models import Reason as ReasonText


def profile_facts(profile: Profile) -> rules.ProfileFacts:
    return rules.ProfileFacts(
        pk=profile.pk,
        state=State(profile.state),
        has_contact=profile.contact_id is not None and profile.verified_at is not None,
        last_seen_at=profile.last_seen_at,
        is_signed_out=profile.signed_out_at is not None,
    )


def device_facts(device: Device, profiles: Iterable[Profile]) -> rules.DeviceFacts:
    return rules.DeviceFacts(
        pk=device.pk,
        is_workstation=device.is_workstation,
        every_profile=device.every_profile,
        last_seen_at=device.last_seen_at,
        profiles=[profile_facts(profile) for profile in profiles],
    )


@dataclass(frozen=True, slots=True)
class PreviewGroup:
    """Devices that share an outcome: one line of "What will happen"."""

    outcome: Outcome
    reason: Reason
    devices: list[Device] = field(default_factory=list)

    @property
    def reason_text(self) -> str:
        return str(ReasonText(self.reason.value).label)


@dataclass(frozen=True, slots=True)
class Preview:
    action: Action
    scope: Scope
    groups: list[PreviewGroup]

    @property
    def total(self) -> int:
        return sum(len(group.devices) for group in self.groups)

    @property
    def affected(self) -> int:
        """The number on the button: "Enable on 5 devices"."""
        return sum(len(group.devices) for group in self.groups if group.outcome is not Outcome.SKIPPED)


def plans_for(
    devices: QuerySet[Device], *, action: Action, scope: Scope, now: datetime
) -> list[tuple[Device, rules.Plan]]:
    """Each device with what would happen to it. Two queries."""
    return [
        (
            device,
            rules.plan(device_facts(device, device.profiles.all()), action=action, scope=scope, now=now),
        )
        for device in devices.select_related("client").prefetch_related("profiles")
    ]


def preview_activation(
    devices: QuerySet[Device], *, action: Action, scope: Scope = Scope.EVERY_PROFILE, now: datetime
) -> Preview:
    """What Apply would do, grouped: now, when it is back, skipped by reason. Changes nothing; two queries."""
    groups: dict[tuple[Outcome, Reason], PreviewGroup] = {}
    for device, plan in plans_for(devices, action=action, scope=scope, now=now):
        key = (plan.outcome, plan.reason)
        groups.setdefault(key, PreviewGroup(*key)).devices.append(device)
    order = list(Outcome)
    return Preview(action, scope, sorted(groups.values(), key=lambda group: order.index(group.outcome)))


def run_results(run: ActivationRun) -> QuerySet[ActivationResult]:
    """A row per device of a run, in the order of names. One query."""
    return run.results.select_related("device").order_by("device__name", "id")


def may_undo(run: ActivationRun, now: datetime) -> bool:
    return run.undone_at is None and now < run.undo_until
