"""How people look at the ticket list, and what they did to many tickets at once."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q


class SavedView(models.Model):
    """A name for the query string of a ticket list. Without team and owner it is everybody's."""

    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True, default="")
    colour = models.CharField(max_length=8, default="open")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    team = models.ForeignKey("core.Team", models.CASCADE, null=True, blank=True, related_name="+")
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="views_have_a_name"),
            models.CheckConstraint(
                condition=Q(team__isnull=True) | Q(owner__isnull=True), name="views_one_owner"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ListLook(models.Model):
    """How one person wants the list: columns in their order, commas between, and the preview beside it."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    columns = models.CharField(max_length=300, blank=True, default="")
    has_preview = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"list of {self.user_id}"


class BulkRun(models.Model):
    """One deed done to many tickets: the way back, as long as it is open.

    `kept`: `runs`, the ids of `MacroRun`s; `merged`, the numbers of merged tickets in their order;
    `blocked`, the ids of `BlockedSender`s that were made.
    """

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    deed = models.CharField(max_length=10)
    count = models.PositiveIntegerField(default=0)
    kept: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.deed} on {self.count} tickets"
