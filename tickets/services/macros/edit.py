"""What people do with canned replies: write, copy, delete, bring back. Each is a line of the audit log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.core.errors import Conflict, Invalid, Refused
from helpdesk.core.models import Team, User
from helpdesk.core.services.audit import record
from tickets.domain.macros import WrittenAs, read_macro_actions
from tickets.domain.rule_json import MAX_WORDS, BadRule
from tickets.domain.rule_letters import unknown_placeholders
from tickets.domain.text import clean_body
from tickets.models import Macro
from tickets.selectors.macros import may_change, rules_answering_with

MAX_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class MacroDraft:
    """As somebody typed it. `owner`: oneself; `team`: a team; neither: everybody."""

    name: str
    text: str = ""
    written_as: WrittenAs = WrittenAs.EITHER
    actions: tuple[dict[str, Any], ...] = ()
    owner: User | None = None
    team: Team | None = None
    is_active: bool = True


@transaction.atomic
def save_macro(*, macro: Macro | None, draft: MacroDraft, version: int = 0, by: User, now: datetime) -> Macro:
    """Makes a macro (None) or changes one. Who read an older `version` than the stored one gets `Conflict`.

    Raises `Invalid` (name, text, actions), `Refused` for what is not theirs to change or to share.
    """
    columns = _checked(draft)
    if macro is not None:
        refuse_strangers(macro, by)
    refuse_strangers(Macro(owner=draft.owner, team=draft.team), by)
    if macro is None:
        made = Macro.objects.create(**columns, created_at=now, updated_at=now)
        record(actor=by, verb="made canned reply", target=made, after=_told(made, columns), now=now)
        return made
    if columns["owner_id"] or columns["team_id"] or not columns["text"] or draft.written_as is WrittenAs.NOTE:
        _refuse_if_rules_need(macro)
    changed = {name: value for name, value in columns.items() if getattr(macro, name) != value}
    before = {name: getattr(macro, name) for name in changed}
    rows = Macro.objects.filter(pk=macro.pk, version=version, deleted_at=None)
    if rows.update(**changed, version=version + 1, updated_at=now) != 1:
        raise Conflict(_("Somebody changed this reply meanwhile. Open it again, then repeat your change."))
    if changed:
        was, now_is = _told(macro, before), _told(macro, changed)
        record(actor=by, verb="changed canned reply", target=macro, before=was, after=now_is, now=now)
    return Macro.objects.get(pk=macro.pk)


def copy_macro(*, macro: Macro, by: User, now: datetime) -> Macro:
    """One's own copy of a macro that one may read."""
    name = _("%(name)s (copy)") % {"name": macro.name[: MAX_NAME - 12]}
    draft = MacroDraft(
        name=name[:MAX_NAME],
        text=macro.text,
        written_as=WrittenAs(macro.written_as),
        actions=tuple(macro.actions),
        owner=by,
    )
    return save_macro(macro=None, draft=draft, by=by, now=now)


@transaction.atomic
def delete_macro(*, macro: Macro, by: User, now: datetime) -> None:
    """It is offered no more; `restore_macro` brings it back. Safe to repeat. Raises `Conflict` while rules
    answer with it.
    """
    refuse_strangers(macro, by)
    _refuse_if_rules_need(macro)
    if Macro.objects.filter(pk=macro.pk, deleted_at=None).update(deleted_at=now):
        record(actor=by, verb="deleted canned reply", target=macro, now=now)


@transaction.atomic
def restore_macro(*, macro: Macro, by: User, now: datetime) -> None:
    """Safe to repeat."""
    refuse_strangers(macro, by)
    if Macro.objects.filter(pk=macro.pk, deleted_at__isnull=False).update(deleted_at=None):
        record(actor=by, verb="brought back canned reply", target=macro, now=now)


def _refuse_if_rules_need(macro: Macro) -> None:
    if rules := rules_answering_with(macro):
        names = ", ".join(f"“{rule.name}”" for rule in rules)
        raise Conflict(
            _("Rules answer customers with this reply: %(names)s. Change them first.") % {"names": names}
        )


def refuse_strangers(macro: Macro, by: User) -> None:
    """Raises `Refused` unless the user may change a macro of this owner."""
    if may_change(by, macro):
        return
    if macro.team_id:
        raise Refused(_("Replies of a team are changed by its members."))
    if macro.owner_id:
        raise Refused(_("This reply is somebody else's."))
    raise Refused(_("What everybody uses is changed by who sets up the desk. Copy it to have your own."))


def _checked(draft: MacroDraft) -> dict[str, Any]:
    fields: dict[str, str] = {}
    name, text = " ".join(draft.name.split()), clean_body(draft.text)
    if not 0 < len(name) <= MAX_NAME:
        fields["name"] = _("Name the reply, in at most 80 characters.")
    if unknown := unknown_placeholders(text):
        said = _("Nothing is known as %(names)s. Take a placeholder from the list.")
        fields["text"] = said % {"names": ", ".join(unknown[:5])}
    if len(text) > MAX_WORDS:
        fields["text"] = _("At most %(n)s characters.") % {"n": MAX_WORDS}
    try:
        actions = read_macro_actions(list(draft.actions))
    except BadRule:
        fields["actions"] = _("One of these changes cannot be understood.")
    else:
        if not text and not actions:
            fields["text"] = _("Write a text, or choose a change below.")
    if fields:
        raise Invalid(fields=fields)
    return {
        "name": name,
        "text": text,
        "written_as": draft.written_as.value,
        "actions": list(draft.actions),
        "is_active": draft.is_active,
        "owner_id": draft.owner.pk if draft.owner else None,
        "team_id": draft.team.pk if draft.team else None,
    }


def _told(macro: Macro, columns: dict[str, Any]) -> dict[str, Any]:
    """For the audit log: of one's own replies not the words."""
    hidden = ("text",) if macro.owner_id else ()
    return {name: value for name, value in columns.items() if name not in hidden}
