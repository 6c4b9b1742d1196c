"""Finding a key by the code that somebody typed. Wrong codes are counted: docs/sessions.md has the sum."""

from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from helpdesk.core import throttle
from helpdesk.core.domain.address import brake_of
from sessions.domain.code import parse_code
from sessions.domain.support_key import KeyState
from sessions.errors import CodeUnknown, KeyUsed, RequestInvalid
from sessions.models import SupportKey

WINDOW_SECONDS: Final = 600
#: Wrong codes in ten minutes: of one address, and of everybody together. The second one stops all typing of
#: codes for a while; links go on working.
WRONG_PER_ADDRESS: Final = 10
WRONG_PER_DESK: Final = 60
_ADDRESS, _DESK = "wrong-codes", "wrong-codes-of-all"


def look_up_code(*, typed: str, address: str, now: datetime) -> SupportKey:
    """The valid key of this code. `address` is who really asks (`web.client_address`).

    Raises `RequestInvalid` (field `code`: these are no nine digits), `CodeUnknown`, `KeyUsed`, `TooMany`.
    """
    code = parse_code(typed)
    if not code:
        raise RequestInvalid(fields={"code": _("The code has nine digits, like 482 913 067.")})
    brake = brake_of(address)
    # Counted before the look, so that many at once get no more looks than one after another. An address that
    # is stopped does not use up what the desk allows.
    throttle.hit(_ADDRESS, brake, limit=WRONG_PER_ADDRESS, per_seconds=WINDOW_SECONDS, now=now)
    throttle.hit(_DESK, "", limit=WRONG_PER_DESK, per_seconds=WINDOW_SECONDS, now=now)
    key = SupportKey.objects.select_related("request").filter(code=code, request__ended_at=None).first()
    state = key.state(now) if key else None
    if key is None or state in (KeyState.LAPSED, KeyState.WITHDRAWN):
        raise CodeUnknown
    if state is KeyState.USED:
        raise KeyUsed
    throttle.take_back(_ADDRESS, brake, per_seconds=WINDOW_SECONDS, now=now)
    throttle.take_back(_DESK, "", per_seconds=WINDOW_SECONDS, now=now)
    return key
