"""What the OpenAPI description says of every call of the technician API: headers and problems."""

import json
import re
import shlex
from collections.abc import Callable
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from agents.api.schema import problem
from helpdesk.core.problems import MEDIA_TYPE

_ALWAYS = {
    400: "`parse-error`: the request cannot be read.",
    401: "`not-authenticated`, `token-unknown`: send `Authorization: Bearer dbt_…`.",
    403: "`permission-denied`, `refused`: the token's scopes or the person's roles do not allow it.",
    422: "`invalid`: `errors` names each wrong field or parameter with a sentence that says what is right.",
    429: "`too-many`: 600 calls a minute and token; wait `retry_after_seconds`.",
}
_ONE = {404: "`not-found`: there is no such thing, or none that you may see."}
_WRITING = {
    409: "`conflict` or a name of its own: somebody or something was first.",
    413: "`too-large`: the body is too long.",
    415: "`unsupported-media-type`: send what this call takes.",
}
_GUARDED = {412: "`changed-meanwhile`: If-Match is not the ETag of what is there now."}


class DoorSchema(AutoSchema):
    """Adds the problems and headers that `Door` knows, so that no view lists them again."""

    def get_description(self) -> str:  # type: ignore[override]
        """Only what `extend_schema` says: docstrings are for who reads the code."""
        return ""

    def get_override_parameters(self) -> list[Any]:
        found = list(super().get_override_parameters())
        if self.method == "POST":
            found.append(_header("Idempotency-Key", "The same call with the same key is done once (24 h)."))
        if self.method in ("PATCH", "DELETE"):
            found.append(_header("If-Match", "The ETag of what you read: 412 if it has changed since."))
        return found

    def get_operation(self, *args: Any) -> Any:  # noqa: ANN401 - as in the base class
        operation = super().get_operation(*args)
        if operation:
            operation["x-codeSamples"] = [
                {
                    "lang": "Shell",
                    "source": _sample(operation, self.method, self.path, self.get_request_serializer),
                }
            ]
        return operation

    def _get_response_bodies(self, direction: Any = "response") -> Any:  # noqa: ANN401 - as in the base class
        bodies = super()._get_response_bodies(direction)
        told = dict(_ALWAYS)
        if "{" in self.path:
            told |= _ONE
        if self.method in ("POST", "PATCH", "PUT", "DELETE"):
            told |= _WRITING
        if self.method in ("PATCH", "DELETE"):
            told |= _GUARDED
        for status, words in told.items():
            if str(status) not in bodies:
                answer: Any = self._get_response_for_code
                bodies[str(status)] = answer(problem(words), str(status), [MEDIA_TYPE], direction)
        return dict(sorted(bodies.items()))


class TokenAuthenticationSchema(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "agents.api.door.TokenAuthentication"
    name = "apiToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "`Bearer dbt_…`, made at Profile, API tokens: acts for its person, within scopes.",
        }


def _header(name: str, words: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, description=words)


def _sample(operation: dict[str, Any], method: str, path: str, form: Callable[[], Any]) -> str:
    """The call by curl, to be pasted: with the example as its body, or the fields that a form needs; what its
    address names is a variable of the shell.
    """
    words = ["curl", "" if method == "GET" else f"-X {method}", '-H "Authorization: Bearer $TOKEN"']
    contents = operation.get("requestBody", {}).get("content", {})
    bodies = contents.get("application/json", {}).get("examples", {}).values()
    words += [f"--json {shlex.quote(json.dumps(example['value']))}" for example in bodies]
    if "multipart/form-data" in contents and not bodies:
        words += [f"-F {name}={_typed(field)}" for name, field in form()().fields.items() if field.required]
    address = re.sub(r"\{(\w+)\}", lambda name: f"${name[1].upper()}", path)
    return " ".join([*filter(None, words), f"https://desk.example{address}"])


def _typed(field: Any) -> str:  # noqa: ANN401 - any field
    """What one types for it."""
    choices = getattr(field, "choices", None)
    return str(next(iter(choices))) if choices else f"@{field.field_name}"
