from collections.abc import Iterable

from tickets.domain.rule_run import Effect
from tickets.domain.text import clean_subject
from tickets.models import Tag, Ticket
from tickets.services.change_tags import known_tags, tags_named
from tickets.services.rules.plan import Plan

Wish = tuple[Ticket, Plan, Effect]


def change_many_tags(add: Iterable[Wish], remove: Iterable[Wish]) -> None:
    """Put tags on many tickets and take some off; a new word becomes a tag. In the caller's transaction."""
    adding, removing = _pairs(add), _pairs(remove)
    links = Ticket.tags.through
    if adding:
        tags = {tag.name.casefold(): tag for tag in tags_named(_words(adding))}
        rows = [links(ticket_id=pk, tag_id=tags[name.casefold()].pk) for pk, name in adding]
        links.objects.bulk_create(rows, ignore_conflicts=True)
    if removing:
        known: dict[str, Tag] = known_tags(_words(removing))
        for pk, name in removing:
            if tag := known.get(name.casefold()):
                links.objects.filter(ticket_id=pk, tag_id=tag.pk).delete()


def _pairs(wishes: Iterable[Wish]) -> list[tuple[int, str]]:
    return [
        (ticket.pk, word)
        for ticket, _plan, effect in wishes
        for name in effect.action.value
        if (word := clean_subject(name))
    ]


def _words(pairs: Iterable[tuple[int, str]]) -> dict[str, str]:
    """Case-folded word -> the word as written first."""
    words: dict[str, str] = {}
    for _pk, name in pairs:
        words.setdefault(name.casefold(), name)
    return words
