"""Doors for other programs: tokens of the API, webhooks, imports."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _


class ApiToken(models.Model):
    """Lets a program act for a user, within `scopes` (permissions). Only its hash is kept (A27)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(max_length=12)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Exact(Length("token_hash"), 64), name="api_token_is_hashed")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class KeptAnswer(models.Model):
    """What a call with an Idempotency-Key was answered; the same call again gets it again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(default="")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="kept_answer_once")]

    def __str__(self) -> str:
        return self.key


class Webhook(models.Model):
    """An address that hears of events. It learns what `owner` may see, nothing more (A12).

    Its secret is derived from SECRET_KEY, `public_id` and `generation`, so no table holds it (A27).
    `seen` is the last line of the tickets' activity that became calls.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    url = models.CharField(_("address"), max_length=500)
    events = models.JSONField(default=list)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    generation = models.PositiveIntegerField(default=1)
    is_active = models.BooleanField(default=True)
    stopped_at = models.DateTimeField(null=True, blank=True, help_text="Switched off after long failure.")
    failing_since = models.DateTimeField(null=True, blank=True)
    seen = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class WebhookCall(models.Model):
    """One call and what became of it. `source` is the line of activity. A rule's call has no webhook, but
    the rule's name as `label` and its address.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    webhook = models.ForeignKey(
        Webhook, on_delete=models.CASCADE, null=True, blank=True, related_name="calls"
    )
    label = models.CharField(max_length=100, blank=True, default="")
    url = models.CharField(max_length=500)
    event = models.CharField(max_length=40)
    source = models.BigIntegerField(null=True, blank=True)
    body = models.TextField()
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    answer = models.PositiveSmallIntegerField(null=True, blank=True)
    words = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("webhook call")
        verbose_name_plural = _("webhook calls")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "source"], name="webhook_call_once"),
            models.CheckConstraint(
                condition=Q(status__in=["queued", "delivered", "failed"]), name="webhook_call_status_known"
            ),
        ]
        indexes = [
            models.Index(fields=["webhook", "-id"], name="webhook_calls_newest"),
            models.Index(fields=["created_at"], name="webhook_calls_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.public_id}"


class ImportRun(models.Model):
    """One CSV file: looked at first, carried out by a second press, taken back as long as nothing moved.

    `done`: [[line, "created" | "changed", pk, before, after], ...].
    """

    class Kind(models.TextChoices):
        CLIENTS = "clients", _("Clients")
        CONTACTS = "contacts", _("Contacts")
        DEVICES = "devices", _("Devices")

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    filename = models.CharField(max_length=200)
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_index=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    done = models.JSONField(default=list)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.filename
