"""The description is for who has a token, and its calls by curl can be pasted."""

import json
import shlex
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client as Http

from helpdesk.core.models import User
from tests.api.conftest import send
from tests.api.test_clicks import schema
from tickets.api.technician import read_query

#: Of the form alone, or to be filled in.
FORMS = {"/api/v1/imports/": ["kind=clients", "file=@file"], "/api/v1/organisation/logo/": ["logo=@logo"]}


def samples() -> list[tuple[str, dict[str, Any], list[str]]]:
    """(path, operation, words) of every call of technicians."""
    return [
        (path, one, shlex.split(one["x-codeSamples"][0]["source"]))
        for path, entry in schema()["paths"].items()
        if path.startswith("/api/v1/")
        for one in entry.values()
    ]


def test_a_shell_reads_what_the_example_says() -> None:
    for path, one, words in samples():
        content = one.get("requestBody", {}).get("content", {}).get("application/json", {})
        asked = [example["value"] for example in content.get("examples", {}).values()]
        typed = [json.loads(each) for flag, each in pairwise(words) if flag == "--json"]
        assert typed == json.loads(json.dumps(asked, default=str)), path
        assert "{" not in words[-1], "curl would read a list of addresses"


def test_a_form_is_sent_as_one() -> None:
    told = {path: words for path, _one, words in samples() if "-F" in words}
    assert {
        path: [words[at + 1] for at, word in enumerate(words) if word == "-F"] for path, words in told.items()
    } == FORMS


@pytest.mark.django_db
def test_the_list_behind_the_example_of_a_view_is_one(ada: User, now: datetime) -> None:
    asked = schema()["paths"]["/api/v1/views/"]["post"]["requestBody"]["content"]["application/json"]
    read_query(asked["examples"]["Example"]["value"]["query"], ada, now)


@pytest.mark.django_db
def test_who_has_a_token_reads_the_description(script: Http) -> None:
    answer = script.get("/api/schema/")
    assert answer.status_code == 200
    assert b"title: Deskbell API\n" in answer.content
    stranger = send(Http(), "GET", "/api/schema/")
    assert (stranger.status_code, stranger["Content-Type"]) == (401, "application/problem+json")
