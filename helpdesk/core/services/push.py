"""Notices that go to browsers while no page is open (RFC 8030, 8291, 8292).

Their servers belong to the makers of browsers: they see when somebody is told something, never what. A push
is tried once: who misses it has the bell and perhaps a mail.
"""

import json
import logging
from datetime import datetime
from email.utils import parseaddr
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from helpdesk.core import jobs
from helpdesk.core.domain.languages import mail_language
from helpdesk.core.domain.reach import NotAllowed, NotReachable, address_of
from helpdesk.core.domain.web_push import (
    BadSubscription,
    Subscription,
    authorization,
    check,
    encode,
    make_key,
    point_of,
    read_key,
    seal,
)
from helpdesk.core.errors import Invalid
from helpdesk.core.models import Notice, Organisation, PushDevice, User
from helpdesk.core.selectors.notices import Told, told
from helpdesk.core.selectors.organisation import current_organisation
from helpdesk.core.services import secrets
from helpdesk.core.services.letters import write_subject
from helpdesk.core.services.notices import PUSH_KIND
from helpdesk.core.services.post import NotDelivered, post

logger = logging.getLogger(__name__)
_PURPOSE: Final = "push key"
#: More than these at once are one push that says how many.
SINGLY: Final = 3
LASTS_SECONDS: Final = 24 * 3600
#: After so many failures in a row a browser is forgotten; it may come back by itself.
MOST_FAILURES: Final = 10
MOST_DEVICES: Final = 20
GONE: Final = frozenset({404, 410})


def public_key() -> str:
    """The desk's own key for pushes, made at the first call: browsers accept pushes of its holder alone."""
    return encode(point_of(read_key(_own_key())))


def _own_key() -> str:
    kept = current_organisation().push_key
    if kept:
        return secrets.unseal(kept, purpose=_PURPOSE)
    made = secrets.seal(make_key(), purpose=_PURPOSE)
    Organisation.objects.get_or_create(pk=1)
    Organisation.objects.filter(pk=1, push_key="").update(push_key=made)  # the first one counts
    return secrets.unseal(current_organisation().push_key, purpose=_PURPOSE)


@transaction.atomic
def add_push_device(*, user: User, subscription: Subscription, name: str, now: datetime) -> PushDevice:
    """This browser is told from now on; who signs in with it later takes it over.

    Invalid for what is no subscription, and for an address inside of a private network (A23).
    """
    try:
        check(subscription)
        parts = urlsplit(subscription.endpoint)
        address_of(parts.hostname or "", parts.port or 443, allowed=settings.WEBHOOK_ALLOWED_HOSTS)
    except (BadSubscription, NotAllowed, NotReachable, ValueError):
        raise Invalid(_("This browser gave an address that the desk cannot push to.")) from None
    device, _is_new = PushDevice.objects.update_or_create(
        endpoint=subscription.endpoint,
        defaults={
            "user": user,
            "p256dh": subscription.p256dh,
            "auth": subscription.auth,
            "name": name[:100],
            "failures": 0,
        },
        create_defaults={
            "user": user,
            "p256dh": subscription.p256dh,
            "auth": subscription.auth,
            "name": name[:100],
            "created_at": now,
        },
    )
    newest = PushDevice.objects.filter(user=user).order_by("-pk").values_list("pk", flat=True)
    PushDevice.objects.filter(user=user).exclude(pk__in=list(newest[:MOST_DEVICES])).delete()
    return device


def remove_push_device(*, user: User, device: int) -> bool:
    """Tells this browser nothing more; False for one that is not theirs."""
    return bool(PushDevice.objects.filter(user=user, pk=device).delete()[0])


@jobs.handler(PUSH_KIND, waits=True)
def push_notices(ref: str, now: datetime) -> None:
    """Tells the browsers of the user `ref` what is due. Rights are asked now (A12)."""
    user = User.objects.filter(pk=int(ref)).first()
    due = list(Notice.objects.filter(user=int(ref), push_due_at__isnull=False).order_by("pk"))
    ours = [
        row
        for row in due
        if Notice.objects.filter(pk=row.pk, push_due_at__isnull=False).update(push_due_at=None)
    ]
    if user is None or not user.is_active:
        return
    rows = told(user, [row for row in ours if row.read_at is None])
    messages = _messages(user, rows) if rows else []
    for device in PushDevice.objects.filter(user=user).order_by("pk") if messages else ():
        _send(device, messages, now)


def _messages(user: User, rows: list[Told]) -> list[bytes]:
    language = mail_language(user.language, current_organisation().default_language)
    with translation.override(language):
        if len(rows) > SINGLY:
            words = write_subject("mails/notices", language=language, facts={"told": rows})
            return [_message(words, rows[-1].subject.title, "/notices/", "notices")]
        return [
            _message(
                " ".join(filter(None, (row.subject.label, row.subject.title))),
                row.sentence,
                row.subject.url,
                row.notice.about or f"notice:{row.notice.pk}",
            )
            for row in rows
        ]


def _message(title: str, body: str, url: str, tag: str) -> bytes:
    """What the service worker shows; without the words of customers, which may stand on a locked screen."""
    return json.dumps({"title": title[:200], "body": body[:300], "url": url, "tag": tag}).encode()


def _send(device: PushDevice, messages: list[bytes], now: datetime) -> None:
    """Each message; a browser that is gone for good is forgotten."""
    to = Subscription(device.endpoint, device.p256dh, device.auth)
    contact = current_organisation().support_email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    headers = {
        "Authorization": authorization(
            device.endpoint, key=read_key(_own_key()), contact=f"mailto:{contact}", now=now
        ),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(LASTS_SECONDS),
    }
    try:
        for message in messages:
            post(device.endpoint, seal(message, to), headers, allowed=settings.WEBHOOK_ALLOWED_HOSTS)
    except (NotDelivered, NotAllowed, NotReachable, BadSubscription) as problem:
        if getattr(problem, "status", None) in GONE or device.failures + 1 >= MOST_FAILURES:
            device.delete()
        else:
            PushDevice.objects.filter(pk=device.pk).update(failures=F("failures") + 1)
        logger.info("A push was not delivered: %s", type(problem).__name__)
    else:
        PushDevice.objects.filter(pk=device.pk).update(told_at=now, failures=0)
