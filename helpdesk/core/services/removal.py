"""What was deleted with all that hung on it can be brought back for a while by who deleted it.

Nothing of it stays on the desk: sealed for that person, it goes out with the button that undoes it and comes
back with it.
"""

import base64
import json
import zlib
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.apps import apps
from django.core import serializers
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _

from helpdesk.core.errors import Conflict
from helpdesk.core.models import User
from helpdesk.core.services.audit import record
from helpdesk.core.services.secrets import SealBroken, seal, unseal

_M = TypeVar("_M", bound=Model)
WAY_BACK = timedelta(minutes=10)
#: More rows that only pointed to it are not written down: they stay without it.
MOST_LOOSENED = 20_000


def way_back(*, target: Model, by: User, now: datetime) -> str:
    """Everything that a deletion of `target` takes along, sealed for `by`; ask before you delete."""
    collector = Collector(using="default")
    collector.collect([target])
    found = [*collector.data.values(), *collector.fast_deletes]
    rows = [row for part in found for row in part if not row._meta.auto_created]
    loosened = [_loosened(field, parts) for (field, _value), parts in collector.field_updates.items()]
    told = {
        "at": now.isoformat(),
        "what": [target._meta.label, target.pk],
        "rows": serializers.serialize("json", rows),
        "loosened": loosened,
    }
    packed = base64.b64encode(zlib.compress(json.dumps(told).encode())).decode()
    return seal(packed, purpose=_purpose(by))


def _loosened(field: Any, parts: Any) -> tuple[str, str, list[Any]]:  # noqa: ANN401 - Django's own insides
    """(model, field, keys) of rows that only pointed to what goes."""
    return field.model._meta.label, field.name, [row.pk for part in parts for row in part[:MOST_LOOSENED]]


def bring_back(*, sealed: str, kind: type[_M], by: User, now: datetime) -> _M:
    """The thing of this kind as it was, with what hung on it. Safe to run twice. Raises `Conflict`."""
    told = _opened(sealed, by)
    label, pk = told.get("what", ("", 0))
    if label != kind._meta.label or now - datetime.fromisoformat(told["at"]) > WAY_BACK:
        raise Conflict(_("The time to undo this is over."))
    try:
        with transaction.atomic():
            is_back = kind._default_manager.filter(pk=pk).exists()
            for row in [] if is_back else serializers.deserialize("json", told["rows"]):
                row.save()
            for other, name, pks in [] if is_back else told["loosened"]:
                rows = apps.get_model(other)._default_manager.filter(pk__in=pks, **{name: None})
                rows.update(**{name: pk})
            target = kind._default_manager.get(pk=pk)
            if not is_back:
                record(actor=by, verb=f"brought back {_WORDS[label]}", target=target, now=now)
    except IntegrityError:
        raise Conflict(_("It cannot come back: something with its name was made meanwhile.")) from None
    return target


_WORDS = {"core.Team": "team", "core.Role": "role", "tickets.ReportPlan": "report"}


def _purpose(by: User) -> str:
    return f"removed by {by.pk}"


def _opened(sealed: str, by: User) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(
            zlib.decompress(base64.b64decode(unseal(sealed, purpose=_purpose(by)))) if sealed else b"{}"
        )
    except SealBroken:
        return {}
    return told
