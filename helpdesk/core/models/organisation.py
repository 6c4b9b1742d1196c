from django.db import models
from django.utils.translation import gettext_lazy as _


class Organisation(models.Model):
    """The firm that runs this Deskbell: exactly one row."""

    name = models.CharField(_("name"), max_length=150, default="Deskbell")
    support_email = models.EmailField(_("support e-mail"), blank=True, default="")
    support_phone = models.CharField(_("support phone"), max_length=40, blank=True, default="")
    default_language = models.CharField(_("language"), max_length=10, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    undo_seconds = models.PositiveSmallIntegerField(_("seconds to undo sending"), default=10, db_default=10)
    brand_color = models.CharField(_("brand colour"), max_length=7, blank=True, default="", db_default="")
    logo = models.ForeignKey(
        "core.Blob", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("logo")
    )
    automatic_stopped_at = models.DateTimeField(
        null=True, blank=True, help_text="Automatic mail stands still since then: there was too much of it."
    )

    #: The desk's own key for pushes (RFC 8292), sealed; made at the first use.
    push_key = models.TextField(blank=True, default="", db_default="", editable=False)

    #: Of service requests: how long one lives, how long its support key lets somebody in, and in how many
    #: sessions a technician may be at once.
    request_hours = models.PositiveSmallIntegerField(default=24, db_default=24)
    support_key_hours = models.PositiveSmallIntegerField(default=4, db_default=4)
    sessions_at_once = models.PositiveSmallIntegerField(default=8, db_default=8)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisation")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="organisation_is_one"),
            models.CheckConstraint(
                condition=models.Q(
                    request_hours__range=(1, 168),
                    support_key_hours__range=(1, 24),
                    sessions_at_once__range=(1, 50),
                ),
                name="organisation_session_limits",
            ),
        ]

    def __str__(self) -> str:
        return self.name
