import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from tickets.domain.kinds import Source
from tickets.domain.priority import Priority
from tickets.domain.status import UNFINISHED, Status
from tickets.models.labels import PRIORITY_CHOICES, SOURCE_CHOICES, STATUS_CHOICES, TYPE_CHOICES
from tickets.models.tag import Tag

#: The end of every list index: newest activity first, the number to tell equals apart.
KEYSET = ("-updated_at", "-id")


def _list_index(*leading: str, name: str, when: Q | None = None) -> models.Index:
    return models.Index(fields=[*leading, *KEYSET], name=name, condition=when)


class Ticket(models.Model):
    """A request for help. Its id is its number; `public_id` is what a customer's URL may carry.

    The contact's name, e-mail and phone are the facts at opening: later changes of the contact leave them.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    status = models.CharField(max_length=12, choices=STATUS_CHOICES, default=Status.OPEN.value)
    priority = models.CharField(max_length=8, choices=PRIORITY_CHOICES, default=Priority.MEDIUM.value)
    type = models.CharField(max_length=8, choices=TYPE_CHOICES, blank=True, default="")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    team = models.ForeignKey(
        "core.Team", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    client = models.ForeignKey(
        "agents.Client", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    contact = models.ForeignKey("agents.Contact", models.SET_NULL, null=True, blank=True, related_name="+")
    contact_name = models.CharField(max_length=200, blank=True, default="")
    contact_email = models.EmailField(max_length=254, blank=True, default="")
    contact_phone = models.CharField(max_length=40, blank=True, default="")
    device = models.ForeignKey(
        "agents.Device", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    profile = models.ForeignKey(
        "agents.Profile", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    source = models.CharField(max_length=8, choices=SOURCE_CHOICES, default=Source.CONSOLE.value)
    #: The address it came to, and that its answers come from.
    mailbox = models.ForeignKey(
        "tickets.Mailbox", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    #: Technical facts that the agent collected, shown as they came, never interpreted.
    details: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    client_key = models.UUIDField(null=True, blank=True, editable=False)
    request_digest = models.CharField(max_length=64, blank=True, default="", editable=False)
    tags = models.ManyToManyField(Tag, blank=True, related_name="tickets")
    follows = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="followed_by")
    #: Where its story goes on since somebody merged it; `TicketMerge` has the rest.
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="merged", db_index=False
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = KEYSET
        indexes = [
            _list_index(name="tickets_by_update"),
            _list_index("status", "priority", name="tickets_by_state"),
            _list_index("client", "status", "priority", name="tickets_by_client"),
            _list_index("assignee", "team", "status", "priority", name="tickets_by_assignee"),
            models.Index(Lower("subject"), "id", name="tickets_by_subject"),
            _list_index("device", name="tickets_by_device", when=Q(device__isnull=False)),
            # A person's tickets from before there was a contact; for who asks for their data.
            models.Index(
                fields=["contact_email"],
                name="tickets_of_address",
                condition=Q(contact__isnull=True) & ~Q(contact_email=""),
            ),
            models.Index(
                fields=["merged_into"], name="tickets_merged", condition=Q(merged_into__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["profile", "client_key"], name="tickets_one_per_client_key"),
            models.CheckConstraint(condition=~Q(subject=""), name="tickets_subject_given"),
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in Status]), name="tickets_status_known"
            ),
            models.CheckConstraint(
                condition=Q(priority__in=[p.value for p in Priority]), name="tickets_priority_known"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.CLOSED.value, closed_at__isnull=False)
                | (~Q(status=Status.CLOSED.value) & Q(closed_at__isnull=True)),
                name="tickets_closed_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(assignee__isnull=True) | Q(team__isnull=True), name="tickets_one_assignee"
            ),
            models.CheckConstraint(
                condition=Q(follows__isnull=True) | ~Q(follows=F("id")), name="tickets_not_own_follower"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="tickets_not_own_target"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.subject}"

    @property
    def number(self) -> int:
        return self.pk

    @property
    def is_unfinished(self) -> bool:
        return Status(self.status) in UNFINISHED

    @property
    def is_closed(self) -> bool:
        return self.status == Status.CLOSED
