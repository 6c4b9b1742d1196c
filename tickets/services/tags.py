"""Tags of the desk: named, coloured, merged, deleted, and all of it taken back."""

from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from helpdesk.core import jobs
from helpdesk.core.errors import Conflict, Invalid
from helpdesk.core.models import User
from helpdesk.core.services.audit import record
from tickets.domain.tag_colours import TagColour
from tickets.domain.text import clean_subject
from tickets.models import Tag, TagUndo, TagUndoTicket, Ticket
from tickets.selectors.tags import uses_of
from tickets.services.change_tags import MAX_LENGTH

KEPT = timedelta(days=1)
_LINKS = Ticket.tags.through


@transaction.atomic
def save_tag(*, tag: Tag | None, name: str, colour: TagColour, by: User, now: datetime) -> Tag:
    """Change a tag, or make one with None. Raises `Invalid` (name), `Conflict` where rules know its name."""
    row, name = tag or Tag(), clean_subject(name)
    if not 1 <= len(name) <= MAX_LENGTH:
        rule = _("Give the tag a name of 1 to %(count)s characters.")
        raise Invalid(fields={"name": rule % {"count": MAX_LENGTH}})
    if tag and tag.name.casefold() != name.casefold():
        _refuse_used(tag)
    before = {"name": row.name, "colour": row.colour} if tag else None
    row.name, row.colour = name, colour.value
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        words = _("There is a tag with this name. Merge the two instead.")
        raise Invalid(fields={"name": words}) from None
    after = {"name": name, "colour": colour.value}
    if before != after:
        record(actor=by, verb="changed tag", target=row, before=before, after=after, now=now)
    return row


@transaction.atomic
def delete_tag(*, tag: Tag, by: User, now: datetime) -> TagUndo:
    """Take it off all tickets. Raises `Conflict` where rules or targets need it."""
    _refuse_used(tag)
    undo = TagUndo.objects.create(name=tag.name, colour=tag.colour, at=now)
    _remember(undo, tag, None)
    _forget(tag)
    record(actor=by, verb="deleted tag", target=undo, before={"name": undo.name}, now=now)
    return undo


@transaction.atomic
def merge_tags(*, tag: Tag, into: Tag, by: User, now: datetime) -> TagUndo:
    """Its tickets carry the other one instead. Raises `Conflict` as `delete_tag`, also for itself."""
    if tag == into:
        raise Conflict(_("A tag cannot be merged into itself."))
    _refuse_used(tag)
    undo = TagUndo.objects.create(name=tag.name, colour=tag.colour, into=into.name, at=now)
    _remember(undo, tag, into)
    _give(undo, into, only_new=True)
    _forget(tag)
    after = {"name": into.name}
    record(actor=by, verb="merged tag", target=undo, before={"name": undo.name}, after=after, now=now)
    return undo


@transaction.atomic
def undo_tag(*, undo: TagUndo, by: User, now: datetime) -> Tag:
    """The tag is back on its tickets; those that a merge gave the other one lose that again. The first one
    to take it back does it. Raises `Conflict` after that.
    """
    if not TagUndo.objects.select_for_update().filter(pk=undo.pk).exists():
        raise Conflict(_("This was taken back already."))
    tag = Tag.objects.filter(name__iexact=undo.name).first()
    tag = tag or Tag.objects.create(name=undo.name, colour=undo.colour)
    _give(undo, tag, only_new=False)
    new = TagUndoTicket.objects.filter(undo=undo, is_new=True).values("ticket")
    if undo.into:
        _LINKS.objects.filter(tag__name=undo.into, ticket__in=new).delete()
    undo.delete()
    record(actor=by, verb="restored tag", target=tag, now=now)
    return tag


@jobs.each_day
def forget_tag_undos(now: datetime) -> None:
    """After a day nothing can be taken back. Safe to run twice."""
    TagUndo.objects.filter(at__lt=now - KEPT).delete()


def _refuse_used(tag: Tag) -> None:
    uses = uses_of(tag)
    if uses:
        sentences = {
            "target": _("The service target “%(name)s” uses this tag. Change it first."),
            "rule": _("The rule “%(name)s” uses this tag. Change it first."),
            "reply": _("The canned reply “%(name)s” uses this tag. Change it first."),
        }
        raise Conflict(sentences[uses[0].kind] % {"name": uses[0].name})


def _forget(tag: Tag) -> None:
    _LINKS.objects.filter(tag=tag).delete()
    tag.delete()


def _remember(undo: TagUndo, tag: Tag, into: Tag | None) -> None:
    """One statement, however many tickets: the names are ours, every value is a parameter."""
    links = _LINKS._meta.db_table
    has = (
        f"EXISTS (SELECT 1 FROM {links} AS other WHERE other.ticket_id = old.ticket_id AND other.tag_id = %s)"  # noqa: S608
    )
    sql = (
        f"INSERT INTO {TagUndoTicket._meta.db_table} (undo_id, ticket_id, is_new) "  # noqa: S608
        f"SELECT %s, old.ticket_id, NOT {has} FROM {links} AS old WHERE old.tag_id = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [undo.pk, into.pk if into else 0, tag.pk])


def _give(undo: TagUndo, tag: Tag, *, only_new: bool) -> None:
    """Put the tag on the tickets of `undo` that have it not."""
    links = _LINKS._meta.db_table
    kept = TagUndoTicket._meta.db_table
    sql = (
        f"INSERT INTO {links} (ticket_id, tag_id) "  # noqa: S608
        f"SELECT kept.ticket_id, %s FROM {kept} AS kept WHERE kept.undo_id = %s AND (kept.is_new OR %s) "
        f"AND NOT EXISTS "
        f"(SELECT 1 FROM {links} AS has WHERE has.ticket_id = kept.ticket_id AND has.tag_id = %s)"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [tag.pk, undo.pk, not only_new, tag.pk])
