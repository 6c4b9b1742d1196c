"""Adding and changing mailboxes."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from helpdesk.core.errors import Invalid
from helpdesk.core.events import publish
from helpdesk.core.models import Team, User
from helpdesk.core.selectors.organisation import current_organisation
from helpdesk.core.services.audit import record
from helpdesk.core.services.mail import retry_mails
from tickets.models import Mailbox
from tickets.services.mailboxes.secret import sealed, secrets_of
from tickets.services.mailboxes.server_fields import keep_sending_secret, sending_problems, server_problems

State = Mailbox.State
#: Whoever changes one of these must know the password again: else it could be sent to a server of his (A27).
WHERE = ("host", "port", "security", "user", "auth", "token_url", "client_id")
SEND_WHERE = ("send_host", "send_port", "send_security", "send_user")
_CONNECTION = {"kind", "folder", "scope", *WHERE}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxFields:
    """What an administrator may set. An empty `secret`, `refresh` or `send_secret` keeps what is there."""

    address: str
    name: str = ""
    kind: str = Mailbox.Kind.SMTP
    host: str = ""
    port: int = 993
    security: str = Mailbox.Security.TLS
    user: str = ""
    auth: str = Mailbox.Auth.PASSWORD
    token_url: str = ""
    client_id: str = ""
    scope: str = ""
    folder: str = "INBOX"
    team: Team | None = None
    signature: str = ""
    creates_contacts: bool = True
    answers_automatic: bool = True
    trusted_authserv_id: str = ""
    sends_itself: bool = False
    send_host: str = ""
    send_port: int = 587
    send_security: str = Mailbox.Security.STARTTLS
    send_user: str = ""
    secret: str = ""
    refresh: str = ""
    send_secret: str = ""


_SECRETS = ("secret", "refresh", "send_secret")
_COLUMNS = [field.name for field in fields(MailboxFields) if field.name not in _SECRETS]


@transaction.atomic
def add_mailbox(*, given: MailboxFields, by: User, now: datetime) -> Mailbox:
    """Its mail is received from now on. Invalid names each wrong field."""
    row = Mailbox(created_at=now)
    _fill(row, given)
    _save(row)
    record(actor=by, verb="mailbox.added", target=row, after=_shown(row), now=now)
    publish("mailbox", str(row.pk))
    return row


@transaction.atomic
def change_mailbox(*, mailbox: Mailbox, given: MailboxFields, by: User, now: datetime) -> Mailbox:
    """Saves what is different; with another server or password it is tried at once. Invalid names each wrong
    field.
    """
    row = Mailbox.objects.select_for_update().get(pk=mailbox.pk)
    before, secrets_before = _shown(row), (row.secret_sealed, row.send_secret_sealed)
    _fill(row, given)
    after = _shown(row)
    changed = [name for name in _COLUMNS if before[name] != after[name]]
    has_new_secret = row.secret_sealed != secrets_before[0]
    has_new_send_secret = row.send_secret_sealed != secrets_before[1]
    if not changed and not has_new_secret and not has_new_send_secret:
        return row
    if row.is_active and (has_new_secret or _CONNECTION.intersection(changed)):
        row.state, row.state_words, row.state_at = State.NEVER, "", now
    if is_another_way := has_new_send_secret or bool({"sends_itself", *SEND_WHERE}.intersection(changed)):
        row.send_state, row.send_words, row.send_state_at = Mailbox.Sending.NEVER, "", None
        row.send_failures, row.send_rests_until = 0, None
    if {"folder", "host", "user"} & set(changed):
        row.uid_validity, row.last_uid = None, 0
    _save(row)
    if is_another_way:
        retry_mails(from_address=row.address, now=now)
    secret = {"password": "changed"} if has_new_secret else {}
    secret |= {"sending_password": "changed"} if has_new_send_secret else {}
    record(
        actor=by,
        verb="mailbox.changed",
        target=row,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed} | secret,
        now=now,
    )
    publish("mailbox", str(row.pk))
    return row


@transaction.atomic
def set_active(*, mailbox: Mailbox, is_active: bool, by: User, now: datetime) -> None:
    """Off: nothing is received or fetched, and nothing is lost: it waits on its server. Safe to repeat."""
    state = State.NEVER if is_active else State.OFF
    rows = Mailbox.objects.filter(pk=mailbox.pk, is_active=not is_active)
    if rows.update(is_active=is_active, state=state, state_words="", state_at=now):
        record(
            actor=by, verb="mailbox.turned_on" if is_active else "mailbox.turned_off", target=mailbox, now=now
        )
        publish("mailbox", str(mailbox.pk))


def ensure_first_mailbox(*, now: datetime) -> None:
    """A desk without any mailbox gets its built-in address. Safe to repeat."""
    if Mailbox.objects.exists():
        return
    host = urlsplit(settings.BASE_URL).hostname or ""
    host = host if any(letter.isalpha() for letter in host) and ":" not in host else "localhost"
    house = current_organisation()
    address = (house.support_email or f"support@{host}").lower()
    Mailbox.objects.get_or_create(address=address, defaults={"name": house.name, "created_at": now})


def _fill(row: Mailbox, given: MailboxFields) -> None:
    where = [getattr(row, name) for name in WHERE]
    send_where = [getattr(row, name) for name in SEND_WHERE]
    for name in _COLUMNS:
        value = getattr(given, name)
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    row.address, row.host, row.send_host = row.address.lower(), row.host.lower(), row.send_host.lower()
    problems = _problems(row)
    if row.kind == Mailbox.Kind.IMAP:
        is_same = where == [getattr(row, name) for name in WHERE]
        problems |= _keep_secret(row, given, is_same=is_same)
    else:
        row.host, row.secret_sealed = "", ""
    if row.sends_itself:
        is_same = send_where == [getattr(row, name) for name in SEND_WHERE]
        problems |= sending_problems(row) | keep_sending_secret(row, given.send_secret, is_same=is_same)
    else:
        row.send_host, row.send_user, row.send_secret_sealed = "", "", ""
    if problems:
        raise Invalid(fields=problems)


def _keep_secret(row: Mailbox, given: MailboxFields, *, is_same: bool) -> dict[str, str]:
    needs_refresh = row.auth == Mailbox.Auth.OAUTH_REFRESH
    if is_same and row.secret_sealed and not (given.secret or given.refresh):
        return {}
    known = secrets_of(row) if is_same and row.secret_sealed and not (given.secret and given.refresh) else {}
    secret, refresh = given.secret or known.get("secret", ""), given.refresh or known.get("refresh", "")
    if not secret and not needs_refresh:  # a public client has no secret of its own
        return {"secret": _("Enter the password. It is needed again when the server or the user changes.")}
    if needs_refresh and not refresh:
        return {"refresh": _("Enter the refresh token.")}
    row.secret_sealed = sealed(secret, refresh if needs_refresh else "")
    return {}


def _problems(row: Mailbox) -> dict[str, str]:
    found: dict[str, str] = {}
    try:
        validate_email(row.address)
    except ValidationError:
        found["address"] = _("Write the address like name@example.com.")
    if row.kind != Mailbox.Kind.IMAP:
        return found
    found |= server_problems(row.host, row.port, row.security, example="imap.example.com")
    if not row.user:
        found["user"] = _("Enter the name to sign in with.")
    if row.auth != Mailbox.Auth.PASSWORD:
        url = urlsplit(row.token_url)
        allowed = {word.lower() for word in settings.MAIL_ALLOWED_HOSTS}
        if not url.hostname or (url.scheme != "https" and url.hostname not in allowed):
            found["token_url"] = _("Enter the address of the token server, starting with https://.")
        if not row.client_id:
            found["client_id"] = _("Enter the id of the application.")
    return found


def _save(row: Mailbox) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Invalid(fields={"address": _("There is a mailbox with this address already.")}) from None


def _shown(row: Mailbox) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in _COLUMNS}
    return shown | {"team": row.team.name if row.team else ""}
