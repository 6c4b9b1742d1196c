from django.db import models
from django.utils.translation import gettext_lazy as _


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


class Team(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True)
    members = models.ManyToManyField("core.User", related_name="teams", blank=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
