import uuid

from django.conf import settings
from django.db import models

from tickets.domain.kinds import AttachmentKind
from tickets.models.labels import ATTACHMENT_CHOICES, MESSAGE_CHOICES
from tickets.models.ticket import Ticket


class Message(models.Model):
    """What a customer wrote, what was answered, or an internal note."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="messages", db_index=False)
    kind = models.CharField(max_length=8, choices=MESSAGE_CHOICES)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    author_name = models.CharField(max_length=200)
    body = models.TextField()
    created_at = models.DateTimeField()
    mail = models.ForeignKey("core.OutgoingMail", models.SET_NULL, null=True, blank=True, related_name="+")
    #: What came by mail: its author's address, the clean HTML, the quoted history that `body` leaves out.
    mail_in = models.ForeignKey("tickets.MailIn", models.SET_NULL, null=True, blank=True, related_name="+")
    author_email = models.EmailField(max_length=254, blank=True, default="")
    html = models.TextField(blank=True, default="")
    folded = models.TextField(blank=True, default="")
    is_held = models.BooleanField(default=False, help_text="Of a stranger: shown to technicians only.")
    is_automatic = models.BooleanField(default=False, help_text="Written by a machine.")
    is_opening = models.BooleanField(
        default=False, help_text="HTML and history of the ticket's description; `body` is empty."
    )
    #: The ticket where it stood first, before a merge or a split moved it here.
    origin = models.ForeignKey(
        Ticket, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        indexes = [
            models.Index(fields=["ticket", "created_at", "id"], name="messages_of_ticket"),
            models.Index(fields=["ticket"], condition=models.Q(is_held=True), name="messages_held"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} on #{self.ticket_id}"


class Activity(models.Model):
    """One change of a ticket: who, when, what it was before and is after."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="activities", db_index=False)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    actor_label = models.CharField(max_length=200)
    verb = models.CharField(max_length=20)
    field = models.CharField(max_length=20, blank=True, default="")
    before = models.CharField(max_length=300, blank=True, default="")
    after = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["ticket", "at", "id"], name="activity_of_ticket")]
        verbose_name_plural = "activity"

    def __str__(self) -> str:
        return f"{self.verb} {self.field} on #{self.ticket_id}"


class Attachment(models.Model):
    """A file on a ticket or on one of its messages; the bytes are a blob outside the web root."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="attachments")
    message = models.ForeignKey(
        Message, models.CASCADE, null=True, blank=True, related_name="attachments", db_index=False
    )
    blob = models.ForeignKey("core.Blob", models.PROTECT, related_name="+")
    filename = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=12, choices=ATTACHMENT_CHOICES, default=AttachmentKind.FILE.value)
    #: The name by which the HTML of a mail shows this picture (`cid:`), without its angle brackets.
    content_id = models.CharField(max_length=250, blank=True, default="")
    is_inline = models.BooleanField(default=False, help_text="Part of the text of a mail.")

    def __str__(self) -> str:
        return self.filename
