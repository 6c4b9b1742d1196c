"""Register, me, verification. Thin: a serializer, a service, an answer."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api import schema
from agents.api.base import AgentDoor, AgentView
from agents.api.serializers import (
    BeatAnswerSerializer,
    BeatSerializer,
    ConfirmSerializer,
    MeSerializer,
    RegisteredSerializer,
    RegisterSerializer,
    TokenRequestSerializer,
    me_document,
)
from agents.errors import EnrolmentKeyRefused
from agents.selectors import me, me_version
from agents.services import (
    Machine,
    WindowsUser,
    confirm_token,
    record_presence,
    register_profile,
    request_token,
)
from helpdesk.core import throttle
from helpdesk.core.domain.address import brake_of
from helpdesk.core.errors import DeskbellError
from helpdesk.core.selectors.organisation import current_organisation
from helpdesk.core.web import client_address

TAG = "Tray agent"
REGISTRATIONS_PER_MINUTE = 20
WRONG_KEYS = 10
WRONG_KEYS_SECONDS = 600


class RegisterView(AgentDoor):
    authentication_classes = []
    permission_classes = []

    @extend_schema(
        operation_id="agent_register",
        tags=[TAG],
        auth=[],
        summary="Make a Windows profile known",
        description=(
            "Once per Windows profile, at the first start. Safe to repeat after a lost answer: the same"
            " credential gets the same profile with 200. A known profile is never handed to another"
            " credential.\n\nLimits: 20 a minute and address; 10 wrong keys in 10 minutes and address; 500"
            " new devices a day and key; 100 new profiles a day and device; 64 kB."
        ),
        parameters=[schema.VERSION],
        request=RegisterSerializer,
        responses=schema.answers(
            {
                201: OpenApiResponse(RegisteredSerializer, description="The profile is new."),
                200: OpenApiResponse(
                    RegisteredSerializer, description="The profile was known with this credential."
                ),
            },
            {
                403: schema.problem("`enrolment-key-refused`: the key is unknown or was withdrawn."),
                409: schema.problem(
                    "`profile-already-registered`: known with another credential; a technician can reset it."
                    " `credential-in-use`: another profile has this credential; make a new one."
                ),
                413: schema.TOO_LARGE,
                422: schema.INVALID,
                426: schema.TOO_OLD,
                429: schema.TOO_MANY,
            },
        ),
    )
    def post(self, request: Request) -> Response:
        address = client_address(request)
        throttle.hit(
            "register", brake_of(address), limit=REGISTRATIONS_PER_MINUTE, per_seconds=60, now=self.now
        )
        shape = RegisterSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        given = shape.validated_data
        self._count_key(brake_of(address))
        try:
            registration = register_profile(
                enrolment_key=given["enrolment_key"],
                credential=given["credential"],
                machine=Machine(**given["machine"]),
                user=WindowsUser(**given["user"]),
                agent_version=given["agent_version"],
                address=address,
                now=self.now,
            )
        except EnrolmentKeyRefused:
            raise
        except DeskbellError:
            self._uncount_key(brake_of(address))
            raise
        self._uncount_key(brake_of(address))
        profile = registration.profile
        return Response(
            {
                "profile_id": str(profile.public_id),
                "device_id": str(profile.device.public_id),
                "state": str(profile.state),
                "organisation": current_organisation().name,
                "heartbeat_seconds": settings.AGENT_HEARTBEAT_SECONDS,
                "minimum_version": settings.AGENT_MINIMUM_VERSION,
            },
            status=201 if registration.is_new else 200,
        )

    def _count_key(self, address: str) -> None:
        """Counts before looking, so that guesses in parallel do not slip by; a good key is uncounted."""
        throttle.hit("wrong-keys", address, limit=WRONG_KEYS, per_seconds=WRONG_KEYS_SECONDS, now=self.now)

    def _uncount_key(self, address: str) -> None:
        throttle.take_back("wrong-keys", address, per_seconds=WRONG_KEYS_SECONDS, now=self.now)


class MeView(AgentView):
    @extend_schema(
        operation_id="agent_me",
        tags=[TAG],
        summary="What this profile is and may do",
        description="Read it at the start and whenever `me_version` of the heartbeat changes.",
        parameters=[schema.VERSION],
        responses=schema.answers(
            {200: OpenApiResponse(MeSerializer, description="The profile, its person and the desk.")},
            schema.AGENT_ERRORS,
        ),
    )
    def get(self, request: Request) -> Response:
        return Response(me_document(me(self.profile)))


class HeartbeatView(AgentView):
    """The front answers heartbeats itself; this one serves where Django runs without it."""

    @extend_schema(
        operation_id="agent_heartbeat",
        tags=[TAG],
        summary="Still here",
        description=(
            "Every `heartbeat_seconds`. A profile that was seen within 60 seconds is online. The answer"
            " carries what may have changed.\n\nLimits: 20 unknown credentials a minute and address; 4 kB."
        ),
        parameters=[schema.VERSION],
        request=BeatSerializer,
        responses=schema.answers(
            {200: OpenApiResponse(BeatAnswerSerializer, description="Noted.")},
            {422: schema.INVALID, **schema.AGENT_ERRORS},
        ),
    )
    def post(self, request: Request) -> Response:
        shape = BeatSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        profile = self.profile
        gone = [] if shape.validated_data["signed_in"] else [profile.pk]
        record_presence([(profile.pk, self.now)], signed_out=gone)
        return Response(
            {
                "state": str(profile.state),
                "me_version": me_version(profile, current_organisation()),
                "heartbeat_seconds": settings.AGENT_HEARTBEAT_SECONDS,
                "minimum_version": settings.AGENT_MINIMUM_VERSION,
            }
        )


class TokenView(AgentView):
    @extend_schema(
        operation_id="agent_send_token",
        tags=[TAG],
        summary="Mail a confirmation token",
        description=(
            "The answer is the same whether or not the address is known. Earlier tokens stop working; a"
            " verified profile starts again.\n\nLimits: 3 an hour and profile, 3 an hour and address. It has"
            " 8 characters, works once, for 30 minutes and 5 tries."
        ),
        parameters=[schema.VERSION],
        request=TokenRequestSerializer,
        responses=schema.answers(
            {
                202: OpenApiResponse(MeSerializer, description="The mail is on its way."),
            },
            {
                403: schema.problem("`agent-not-enabled`: the profile is off or disabled."),
                413: schema.TOO_LARGE,
                422: schema.INVALID,
                **schema.AGENT_ERRORS,
            },
        ),
    )
    def post(self, request: Request) -> Response:
        given = _valid(TokenRequestSerializer(data=request.data))
        request_token(profile=self.profile, full_name=given["full_name"], email=given["email"], now=self.now)
        return Response(me_document(me(self.profile)), status=202)


class ConfirmView(AgentView):
    @extend_schema(
        operation_id="agent_confirm_token",
        tags=[TAG],
        summary="Give the token back",
        description=(
            "Binds the person to the profile: `verified` for a contact of the client and for a new address"
            " inside its mail domains, otherwise `waiting_for_approval` until a technician decides."
        ),
        parameters=[schema.VERSION],
        request=ConfirmSerializer,
        responses=schema.answers(
            {
                200: OpenApiResponse(
                    MeSerializer, description="Verified, or waiting for approval: see `state`."
                ),
            },
            {
                403: schema.problem(
                    "`agent-not-enabled`: the profile is off or disabled. `no-attempts-left`: 5 tries were"
                    " wrong; send a new token."
                ),
                410: schema.problem("`token-expired`: older than 30 minutes, used, or none was sent."),
                413: schema.TOO_LARGE,
                422: schema.WRONG_TOKEN,
                **schema.AGENT_ERRORS,
            },
        ),
    )
    def post(self, request: Request) -> Response:
        given = _valid(ConfirmSerializer(data=request.data))
        profile = confirm_token(profile=self.profile, token=given["token"], now=self.now)
        return Response(me_document(me(profile)))


def _valid(shape: TokenRequestSerializer | ConfirmSerializer) -> dict[str, Any]:
    shape.is_valid(raise_exception=True)
    return dict(shape.validated_data)
