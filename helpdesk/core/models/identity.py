"""Sign-in by somebody else's word: providers (OpenID Connect), and whom they know under which name."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class IdentityProvider(models.Model):
    """Who may vouch for technicians. Its secret is sealed (A27); a deleted one can be brought back for a
    while. `domains`: the only mail domains that it may speak for, none for all. Without `new_role` an
    unknown person is refused.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=60)
    issuer = models.CharField(max_length=300)
    client_id = models.CharField(max_length=200)
    secret_sealed = models.TextField(blank=True, default="", editable=False)
    domains = models.JSONField(default=list, blank=True)
    links_by_email = models.BooleanField(default=False)
    #: An address counts as verified where the provider does not say whether it is.
    trusts_mail = models.BooleanField(default=False)
    new_role = models.ForeignKey(
        "core.Role", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    trusts_factor = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("sign-in provider")
        verbose_name_plural = _("sign-in providers")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Identity(models.Model):
    """One person as one provider knows them: by `subject`, which is never given to anybody else."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="identities")
    provider = models.ForeignKey(IdentityProvider, on_delete=models.CASCADE, related_name="identities")
    subject = models.CharField(max_length=255)
    email = models.CharField(max_length=254, blank=True, default="")
    created_at = models.DateTimeField()
    used_at = models.DateTimeField()

    class Meta:
        verbose_name = _("linked sign-in")
        verbose_name_plural = _("linked sign-ins")
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="identity_subject_once"),
            models.UniqueConstraint(fields=["user", "provider"], name="identity_one_a_provider"),
            models.CheckConstraint(condition=~Q(subject=""), name="identity_has_subject"),
        ]

    def __str__(self) -> str:
        return f"identity of {self.user_id}"
