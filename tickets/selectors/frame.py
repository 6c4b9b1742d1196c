"""What the frame of every page of one person needs, in one query."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, IntegerField, QuerySet, Value
from django.db.models.functions import Cast

from agents.models import Profile
from agents.models.device import ProfileQuerySet
from agents.selectors import profiles_visible_to, waiting_approvals
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from helpdesk.core.rows import ASKED_KEY, Kept
from tickets.models import ListLook, Ticket
from tickets.selectors.access import scope_of_all, tickets_visible_to
from tickets.selectors.lists import with_held_mail
from tickets.selectors.views import shelf_of

_WORDS = ("shelf_0", "shelf_1", "shelf_2")


@dataclass(frozen=True, slots=True)
class Frame:
    """`views` as `shelf_of` tells them, in order. `look` is how this person wants the list."""

    views: Sequence[tuple[Any, ...]] = ()
    held: int = 0
    approvals: int = 0
    look: ListLook = field(default_factory=ListLook)


def frame_of(user: User) -> Frame:
    """What waits for a decision of this user (people to approve, tickets with held mail), their saved views
    and their list. Asked once for each page: kept with the user, who is read for each.
    """
    frame: Frame | None = user.__dict__.get("_frame")
    if frame is None:
        frame = user.__dict__["_frame"] = _read(user)
    return frame


def _read(user: User) -> Frame:
    sees, approves = user.may(Permission.TICKETS_VIEW), user.may(Permission.CONTACTS_APPROVE)
    if not sees and not approves:
        return Frame()
    needed = [each for each in (Permission.TICKETS_VIEW, Permission.CONTACTS_APPROVE) if user.may(each)]
    if scope_of_all(user, needed) is None:
        rows = _OF_ALL_CLIENTS.rows(user.pk, sees, approves)
    else:
        profiles = profiles_visible_to(user, to=Permission.CONTACTS_APPROVE)
        rows = list(_parts(user, tickets_visible_to(user), profiles, sees, approves))
    counted = {row[0]: row[1] for row in rows if row[0] in {"held", "approvals"}}
    looks = [
        ListLook(user=user, columns=row[2], has_preview=bool(row[5])) for row in rows if row[0] == "look"
    ]
    return Frame(
        views=sorted((row for row in rows if row[0] == "view"), key=lambda row: (row[5], row[1])),
        look=looks[0] if looks else ListLook(user=user),
        **counted,
    )


def _parts(
    user: User | int, tickets: QuerySet[Ticket], profiles: ProfileQuerySet, *flags: bool
) -> QuerySet[Any, Any]:
    sees, approves = flags
    parts: list[QuerySet[Any, Any]] = []
    if sees:
        look = ListLook.objects.filter(user=user).order_by()
        parts += [
            shelf_of(user),
            _counted(with_held_mail(tickets), "held"),
            look.values_list(
                Value("look"), "pk", "columns", Value(""), Value(""), Cast("has_preview", IntegerField())
            ),
        ]
    if approves:
        parts.append(_counted(waiting_approvals(profiles), "approvals"))
    return parts[0].union(*parts[1:], all=True)


_OF_ALL_CLIENTS: Kept[Any] = Kept(
    lambda *flags: _parts(ASKED_KEY, Ticket.objects.all(), Profile.objects.all(), *flags)
)


def _counted(rows: QuerySet[Any, Any], kind: str) -> QuerySet[Any, Any]:
    """One row in the shape of `shelf_of`: (kind, how many, ...)."""
    words = {"shelf_kind": Value(kind), **{name: Value("") for name in _WORDS}, "shelf_place": Value(0)}
    counted: QuerySet[Any, Any] = rows.order_by().values(**words).annotate(shelf_n=Count("pk"))
    return counted.values_list("shelf_kind", "shelf_n", *_WORDS, "shelf_place")
