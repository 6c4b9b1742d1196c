from collections.abc import Iterable

from tickets.domain.rule_run import Effect
from tickets.domain.text import clean_subject
from tickets.models import Tag, Ticket
from tickets.services.change_tags import known_tags, tags_named
from tickets.services.rules.plan import Change, Plan

Wish = tuple[Ticket, Plan, Effect]
Words = dict[str, str]


def change_many_tags(add: Iterable[Wish], remove: Iterable[Wish]) -> None:
    """Put tags on many tickets and take some off; a new word becomes a tag. In the caller's transaction.

    What really comes or goes is noted as a change of the plan.
    """
    adding, removing = list(add), list(remove)
    if adding:
        tags = {tag.name.casefold(): tag for tag in tags_named(_words(adding))}
        _add(adding, tags)
    if removing:
        _remove(removing, known_tags(_words(removing)))


def _add(wishes: list[Wish], tags: dict[str, Tag]) -> None:
    links = Ticket.tags.through
    have = _have(wishes)
    new = []
    for ticket, plan, effect in wishes:
        fresh = [tag for key in _names(effect) if (ticket.pk, (tag := tags[key]).pk) not in have]
        have |= {(ticket.pk, tag.pk) for tag in fresh}
        new += [links(ticket_id=ticket.pk, tag_id=tag.pk) for tag in fresh]
        if fresh:
            plan.changes.append(Change(effect.rule, "tags", "", ", ".join(tag.name for tag in fresh)))
    links.objects.bulk_create(new, ignore_conflicts=True)


def _remove(wishes: list[Wish], tags: dict[str, Tag]) -> None:
    have = _have(wishes)
    for ticket, plan, effect in wishes:
        known = (tags[key] for key in _names(effect) if key in tags)
        gone = [tag for tag in known if (ticket.pk, tag.pk) in have]
        if gone:
            ticket.tags.remove(*gone)
            plan.changes.append(Change(effect.rule, "tags", ", ".join(tag.name for tag in gone), ""))


def _have(wishes: list[Wish]) -> set[tuple[int, int]]:
    """(ticket, tag) of all tags of these tickets."""
    links = Ticket.tags.through.objects.filter(ticket__in={ticket.pk for ticket, _plan, _effect in wishes})
    return set(links.values_list("ticket_id", "tag_id"))


def _words(wishes: Iterable[Wish]) -> Words:
    """Case-folded word -> the word as written first."""
    words: Words = {}
    for _ticket, _plan, effect in wishes:
        for key, name in _names(effect).items():
            words.setdefault(key, name)
    return words


def _names(effect: Effect) -> Words:
    return {word.casefold(): word for name in effect.action.value if (word := clean_subject(name))}
