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
        CANCELLED = "cancelled"
        BOUNCED = "bounced"

    class Automatic(models.TextChoices):
        """What a machine says of its mail in Auto-Submitted (RFC 3834); a hand-written mail says nothing."""

        NO = "", "written by hand"
        NOTICE = "auto-generated"
        ANSWER = "auto-replied"

    kind = models.CharField(max_length=60)
    ref = models.CharField(max_length=100, blank=True, default="")
    to = models.EmailField()
    to_name = models.CharField(max_length=150, blank=True, default="")
    from_address = models.EmailField(blank=True, default="", help_text="Empty: the address of the desk.")
    from_name = models.CharField(max_length=150, blank=True, default="")
    envelope_from = models.CharField(
        max_length=254, blank=True, default="", help_text="Where bounces go; <> for nowhere, empty: as From."
    )
    reply_to = models.EmailField(blank=True, default="")
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True, default="")
    language = models.CharField(max_length=10, default="en")
    message_id = models.CharField(max_length=200, unique=True)
    in_reply_to = models.CharField(max_length=998, blank=True, default="")
    references = models.TextField(blank=True, default="", help_text="Message-IDs in <>, oldest first.")
    automatic = models.CharField(
        max_length=15, choices=Automatic, blank=True, default=Automatic.NO, db_default=""
    )
    copy_of = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="copies",
        help_text="The same letter to somebody else.",
    )
    resent_from = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="resent_as"
    )
    is_secret = models.BooleanField(default=False, help_text="The text is wiped once the mail is out (A27).")

    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    hold_until = models.DateTimeField(null=True, blank=True, help_text="Until then it can be taken back.")
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
        indexes = [
            models.Index(fields=["kind", "ref"], name="mail_of_kind"),
            models.Index(fields=["next_try_at"], condition=Q(status="queued"), name="mail_queued"),
            models.Index(fields=["lease_until"], condition=Q(status="sending"), name="mail_sending"),
            models.Index(fields=["to", "created_at"], condition=~Q(automatic=""), name="mail_automatic_to"),
            models.Index(fields=["created_at"], condition=~Q(automatic=""), name="mail_automatic_at"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["queued", "sending", "sent", "failed", "cancelled", "bounced"]),
                name="mail_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False) | ~Q(status="sent"),
                name="mail_sent_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"

    @property
    def is_automatic(self) -> bool:
        return bool(self.automatic)

    @property
    def is_held(self) -> bool:
        """Still to be taken back: on hold, and no worker has touched it."""
        return self.status == self.Status.QUEUED and self.hold_until is not None and not self.tries

    @property
    def may_be_resent(self) -> bool:
        """Given up or come back; a secret is wiped by then, so nothing is left to send."""
        return self.status in (self.Status.FAILED, self.Status.BOUNCED) and not self.is_secret


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
