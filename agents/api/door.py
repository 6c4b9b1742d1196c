"""The technician API: who calls, what they may, pages, entity tags, calls that may be sent twice."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agents.api.door_schema import DoorSchema
from agents.selectors.scope import rights_of
from helpdesk.core import throttle
from helpdesk.core.api import SmallJSONParser
from helpdesk.core.domain.address import brake_of
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Conflict, DeskbellError, Invalid
from helpdesk.core.models import ApiToken, KeptAnswer, User
from helpdesk.core.selectors.tokens import user_by_token
from helpdesk.core.services.kept_answers import begin_answer, claim_answer, keep_answer
from helpdesk.core.services.tokens import note_use
from helpdesk.core.web import client_address

SCHEME = "Bearer "
NO_STORE = "no-store"
#: The status of a call that talks to another server and has not ended.
BEGUN = 102
CALLS_PER_MINUTE = 600
STRANGERS_PER_MINUTE = 20
PAGE = 50
LARGEST_ID = 2**63 - 1
_P = ParamSpec("_P")
_V = TypeVar("_V", bound="Door")
_M = TypeVar("_M", bound=Model)


class TokenUnknown(DeskbellError):
    code = "token-unknown"
    title = gettext_lazy("Unknown token")
    http_status = 401
    auth_header = "Bearer"

    def __init__(self) -> None:
        super().__init__(
            _("The token is unknown, revoked or has run out. Make a new one: Profile, API tokens.")
        )


class NotSignedIn(DeskbellError):
    code = "not-authenticated"
    title = gettext_lazy("Sign in first")
    http_status = 401
    auth_header = "Bearer"


class ChangedMeanwhile(Conflict):
    code = "changed-meanwhile"
    title = gettext_lazy("Somebody changed this meanwhile")
    http_status = 412

    def __init__(self) -> None:
        super().__init__(_("Read it again, then decide. If-Match has the ETag of what you read."))


class SecretTold(Conflict):
    """A secret is kept nowhere, so the same call again cannot tell it (A27)."""

    code = "secret-told"
    title = gettext_lazy("This was done already")

    def __init__(self) -> None:
        super().__init__(_("The answer had a secret, which is told once. Make a new one if it was lost."))


class Unfinished(Conflict):
    code = "unfinished"
    title = gettext_lazy("This was begun already")

    def __init__(self) -> None:
        super().__init__(
            _("This call is being done or was cut off. See what came of it, then use a new key.")
        )


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer dbt_...`; unknown ones count against the address (A20)."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        header = request.headers.get("Authorization", "")
        if not header.startswith(SCHEME):
            return None
        now = timezone.now()
        found = user_by_token(header.removeprefix(SCHEME).strip(), now=now)
        if found is None:
            key = brake_of(client_address(request))
            throttle.hit("api-strangers", key, limit=STRANGERS_PER_MINUTE, per_seconds=60, now=now)
            raise TokenUnknown
        throttle.hit("api-calls", str(found[1].pk), limit=CALLS_PER_MINUTE, per_seconds=60, now=now)
        note_use(token=found[1], now=now)
        return found

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class MayCall(BasePermission):
    """`reads` to read, `writes` to write. A visitor is told to sign in."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        assert isinstance(view, Door)  # noqa: S101 - this class is for doors alone
        if not isinstance(request.user, User):
            raise NotSignedIn
        wanted = view.reads if request.method in SAFE_METHODS else view.writes
        request.user.acts_by = wanted or ""
        return wanted is None or request.user.may(wanted)


class Door(APIView):
    """A view of the technician API. `self.user` calls, `self.now` is the time of the call.

    Reading takes `reads`, all else `writes`; None: whoever is signed in.
    """

    reads: ClassVar[Permission | None] = None
    writes: ClassVar[Permission | None] = None
    guard: ClassVar[str] = "signed-in"
    authentication_classes = [TokenAuthentication, SessionAuthentication]
    permission_classes = [MayCall]
    parser_classes = [SmallJSONParser]
    schema = DoorSchema()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.now: datetime = timezone.now()
        super().initial(request, *args, **kwargs)

    @property
    def user(self) -> User:
        assert isinstance(self.request.user, User)  # noqa: S101 - the permission let only users through
        return self.request.user

    def tagged(
        self, data: Mapping[str, Any], status: int = 200, *, tag_of: Mapping[str, Any] | None = None
    ) -> Response:
        """One thing with its ETag; 304 without a body when the caller has it already.

        `tag_of` is the part that If-Match guards, if it is not all of `data`.
        """
        tag = etag_of(data if tag_of is None else tag_of)
        may_be_known = tag_of is None and self.request.method == "GET"
        if may_be_known and tag in _tags(self.request.headers.get("If-None-Match", "")):
            return Response(status=304, headers={"ETag": tag})
        return Response(data, status=status, headers={"ETag": tag})

    def hold(self, rows: "QuerySet[Any]") -> None:
        """Part of a transaction: nobody changes these between If-Match and the change that it guards."""
        if self.request.headers.get("If-Match"):
            list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))

    def check_unchanged(self, data: Mapping[str, Any]) -> None:
        """ChangedMeanwhile unless the caller's If-Match, if there is one, has the tag of `data`."""
        wanted = self.request.headers.get("If-Match", "")
        if wanted and wanted.strip() != "*" and etag_of(data) not in _tags(wanted):
            raise ChangedMeanwhile


