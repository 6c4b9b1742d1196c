import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from sessions.domain.status import Side, is_held
from sessions.models.request import ServiceRequest
from sessions.models.support_key import SupportKey


class Lease(models.Model):
    """A process that holds connections; it renews this row, so all that it holds goes when it is killed.

    `ended_at` is final: a process that was thought dead has to begin a new one and connect its people again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(max_length=100)
    begun_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["heard_at"], name="leases_running", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["ended_at"], name="leases_ended", condition=Q(ended_at__isnull=False)),
        )

    def __str__(self) -> str:
        return f"lease of {self.owner}"


class Stay(models.Model):
    """One connection of somebody to a request: presence as long as `left_at` is empty, history afterwards.

    A technician is a `user`, a customer came by a `key`. `name` is who it was then.
    """

    request = models.ForeignKey(ServiceRequest, models.CASCADE, related_name="stays", db_index=False)
    side = models.CharField(max_length=10)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    key = models.ForeignKey(SupportKey, models.CASCADE, null=True, blank=True, related_name="stays")
    name = models.CharField(max_length=200, blank=True, default="")
    #: Chosen by who connects, so that the same connection can come again after a gap of the line.
    connection = models.UUIDField()
    lease = models.ForeignKey(
        Lease, models.SET_NULL, null=True, blank=True, related_name="stays", db_index=False
    )
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(fields=["request", "id"], name="stays_of_request"),
            models.Index(fields=["request"], name="stays_present", condition=Q(left_at__isnull=True)),
            models.Index(fields=["lease"], name="stays_of_lease", condition=Q(left_at__isnull=True)),
            models.Index(fields=["user", "-joined_at"], name="stays_of_user"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["connection"], name="stays_once_per_connection", condition=Q(left_at=None)
            ),
            models.CheckConstraint(
                condition=Q(side=Side.TECHNICIAN.value, key=None)
                | Q(side=Side.CUSTOMER.value, user=None, key__isnull=False),
                name="stays_side_known",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=False) | Q(lease__isnull=False), name="stays_present_are_held"
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("joined_at")), name="stays_end_after_they_began"
            ),
        )

    def __str__(self) -> str:
        return f"{self.side} on request {self.request_id}"

    def is_held(self, now: datetime) -> bool:
        """Whether its process has spoken lately."""
        lease = self.lease
        return lease is not None and lease.ended_at is None and is_held(lease.heard_at, now)
