"""The active rules, compiled, kept in the process as long as nobody changes one."""

import logging
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import IntegrityError, connection, transaction

from tickets.domain.rule_json import read_actions, read_conditions
from tickets.domain.rule_presets import PRESETS
from tickets.domain.rule_run import LiveRule, make_live
from tickets.domain.rules import RuleSpec, Trigger
from tickets.models import Rule, RuleBook

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Book:
    version: int
    rules: tuple[LiveRule, ...]


_kept: list[_Book] = []


def active_rules(*triggers: Trigger) -> list[LiveRule]:
    """The rules for these triggers in their order, the default rule last; without triggers all of them.

    One query for the version; the rules themselves are read and compiled again only when it has changed.
    """
    version = _version() or _start()
    book = _kept[0] if _kept else None
    if book is None or book.version != version:
        book = _Book(version, tuple(_readable(Rule.objects.filter(is_active=True, deleted_at=None))))
        _kept[:] = [book]
    return [rule for rule in book.rules if not triggers or rule.spec.trigger in triggers]


def _version() -> int:
    with connection.cursor() as cursor:  # for every new ticket: compiling it took ten times its run
        cursor.execute(f"SELECT version FROM {RuleBook._meta.db_table}")  # noqa: S608
        row: tuple[int] | None = cursor.fetchone()
    return row[0] if row else 0


def _readable(rules: Iterable[Rule]) -> Iterator[LiveRule]:
    for rule in rules:
        try:
            yield live(rule)
        except ValueError:  # written past the services: the others must go on
            logger.exception("Rule %d cannot be read and is passed over", rule.pk)


def live(rule: Rule) -> LiveRule:
    """The row as a rule that can be asked, active or not. Raises `BadRule` for what no form let in."""
    return make_live(spec_of(rule))


def spec_of(rule: Rule) -> RuleSpec:
    return RuleSpec(
        id=rule.pk or 0,
        name=rule.name,
        trigger=Trigger(rule.trigger),
        root=read_conditions(rule.conditions),
        actions=read_actions(rule.actions),
        stops_here=rule.stops_here,
        is_default=rule.is_default,
        version=rule.version,
    )


def turn_page() -> None:
    """Says that the rules have changed; in the transaction of the change.

    The number is drawn, not counted: what is rolled back leaves no number that a later change bears too.
    """
    RuleBook.objects.filter(pk=1).update(version=secrets.randbits(62))


def _start() -> int:
    """A desk without its book (an emptied database) gets the standard rules again."""
    now = datetime.now(UTC)
    version = secrets.randbits(62)
    try:
        with transaction.atomic():
            rules = [Rule.objects.create(**preset, created_at=now, updated_at=now) for preset in PRESETS]
            RuleBook.objects.create(pk=1, version=version, default_rule=rules[-1])
    except IntegrityError:  # somebody else was quicker
        return RuleBook.objects.values_list("version", flat=True).get(pk=1)
    return version
