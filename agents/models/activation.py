from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from agents.domain import activation
from agents.models.client import Client
from agents.models.device import Device


class Action(models.TextChoices):
    ENABLE = activation.Action.ENABLE.value, _("Enable")
    DISABLE = activation.Action.DISABLE.value, _("Disable")


class Scope(models.TextChoices):
    EVERY_PROFILE = activation.Scope.EVERY_PROFILE.value, _("Every profile, also later ones")
    SIGNED_IN = activation.Scope.SIGNED_IN.value, _("The profile that is signed in now")


class Outcome(models.TextChoices):
    NOW = activation.Outcome.NOW.value, _("Done")
    WHEN_BACK = activation.Outcome.WHEN_BACK.value, _("When it is back online")
    SKIPPED = activation.Outcome.SKIPPED.value, _("Skipped")


class Reason(models.TextChoices):
    NONE = "", ""
    NOT_A_WORKSTATION = activation.Reason.NOT_A_WORKSTATION.value, _("not a Windows workstation")
    ALREADY_ENABLED = activation.Reason.ALREADY_ENABLED.value, _("already enabled")
    ALREADY_DISABLED = activation.Reason.ALREADY_DISABLED.value, _("already disabled")
    NO_PROFILE = activation.Reason.NO_PROFILE.value, _("nobody has signed in on it yet")
    CHANGED_MEANWHILE = activation.Reason.CHANGED_MEANWHILE.value, _("somebody changed it meanwhile")


class ActivationRun(models.Model):
    """One press of Apply: enable or disable the helpdesk agent on some devices of a client."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="runs")
    action = models.CharField(max_length=8, choices=Action.choices)
    scope = models.CharField(max_length=14, choices=Scope.choices, default=Scope.EVERY_PROFILE)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    undo_until = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(action__in=Action.values), name="run_action_is_known"),
            models.CheckConstraint(condition=models.Q(scope__in=Scope.values), name="run_scope_is_known"),
        ]
        indexes = [models.Index(fields=["client", "-at"], name="run_by_client")]

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d %H:%M}"


class ActivationResult(models.Model):
    """What a run did to one device. `before` holds what an undo needs:

    {"every_profile": [was, became] | absent, "profiles": [[profile pk, was, became], ...]}
    """

    run = models.ForeignKey(ActivationRun, on_delete=models.CASCADE, related_name="results")
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="results")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True)
    before = models.JSONField(default=dict)
    is_restored = models.BooleanField(default=False)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "device"], name="one_result_per_device"),
            models.CheckConstraint(condition=models.Q(outcome__in=Outcome.values), name="outcome_is_known"),
            models.CheckConstraint(
                condition=~models.Q(outcome=Outcome.SKIPPED) | ~models.Q(reason=""),
                name="a_skip_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["device"],
                condition=models.Q(delivered_at__isnull=True)
                & ~models.Q(outcome=activation.Outcome.SKIPPED.value),
                name="result_to_deliver",
            )
        ]

    def __str__(self) -> str:
        return f"{self.device_id}: {self.outcome}"
