from typing import Final

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.core.domain.permissions import in_effect

#: The roles that every desk starts with, stored in English.
_STANDARD: Final[dict[str, Promise | str]] = {
    "Administrator": _("Administrator"),
    "Technician": _("Technician"),
}


def role_words(name: str) -> str:
    """In the reader's language, if the desk itself gave the name; what people wrote stays."""
    return str(_STANDARD.get(name, name))


def role_name(words: str) -> str:
    """Back again: who saves a standard role in their own language keeps its name."""
    return next((name for name, told in _STANDARD.items() if told == words), words)


class Role(models.Model):
    """A named set of permissions. Its clients are in agents.models.RoleScope unless `all_clients`."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    permissions = models.JSONField(_("permissions"), default=list, blank=True)
    all_clients = models.BooleanField(_("all clients"), default=False)
    needs_second_factor = models.BooleanField(_("second factor needed"), default=False, db_default=False)
    is_locked = models.BooleanField(
        _("locked"), default=False, help_text=_("The administrators' role cannot change.")
    )

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def told(self) -> str:
        return role_words(self.name)

    @property
    def given(self) -> frozenset[str]:
        """The permissions that count: see `in_effect`."""
        return in_effect(self.permissions, all_clients=self.all_clients)

    @property
    def without_effect(self) -> list[str]:
        """Permissions of the house in a role of chosen clients."""
        return [name for name in self.permissions if name not in self.given]


class Team(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True)
    members = models.ManyToManyField("core.User", related_name="teams", blank=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
