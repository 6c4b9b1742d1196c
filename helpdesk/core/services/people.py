"""Users, their roles and passwords. Links by mail are in services.accounts."""

import re
from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.core.domain.zones import zone_names
from helpdesk.core.errors import Conflict, Invalid, Refused
from helpdesk.core.events import publish
from helpdesk.core.models import Role, User
from helpdesk.core.selectors.grants import has_all_of
from helpdesk.core.services.audit import record
from helpdesk.core.services.sign_in import LONGEST_PASSWORD


class LastAdministrator(Conflict):
    code = "last-administrator"


class AlreadyTaken(Conflict):
    code = "already-taken"


def checked_password(field: str, password: str, user: User) -> str:
    """Invalid names what is wrong with it, at `field`."""
    if len(password) > LONGEST_PASSWORD:
        sentence = _("A password may have up to %(most)s characters.")
        raise Invalid(fields={field: sentence % {"most": LONGEST_PASSWORD}})
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(fields={field: " ".join(error.messages)}) from None
    return password


def _check_grant(by: User, roles: Iterable[Role]) -> None:
    """Nobody hands out more than they have themselves, nor for other clients (A14)."""
    for role in roles:
        if not has_all_of(by, [role]):
            raise Refused(
                _("You cannot give the role %(role)s: it may do more than you.") % {"role": role.name}
            )


@transaction.atomic
def create_user(
    *, email: str, full_name: str, password: str, roles: Iterable[Role], by: User, now: datetime
) -> User:
    """A user who can sign in at once, with a password that was told in person."""
    user = add_user(email=email, full_name=full_name, roles=roles, by=by, now=now)
    user.set_password(checked_password("password", password, user))
    user.save(update_fields=["password"])
    return user


@transaction.atomic
def add_user(
    *, email: str, full_name: str, roles: Iterable[Role], language: str = "", by: User, now: datetime
) -> User:
    """A user without a password; Invalid, AlreadyTaken, and Refused for roles that may do more than `by`."""
    email, full_name, roles = email.strip().lower(), " ".join(full_name.split()), list(roles)
    fields = {}
    try:
        validate_email(email)
    except ValidationError:
        fields["email"] = _("Enter an e-mail address, like name@example.com.")
    if not full_name:
        fields["full_name"] = _("Enter the full name.")
    if fields:
        raise Invalid(fields=fields)
    if User.objects.filter(email=email).exists():
        raise AlreadyTaken(_("There is a user with this e-mail address already."))
    _check_grant(by, roles)
    user = User.objects.create_user(email, full_name, None, language=language)
    user.roles.set(roles)
    after = {"email": email, "full_name": full_name, "roles": sorted(role.name for role in roles)}
    record(actor=by, verb="created", target=user, after=after, now=now)
    return user


@transaction.atomic
def change_password(*, user: User, old_password: str, new_password: str, now: datetime) -> None:
    """Signs out every other browser of the user (Django's session hash) and closes open streams."""
    if not user.check_password(old_password[:LONGEST_PASSWORD]):
        raise Invalid(fields={"old_password": _("This is not your present password.")})
    user.set_password(checked_password("new_password", new_password, user))
    user.save(update_fields=["password"])
    record(actor=user, verb="changed password", target=user, now=now)
    publish("user", user_id=user.pk)


@transaction.atomic
def set_roles(*, user: User, roles: Iterable[Role], by: User, now: datetime) -> None:
    """Adds and removes roles; the last active administrator stays one. The user's open streams are closed."""
    roles = list(roles)
    old = list(user.roles.all())
    _check_grant(by, [role for role in (*roles, *old) if (role in roles) != (role in old)])
    user.roles.set(roles)
    _require_administrator()
    _tell_rights(
        user,
        by=by,
        verb="changed roles",
        before=[r.name for r in old],
        after=[r.name for r in roles],
        now=now,
    )


@transaction.atomic
def set_active(*, user: User, is_active: bool, by: User, now: datetime) -> None:
    """Lets a user in or keeps them out: sessions end with the next request, streams at once."""
    if user == by and not is_active:
        raise Refused(_("You cannot deactivate yourself."))
    _check_grant(by, user.roles.all())
    if User.objects.filter(pk=user.pk, is_active=not is_active).update(is_active=is_active) != 1:
        return
    user.is_active = is_active
    _require_administrator()
    _tell_rights(user, by=by, verb="changed active", before=not is_active, after=is_active, now=now)


def _require_administrator() -> None:
    if not User.objects.filter(is_active=True, roles__is_locked=True).exists():
        raise LastAdministrator(_("One active administrator must remain."))


def _tell_rights(user: User, *, by: User, verb: str, before: object, after: object, now: datetime) -> None:
    user.forget_grants()
    record(actor=by, verb=verb, target=user, before={"value": before}, after={"value": after}, now=now)
    publish("user", user_id=user.pk)


_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def _clean_signature(text: str) -> str:
    """As typed, without what no reader and no mail could bear."""
    return _UNREADABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip("\n").rstrip()[:2000]


_OWN_FIELDS = ["full_name", "language", "time_zone", "theme", "signature"]


@transaction.atomic
def update_profile(
    *,
    user: User,
    full_name: str,
    language: str,
    time_zone: str,
    theme: str,
    signature: str | None = None,
    now: datetime,
) -> None:
    """The user's own name, taste and signature (None keeps it); changes nothing else (A14).

    A new name is audited.
    """
    before = user.full_name
    signature = user.signature if signature is None else _clean_signature(signature)
    values = (" ".join(full_name.split()), language, time_zone, theme, signature)
    for field, value in zip(_OWN_FIELDS, values, strict=True):
        setattr(user, field, value)
    fields = {}
    try:
        user.clean_fields(exclude={field.name for field in User._meta.fields} - set(_OWN_FIELDS))
    except ValidationError as error:
        fields = {name: " ".join(texts) for name, texts in error.message_dict.items()}
    if time_zone and time_zone not in zone_names():
        fields["time_zone"] = _("Choose a time zone, like Europe/Berlin.")
    if fields:
        user.refresh_from_db(fields=_OWN_FIELDS)
        raise Invalid(fields=fields)
    user.save(update_fields=_OWN_FIELDS)
    if before != user.full_name:
        after = {"full_name": user.full_name}
        record(
            actor=user, verb="changed name", target=user, before={"full_name": before}, after=after, now=now
        )
