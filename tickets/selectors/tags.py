"""Tags and who uses them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from tickets.domain.counts import CAP
from tickets.models import Macro, Rule, ServiceTarget, Tag, Ticket

#: Of more the page asks for words of the name.
MOST = 200


@dataclass(frozen=True, slots=True)
class TagUse:
    """What would no longer work without the tag."""

    kind: str
    name: str


def tag_rows(words: str = "") -> "QuerySet[Tag]":
    """By name, each with `count`, the number of its tickets up to one more than the cap."""
    links, quoted = Ticket.tags.through._meta.db_table, Tag._meta.db_table
    sql = f"(SELECT count(*) FROM (SELECT 1 FROM {links} WHERE tag_id = {quoted}.id LIMIT %s) AS linked)"  # noqa: S608
    found = Tag.objects.filter(name__icontains=words) if words else Tag.objects.all()
    return found.annotate(count=RawSQL(sql, [CAP + 1])).order_by("name")[:MOST]  # noqa: S611 - no value in the text


def uses_of(tag: Tag) -> list[TagUse]:
    """Rules, canned replies and service targets that name it."""
    name = tag.name.casefold()
    rules = Rule.objects.filter(deleted_at=None).values_list("name", "conditions", "actions")
    macros = Macro.objects.filter(deleted_at=None).values_list("name", "actions")
    return [
        *(TagUse("target", target.name) for target in ServiceTarget.objects.filter(tag=tag)),
        *(TagUse("rule", rule) for rule, *parts in rules if name in set(_tags_in(parts))),
        *(TagUse("reply", macro) for macro, *parts in macros if name in set(_tags_in(parts))),
    ]


def _tags_in(part: object) -> Iterator[str]:
    """The tags that a stored condition or action names, folded."""
    if isinstance(part, list | tuple):
        for each in part:
            yield from _tags_in(each)
    elif isinstance(part, dict):
        if "tag" in str(part.get("field", part.get("do", ""))):
            value = part.get("value")
            yield from (str(each).casefold() for each in (value if isinstance(value, list) else [value]))
        for each in part.values():
            yield from _tags_in(each)
