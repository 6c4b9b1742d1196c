"""Errors of the APIs as RFC 9457 problem documents.

{type: "urn:deskbell:problem:<code>", title, status, detail, code, errors: [{field, message}], ...extra}
"""

from collections.abc import Iterator
from math import ceil
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from helpdesk.core.errors import DeskbellError, Invalid, NotFound, Refused, TooMany

MEDIA_TYPE = "application/problem+json"


def problem_document(error: DeskbellError) -> dict[str, Any]:
    return {
        "type": f"urn:deskbell:problem:{error.code}",
        "title": str(error.title),
        "status": error.http_status,
        "detail": str(error.detail),
        "code": error.code,
        "errors": [{"field": field, "message": text} for field, text in (error.fields or {}).items()],
        **error.extra,
    }


def _headers(error: DeskbellError) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after_seconds)
    return headers


def problem_response(error: DeskbellError) -> HttpResponse:
    """For plain views."""
    return JsonResponse(
        problem_document(error), status=error.http_status, content_type=MEDIA_TYPE, headers=_headers(error)
    )


def problem_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's exception handler. Other exceptions become the 500 page that tells nothing."""
    error = _as_error(exc)
    if error is None:
        return None
    set_rollback()
    headers = _headers(error)
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    return Response(
        problem_document(error), status=error.http_status, headers=headers, content_type=MEDIA_TYPE
    )


def _as_error(exc: Exception) -> DeskbellError | None:
    if isinstance(exc, DeskbellError):
        return exc
    if isinstance(exc, Http404):
        return NotFound()
    if isinstance(exc, PermissionDenied):
        return Refused()
    return _from_framework(exc) if isinstance(exc, exceptions.APIException) else None


def _from_framework(exc: exceptions.APIException) -> DeskbellError:
    if isinstance(exc, exceptions.NotFound):
        return NotFound()
    if isinstance(exc, exceptions.Throttled):
        return TooMany(retry_after_seconds=ceil(getattr(exc, "wait", None) or 60))
    if isinstance(exc, exceptions.ValidationError):
        return Invalid(fields=dict(_field_errors(exc.detail)))
    detail = exc.detail if isinstance(exc.detail, str) else exc.default_detail
    error = DeskbellError(
        str(detail), code=str(exc.default_code).replace("_", "-"), title=_("That did not work")
    )
    error.http_status = exc.status_code
    return error


def _field_errors(detail: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Flattens nested errors: `machine.id` -> the first sentence; "" is the form as a whole."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from _field_errors(inner, f"{path}.{own}".strip("."))
    elif isinstance(detail, list):
        if all(isinstance(entry, str) for entry in detail):
            yield path, " ".join(str(entry) for entry in detail)
        else:
            for index, inner in enumerate(detail):
                if inner:
                    yield from _field_errors(inner, f"{path}.{index}".strip("."))
    else:
        yield path, str(detail)
