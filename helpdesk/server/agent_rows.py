"""What the heartbeat door needs of the database and of the address book of proxies. Runs in a thread."""

from django.http import HttpRequest

from agents.selectors import me_version, profile_by_credential
from agents.services import record_presence
from helpdesk.core.domain.address import brake_of
from helpdesk.core.selectors.organisation import current_organisation
from helpdesk.core.web import client_address
from helpdesk.server.answers import Scope
from helpdesk.server.credentials import Owner
from helpdesk.server.presence import Seen


def owner_of(credential: str) -> Owner | None:
    profile = profile_by_credential(credential)
    if profile is None:
        return None
    version = me_version(profile, current_organisation())
    return Owner(profile.pk, str(profile.public_id), profile.state, version)


def record(seen: Seen) -> None:
    record_presence(
        [(profile_id, at) for profile_id, (at, _) in seen.items()],
        signed_out=[profile_id for profile_id, (_, signed_in) in seen.items() if not signed_in],
    )


def address_of(scope: Scope) -> str:
    """What is counted for the client's address, through trusted proxies only (A20)."""
    forwarded = [value.decode("latin1") for key, value in scope["headers"] if key == b"x-forwarded-for"]
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = (scope.get("client") or ("",))[0]
    if forwarded:
        request.META["HTTP_X_FORWARDED_FOR"] = ",".join(forwarded)
    return brake_of(client_address(request))
