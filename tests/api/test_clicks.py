"""Every click has a call: the table in docs/api.md names each address of the console, and only calls that
are there.
"""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator

from tests.house.test_urls import walk

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
METHODS = ("get", "post", "put", "patch", "delete")


def rows() -> Iterator[tuple[list[str], list[str]]]:
    """(addresses of the console, calls of one method each) of every row."""
    text = PAGE.read_text().split("## Every click has a call")[1]
    for line in re.findall(r"^\| `.*", text, re.MULTILINE):
        clicks, calls = (re.findall(r"`([^`]*)`", part) for part in line.strip("|").split(" | "))
        parted = [call.split(" ") for call in calls]
        yield (
            [plain(click) for click in clicks],
            [f"{method} {plain(path)}" for *methods, path in parted for method in methods],
        )


def plain(route: str) -> str:
    """Whatever the places in it are called."""
    return re.sub(r"<[\w:]+>|\{\w+\}", "<>", route)


@cache
def schema() -> dict[str, Any]:
    """To be read only."""
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call, no-any-return]


def described() -> set[str]:
    paths = schema()["paths"]
    return {
        f"{method.upper()} {plain(path.removeprefix('/api/v1/'))}"
        for path, entry in paths.items()
        if path.startswith("/api/v1/")
        for method in entry
        if method in METHODS
    }


def test_every_address_of_the_console_stands_in_the_table() -> None:
    known = [click for clicks, _calls in rows() for click in clicks]
    console = [plain(route) for route, _pattern in walk(get_resolver()) if not route.startswith("api/")]
    missing = [route for route in console if not any(fnmatchcase(route or "/", click) for click in known)]
    assert missing == [], "add a row to docs/api.md"


def test_the_table_names_only_calls_that_are_there() -> None:
    named = {call for _clicks, calls in rows() for call in calls}
    assert len(named) > 100
    assert named - described() == set()


def strict(shape: Any) -> Any:  # noqa: ANN401 - any JSON
    """As JSON Schema, which has no `nullable`; a field that is not named is wrong."""
    if isinstance(shape, list):
        return [strict(each) for each in shape]
    if not isinstance(shape, dict):
        return shape
    plain_ = {name: strict(part) for name, part in shape.items() if name != "nullable"}
    if "properties" in plain_:
        plain_ = {"additionalProperties": False, **plain_}
    return {"anyOf": [plain_, {"type": "null"}]} if shape.get("nullable") is True else plain_


def examples() -> Iterator[tuple[str, Any, Any]]:
    """(call, shape, example) of every body and answer of the calls that have one."""
    whole = schema()
    parts = {"components": strict(whole["components"])}
    for path, entry in whole["paths"].items():
        for method, one in entry.items():
            bodies = [one.get("requestBody", {}), *one.get("responses", {}).values()]
            for body in bodies:
                for content in body.get("content", {}).values():
                    for example in content.get("examples", {}).values():
                        shape = strict(content["schema"]) | parts
                        yield f"{method} {path}", shape, json.loads(json.dumps(example["value"], default=str))


def test_examples_are_true_to_their_shapes() -> None:
    found = list(examples())
    wrong = {
        call: problem.message
        for call, shape, example in found
        for problem in jsonschema.Draft202012Validator(shape).iter_errors(example)
    }
    assert len(found) > 100
    assert wrong == {}


def test_every_call_at_a_ticket_shows_an_example() -> None:
    shown = {call for call, _shape, _example in examples()}
    bare = {
        f"{method} {path}"
        for path, entry in schema()["paths"].items()
        for method, one in entry.items()
        if path.startswith("/api/v1/tickets/") and _has_words(one)
    }
    assert bare - shown == set()


def _has_words(operation: dict[str, Any]) -> bool:
    answers = operation["responses"]
    return "requestBody" in operation or any(
        "application/json" in answers.get(code, {}).get("content", {}) for code in ("200", "201")
    )
