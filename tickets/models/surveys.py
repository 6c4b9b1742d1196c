from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.domain.survey import Rating
from tickets.models.labels import RATING_CHOICES
from tickets.models.ticket import Ticket


class Survey(models.Model):
    """One question to one person after one solution of a ticket, and what was answered.

    `key_hash`: of the link's secret part, which stands in the mail alone. `solved_at` names the solution.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="surveys", db_index=False)
    contact = models.ForeignKey("agents.Contact", models.SET_NULL, null=True, blank=True, related_name="+")
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=10)
    key_hash = models.CharField(max_length=64, unique=True)
    mail = models.ForeignKey("core.OutgoingMail", models.SET_NULL, null=True, blank=True, related_name="+")
    solved_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    rating = models.CharField(_("rating"), max_length=8, choices=RATING_CHOICES, blank=True, default="")
    comment = models.TextField(_("comment"), blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    #: When the rules heard of a low rating last: at first, and when it got worse.
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["email", "asked_at"], name="surveys_by_person"),
            models.Index(fields=["rating", "ticket"], name="surveys_by_rating", condition=~Q(rating="")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "solved_at"], name="surveys_once_per_solution"),
            models.CheckConstraint(
                condition=Q(rating="", answered_at=None)
                | Q(rating__in=[rating.value for rating in Rating], answered_at__isnull=False),
                name="surveys_rating_known",
            ),
        ]

    def __str__(self) -> str:
        return f"survey on #{self.ticket_id}"
