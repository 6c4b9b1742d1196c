import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions

from helpdesk.core.errors import Conflict, Invalid, TooMany
from helpdesk.core.problems import problem_handler, problem_response


def document(exc: Exception) -> dict[str, object]:
    response = problem_handler(exc, {})
    assert response is not None
    assert response.content_type == "application/problem+json"
    assert response.data["status"] == response.status_code
    return dict(response.data)


def test_a_plain_view_answers_with_a_problem_document() -> None:
    response = problem_response(Conflict("Bob has it.", code="already-taken", extra={"assignee": "Bob"}))
    assert response.status_code == 409
    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content) == {
        "type": "urn:deskbell:problem:already-taken",
        "title": "Somebody was faster",
        "status": 409,
        "detail": "Bob has it.",
        "code": "already-taken",
        "errors": [],
        "assignee": "Bob",
    }


def test_wrong_fields_are_named() -> None:
    assert document(Invalid(fields={"email": "Enter one."}))["errors"] == [
        {"field": "email", "message": "Enter one."}
    ]


def test_too_many_says_when_to_come_back() -> None:
    response = problem_handler(TooMany(retry_after_seconds=9), {})
    assert response is not None
    assert (response["Retry-After"], response.data["retry_after_seconds"]) == ("9", 9)
    assert "9 seconds" in response.data["detail"]


def test_the_frameworks_throttle_and_its_unknown_wait() -> None:
    assert document(exceptions.Throttled(wait=2.2))["retry_after_seconds"] == 3
    assert document(exceptions.Throttled())["retry_after_seconds"] == 60


@pytest.mark.parametrize("exc", [Http404("secret detail"), exceptions.NotFound("secret detail")])
def test_what_is_not_there_says_no_more(exc: Exception) -> None:
    found = document(exc)
    assert (found["status"], found["code"]) == (404, "not-found")
    assert "secret" not in str(found)


def test_a_missing_permission_is_refused() -> None:
    assert document(PermissionDenied("x"))["code"] == "refused"


def test_a_missing_sign_in_keeps_its_challenge() -> None:
    exc = exceptions.NotAuthenticated()
    exc.auth_header = "Agent"  # type: ignore[attr-defined]
    response = problem_handler(exc, {})
    assert response is not None
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Agent")
    assert response.data["code"] == "not-authenticated"


def test_broken_json_is_told_in_the_parsers_words() -> None:
    assert document(exceptions.ParseError("JSON parse error"))["detail"] == "JSON parse error"


def test_nested_field_errors_become_paths() -> None:
    wrong: Any = {
        "machine": {"id": ["Required."], "os": {"name": ["Too long.", "Odd."]}},
        "files": [{}, {"name": ["Odd."]}],
        "non_field_errors": ["Together wrong."],
    }
    assert document(exceptions.ValidationError(wrong))["errors"] == [
        {"field": "machine.id", "message": "Required."},
        {"field": "machine.os.name", "message": "Too long. Odd."},
        {"field": "files.1.name", "message": "Odd."},
        {"field": "", "message": "Together wrong."},
    ]


def test_one_sentence_for_the_whole_form() -> None:
    assert document(exceptions.ValidationError({"a": {"b": "Odd."}}))["errors"] == [
        {"field": "a.b", "message": "Odd."}
    ]
    assert document(exceptions.ValidationError("Odd."))["errors"] == [{"field": "", "message": "Odd."}]


def test_a17_an_unknown_exception_is_not_described() -> None:
    assert problem_handler(ValueError("password=1"), {}) is None
