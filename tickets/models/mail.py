"""Mail that came in: the journal, and whom a ticket's mails go to and come from."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from tickets.models.entries import Message
from tickets.models.ticket import Ticket


class MailIn(models.Model):
    """One mail as it arrived, kept before anybody looks at it, and what became of it.

    The bytes are in `raw`, or in the file store when they are many (`services.mail.journal.raw_of`).
    """

    class Source(models.TextChoices):
        SMTP = "smtp", "SMTP"
        IMAP = "imap", "IMAP"
        PIPE = "pipe", _("Command")

    class Status(models.TextChoices):
        NEW = "new", _("Waiting")
        WORKING = "working", _("Being read")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    class Outcome(models.TextChoices):
        NONE = "", ""
        TICKET = "ticket", _("New ticket")
        JOINED = "joined", _("Joined its ticket")
        HELD = "held", _("Held on the ticket")
        ANSWER = "answer", _("Technician's answer")
        NOTE = "note", _("Note")
        BOUNCE = "bounce", _("Delivery failure")
        COMPLAINT = "complaint", _("Complaint")
        RECEIPT = "receipt", _("Receipt")
        DROPPED = "dropped", _("Left out")
        UNPARSED = "unparsed", _("Unreadable, kept as a ticket")

    #: Mailbox and content; the same mail of the same mailbox is kept once.
    key = models.CharField(max_length=120, unique=True, editable=False)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    blob = models.ForeignKey("core.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    source = models.CharField(max_length=4, choices=Source)
    mailbox = models.ForeignKey(
        "tickets.Mailbox", models.SET_NULL, null=True, blank=True, related_name="mails_in", db_index=False
    )
    envelope_from = models.CharField(max_length=320, blank=True, default="")
    envelope_to: "models.JSONField[Any, Any]" = models.JSONField(default=list, blank=True)
    received_at = models.DateTimeField()

    status = models.CharField(max_length=8, choices=Status, default=Status.NEW)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    claim = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True, default="")

    sender = models.CharField(max_length=254, blank=True, default="")
    subject = models.CharField(max_length=300, blank=True, default="")
    message_id = models.CharField(max_length=300, blank=True, default="")
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, default="")
    #: The decisions in order: [{"step": ..., "words": ...}, ...].
    reasons: "models.JSONField[Any, Any]" = models.JSONField(default=list, blank=True)
    ticket = models.ForeignKey(Ticket, models.SET_NULL, null=True, blank=True, related_name="mails_in")
    entry = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    raw = models.BinaryField(null=True, blank=True)

    class Meta:
        verbose_name = _("incoming mail")
        verbose_name_plural = _("incoming mails")
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["next_try_at"], condition=Q(status="new"), name="mail_in_new"),
            models.Index(fields=["lease_until"], condition=Q(status="working"), name="mail_in_working"),
            models.Index(fields=["message_id"], name="mail_in_message_id"),
            models.Index(fields=["sender", "-id"], name="mail_in_sender"),
            models.Index(fields=["mailbox", "received_at"], name="mail_in_mailbox"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=["new", "working", "done", "failed"]), name="mail_in_status_known"
            ),
            models.CheckConstraint(
                condition=Q(raw__isnull=False, blob__isnull=True) | Q(raw__isnull=True, blob__isnull=False),
                name="mail_in_bytes_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.sender or '?'}: {self.subject or self.sha256[:12]}"


class Participant(models.Model):
    """Somebody besides the contact who takes part in a ticket by mail."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="participants", db_index=False)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=200, blank=True, default="")
    contact = models.ForeignKey("agents.Contact", models.SET_NULL, null=True, blank=True, related_name="+")
    is_blocked = models.BooleanField(default=False)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["email"], name="participants_by_address"),)
        constraints = (
            models.UniqueConstraint(fields=["ticket", "email"], name="participant_once_per_ticket"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="participant_is_lower_case"),
        )

    def __str__(self) -> str:
        return self.email


class BlockedSender(models.Model):
    """An address, or a domain without the @, whose mail is kept in the journal and makes no ticket."""

    pattern = models.CharField(max_length=254, unique=True)
    reason = models.CharField(max_length=200, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("pattern",)
        constraints = (
            models.CheckConstraint(condition=Q(pattern=Lower("pattern")), name="blocked_is_lower_case"),
        )

    def __str__(self) -> str:
        return self.pattern


class StoppedAddress(models.Model):
    """Somebody who complained about our mail (RFC 5965): no machine writes there any more."""

    email = models.EmailField(max_length=254, unique=True)
    reason = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("email",)
        constraints = (
            models.CheckConstraint(condition=Q(email=Lower("email")), name="stopped_is_lower_case"),
        )

    def __str__(self) -> str:
        return self.email
