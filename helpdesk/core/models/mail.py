from django.db import models
from django.db.models import Q

from helpdesk.core.models.blob import Blob


class OutgoingMail(models.Model):
    """A mail on its way out. Its Message-ID is fixed when it is queued, so a repeat is known as one."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"

    kind = models.CharField(max_length=60)
    ref = models.CharField(max_length=100, blank=True, default="")
    to = models.EmailField()
    reply_to = models.EmailField(blank=True, default="")
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True, default="")
    language = models.CharField(max_length=10, default="en")
    message_id = models.CharField(max_length=200, unique=True)
    is_secret = models.BooleanField(default=False, help_text="The text is wiped once the mail is out (A27).")

    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    is_in_doubt = models.BooleanField(
        default=False, help_text="Handed to the server, answer not yet recorded."
    )
    doubts = models.PositiveSmallIntegerField(default=0, help_text="How often the answer never came.")
    last_error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "ref"], name="mail_of_kind")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["queued", "sending", "sent", "failed"]), name="mail_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False) | ~Q(status="sent"),
                name="mail_sent_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"


class MailFile(models.Model):
    """A file that goes with a mail, under the name that the receiver sees."""

    mail = models.ForeignKey(OutgoingMail, on_delete=models.CASCADE, related_name="files")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    filename = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.filename
