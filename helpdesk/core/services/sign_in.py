from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from helpdesk.core import throttle
from helpdesk.core.domain.address import brake_of
from helpdesk.core.errors import Refused, TooMany
from helpdesk.core.models import User

WINDOW_SECONDS = 15 * 60
TRIES_PER_ADDRESS_AND_EMAIL = 5
TRIES_PER_ADDRESS = 50
LONGEST_PASSWORD = 1024


def _sentence() -> str:
    return _("That did not work. Check e-mail address and password; after several tries wait 15 minutes.")


def check_credentials(*, email: str, password: str, address: str, now: datetime) -> User:
    """The active user with this e-mail address and password.

    Refused and TooMany carry one and the same sentence, and an unknown address costs the same work as a known
    one, so that nobody learns who has an account (A18). Tries are counted per (client address, e-mail) and
    per client address, never per e-mail alone: a stranger cannot lock anybody out. A try is counted before
    the check, so that parallel tries do not slip through, and taken back when it succeeds.
    """
    name, address = email.strip().lower(), brake_of(address)
    counters = (
        ("sign-in", f"{address} {name}", TRIES_PER_ADDRESS_AND_EMAIL),
        ("sign-in-address", address, TRIES_PER_ADDRESS),
    )
    try:
        for scope, key, limit in counters:
            throttle.hit(scope, key, limit=limit, per_seconds=WINDOW_SECONDS, now=now)
    except TooMany as error:
        raise TooMany(
            _sentence(), retry_after_seconds=error.retry_after_seconds, code="sign-in-refused"
        ) from None
    password = password[:LONGEST_PASSWORD]
    user = User.objects.filter(email=name).first()
    if user is None:
        make_password(password)
        is_right = False
    else:
        is_right = user.check_password(password) and user.is_active
    if user is None or not is_right:
        raise Refused(_sentence(), code="sign-in-refused")
    for scope, key, _limit in counters:
        throttle.take_back(scope, key, per_seconds=WINDOW_SECONDS, now=now)
    return user
