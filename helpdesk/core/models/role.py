from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.core.domain.permissions import in_effect


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
