from django.conf import settings
from django.db import models

from sessions.models.request import ServiceRequest


class RequestActivity(models.Model):
    """One line of what happened to a request: who, what, before, after. Never changed.

    Lines of the verb "status" make a chain: what was after is what is before in the next one.
    """

    request = models.ForeignKey(ServiceRequest, models.CASCADE, related_name="activities", db_index=False)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    actor_label = models.CharField(max_length=200, blank=True, default="")
    #: "" for the desk itself: time and broken lines.
    side = models.CharField(max_length=10, blank=True, default="")
    verb = models.CharField(max_length=20)
    before = models.CharField(max_length=200, blank=True, default="")
    after = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["request", "id"], name="request_activity_of"),)
        verbose_name_plural = "activity"

    def __str__(self) -> str:
        return f"{self.verb} on request {self.request_id}"
