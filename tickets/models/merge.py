from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from tickets.models.ticket import Ticket


class TicketMerge(models.Model):
    """`source` goes on in `target`: who wanted it, when, and what makes it exactly undone.

    `kept`: how the source was (`status`, `resolved_at`, `closed_at`, `clocks`), what moved (`messages` as
    [id, its origin then], `files` of the description, `opening`, whether that was `made` for the move) and
    what the target got (`tags`, `people`, `priority` as [before, after], both the same if
    it had that already, or null).
    """

    source = models.ForeignKey(Ticket, models.CASCADE, related_name="merges", db_index=False)
    target = models.ForeignKey(Ticket, models.CASCADE, related_name="merges_in")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=200)
    kept: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["source", "-id"], name="merges_of_source"),)
        constraints = (
            models.UniqueConstraint(fields=["source"], name="merged_once", condition=Q(undone_at=None)),
        )

    def __str__(self) -> str:
        return f"#{self.source_id} into #{self.target_id}"
