"""Sums for the dashboard and the reports, kept so that a page costs the same at any number of tickets."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.domain.figures import Facts

#: The columns of `TicketFigure` that make its facts, under the same names.
FACTS = Facts._fields


class TicketFigure(models.Model):
    """How one ticket is counted. Without foreign keys: what is gone must still be taken off the sums."""

    number = models.BigIntegerField(primary_key=True)
    client = models.BigIntegerField(null=True, blank=True)
    who = models.CharField(max_length=24)
    status = models.CharField(max_length=12)
    priority = models.CharField(max_length=8)
    source = models.CharField(max_length=8)
    is_late = models.BooleanField(default=False)
    created_on = models.DateField()
    resolved_on = models.DateField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    rated_on = models.DateField(null=True, blank=True)
    answer_minutes = models.PositiveIntegerField(null=True, blank=True)
    answer_kept = models.BooleanField(null=True, blank=True)
    solve_minutes = models.PositiveIntegerField(null=True, blank=True)
    solve_kept = models.BooleanField(null=True, blank=True)
    rating = models.CharField(max_length=8, blank=True, default="")
    #: After this day it counts nowhere.
    last_on = models.DateField()

    class Meta:
        indexes = (
            models.Index(fields=["who", "last_on"], name="figures_of_person"),
            models.Index(fields=["client", "last_on"], name="figures_of_client"),
            models.Index(fields=["created_on", "number"], name="figures_created"),
            models.Index(
                fields=["resolved_on", "number"],
                name="figures_resolved",
                condition=models.Q(resolved_on__isnull=False),
            ),
            models.Index(
                fields=["answered_on", "number"],
                name="figures_answered",
                condition=models.Q(answered_on__isnull=False),
            ),
            models.Index(
                fields=["rated_on", "number"],
                name="figures_rated",
                condition=models.Q(rated_on__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"figures of #{self.number}"

    @property
    def facts(self) -> Facts:
        return Facts(**{name: getattr(self, name) for name in FACTS})


class FigureDay(models.Model):
    """The sum of all tickets of one scope on one day (`LIVE`: now): word -> count."""

    scope = models.CharField(max_length=24)
    day = models.DateField()
    counts: "models.JSONField[Any, Any]" = models.JSONField(default=dict)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["scope", "day"], name="figures_of_scope_and_day"),)

    def __str__(self) -> str:
        return f"{self.scope} {self.day}"


class FigureChange(models.Model):
    """A ticket to be counted anew; triggers write it, and only add, so that nobody waits for anybody."""

    ticket = models.BigIntegerField()

    def __str__(self) -> str:
        return f"#{self.ticket} changed"


class FigureState(models.Model):
    """One row: the clock by which days are counted, and how far a recount has come."""

    class Stage(models.TextChoices):
        DONE = "", "counted"
        TICKETS = "tickets", "counting tickets"
        SUMS = "sums", "adding up"

    zone = models.CharField(max_length=64, blank=True, default="")
    stage = models.CharField(max_length=8, choices=Stage, blank=True, default="")
    #: The last ticket, or the last day as a number, that is done; else grows with each change of the sums.
    position = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"figures by {self.zone}"


class StartChoice(models.Model):
    """Who wants to start at the dashboard in place of the ticket list."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="starts_at_dashboard"
    )

    def __str__(self) -> str:
        return f"user {self.user_id} starts at the dashboard"


class ReportPlan(models.Model):
    """A report that goes out by mail each week or month, with what its owner may see."""

    class Rhythm(models.TextChoices):
        WEEK = "week", _("every Monday")
        MONTH = "month", _("on the first of each month")

    report = models.CharField(_("report"), max_length=16)
    rhythm = models.CharField(_("how often"), max_length=8, choices=Rhythm)
    recipients: "models.JSONField[Any, Any]" = models.JSONField(_("recipients"), default=list)
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    client = models.ForeignKey(
        "agents.Client", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("client")
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="report_plans")
    #: The day, by the house's clock, on which it goes out next; claimed by moving it on.
    next_on = models.DateField()
    sent_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("scheduled report")
        verbose_name_plural = _("scheduled reports")
        indexes = (models.Index(fields=["next_on"], name="report_plans_due"),)

    def __str__(self) -> str:
        return f"{self.report} {self.rhythm}"
