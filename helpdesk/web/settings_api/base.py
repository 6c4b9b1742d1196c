"""What the calls of the administration share: who may, a fresh password, how a call is described."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api import calls
from agents.api.door import LARGEST_ID, Door, asked_of, page_of
from agents.api.technician import AFTER
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Invalid, NotFound, Refused
from helpdesk.core.models import ApiToken
from helpdesk.core.web import is_confirmed

_M = TypeVar("_M", bound=Model)
_F = TypeVar("_F", bound=Callable[..., Response])
Shape = type[serializers.Serializer[Any]]
NO_STORE = {"Cache-Control": "no-store, private"}


class ConfirmFirst(Refused):
    code = "confirm-first"
    title = gettext_lazy("Show your password again")

    def __init__(self) -> None:
        super().__init__(_("Confirm your password in the console, then call within ten minutes."))


class SettingsDoor(Door):
    """Of the organisation's settings. What `is_grave` asks a browser's session for a fresh password; a token
    got its scope by one.
    """

    reads = writes = Permission.SETTINGS_EDIT
    guard: ClassVar[str] = str(Permission.SETTINGS_EDIT)
    is_grave: ClassVar[bool] = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        is_asked = self.is_grave and request.method not in SAFE_METHODS
        by_token = isinstance(request.auth, ApiToken)
        if is_asked and not by_token and not is_confirmed(request._request, now=self.now):
            raise ConfirmFirst

    def page(
        self,
        rows: QuerySet[_M],
        shape: Shape,
        *with_them: str,
        context: Callable[[list[_M]], dict[str, Any]] = lambda _rows: {},
    ) -> Response:
        """50 of the rows, by their keys; `context` is what their shape needs to know besides."""
        found, after = page_of(rows, asked_of(self.request).get("after", ""), *with_them)
        return Response({"results": shape(found, many=True, context=context(found)).data, "next": after})


class PeopleDoor(SettingsDoor):
    reads = writes = Permission.USERS_EDIT
    guard: ClassVar[str] = str(Permission.USERS_EDIT)
    is_grave = True


def one_of(rows: QuerySet[_M], *, is_locked: bool = False, **key: object) -> _M:
    """NotFound for what is not there or not visible; `is_locked` until the transaction ends."""
    found = (rows.select_for_update(of=("self",)) if is_locked else rows).filter(**key).first()
    if found is None:
        raise NotFound
    return found


def chosen(rows: QuerySet[_M], keys: Iterable[object], *, field: str, by: str = "pk") -> list[_M]:
    """Those rows, or Invalid at `field` when one of them is not there or not visible."""
    wanted = set(keys)
    found = list(rows.filter(**{f"{by}__in": wanted}))
    if len(found) != len(wanted):
        raise Invalid(fields={field: _("One of these is not there, or not yours to see.")})
    return found


class KeyField(serializers.IntegerField):
    """The number of a row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_ID, **kwargs)


def keys_field(**kwargs: Any) -> serializers.ListField:
    return serializers.ListField(child=KeyField(), max_length=1000, **kwargs)


class NameSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


def page_shape(shape: Shape) -> Shape:
    """`{results: [shape], next}` under a name of its own."""
    return calls.page_shape(f"{shape.__name__.removesuffix('Serializer')}Page", shape)


def call(
    operation_id: str,
    summary: str,
    *,
    tag: str,
    takes: Shape | None = None,
    gives: Any = None,  # noqa: ANN401 - a shape, or what else spectacular takes
    status: int = 200,
    example: Mapping[str, Any] | None = None,
    params: Sequence[OpenApiParameter] = (),
) -> Callable[[_F], _F]:
    """Describes a call; `example` is a body that it takes. A page has its `after`."""
    is_page = isinstance(gives, type) and gives.__name__.endswith("PageSerializer")
    parameters = [*params, *([AFTER] if is_page else [])]
    return calls.call(
        operation_id,
        tag,
        summary,
        takes=takes,
        asked=example,
        gives=gives,
        status=status,
        parameters=parameters,
    )


atomic = transaction.atomic
