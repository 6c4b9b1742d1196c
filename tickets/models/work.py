"""What technicians keep beside a ticket: time, a date to come back to it, links, a checklist, own fields."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from agents.domain.fields import MAX_VALUE
from agents.models import CustomField
from tickets.domain.work import LinkKind, TimeOrigin
from tickets.models.labels import LINK_CHOICES, TIME_ORIGIN_CHOICES
from tickets.models.ticket import Ticket


class TimeEntry(models.Model):
    """Time that somebody spent on a ticket. `is_asked`: a timer stopped by itself and nobody has said yet
    whether it counts; such an entry is in no sum.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="time_entries")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    user_name = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    seconds = models.PositiveIntegerField()
    is_billable = models.BooleanField(default=True)
    note = models.CharField(max_length=200, blank=True, default="")
    origin = models.CharField(max_length=8, choices=TIME_ORIGIN_CHOICES, default=TimeOrigin.MANUAL.value)
    is_asked = models.BooleanField(default=False)
    #: A deleted entry can be brought back for a while.
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["started_at"], name="tickets_time_by_day"),
            models.Index(fields=["user", "started_at"], name="tickets_time_of_user"),
        )
        constraints = (models.CheckConstraint(condition=Q(seconds__gt=0), name="tickets_time_is_some"),)

    def __str__(self) -> str:
        return f"{self.seconds} s on #{self.ticket_id}"


class Timer(models.Model):
    """The one timer of a technician that runs now; `seen_at` is their last sign of life."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+", db_index=False)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["ticket"], name="tickets_timer_ticket"),
            models.Index(fields=["seen_at"], name="tickets_timer_seen"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} on #{self.ticket_id}"


class TimeChoice(models.Model):
    """Whether timers start by themselves: of one person, or of the whole desk (`user` is empty)."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    is_on = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.user_id or 'desk'}: {self.is_on}"


class Snooze(models.Model):
    """The ticket sleeps until a moment (none: until the customer answers); an answer always wakes it."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, primary_key=True, related_name="snooze")
    until = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["until"], name="tickets_snooze_until"),)

    def __str__(self) -> str:
        return f"#{self.ticket_id} until {self.until}"


class TicketLink(models.Model):
    """`source` is the parent of `target`, or related to it (then the lower number is the source)."""

    source = models.ForeignKey(Ticket, models.CASCADE, related_name="links_out", db_index=False)
    target = models.ForeignKey(Ticket, models.CASCADE, related_name="links_in", db_index=False)
    kind = models.CharField(max_length=8, choices=LINK_CHOICES)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["target"], name="tickets_links_in"),)
        constraints = (
            models.UniqueConstraint(fields=["source", "target", "kind"], name="tickets_link_once"),
            models.UniqueConstraint(
                fields=["target"], condition=Q(kind=LinkKind.PARENT.value), name="tickets_one_parent"
            ),
            models.CheckConstraint(condition=~Q(source=F("target")), name="tickets_link_is_of_two"),
        )

    def __str__(self) -> str:
        return f"#{self.source_id} {self.kind} #{self.target_id}"


class ChecklistItem(models.Model):
    """One thing to do on a ticket."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="checklist")
    text = models.CharField(max_length=200)
    place = models.PositiveIntegerField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ("place", "id")

    def __str__(self) -> str:
        return self.text


class TicketValue(models.Model):
    """A ticket's value of a field, in the one way to write it (`agents.domain.fields.canonical`)."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="field_values", db_index=False)
    field = models.ForeignKey(CustomField, models.CASCADE, related_name="+", db_index=False)
    value = models.CharField(max_length=MAX_VALUE)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["ticket", "field"], name="tickets_value_once"),)
        indexes = (models.Index(fields=["field", "value", "ticket"], name="tickets_values"),)

    def __str__(self) -> str:
        return self.value


class TagUndo(models.Model):
    """A tag that was deleted or merged, for as long as that can be taken back."""

    name = models.CharField(max_length=40)
    colour = models.CharField(max_length=16, blank=True, default="")
    #: Where its tickets went; empty after a deletion.
    into = models.CharField(max_length=40, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["at"], name="tickets_tag_undo_at"),)

    def __str__(self) -> str:
        return self.name


class TagUndoTicket(models.Model):
    """A ticket that had the tag; `is_new`: the merge gave it the other one."""

    undo = models.ForeignKey(TagUndo, models.CASCADE, related_name="tickets")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    is_new = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.undo_id} #{self.ticket_id}"
