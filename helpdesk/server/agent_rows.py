"""What the agents' doors need of the database and of the address book of proxies. Runs in a thread."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from agents.selectors import me_version, profiles_by_digest
from agents.services import keep_present, record_departures, record_presence
from helpdesk.core.domain.address import brake_of
from helpdesk.core.selectors.organisation import current_organisation
from helpdesk.core.web import client_address
from helpdesk.server.answers import Scope
from helpdesk.server.credentials import Owner
from helpdesk.server.presence import Seen


def owners_of(digests: Sequence[str]) -> dict[str, Owner]:
    """By the digests of their credentials, as many as there are. Two queries."""
    organisation = current_organisation()
    return {
        digest: Owner(profile.pk, str(profile.public_id), profile.state, me_version(profile, organisation))
        for digest, profile in profiles_by_digest(digests).items()
    }


def record(seen: Seen) -> None:
    record_presence(
        [(profile_id, at) for profile_id, (at, _) in seen.items()],
        signed_out=[profile_id for profile_id, (_, signed_in) in seen.items() if not signed_in],
    )


def keep(profile_ids: Sequence[int]) -> None:
    keep_present(profile_ids, at=timezone.now())


def depart(left: Mapping[int, datetime]) -> None:
    record_departures(left, now=timezone.now())


def address_of(scope: Scope) -> str:
    """What is counted for the client's address, through trusted proxies only (A20)."""
    forwarded = [value.decode("latin1") for key, value in scope["headers"] if key == b"x-forwarded-for"]
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = (scope.get("client") or ("",))[0]
    if forwarded:
        request.META["HTTP_X_FORWARDED_FOR"] = ",".join(forwarded)
    return brake_of(client_address(request))
