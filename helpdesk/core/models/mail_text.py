from django.db import models
from django.utils.translation import gettext_lazy as _


class MailText(models.Model):
    """The organisation's own words for a kind of mail in one language; without a row the standard ones go."""

    kind = models.CharField(max_length=60)
    language = models.CharField(max_length=10)
    subject = models.CharField(_("subject"), max_length=200, blank=True, default="")
    body = models.TextField(_("text"), max_length=8000)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("text of a mail")
        verbose_name_plural = _("texts of mails")
        constraints = [models.UniqueConstraint(fields=["kind", "language"], name="mail_text_once")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"
