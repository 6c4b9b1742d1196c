from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.domain.macros import WrittenAs
from tickets.models.entries import Message
from tickets.models.ticket import Ticket

WRITTEN_CHOICES = [
    (WrittenAs.EITHER.value, _("Reply or note, as you are writing")),
    (WrittenAs.REPLY.value, _("Reply to the customer")),
    (WrittenAs.NOTE.value, _("Internal note")),
]


class Macro(models.Model):
    """A canned reply: a text with placeholders, actions (the JSON of tickets.domain.macros), or both.

    Without team and owner it is everybody's.
    """

    name = models.CharField(_("name"), max_length=80)
    text = models.TextField(_("text"), blank=True, default="")
    written_as = models.CharField(
        max_length=5,
        blank=True,
        default="",
        choices=WRITTEN_CHOICES,
    )
    actions: "models.JSONField[Any, Any]" = models.JSONField(default=list, blank=True)
    team = models.ForeignKey("core.Team", models.CASCADE, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    is_active = models.BooleanField(_("offered"), default=True)
    uses = models.PositiveIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-uses", "name", "id")
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="macros_have_a_name"),
            models.CheckConstraint(
                condition=Q(team__isnull=True) | Q(owner__isnull=True), name="macros_one_owner"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MacroRun(models.Model):
    """What macros changed on a ticket with one send or click: the way back, as long as it is open.

    `changes`: field -> [before, after]; assignee as [user, team], tags as [ids taken away, ids added].
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    message = models.OneToOneField(Message, models.CASCADE, null=True, blank=True, related_name="macro_run")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    actions: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    changes: "models.JSONField[Any, Any]" = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{', '.join(self.changes)} on #{self.ticket_id}"
