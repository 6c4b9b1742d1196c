from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from helpdesk.core.models import User
from tickets.domain.kinds import Verb
from tickets.domain.text import clean_subject
from tickets.errors import TicketInvalid
from tickets.models import Tag, Ticket
from tickets.services.change import touch, write_activity
from tickets.services.targets.retarget import retarget_for_tags

MAX_TAGS = 20
MAX_LENGTH = 40


def change_tags(*, ticket: Ticket, names: Iterable[str], by: User, now: datetime) -> None:
    """Make the ticket carry these tags and no others; unknown words become new tags.

    Raises `TicketInvalid` (field `tags`), `TicketClosed`; the same tags again change nothing.
    """
    before = sorted(tag.name for tag in ticket.tags.all())
    wanted = _checked(names)
    if {name.casefold() for name in before} == set(wanted):
        return
    with transaction.atomic():
        touch(ticket=ticket, now=now)
        after = sorted(tag.name for tag in set_tags(ticket, wanted.values()))
        write_activity(
            ticket=ticket,
            verb=Verb.CHANGED,
            by=by,
            now=now,
            field="tags",
            before=", ".join(before),
            after=", ".join(after),
        )
        retarget_for_tags(ticket, now=now)


def set_tags(ticket: Ticket, names: Iterable[str]) -> list[Tag]:
    """The same inside the caller's transaction, without a word about it."""
    tags = tags_named(_checked(names))
    ticket.tags.set(tags)
    return tags


def tags_named(wanted: dict[str, str]) -> list[Tag]:
    """The tags of these names, new ones made; of two people who invent a word at once one makes it."""
    if not wanted:
        return []
    known = known_tags(wanted)
    missing = [Tag(name=name) for key, name in wanted.items() if key not in known]
    if missing:
        Tag.objects.bulk_create(missing, ignore_conflicts=True)
        known = known_tags(wanted)
    return [known[key] for key in wanted]


def known_tags(wanted: dict[str, str]) -> dict[str, Tag]:
    """Case-folded name -> tag, of those that are there."""
    condition = Q()
    for name in wanted.values():
        condition |= Q(name__iexact=name)
    return {tag.name.casefold(): tag for tag in Tag.objects.filter(condition)}


def _checked(names: Iterable[str]) -> dict[str, str]:
    """Case-folded name -> name as written first."""
    wanted: dict[str, str] = {}
    for name in map(clean_subject, names):
        if name:
            wanted.setdefault(name.casefold(), name)
    if len(wanted) > MAX_TAGS or any(len(name) > MAX_LENGTH for name in wanted.values()):
        rule = _("At most %(tags)s tags, each of at most %(length)s characters.")
        raise TicketInvalid(fields={"tags": rule % {"tags": MAX_TAGS, "length": MAX_LENGTH}})
    return wanted
