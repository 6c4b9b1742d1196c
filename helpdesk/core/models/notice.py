"""What people are told, and where they want to hear it."""

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """One piece of news for one person; a sweep takes it to the mail, a job to the browser.

    Rights are asked whenever it is told: `about` names the thing ("ticket:7"), `core.notices` opens its door.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", db_index=False)
    news = models.CharField(max_length=12)
    about = models.CharField(max_length=40, blank=True, default="")
    #: What makes it the same piece of news: nobody is told twice. Empty for none.
    key = models.CharField(max_length=80, blank=True, default="")
    who = models.CharField(max_length=200, blank=True, default="")
    #: What exactly, for the sentence: "wrote", "status".
    detail = models.CharField(max_length=20, blank=True, default="")
    #: For what has no door: what it is about, and where it leads.
    title = models.CharField(max_length=200, blank=True, default="")
    url = models.CharField(max_length=200, blank=True, default="")
    text = models.CharField(max_length=300, blank=True, default="")
    in_bell = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mail_due_at = models.DateTimeField(null=True, blank=True)
    push_due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            models.Index(fields=["user", "-id"], condition=Q(in_bell=True), name="notice_bell"),
            models.Index(
                fields=["user"], condition=Q(in_bell=True, read_at__isnull=True), name="notice_unread"
            ),
            models.Index(fields=["mail_due_at"], condition=Q(mail_due_at__isnull=False), name="notice_mail"),
            models.Index(fields=["user"], condition=Q(push_due_at__isnull=False), name="notice_push"),
            models.Index(fields=["created_at"], name="notice_age"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], condition=~Q(key=""), name="notice_told_once")
        ]

    def __str__(self) -> str:
        return f"{self.news} {self.about}"


def unread_notices(user: str) -> Coalesce:
    """How many the user named by this column has not read: a part of the statement that loads them."""
    unread = Notice.objects.filter(user=OuterRef(user), in_bell=True, read_at=None)
    counts = unread.order_by().values("user").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts, output_field=models.IntegerField()), 0)


class NoticeChoice(models.Model):
    """What one person chose; who chose nothing has no row."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="notice_choice"
    )
    #: News to channels, like {"assigned": ["bell", "push"]}; what is missing is as `STANDARD` says.
    channels = models.JSONField(default=dict, blank=True)
    quiet_since = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"choice of {self.user_id}"


class PushDevice(models.Model):
    """A browser that wants to be told while no page is open (RFC 8030); keys as RFC 8291 calls them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="push_devices")
    endpoint = models.CharField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    name = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.name or "browser"

    @property
    def mark(self) -> str:
        """By which its own browser knows it in a page; the address itself is a secret of the two."""
        return hashlib.sha256(self.endpoint.encode()).hexdigest()[:32]
