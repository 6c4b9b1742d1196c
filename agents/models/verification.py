from django.db import models
from django.db.models.functions import Lower

from agents.models.device import Profile


class VerificationToken(models.Model):
    """One confirmation token that was mailed. The hash is an HMAC bound to the profile."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="tokens")
    email = models.EmailField(max_length=254)
    full_name = models.CharField(max_length=100)
    token_hash = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts_left = models.PositiveSmallIntegerField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-sent_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(attempts_left__gte=0), name="token_attempts_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="token_email_is_lower_case"
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("sent_at")), name="token_expires_after_sending"
            ),
        ]
        indexes = [
            models.Index(fields=["profile", "-sent_at"], name="token_by_profile"),
            models.Index(fields=["email", "-sent_at"], name="token_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.email} {self.sent_at:%Y-%m-%d %H:%M}"
