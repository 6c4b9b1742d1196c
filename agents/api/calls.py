"""How a call is described: its name, its words, its shapes, and one filled-in example of each."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

_Handler = TypeVar("_Handler", bound=Callable[..., Any])
_NEXT = "Pass it as `after` for the following page."


def call(
    name: str,
    tag: str,
    summary: str,
    *,
    takes: Any = None,  # noqa: ANN401 - a serializer
    asked: Any = None,  # noqa: ANN401 - any JSON
    gives: Any = None,  # noqa: ANN401 - a serializer; None: 204
    told: Any = None,  # noqa: ANN401 - any JSON
    status: int = 200,
    parameters: Sequence[OpenApiParameter] = (),
    words: str = "",
) -> Callable[[_Handler], _Handler]:
    """`asked` and `told` are the example of the body and of the answer, as JSON."""
    answer = {204: OpenApiResponse(description="Done.")} if gives is None else {status: gives}
    described: Callable[[_Handler], _Handler] = extend_schema(
        operation_id=name,
        tags=[tag],
        summary=summary,
        description=words or None,
        parameters=list(parameters),
        request=takes,
        responses=answer,
        examples=shown(asked, told),
    )
    return described


def shown(asked: Any = None, told: Any = None) -> list[OpenApiExample]:  # noqa: ANN401 - any JSON
    """The example of the body and of the answer, each if there is one."""
    return [
        OpenApiExample("Example", value=value, request_only=is_asked, response_only=not is_asked)
        for value, is_asked in ((asked, True), (told, False))
        if value is not None
    ]


def rows_of(name: str, row: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """A list that always comes whole: {results}."""
    return type(f"{name}Serializer", (serializers.Serializer,), {"results": row(many=True)})


def page_shape(name: str, row: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """One page of a list: {results, next}."""
    following = serializers.CharField(allow_null=True, help_text=_NEXT)
    return type(
        f"{name}Serializer", (serializers.Serializer,), {"results": row(many=True), "next": following}
    )
