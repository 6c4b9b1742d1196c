"""What people do with saved views and with the look of their list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.core.errors import Invalid, Refused
from helpdesk.core.models import Team, User
from helpdesk.core.services.audit import record
from tickets.domain.text import clean_subject
from tickets.domain.views import COLOURS, MAX_NAME, MAX_QUERY, MAX_VIEWS
from tickets.models import ListLook, SavedView
from tickets.selectors.views import may_change_view

STEP = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewDraft:
    """As somebody typed it. `owner`: oneself; `team`: a team; neither: everybody."""

    name: str
    query: str = ""
    colour: str = COLOURS[0]
    owner: User | None = None
    team: Team | None = None


@transaction.atomic
def save_view(*, view: SavedView | None, draft: ViewDraft, by: User, now: datetime) -> SavedView:
    """Makes a view (None) at the end of its list, or changes one. Raises `Invalid` (name), `Refused`."""
    columns = _checked(draft)
    refuse_strangers(SavedView(owner=draft.owner, team=draft.team), by)
    if view is not None:
        refuse_strangers(view, by)
        SavedView.objects.filter(pk=view.pk).update(**columns, updated_at=now)
        view.refresh_from_db()
    else:
        siblings = SavedView.objects.filter(deleted_at=None, owner=draft.owner, team=draft.team)
        if siblings.count() >= MAX_VIEWS:
            raise Invalid(fields={"name": _("There are enough views. Delete one that nobody needs first.")})
        last = SavedView.objects.order_by("-position").values_list("position", flat=True).first() or 0
        view = SavedView.objects.create(**columns, position=last + STEP, created_at=now, updated_at=now)
    if not view.owner_id:
        record(actor=by, verb="saved view", target=view, after={"query": view.query}, now=now)
    return view


@transaction.atomic
def delete_view(*, view: SavedView, by: User, now: datetime) -> None:
    """`restore_view` brings it back. Safe to repeat. Raises `Refused`."""
    refuse_strangers(view, by)
    gone = SavedView.objects.filter(pk=view.pk, deleted_at=None).update(deleted_at=now)
    if gone and not view.owner_id:
        record(actor=by, verb="deleted view", target=view, before={"query": view.query}, now=now)


@transaction.atomic
def restore_view(*, view: SavedView, by: User, now: datetime) -> None:
    """Safe to repeat. Raises `Refused`."""
    refuse_strangers(view, by)
    back = SavedView.objects.filter(pk=view.pk, deleted_at__isnull=False).update(deleted_at=None)
    if back and not view.owner_id:
        record(actor=by, verb="brought back view", target=view, now=now)


@transaction.atomic
def move_view(*, view: SavedView, by: User, up: bool) -> None:
    """One place up or down among those of the same owner (oneself, the team, all), so that nobody else's
    list changes its order; at the end nothing happens. Raises `Refused`.
    """
    refuse_strangers(view, by)
    circle = SavedView.objects.filter(owner=view.owner_id, team=view.team_id, deleted_at=None)
    rows = list(circle.select_for_update().order_by("position", "id"))
    place = next((i for i, row in enumerate(rows) if row.pk == view.pk), None)
    other = -1 if place is None else place - 1 if up else place + 1
    if place is None or not 0 <= other < len(rows):
        return
    places = [row.position for row in rows]
    rows[place], rows[other] = rows[other], rows[place]
    for row, position in zip(rows, _apart(places), strict=True):
        if row.position != position:
            SavedView.objects.filter(pk=row.pk).update(position=position)


def _apart(places: list[int]) -> list[int]:
    """These places in their order; two views that were made at once may stand on the same one."""
    found: list[int] = []
    for place in places:
        found.append(max(place, found[-1] + 1) if found else place)
    return found


def keep_look(*, by: User, columns: Sequence[str] | None = None, has_preview: bool | None = None) -> ListLook:
    """How this person wants the list from now on; what is None stays."""
    changes: dict[str, object] = {}
    if columns is not None:
        changes["columns"] = ",".join(columns)
    if has_preview is not None:
        changes["has_preview"] = has_preview
    return ListLook.objects.update_or_create(user=by, defaults=changes)[0]


def refuse_strangers(view: SavedView, by: User) -> None:
    """Raises `Refused` unless the user may change a view of this owner."""
    if may_change_view(by, view):
        return
    if view.team_id:
        raise Refused(_("Views of a team are changed by its members."))
    raise Refused(_("What everybody sees is changed by who sets up the desk. Save one of your own."))


def _checked(draft: ViewDraft) -> dict[str, object]:
    name = clean_subject(draft.name)
    if not 0 < len(name) <= MAX_NAME:
        raise Invalid(fields={"name": _("Name the view, for example “Acme, this week”.")})
    if len(draft.query) > MAX_QUERY:
        raise Invalid(fields={"name": _("This list has too many filters to be kept.")})
    return {
        "name": name,
        "query": draft.query,
        "colour": draft.colour if draft.colour in COLOURS else COLOURS[0],
        "owner_id": draft.owner.pk if draft.owner else None,
        "team_id": draft.team.pk if draft.team else None,
    }
