from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Client(models.Model):
    """A customer firm."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100, unique=True)
    mail_domains = models.JSONField(_("mail domains"), default=list, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    notes = models.TextField(_("notes"), max_length=10_000, blank=True)
    every_profile = models.BooleanField(
        _("enable the agent for every profile on every device, also later ones"), default=False
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~models.Q(name=""), name="client_has_a_name")]

    def __str__(self) -> str:
        return self.name


class RoleScope(models.Model):
    """A role without `all_clients` sees just the clients listed here."""

    role = models.ForeignKey("core.Role", on_delete=models.CASCADE, related_name="scopes")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="scopes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "client"], name="role_scope_once")]

    def __str__(self) -> str:
        return f"{self.role_id}:{self.client_id}"


class EnrolmentKey(models.Model):
    """Lets devices of one client register. The key itself is shown once; only its hash is kept."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="keys")
    label = models.CharField(_("label"), max_length=80)
    prefix = models.CharField(max_length=12)
    key_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            # A key starts with "dbk_": a row that holds one instead of its hash is refused.
            models.CheckConstraint(condition=Exact(Length("key_hash"), 64), name="key_is_hashed")
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.prefix}…)"
