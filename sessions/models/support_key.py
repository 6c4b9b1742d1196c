import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from sessions.domain.support_key import Key, KeyState, key_state
from sessions.models.request import ServiceRequest


class SupportKey(models.Model):
    """Lets one customer join: by its code, or by the link that is made from `public_id`.

    Rows stay, so no code is ever given twice. `guest_hash`: of what the customer shows after joining.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(ServiceRequest, models.CASCADE, related_name="keys")
    code = models.CharField(max_length=9, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    guest_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["request"], name="keys_one_good_per_request", condition=Q(withdrawn_at=None)
            ),
            models.CheckConstraint(
                condition=Q(used_at=None, guest_hash=None)
                | Q(used_at__isnull=False, guest_hash__isnull=False),
                name="keys_used_by_somebody",
            ),
            # What a guest shows starts with "dbg_": a row that holds it instead of its hash is refused (A27).
            models.CheckConstraint(
                condition=Q(guest_hash=None) | Q(Exact(Length("guest_hash"), 64)), name="keys_guest_is_hashed"
            ),
        )

    def __str__(self) -> str:
        return f"key of request {self.request_id}"

    def state(self, now: datetime) -> KeyState:
        return key_state(self.facts, now)

    @property
    def facts(self) -> Key:
        return Key(self.expires_at, self.used_at, self.withdrawn_at)
