"""Problem documents and headers in the OpenAPI description, for every app that serves tray agents."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from helpdesk.core.problems import MEDIA_TYPE

VERSION = OpenApiParameter(
    name="Deskbell-Agent-Version",
    location=OpenApiParameter.HEADER,
    type=OpenApiTypes.STR,
    description="Version of the agent, such as `0.1.0`. Older than the desk's minimum: 426 `agent-too-old`.",
)


class FieldErrorSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(
        help_text="Path of the field, such as `machine.id`; empty: the whole request."
    )
    message = serializers.CharField(help_text="A sentence for people that says what is right.")


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457, `application/problem+json`."""

    type = serializers.CharField(help_text="`urn:deskbell:problem:<code>`")
    title = serializers.CharField(help_text="What happened, for people.")
    status = serializers.IntegerField(help_text="The HTTP status again.")
    detail = serializers.CharField(help_text="What to do, for people.")
    code = serializers.CharField(help_text="Stable name of the problem, for programs.")
    errors = FieldErrorSerializer(many=True, help_text="One entry per wrong field; empty otherwise.")  # type: ignore[assignment]


def problem(description: str) -> OpenApiResponse:
    """`description` names the codes: "`wrong-token`: ..."."""
    return OpenApiResponse(ProblemSerializer, description=description)


def _with(name: str, description: str, **fields: serializers.Field[Any, Any, Any, Any]) -> OpenApiResponse:
    own: dict[str, Any] = {**ProblemSerializer().fields, **fields}
    return OpenApiResponse(inline_serializer(name, own), description=description)


UNKNOWN = problem("`credential-unknown`: no profile has this credential. Register again.")
INVALID = problem("`invalid`: `errors` names each wrong field with a sentence that says what is right.")
TOO_OLD = _with(
    "AgentTooOldProblem",
    "`agent-too-old`: the agent is older than the desk's minimum.",
    minimum_version=serializers.CharField(help_text="The oldest version that may call."),
    download_url=serializers.URLField(help_text="Where the current agent is."),
)
TOO_MANY = _with(
    "TooManyProblem",
    "`too-many`: a limit was reached (120 calls a minute and profile; unknown credentials 20 a minute and"
    " address; see the call for its own). The header `Retry-After` says the same number.",
    retry_after_seconds=serializers.IntegerField(help_text="Wait this long, then try again."),
)
WRONG_TOKEN = _with(
    "WrongTokenProblem",
    "`wrong-token`: not the token of the latest mail. `invalid`: a field is missing.",
    attempts_left=serializers.IntegerField(required=False, help_text="Tries left of 5 (only `wrong-token`)."),
)
TOO_LARGE = problem("`too-large`: more than 64 kB of JSON.")

Responses = dict[int | tuple[int, str], Any]


def answers(good: dict[int, OpenApiResponse], problems: dict[int, OpenApiResponse]) -> Responses:
    """For `extend_schema(responses=...)`: what is good in JSON, problems as problem documents."""
    responses: Responses = {(status, MEDIA_TYPE): told for status, told in problems.items()}
    for status, told in good.items():
        responses[status] = told
    return responses


AGENT_ERRORS = {401: UNKNOWN, 426: TOO_OLD, 429: TOO_MANY}
"""What every call of a registered agent may answer."""
