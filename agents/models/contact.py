from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models.client import Client


class ContactQuerySet(models.QuerySet["Contact"]):
    def with_address(self, email: str) -> Self:
        """The contacts that own this address, as the main one or as another."""
        return self.filter(models.Q(email=email) | models.Q(addresses__email=email)).distinct()


class Contact(models.Model):
    """A person at a client. `client` is empty as long as nobody knows where the person belongs."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, null=True, blank=True, related_name="contacts"
    )
    full_name = models.CharField(_("full name"), max_length=100)
    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    ignores_mail = models.BooleanField(
        _("ignore mail"), default=False, help_text=_("Mail of this person makes no tickets.")
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["full_name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="contact_email_is_lower_case"
            )
        ]

    def __str__(self) -> str:
        return self.full_name


class ContactAddress(models.Model):
    """One more address of a contact."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="addresses")
    email = models.EmailField(max_length=254, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="address_is_lower_case")
        ]

    def __str__(self) -> str:
        return self.email