def etag_of(data: Mapping[str, Any]) -> str:
    return f'"{hashlib.sha256(JSONRenderer().render(data)).hexdigest()[:32]}"'


def _tags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


def once(
    handler: Callable[Concatenate[_V, Request, _P], Response],
) -> Callable[Concatenate[_V, Request, _P], Response]:
    """With an Idempotency-Key, the same call a second time gets the first one's answer and does nothing."""

    @wraps(handler)
    def inner(self: _V, request: Request, /, *args: _P.args, **kwargs: _P.kwargs) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return handler(self, request, *args, **kwargs)
        with transaction.atomic():
            row = _claimed(self, request, key)
            if row.status:
                return _again(row)
            answer = handler(self, request, *args, **kwargs)
            _keep(row, answer)
        return answer

    return inner


def once_sent(
    handler: Callable[Concatenate[_V, Request, _P], Response],
) -> Callable[Concatenate[_V, Request, _P], Response]:
    """As `once`, for what talks to another server: in no transaction, so that nobody's writing waits for it.
    Unfinished for the same call while the first is under way, or when it was cut off: it may have been sent.
    """

    @wraps(handler)
    def inner(self: _V, request: Request, /, *args: _P.args, **kwargs: _P.kwargs) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return handler(self, request, *args, **kwargs)
        row = _claimed(self, request, key)
        if row.status not in (0, BEGUN):
            return _again(row)
        if not begin_answer(row=row, status=BEGUN):
            raise Unfinished
        try:
            answer = handler(self, request, *args, **kwargs)
        except DeskbellError:
            keep_answer(row=row, status=0, body="")  # nothing was done: the same call may come again
            raise
        _keep(row, answer)
        return answer

    return inner


def _claimed(door: "Door", request: Request, key: str) -> KeptAnswer:
    asked = f"{request.method} {request.get_full_path()}\n{_content_of(request)}"
    return claim_answer(user=door.user, key=key, asked=asked, rights=rights_of(door.user), now=door.now)


def _keep(row: KeptAnswer, answer: Response) -> None:
    if NO_STORE in answer.headers.get("Cache-Control", ""):
        keep_answer(row=row, status=SecretTold.http_status, body="")
    else:
        body = JSONRenderer().render(answer.data).decode() if answer.data is not None else ""
        keep_answer(row=row, status=answer.status_code, body=body)


def _again(row: KeptAnswer) -> Response:
    if row.status == SecretTold.http_status:
        raise SecretTold
    told = json.loads(row.body) if row.body else None
    return Response(told, status=row.status, headers={"Idempotent-Replay": "true"})


def _content_of(request: Request) -> str:
    """What the same call says again: JSON as a whole, or the fields and files of a form."""
    if not isinstance(request.data, QueryDict):
        return json.dumps(request.data, sort_keys=True)
    parts = [(name, request.data[name]) for name in request.data if name not in request.FILES]
    for name, uploads in request.FILES.lists():
        for upload in uploads:
            parts.append((name, hashlib.sha256(upload.read()).hexdigest()))
            upload.seek(0)
    return json.dumps(sorted(parts))


class StrictSerializer(serializers.Serializer[Any]):
    # Says which names and values there are instead of dropping what it does not know (A14). No docstring:
    # each shape of the description would have it.

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        for field in fields.values():
            choice = getattr(field, "child", field)
            if isinstance(choice, serializers.ChoiceField):
                values = ", ".join(str(value) for value in choice.choices if value != "")
                choice.error_messages["invalid_choice"] = _("Use one of: %(values)s.") % {"values": values}
        return fields

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401 - as in the base class
        if isinstance(data, Mapping):
            rule = _("There is no such field; there are: %(names)s.") % {"names": ", ".join(self.fields)}
            if wrong := {str(name): rule for name in data if name not in self.fields}:
                raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)


def valid(shape: StrictSerializer) -> dict[str, Any]:
    shape.is_valid(raise_exception=True)
    return dict(shape.validated_data)


def asked_of(request: Request, *names: str) -> dict[str, str]:
    """The query parameters among `names` and `after`; others are refused (A13)."""
    allowed = (*names, "after")
    if unknown := [name for name in request.query_params if name not in allowed]:
        rule = _("There is no such parameter; there are: %(names)s.") % {"names": ", ".join(allowed)}
        raise Invalid(fields=dict.fromkeys(unknown, rule))
    return {name: str(request.query_params[name]).replace("\0", "") for name in request.query_params}


def page_of(rows: QuerySet[_M], after: str, *with_them: str) -> tuple[list[_M], str | None]:
    """The 50 rows after the one whose number is `after`, in the order of the keys; and what follows.

    One query however deep, and one for each relation of `with_them`: the key itself is the cursor.
    """
    if after:
        if not (after.isascii() and after.isdecimal() and len(after) < 20) or int(after) > LARGEST_ID:
            raise Invalid(fields={"after": _("Use next of the page before.")})
        rows = rows.filter(pk__gt=int(after))
    found = list(rows.order_by("pk").prefetch_related(*with_them)[: PAGE + 1])
    is_more = len(found) > PAGE
    return found[:PAGE], str(found[PAGE - 1].pk) if is_more else None
