"""Calls that may be sent twice: the second is answered as the first was."""

import hashlib
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.core import jobs
from helpdesk.core.errors import Conflict, Invalid
from helpdesk.core.models import KeptAnswer, User

KEPT_FOR = timedelta(days=1)
LONGEST_KEY = 100


class RightsChanged(Conflict):
    code = "rights-changed"


def claim_answer(*, user: User, key: str, asked: str, rights: str, now: datetime) -> KeptAnswer:
    """The row of this key, in the caller's transaction; a `status` says that it was answered before.

    Invalid for a key that is too long or was used for another call. RightsChanged when the user may do or see
    something else than at the first call: the answer of that time is not for them any more (A11).
    """
    if len(key) > LONGEST_KEY:
        sentence = _("Send at most %(most)s characters, such as a UUID.")
        raise Invalid(fields={"Idempotency-Key": sentence % {"most": LONGEST_KEY}})
    call, reach = (hashlib.sha256(part.encode()).hexdigest()[:32] for part in (asked, rights))
    with transaction.atomic():
        row, _is_new = KeptAnswer.objects.get_or_create(
            user=user, key=key, defaults={"digest": call + reach, "created_at": now}
        )
    if row.digest[:32] != call:
        raise Invalid(fields={"Idempotency-Key": _("This key was used for another call. Make a new one.")})
    if row.digest[32:] != reach:
        raise RightsChanged(_("Your rights have changed since this call. It was done; read what came of it."))
    return row


def begin_answer(*, row: KeptAnswer, status: int) -> bool:
    """The first caller wins: did it begin just now?"""
    return KeptAnswer.objects.filter(pk=row.pk, status=0).update(status=status) == 1


def keep_answer(*, row: KeptAnswer, status: int, body: str) -> None:
    KeptAnswer.objects.filter(pk=row.pk).update(status=status, body=body)


@jobs.each_day
def forget_answers(now: datetime) -> None:
    """After a day nobody sends the same call again."""
    KeptAnswer.objects.filter(created_at__lt=now - KEPT_FOR).delete()
