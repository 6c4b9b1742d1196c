"""What all views for tray agents share: who calls, how often, how old, how much."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from agents.domain.text import is_too_old
from agents.errors import AgentTooOld
from agents.models import Profile
from agents.selectors import profile_by_credential
from helpdesk.core import throttle
from helpdesk.core.api import SmallJSONParser
from helpdesk.core.domain.address import brake_of
from helpdesk.core.errors import DeskbellError
from helpdesk.core.web import client_address

SCHEME = "Agent "
VERSION_HEADER = "Deskbell-Agent-Version"
CALLS_PER_MINUTE = 120
STRANGERS_PER_MINUTE = 20


class CredentialUnknown(DeskbellError):
    code = "credential-unknown"
    title = gettext_lazy("Unknown credential")
    http_status = 401
    auth_header = "Agent"

    def __init__(self) -> None:
        super().__init__(_("This desk does not know the agent's credential. Register again."))


class AgentAuthentication(BaseAuthentication):
    """`Authorization: Agent dba_...`. The caller becomes `request.user`: a Profile, never a User.

    An unknown credential counts against the address: 20 a minute, then 429 (A20, A30).
    """

    def authenticate(self, request: Request) -> tuple[Profile, str]:
        header = request.headers.get("Authorization", "")
        profile = profile_by_credential(header.removeprefix(SCHEME)) if header.startswith(SCHEME) else None
        if profile is None:
            throttle.hit(
                "agent-strangers",
                brake_of(client_address(request)),
                limit=STRANGERS_PER_MINUTE,
                per_seconds=60,
                now=timezone.now(),
            )
            raise CredentialUnknown
        return profile, "agent"

    def authenticate_header(self, request: Request) -> str:
        return "Agent"


class AgentAuthenticationSchema(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = AgentAuthentication
    name = "agentCredential"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": (
                "`Agent dba_...`: the credential that the agent made and registered (256 bit). It acts for"
                " one Windows profile only. The server keeps its SHA-256."
            ),
        }


class IsAgent(BasePermission):
    """A signed-in technician is no agent: the two APIs share nothing."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, Profile)


class AgentDoor(APIView):
    """Any view of the agent API, also before there is a credential: refuses versions that are too old."""

    guard: ClassVar[str] = "agent"
    parser_classes = [SmallJSONParser]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.now: datetime = timezone.now()
        version = request.headers.get(VERSION_HEADER)
        if version is not None and is_too_old(version, settings.AGENT_MINIMUM_VERSION):
            raise AgentTooOld(
                minimum_version=settings.AGENT_MINIMUM_VERSION,
                download_url=f"{settings.BASE_URL}/download/agent/",
            )
        super().initial(request, *args, **kwargs)


class AgentView(AgentDoor):
    """A view for a registered agent. `self.profile` is the caller; `self.now` the time of the call."""

    authentication_classes = [AgentAuthentication]
    permission_classes = [IsAgent]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        throttle.hit(
            "agent-calls", str(self.profile.pk), limit=CALLS_PER_MINUTE, per_seconds=60, now=self.now
        )

    @property
    def profile(self) -> Profile:
        assert isinstance(self.request.user, Profile)  # noqa: S101 - IsAgent let only profiles through
        return self.request.user
