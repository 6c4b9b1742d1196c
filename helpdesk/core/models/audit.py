from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """Who did what to which thing; written in the transaction of the deed and never changed."""

    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    actor_label = models.CharField(max_length=200)
    verb = models.CharField(max_length=60)
    target_type = models.CharField(max_length=60)
    target_id = models.CharField(max_length=64)
    target_label = models.CharField(max_length=200)
    #: Of which client the thing was, without a foreign key: this floor does not know clients.
    client_id = models.BigIntegerField(null=True, blank=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)

    #: Read by somebody for whom some clients alone exist: `audit_visible_to` says so.
    is_partly_told: bool = False

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            models.Index(fields=["target_type", "target_id", "-id"], name="audit_of_target"),
            models.Index(fields=["client_id", "-id"], name="audit_of_client"),
            models.Index(fields=["actor", "-id"], name="audit_of_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_label} {self.verb} {self.target_label}"

    @property
    def told_before(self) -> dict[str, Any] | None:
        return self._told(self.before)

    @property
    def told_after(self) -> dict[str, Any] | None:
        return self._told(self.after)

    def _told(self, facts: dict[str, Any] | None) -> dict[str, Any] | None:
        """What came from a client, or went to one, may be of any client."""
        if not facts or not self.is_partly_told:
            return facts
        return {name: value for name, value in facts.items() if name not in ("client", "clients")}
