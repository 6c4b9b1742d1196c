"""People who sign in to the console."""

from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from helpdesk.core.domain.permissions import ADMINISTRATOR, Grant, in_effect, together
from helpdesk.core.models.role import Role


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=(username or "").strip())

    def create_user(self, email: str, full_name: str, password: str | None = None, **extra: Any) -> "User":
        user = self.model(email=email.strip().lower(), full_name=full_name, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str, full_name: str, password: str | None = None, **extra: Any
    ) -> "User":
        """An administrator; serves `manage.py createsuperuser`."""
        user = self.create_user(email, full_name, password, **extra)
        user.roles.add(Role.objects.get(name=ADMINISTRATOR.name))
        return user


class User(AbstractBaseUser):
    class Theme(models.TextChoices):
        SYSTEM = "", _("Like the computer")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = models.EmailField(_("e-mail address"), unique=True)
    full_name = models.CharField(_("full name"), max_length=150)
    is_active = models.BooleanField(_("active"), default=True)
    roles = models.ManyToManyField("core.Role", related_name="users", blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, default="")
    theme = models.CharField(_("theme"), max_length=5, choices=Theme, blank=True, default="")
    signature = models.TextField(_("signature"), blank=True, default="", db_default="", max_length=2000)
    #: When a page of the console that this user has open last spoke up.
    seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_away = models.BooleanField(_("away"), default=False, db_default=False)
    #: Shortcuts that this user gave another key, like {"i": "y"}: `core.domain.keys`.
    keys = models.JSONField(default=dict, blank=True, db_default={}, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    #: For the bell; who asks for a page comes with it.
    unread_notices: int = 0

    #: The permission by which this page or call was opened: of clients, what the roles that give it reach.
    acts_by: str = ""

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.full_name or self.email

    @cached_property
    def role_grants(self) -> tuple[Grant, ...]:
        """Of each role what counts. One query."""
        if not self.is_active or self.pk is None:
            return ()
        rows = self.roles.values_list("permissions", "is_locked", "all_clients")
        return together((in_effect(names, all_clients=every), locked, every) for names, locked, every in rows)

    @cached_property
    def _grants(self) -> tuple[frozenset[str], bool, bool]:
        """(permissions, is administrator, sees all clients) of all roles together."""
        return (
            frozenset(name for names, _locked, _all in self.role_grants for name in names),
            any(locked for _names, locked, _all in self.role_grants),
            any(everything for _names, _locked, everything in self.role_grants),
        )

    def may(self, permission: str) -> bool:
        return str(permission) in self._grants[0]

    def may_everywhere(self, permission: str) -> bool:
        """Does one role give this for all clients?"""
        return any(everywhere and str(permission) in names for names, _lock, everywhere in self.role_grants)

    @property
    def permissions(self) -> frozenset[str]:
        return self._grants[0]

    @property
    def is_administrator(self) -> bool:
        return self._grants[1]

    @property
    def sees_all_clients(self) -> bool:
        return self._grants[2]

    @cached_property
    def needs_second_factor(self) -> bool:
        """One of the roles asks for it."""
        return bool(self.pk) and self.roles.filter(needs_second_factor=True).exists()

    def forget_grants(self) -> None:
        """Reads the roles anew at the next question; for code that has just changed them."""
        self.__dict__.pop("needs_second_factor", None)
        self.__dict__.pop("_grants", None)
        self.__dict__.pop("role_grants", None)

    @property
    def initials(self) -> str:
        words = (self.full_name or self.email).split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
