"""POST /api/agent/v1/heartbeat, answered by the front: no Django, no database for a known agent."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

from django.conf import settings

from agents.domain.text import is_too_old
from helpdesk.server.answers import Receive, Scope, Send, answer, header, problem, say_silent
from helpdesk.server.bodies import ClientGone, ClientSilent, next_message
from helpdesk.server.credentials import Credentials, Owner, TooManyStrangers
from helpdesk.server.presence import Presence

PATH = "/api/agent/v1/heartbeat"
MAX_BODY_BYTES = 4096
SCHEME = "Agent "


@lru_cache(1024)
def agent_is_too_old(version: str) -> bool:
    """An agent that says nothing is new enough, as in the rest of the agent API."""
    return bool(version) and is_too_old(version, settings.AGENT_MINIMUM_VERSION)


class HeartbeatDoor:
    """The thin door. `address_of` says who asks, honouring trusted proxies (A20)."""

    def __init__(
        self, credentials: Credentials, presence: Presence, address_of: Callable[[Scope], str]
    ) -> None:
        self.credentials = credentials
        self.presence = presence
        self.address_of = address_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            await problem(
                send,
                status=405,
                code="method-not-allowed",
                title="Not this way",
                detail="A heartbeat is sent with POST.",
                headers=[(b"allow", b"POST")],
            )
            return
        try:
            await self._beat(scope, await _read(receive), send)
        except ClientGone:
            return
        except ClientSilent:
            await say_silent(send)

    async def _beat(self, scope: Scope, body: bytes, send: Send) -> None:
        if agent_is_too_old(header(scope, b"deskbell-agent-version")):
            await say_too_old(send)
            return
        try:
            owner = await self._owner(scope)
        except TooManyStrangers as refusal:
            await say_too_many(send, refusal.retry_after_seconds)
            return
        if owner is None:
            await say_unknown(send)
            return
        signed_in = _signed_in(body)
        if signed_in is None:
            await _say_malformed(send)
            return
        self.presence.note(owner.profile_id, datetime.now(UTC), signed_in=signed_in)
        await answer(send, status=200, body=standing_of(owner))

    async def _owner(self, scope: Scope) -> Owner | None:
        return await self.credentials.owner_of(credential_of(scope), lambda: self.address_of(scope))


def credential_of(scope: Scope) -> str:
    """From the header alone: addresses of pages end up in logs (A17)."""
    given = header(scope, b"authorization")
    return given[len(SCHEME) :] if given.startswith(SCHEME) else ""


async def _read(receive: Receive) -> bytes:
    """The body; of a longer one little more than MAX_BODY_BYTES."""
    body = b""
    while True:
        message = await next_message(receive)
        if len(body) <= MAX_BODY_BYTES:
            body += message.get("body", b"")
        if not message.get("more_body"):
            return body


def _signed_in(body: bytes) -> bool | None:
    """The one field; an empty body means "still here". None for anything else."""
    if not body:
        return True
    if len(body) > MAX_BODY_BYTES:
        return None
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return None
    value = fields.get("signed_in", True) if isinstance(fields, dict) else None
    return value if isinstance(value, bool) else None


@lru_cache(4096)
def standing_of(owner: Owner) -> bytes:
    return json.dumps(
        {
            "state": owner.state,
            "me_version": owner.me_version,
            "heartbeat_seconds": settings.AGENT_HEARTBEAT_SECONDS,
            "minimum_version": settings.AGENT_MINIMUM_VERSION,
        }
    ).encode()


async def say_unknown(send: Send) -> None:
    await problem(
        send,
        status=401,
        code="credential-unknown",
        title="Unknown credential",
        detail="This desk does not know the agent's credential. Register again.",
        headers=[(b"www-authenticate", b"Agent")],
    )


async def say_too_many(send: Send, seconds: int) -> None:
    await problem(
        send,
        status=429,
        code="too-many",
        title="Too many tries",
        detail=f"Try again in {seconds} seconds.",
        headers=[(b"retry-after", str(seconds).encode())],
        retry_after_seconds=seconds,
    )


async def say_too_old(send: Send) -> None:
    await problem(
        send,
        status=426,
        code="agent-too-old",
        title="The agent is too old",
        detail=f"This desk needs version {settings.AGENT_MINIMUM_VERSION} or newer of the agent.",
        minimum_version=settings.AGENT_MINIMUM_VERSION,
        download_url=f"{settings.BASE_URL}/download/agent/",
    )


async def _say_malformed(send: Send) -> None:
    await problem(
        send,
        status=422,
        code="invalid",
        title="Not a heartbeat",
        detail='Send {"signed_in": true} or {"signed_in": false}.',
    )
