import uuid
from typing import Any

from django.conf import settings
from django.db import models

from tickets.domain.kinds import MessageKind
from tickets.models.entries import Message
from tickets.models.labels import MESSAGE_CHOICES
from tickets.models.ticket import Ticket


class Draft(models.Model):
    """What somebody is writing on a ticket and has not sent: one for each person and ticket."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=MESSAGE_CHOICES, default=MessageKind.REPLY.value)
    body = models.TextField(blank=True, default="")
    #: What of the ticket its author had seen when they began: `tickets.domain.seen`.
    seen = models.CharField(max_length=40, blank=True, default="")
    #: Who is not to get the answer, and who is on top: {"without": [...], "cc": "..."}.
    people: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)
    #: Counts the savings, so that of two windows neither overwrites the other unasked.
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()
    #: A draft that was thrown away can be brought back for a while.
    thrown_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "author"], name="drafts_one_each")]

    def __str__(self) -> str:
        return f"draft of {self.author_id} on #{self.ticket_id}"


class DraftFile(models.Model):
    """A file that waits for its message; it passed the upload policy already."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    draft = models.ForeignKey(Draft, models.CASCADE, related_name="files")
    blob = models.ForeignKey("core.Blob", models.PROTECT, related_name="+")
    filename = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return self.filename


class Mention(models.Model):
    """A colleague whom a note calls by `@name`."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="mentions", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="mentions_once")]

    def __str__(self) -> str:
        return f"@{self.user_id} in message {self.message_id}"
