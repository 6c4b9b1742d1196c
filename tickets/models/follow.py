"""Who follows a ticket, and how far its news were told."""

from django.conf import settings
from django.db import models

from tickets.models.ticket import Ticket


class TicketFollower(models.Model):
    """A technician who wants to hear of everything on a ticket; `by` made them watch it."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="followers", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="follower_once")]
        indexes = [models.Index(fields=["user", "-ticket"], name="followed_by")]

    def __str__(self) -> str:
        return f"{self.user_id} follows #{self.ticket_id}"


class NewsPlace(models.Model):
    """The last activity whose news were told: one row."""

    activity = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="news_have_one_place")]

    def __str__(self) -> str:
        return str(self.activity)
