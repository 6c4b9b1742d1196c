"""What people do with rules: write, move, switch, delete, bring back. Each is one line of the audit log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Conflict, Invalid, Refused
from helpdesk.core.models import User
from helpdesk.core.services.audit import record
from tickets.domain.rule_json import BadRule, read_actions, read_conditions
from tickets.domain.rule_letters import unknown_placeholders
from tickets.domain.rules import FILLED, Trigger
from tickets.models import Rule
from tickets.services.rules.book import turn_page
from tickets.services.rules.examples import examples_kept

#: Between neighbours, so that a position alone tells the order.
STEP = 10
#: The columns that people write.
COLUMNS = ("name", "description", "trigger", "conditions", "actions", "stops_here", "is_active")
#: Of the default rule they write these alone.
DEFAULT_COLUMNS = ("name", "description", "actions")


@transaction.atomic
def save_rule(
    *,
    rule: Rule | None,
    draft: Mapping[str, Any],
    version: int = 0,
    by: User,
    now: datetime,
    anyway: bool = False,
) -> Rule:
    """Makes a rule (None: the last one before the default rule) or changes one. `draft` has `COLUMNS`.
    Who read an older `version` than the stored one gets `Conflict` and changes nothing; so does who breaks a
    kept example (`ExamplesBroken`), unless `anyway`.
    """
    _look_over(by, draft)
    with examples_kept(anyway=anyway):
        return _save(rule, draft, version, by=by, now=now)


def _save(rule: Rule | None, draft: Mapping[str, Any], version: int, *, by: User, now: datetime) -> Rule:
    turn_page()
    if rule is None:
        facts = {name: draft[name] for name in COLUMNS}
        off = None if draft["is_active"] else now
        last = max((each.position for each in _order()), default=0)
        made = Rule.objects.create(
            **facts, position=last + STEP, created_at=now, updated_at=now, off_since=off
        )
        record(actor=by, verb="made rule", target=made, after=facts, now=now)
        return made
    changed = {
        name: draft[name]
        for name in (DEFAULT_COLUMNS if rule.is_default else COLUMNS)
        if draft[name] != getattr(rule, name)
    }
    before = {name: getattr(rule, name) for name in changed}
    columns = dict(changed)
    if "is_active" in changed:
        columns["off_since"] = None if changed["is_active"] else now
    mine = Rule.objects.filter(pk=rule.pk, version=version, deleted_at=None)
    if mine.update(**columns, version=version + 1, updated_at=now) != 1:
        raise Conflict(_("Somebody changed this rule meanwhile. Open it again, then repeat your change."))
    if changed:
        record(actor=by, verb="changed rule", target=rule, before=before, after=changed, now=now)
    return Rule.objects.get(pk=rule.pk)


def _look_over(by: User, draft: Mapping[str, Any]) -> None:
    _refuse_part_views(by)
    fields: dict[str, str] = {}
    if not 0 < len(draft["name"].strip()) <= 80:
        fields["name"] = _("Name the rule, in at most 80 characters.")
    if draft["trigger"] not in list(Trigger):
        fields["trigger"] = _("Choose one from the list.")
    try:
        read_conditions(draft["conditions"])
        actions = read_actions(draft["actions"])
    except BadRule as bad:
        fields[bad.where] = _("This part of the rule cannot be understood.")
    else:
        texts = " ".join(str(action.value) for action in actions if action.do in FILLED)
        if unknown := unknown_placeholders(texts):
            fields["actions"] = _("Nothing is known as %(names)s.") % {"names": ", ".join(unknown[:5])}
    if fields:
        raise Invalid(fields=fields)


def _refuse_part_views(by: User) -> None:
    """Rules act on the tickets of all clients."""
    if not by.may(Permission.RULES_EDIT):
        raise Refused(_("Rules are for all clients; your role is for some of them."))


@transaction.atomic
def move_rule(*, rule: Rule, to: int, by: User, now: datetime, anyway: bool = False) -> None:
    """Gives the rule the place `to` (0 is the first) among the others; the default rule stays the last.
    Raises `ExamplesBroken` unless `anyway`.
    """
    _refuse_part_views(by)
    if rule.is_default:
        raise Refused(_("The default rule is always the last one."))
    with examples_kept(anyway=anyway):
        _move(rule, to, by=by, now=now)


def _move(rule: Rule, to: int, *, by: User, now: datetime) -> None:
    turn_page()
    order = _order()
    shown = [each for each in order if each.deleted_at is None]
    was, others = shown.index(rule), [each for each in shown if each != rule]
    to = max(0, min(to, len(others)))
    order.remove(rule)
    order.insert(order.index(others[to]) if to < len(others) else len(order), rule)
    for number, each in enumerate(order, 1):
        each.position = number * STEP
    Rule.objects.bulk_update(order, ["position"])
    if was != to:
        record(
            actor=by,
            verb="moved rule",
            target=rule,
            before={"place": was + 1},
            after={"place": to + 1},
            now=now,
        )


@transaction.atomic
def switch_rule(*, rule: Rule, is_on: bool, by: User, now: datetime, anyway: bool = False) -> None:
    """Safe to repeat: a rule that is on already stays on. Raises `ExamplesBroken` unless `anyway`."""
    _refuse_part_views(by)
    if rule.is_default:
        raise Refused(_("The default rule cannot be switched off, so that no e-mail is lost."))
    off = None if is_on else now
    mine = Rule.objects.filter(pk=rule.pk, is_active=not is_on)
    with examples_kept(anyway=anyway):
        turn_page()
        if mine.update(is_active=is_on, off_since=off, version=F("version") + 1, updated_at=now):
            verb = "switched rule on" if is_on else "switched rule off"
            record(actor=by, verb=verb, target=rule, now=now)


@transaction.atomic
def delete_rule(*, rule: Rule, by: User, now: datetime, anyway: bool = False) -> None:
    """It acts no more and leaves the list; `restore_rule` brings it back to its place. Raises
    `ExamplesBroken` unless `anyway`.
    """
    _refuse_part_views(by)
    if rule.is_default:
        raise Refused(_("The default rule cannot be deleted, so that no e-mail is lost."))
    with examples_kept(anyway=anyway):
        turn_page()
        if Rule.objects.filter(pk=rule.pk, deleted_at=None).update(deleted_at=now):
            record(actor=by, verb="deleted rule", target=rule, now=now)


@transaction.atomic
def restore_rule(*, rule: Rule, by: User, now: datetime) -> None:
    """Safe to repeat: a rule that is there already stays as it is."""
    _refuse_part_views(by)
    turn_page()
    if Rule.objects.filter(pk=rule.pk, deleted_at__isnull=False).update(deleted_at=None):
        record(actor=by, verb="brought back rule", target=rule, now=now)


def _order() -> list[Rule]:
    """All but the default rule; also the deleted ones, which keep their place."""
    return list(Rule.objects.filter(is_default=False).order_by("position", "id"))
