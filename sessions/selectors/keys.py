"""The door of customers: a key, found by its link or by what a customer who has joined shows; by its code
only in `services.look_up`, where wrong ones are counted.
"""

from sessions.domain.links import CUSTOMER, guest_hash
from sessions.errors import CodeUnknown
from sessions.models import ServiceRequest, SupportKey
from sessions.selectors.links import row_of


def current_key(request: ServiceRequest) -> SupportKey:
    """The newest one, which has the code of the request."""
    return SupportKey.objects.filter(request=request).latest("id")


def key_of_link(token: str) -> SupportKey:
    """The key of a customer's link, in any state; looking uses nothing up. Raises `CodeUnknown`."""
    row = row_of(token, kind=CUSTOMER)
    found = SupportKey.objects.select_related("request").filter(public_id=row).first() if row else None
    if found is None:
        raise CodeUnknown
    return found


def key_of_guest(shown: str) -> SupportKey:
    """The key by which this customer has joined, unless it was withdrawn. Raises `CodeUnknown`."""
    known = guest_hash(shown)
    keys = SupportKey.objects.select_related("request").filter(guest_hash=known, withdrawn_at=None)
    found = keys.first() if known else None
    if found is None:
        raise CodeUnknown
    return found
