import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from sessions.domain.code import spoken
from sessions.domain.kinds import MOST_CUSTOM_DATA, MOST_EMAIL, MOST_NAME, Origin, Outcome, Reason
from sessions.domain.status import FINAL, Status

_OPEN = Q(ended_at__isnull=True)
_OVER = Q(ended_at__isnull=False)
_FINAL = Q(status__in=sorted(each.value for each in FINAL))


def _list_of_ended(*leading: str, name: str) -> models.Index:
    """Open requests are few; the lists of those that are over grow."""
    return models.Index(fields=[*leading, "-ended_at", "-id"], name=name, condition=_OVER)


class ServiceRequest(models.Model):
    """One customer's wish for a session, as it waits in the queue and after.

    `status` is what was last written; what is true at this moment tells `selectors.truth`, whoever wrote or
    did not write. Name and e-mail are the facts at the time of asking. The technician link is made from
    `public_id`.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    #: Of its newest support key: what is shown and told. Clear, since technicians read it out.
    code = models.CharField(max_length=9, unique=True)
    description = models.TextField(blank=True, default="")
    waiting_message = models.TextField(blank=True, default="")
    customer_name = models.CharField(max_length=MOST_NAME, blank=True, default="")
    customer_email = models.EmailField(max_length=MOST_EMAIL, blank=True, default="")
    language = models.CharField(max_length=10, blank=True, default="")
    client = models.ForeignKey(
        "agents.Client", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    contact = models.ForeignKey("agents.Contact", models.SET_NULL, null=True, blank=True, related_name="+")
    device = models.ForeignKey("agents.Device", models.SET_NULL, null=True, blank=True, related_name="+")
    ticket = models.ForeignKey("tickets.Ticket", models.SET_NULL, null=True, blank=True, related_name="+")
    team = models.ForeignKey("core.Team", models.SET_NULL, null=True, blank=True, related_name="+")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    assigned_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    origin = models.CharField(max_length=8, default=Origin.HAND.value)
    #: For programs: kept and given back as it came.
    custom_data = models.TextField(max_length=MOST_CUSTOM_DATA, blank=True, default="")
    created_at = models.DateTimeField()
    #: Nobody new joins from then on.
    expires_at = models.DateTimeField()
    status = models.CharField(max_length=12, default=Status.NEW.value)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=12, blank=True, default="")
    closing_note = models.TextField(blank=True, default="")
    outcome = models.CharField(max_length=12, default=Outcome.UNKNOWN.value)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["expires_at"], name="requests_open", condition=_OPEN),
            _list_of_ended(name="requests_over"),
            _list_of_ended("status", name="requests_over_by_status"),
            _list_of_ended("client", "status", name="requests_over_of_client"),
            _list_of_ended("assignee", "status", name="requests_over_of_assignee"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["ticket"],
                name="requests_one_open_per_ticket",
                condition=_OPEN & Q(ticket__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(status__in=[each.value for each in Status]), name="requests_status_known"
            ),
            models.CheckConstraint(
                condition=(_FINAL & _OVER) | (~_FINAL & _OPEN), name="requests_end_has_its_time"
            ),
            models.CheckConstraint(
                condition=Q(origin__in=[each.value for each in Origin]), name="requests_origin_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=[each.value for each in Outcome]), name="requests_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.CLOSED.value, reason__in=[each.value for each in Reason])
                | (~Q(status=Status.CLOSED.value) & Q(reason="")),
                name="requests_closed_for_a_reason",
            ),
        )

    def __str__(self) -> str:
        return spoken(self.code)

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None
