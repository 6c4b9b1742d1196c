"""Links by mail to a first or a new password (A18): unguessable, for one person, for one use, for a while.

A link is bound to the e-mail address and the password of its time; once either has changed it opens nothing.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.core import jobs, throttle
from helpdesk.core.domain.account_key import LIFETIMES, account_key_hash, make_account_key
from helpdesk.core.domain.address import brake_of
from helpdesk.core.errors import Conflict, NotFound, Refused
from helpdesk.core.events import publish
from helpdesk.core.links import absolute_url
from helpdesk.core.models import AccountKey, Role, User
from helpdesk.core.selectors.grants import has_all_of
from helpdesk.core.services.accounts.letters import send_letter, tell_change
from helpdesk.core.services.accounts.sign_ins import end_all
from helpdesk.core.services.audit import record
from helpdesk.core.services.jobs import enqueue
from helpdesk.core.services.people import add_user, checked_password

ASKS_PER_ADDRESS = 20
WINDOW_SECONDS = 15 * 60
MAILS_AN_HOUR = 3

Purpose = AccountKey.Purpose


class LinkDead(NotFound):
    code = "link-dead"


def ask_for_link(*, email: str, address: str, now: datetime) -> None:
    """Somebody cannot get in and typed an address. TooMany after 20 asks in 15 minutes from one network.

    Known and unknown addresses cost the same row and get the same answer, and the mail is written later, so
    that nobody learns who has an account.
    """
    throttle.hit("forgot", brake_of(address), limit=ASKS_PER_ADDRESS, per_seconds=WINDOW_SECONDS, now=now)
    enqueue(kind="mail_link", ref=email.strip().lower()[:100], now=now)


@jobs.handler("mail_link")
def mail_link_job(ref: str, now: datetime) -> None:
    """At most three mails an hour for one person: more would be a stranger's joke."""
    user = User.objects.filter(email=ref, is_active=True).first()
    if user is None:
        return
    since = now - timedelta(hours=1)
    if user.account_keys.filter(purpose=Purpose.RESET, created_at__gt=since).count() < MAILS_AN_HOUR:
        _send(user, Purpose.RESET, now=now)


@transaction.atomic
def invite(
    *, email: str, full_name: str, roles: Iterable[Role], language: str = "", by: User, now: datetime
) -> User:
    """A new user without a password, and a mail with the link to choose one; as `create_user` otherwise."""
    user = add_user(email=email, full_name=full_name, roles=roles, language=language, by=by, now=now)
    _send(user, Purpose.INVITE, by=by, now=now)
    return user


@transaction.atomic
def invite_again(*, user: User, by: User, now: datetime) -> None:
    """A new link; earlier ones stop working."""
    _check_invited(user)
    _send(user, Purpose.INVITE, by=by, now=now)
    record(actor=by, verb="invited again", target=user, now=now)


@transaction.atomic
def withdraw_invitation(*, user: User, by: User, now: datetime) -> None:
    """The user goes as if never invited; Conflict once they have chosen a password, Refused when they may do
    more than `by`.
    """
    _check_invited(user)
    if not has_all_of(by, user.roles.all()):
        raise Refused(_("This person may do more than you. Ask an administrator."))
    record(actor=by, verb="withdrew invitation", target=user, now=now)
    user.delete()


def _check_invited(user: User) -> None:
    if not User.objects.filter(pk=user.pk, last_login=None).exists() or user.has_usable_password():
        raise Conflict(_("%(name)s has accepted the invitation already.") % {"name": user.full_name})


def _send(user: User, purpose: Purpose, *, by: User | None = None, now: datetime) -> None:
    key = make_account_key()
    with transaction.atomic():
        user.account_keys.filter(used_at=None).update(used_at=now)
        user.account_keys.filter(expires_at__lt=now - timedelta(days=30)).delete()
        AccountKey.objects.create(
            user=user,
            purpose=purpose,
            key_hash=account_key_hash(key),
            bound_to=_binding(user),
            created_at=now,
            expires_at=now + LIFETIMES[purpose],
        )
        facts = {"url": absolute_url(f"/sign-in/link/{key}/"), "by": by.full_name if by else ""}
        send_letter(to=user, name=str(purpose), facts=facts, is_secret=True, now=now)


def _binding(user: User) -> str:
    words = f"{user.pk}\0{user.email}\0{user.password}"
    return hmac.new(settings.SECRET_KEY.encode(), words.encode(), hashlib.sha256).hexdigest()


def owner_of_link(key: str, *, now: datetime) -> AccountKey:
    """LinkDead for a link that was used, replaced, withdrawn or guessed, or that is too old."""
    digest = account_key_hash(key)
    found = (
        AccountKey.objects.select_related("user")
        .filter(key_hash=digest, used_at=None, expires_at__gt=now, user__is_active=True)
        .first()
        if digest
        else None
    )
    if found is None or not hmac.compare_digest(found.bound_to, _binding(found.user)):
        raise LinkDead(_("This link was used already, or is too old. Ask for a new one."))
    return found


@transaction.atomic
def choose_password(*, key: str, password: str, now: datetime) -> User:
    """Spends the link; of two that come at once one wins. Ends every sign-in of the person.

    A second factor stays as it was: a mailbox alone opens no account that has one.
    """
    link = owner_of_link(key, now=now)
    user = link.user
    checked_password("new_password", password, user)
    if AccountKey.objects.filter(pk=link.pk, used_at=None).update(used_at=now) != 1:
        raise LinkDead(_("This link was used already, or is too old. Ask for a new one."))
    user.set_password(password)
    user.save(update_fields=["password"])
    user.account_keys.filter(used_at=None).update(used_at=now)
    end_all(user=user)
    verb = "accepted invitation" if link.purpose == Purpose.INVITE else "reset password"
    record(actor=user, verb=verb, target=user, now=now)
    if link.purpose == Purpose.RESET:
        tell_change(user=user, what="password", now=now)
    publish("user", user_id=user.pk)
    return user
