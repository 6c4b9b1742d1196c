from uuid import UUID

from django.conf import settings

from sessions.domain.links import CUSTOMER, TECHNICIAN, link_token, read_link
from sessions.models import ServiceRequest, SupportKey


def technician_link(request: ServiceRequest) -> str:
    """The secret part of the link for colleagues; they have to be signed in besides."""
    return link_token(settings.SECRET_KEY, kind=TECHNICIAN, row=request.public_id)


def customer_link(key: SupportKey) -> str:
    """The secret part of the link for the customer; as good and as long as the code of the key."""
    return link_token(settings.SECRET_KEY, kind=CUSTOMER, row=key.public_id)


def row_of(token: str, *, kind: str) -> UUID | None:
    """Whose link this is; None for what is no link of ours of that kind."""
    return read_link(
        [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)], token, kind=kind
    )
