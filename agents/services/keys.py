"""Enrolment keys: shown once, then known by their hash only."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agents.domain import secret, text
from agents.models import Client, EnrolmentKey
from helpdesk.core.errors import Conflict, Invalid
from helpdesk.core.models import User
from helpdesk.core.services.audit import record

PREFIX_LENGTH = 8


def create_key(*, client: Client, label: str, by: User, now: datetime) -> tuple[EnrolmentKey, str]:
    """A new key for the client's installer. The second value is the key: show it now, it is not kept."""
    label = text.clean_name(label, limit=80)
    if not label:
        raise Invalid(fields={"label": _("Say where the key is used, such as Installer 2026.")})
    plain = secret.make_key()
    with transaction.atomic():
        key = EnrolmentKey.objects.create(
            client=client,
            label=label,
            prefix=plain[:PREFIX_LENGTH],
            key_hash=secret.digest(plain),
            created_by=by,
            created_at=now,
        )
        record(actor=by, verb="key.created", target=key, after={"client": client.name}, now=now)
    return key, plain


def revoke_key(*, key: EnrolmentKey, by: User, now: datetime) -> None:
    """No more devices with this key; those that registered stay. Conflict if it was revoked already."""
    with transaction.atomic():
        if EnrolmentKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now) != 1:
            raise Conflict(_("This key was withdrawn already."), code="key-revoked")
        key.revoked_at = now
        record(actor=by, verb="key.revoked", target=key, now=now)


def rotate_key(*, key: EnrolmentKey, by: User, now: datetime) -> tuple[EnrolmentKey, str]:
    """A new key with the same label; the old one is revoked in the same moment."""
    with transaction.atomic():
        revoke_key(key=key, by=by, now=now)
        return create_key(client=key.client, label=key.label, by=by, now=now)
