from datetime import datetime
from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.domain.profile import ONLINE_FOR, State
from agents.models.client import Client, EnrolmentKey
from agents.models.contact import Contact


class Kind(models.TextChoices):
    WORKSTATION = "workstation", _("Workstation")
    SERVER = "server", _("Server")
    OTHER = "other", _("Other")


class StateChoices(models.TextChoices):
    OFF = State.OFF.value, _("Off")
    ENABLED = State.ENABLED.value, _("Enabled")
    WAITING_FOR_TOKEN = State.WAITING_FOR_TOKEN.value, _("Waiting for token")
    WAITING_FOR_APPROVAL = State.WAITING_FOR_APPROVAL.value, _("Waiting for approval")
    VERIFIED = State.VERIFIED.value, _("Verified")
    DISABLED = State.DISABLED.value, _("Disabled")


class DeviceQuerySet(models.QuerySet["Device"]):
    def online(self, now: datetime) -> Self:
        return self.filter(last_seen_at__gte=now - ONLINE_FOR)


class Device(models.Model):
    """A machine of a client. Every text here comes from the agent: shown, never trusted (A28)."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="devices")
    machine_id = models.CharField(max_length=100)
    name = models.CharField(_("name"), max_length=100)
    os_name = models.CharField(max_length=60, blank=True)
    os_version = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.WORKSTATION)
    agent_version = models.CharField(max_length=30, blank=True)
    address = models.CharField(max_length=45, blank=True)
    every_profile = models.BooleanField(default=False)
    enrolled_with = models.ForeignKey(EnrolmentKey, on_delete=models.SET_NULL, null=True, related_name="+")
    last_seen_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["client", "machine_id"], name="device_once_per_client"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="device_kind_is_known"),
        ]
        indexes = [
            models.Index(fields=["client", "name"], name="device_by_client"),
            models.Index(fields=["last_seen_at"], name="device_by_presence"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_workstation(self) -> bool:
        return self.kind == Kind.WORKSTATION


class ProfileQuerySet(models.QuerySet["Profile"]):
    def online(self, now: datetime) -> Self:
        return self.filter(last_seen_at__gte=now - ONLINE_FOR)

    def waiting_for_approval(self) -> Self:
        return self.filter(state=State.WAITING_FOR_APPROVAL)

    def in_state(self, *states: State) -> Self:
        return self.filter(state__in=states)


class Profile(models.Model):
    """One Windows user on one device. It acts with a credential that only its agent knows."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="profiles")
    sid = models.CharField(max_length=184)
    user_name = models.CharField(max_length=104)
    display_name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=20, choices=StateChoices.choices, default=State.OFF.value)
    state_changed_at = models.DateTimeField(default=timezone.now)
    credential_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="profiles"
    )
    full_name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    signed_out_at = models.DateTimeField(null=True, blank=True)
    reregister_asked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ProfileQuerySet.as_manager()
    is_authenticated = True  # what REST framework asks of whoever calls

    class Meta:
        ordering = ["user_name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["device", "sid"], name="profile_once_per_device"),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in State]), name="profile_state_is_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.VERIFIED.value)
                | models.Q(contact__isnull=False, verified_at__isnull=False),
                name="verified_profile_has_a_contact",
            ),
            # A credential has 47 characters: a row that holds one instead of its hash is refused (A27).
            models.CheckConstraint(
                condition=Exact(Length("credential_hash"), 64), name="credential_is_hashed"
            ),
        ]
        indexes = [
            models.Index(
                fields=["state_changed_at"],
                condition=models.Q(state=State.WAITING_FOR_APPROVAL.value),
                name="profile_for_approval",
            ),
            models.Index(fields=["device", "state"], name="profile_by_device"),
        ]

    def __str__(self) -> str:
        return self.user_name
