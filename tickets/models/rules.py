from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.domain.rule_presets import LAST
from tickets.models.ticket import Ticket


class Rule(models.Model):
    """When, if, then. `conditions` and `actions` are the JSON of tickets.domain.rules.

    The default rule stands last, is on and stays: constraints keep it there, `RuleBook` keeps it undeleted.
    A deleted rule stays as a row, so that its name is still read where it once acted.
    """

    position = models.PositiveIntegerField()
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("what it is for"), max_length=300, blank=True, default="")
    is_active = models.BooleanField(_("on"), default=True)
    trigger = models.CharField(_("when"), max_length=20)
    conditions: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)
    actions: "models.JSONField[Any, Any]" = models.JSONField(default=list, blank=True)
    stops_here = models.BooleanField(_("stop here"), default=False)
    is_default = models.BooleanField(default=False)
    preset = models.CharField(max_length=20, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    off_since = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="rules_one_default"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False, position__lt=LAST)
                | Q(
                    is_default=True, position=LAST, is_active=True, stops_here=False, deleted_at__isnull=True
                ),
                name="rules_default_is_last",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="rules_have_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class RuleBook(models.Model):
    """One row: the version that tells every process when its cached rules are old, and what holds the
    default rule: nobody can delete what this row points to.
    """

    version = models.PositiveBigIntegerField(default=1)
    default_rule = models.ForeignKey(Rule, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="rules_book_is_one")]

    def __str__(self) -> str:
        return f"rules, version {self.version}"


class RuleTrace(models.Model):
    """One run over one ticket: which rules looked, which matched, what they did, why the others did not.

    `lines`: a list as `TraceLine.as_json` of tickets.domain.rule_run writes it.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="rule_traces", db_index=False)
    at = models.DateTimeField()
    trigger = models.CharField(max_length=20)
    lines: "models.JSONField[Any, Any]" = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["ticket", "-at", "-id"], name="rule_traces_of_ticket")]

    def __str__(self) -> str:
        return f"{self.trigger} on #{self.ticket_id}"


class RuleHit(models.Model):
    """A rule matched a ticket. `mark` names the transition that a time rule has already answered."""

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="hits", db_index=False)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    mark = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["rule", "-at"], name="rule_hits_by_time")]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "ticket", "mark"], condition=~Q(mark=""), name="rule_hits_once_per_mark"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} on #{self.ticket_id}"


class RuleTurn(models.Model):
    """Round robin: whose turn was the last one in this team."""

    team = models.OneToOneField("core.Team", models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.team_id}: {self.user_id}"


class RuleExample(models.Model):
    """A case kept from a dry run: with these facts the rules must come to these effects.

    `facts` as in tickets.domain.rules; `effects` a list of actions as JSON, in order.
    """

    name = models.CharField(_("name"), max_length=120)
    trigger = models.CharField(max_length=20)
    facts: "models.JSONField[Any, Any]" = models.JSONField()
    effects: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    rule = models.ForeignKey(Rule, models.SET_NULL, null=True, blank=True, related_name="examples")
    ticket = models.ForeignKey(Ticket, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name
