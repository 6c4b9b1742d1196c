"""Rules in words: what fields, comparisons, actions and triggers are called, and a rule as a sentence.

Texts are English msgids, in lower case where they stand inside a sentence; the pages translate them and give
the first word its capital. Rules come as their JSON (see tickets.domain.rules), also half-typed ones.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tickets.domain.rules import (
    FIELDS,
    WITH_LIST,
    WITHOUT_VALUE,
    Do,
    Kind,
    Mode,
    Op,
    Trigger,
    is_own,
    kind_of,
)

#: List of choices -> stored value -> what people call it, e.g. {"team": {"3": "First line"}}.
Names = Mapping[str, Mapping[str, str]]


def _(text: str) -> str:
    """Marks a text for translation; the domain itself knows no language."""
    return text


class Input(StrEnum):
    """How a value is typed."""

    NONE = "none"
    LINE = "line"
    WORDS = "words"  # several, with commas between
    CHOICE = "choice"
    CHOICES = "choices"
    SPAN = "span"  # a number and a unit
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence. "word", "quiet" and "term" (a pill) are to be translated, "value" (a pill) is
    ready, "span" (a pill) is like "30m" or "2h"; a "comma" stands in running text only.
    """

    text: str
    kind: str = "word"


FIELD_LABELS: dict[str, str] = {
    "subject": _("subject"),
    "body": _("text"),
    "text": _("subject or text"),
    "sender": _("sender"),
    "sender_name": _("sender's name"),
    "sender_domain": _("sender's domain"),
    "mailbox": _("mailbox it came in by"),
    "recipients": _("recipients (To and Cc)"),
    "header": _("header"),
    "file_name": _("file name"),
    "has_attachment": _("attachment"),
    "is_automatic": _("automatic mail"),
    "is_known_sender": _("known sender"),
    "in_business_hours": _("business hours"),
    "client": _("client"),
    "contact": _("contact"),
    "device": _("device"),
    "device_name": _("device name"),
    "source": _("source"),
    "language": _("language"),
    "tag": _("tag"),
    "status": _("status"),
    "before": _("value before the change"),
    "priority": _("priority"),
    "type": _("type"),
    "assignee": _("assignee"),
    "assignee_active": _("assignee still works here"),
    "team": _("team"),
    "target": _("target"),
    "rating": _("rating"),
    "comment": _("words beside the rating"),
    "age": _("age of the ticket"),
    "status_age": _("time in this status"),
    "customer_age": _("time since the customer wrote"),
    "reply_age": _("time since our last reply"),
}
FIELD_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        _("E-mail"),
        (
            *("text", "subject", "body", "sender", "sender_name", "sender_domain", "is_known_sender"),
            *("mailbox", "recipients", "header", "has_attachment", "file_name", "is_automatic"),
        ),
    ),
    (_("Customer"), ("client", "contact", "language", "device", "device_name")),
    (
        _("Ticket"),
        (
            *("status", "priority", "type", "assignee", "assignee_active", "team", "tag", "source"),
            *("before", "target", "rating", "comment"),
        ),
    ),
    (_("Time"), ("in_business_hours", "age", "status_age", "customer_age", "reply_age")),
)
FIELD_CHOICES: dict[str, str] = {
    **{
        name: name
        for name in ("client", "source", "language", "status", "priority", "type", "team", "rating")
    },
    "assignee": "person",
    "target": "target",
    **{name: "flag" for name, kind in FIELDS.items() if kind is Kind.FLAG},
}
#: Of fields that the desk added; `Names` call them in the list "own".
OWN_GROUPS: dict[str, str] = {
    "ticket": _("Own fields of the ticket"),
    "contact": _("Own fields of the contact"),
    "device": _("Own fields of the device"),
}
#: Too many to list: people type an address or a name, the rule keeps the id.
LOOKED_UP: frozenset[str] = frozenset({"contact", "device"})
#: What `before` held depends on what changed.
BEFORE: dict[str, str] = {
    Trigger.STATUS_CHANGED: "status",
    Trigger.PRIORITY_CHANGED: "priority",
    Trigger.TYPE_CHANGED: "type",
    Trigger.ASSIGNMENT_CHANGED: "person",
}
FLAG_SAYS: dict[str, tuple[str, str]] = {
    "has_attachment": (_("it has an attachment"), _("it has no attachment")),
    "is_automatic": (_("it is an automatic mail"), _("it is no automatic mail")),
    "is_known_sender": (_("the sender is known"), _("the sender is not known")),
    "in_business_hours": (_("it is within business hours"), _("it is outside business hours")),
    "assignee_active": (_("the assignee works here"), _("the assignee no longer works here")),
}
OP_LABELS: dict[Op, str] = {
    Op.IS: _("is"),
    Op.IS_NOT: _("is not"),
    Op.CONTAINS: _("contains any of"),
    Op.CONTAINS_NOT: _("contains none of"),
    Op.HAS_WORD: _("has a word of"),
    Op.HAS_NO_WORD: _("has no word of"),
    Op.STARTS: _("starts with"),
    Op.ENDS: _("ends with"),
    Op.MATCHES: _("matches the pattern"),
    Op.IN: _("is one of"),
    Op.NOT_IN: _("is none of"),
    Op.EMPTY: _("is empty"),
    Op.NOT_EMPTY: _("is not empty"),
    Op.OLDER: _("is more than"),
    Op.YOUNGER: _("is less than"),
    Op.OVER: _("is more than"),
    Op.UNDER: _("is less than"),
    Op.AFTER: _("is since"),
    Op.BEFORE: _("is before"),
}
#: With a single value these read better.
OP_WITH_ONE: dict[Op, str] = {
    Op.CONTAINS: _("contains"),
    Op.CONTAINS_NOT: _("does not contain"),
    Op.HAS_WORD: _("has the word"),
    Op.HAS_NO_WORD: _("has not the word"),
    Op.IN: _("is"),
    Op.NOT_IN: _("is not"),
}
HEADER_OPS: dict[Op, str] = {Op.EMPTY: _("is absent"), Op.NOT_EMPTY: _("is present")}
#: A ticket has a tag or has it not; nobody looks for letters in it.
TAG_OPS: dict[Op, Op] = {Op.CONTAINS: Op.IN, Op.CONTAINS_NOT: Op.NOT_IN}
TRIGGER_LABELS: dict[Trigger, str] = {
    Trigger.CREATED: _("a ticket is created"),
    Trigger.CUSTOMER_REPLIED: _("the customer answers"),
    Trigger.REOPENED: _("a ticket is reopened"),
    Trigger.STATUS_CHANGED: _("the status changes"),
    Trigger.ASSIGNMENT_CHANGED: _("the assignee changes"),
    Trigger.PRIORITY_CHANGED: _("the priority changes"),
    Trigger.TYPE_CHANGED: _("the type changes"),
    Trigger.TIME_PASSED: _("time has passed"),
    Trigger.TARGET_NEAR: _("a target is near"),
    Trigger.TARGET_MISSED: _("a target is missed"),
    Trigger.LOW_RATING: _("a customer is not content"),
}
TYPE_LABELS = {
    "incident": _("Incident"),
    "problem": _("Problem"),
    "request": _("Request"),
    "change": _("Change"),
}
TARGET_LABELS = {"first": _("first response"), "next": _("next response"), "resolve": _("resolution")}
LANGUAGE_LABELS = {"en": _("English"), "de": _("German"), "fr": _("French"), "it": _("Italian")}
FLAG_LABELS = {"yes": _("yes"), "no": _("no")}
NOTIFY_LABELS = {"assignee": _("the assignee"), "team": _("the team")}


@dataclass(frozen=True, slots=True)
class ActionWords:
    """`verb` and `label` stand in the editor, `says` before the value in a sentence."""

    verb: str
    label: str
    says: str
    input: Input
    choices: str = ""
    hint: str = ""


_TEAM = (Input.CHOICE, "team")
ACTIONS: dict[Do, ActionWords] = {
    Do.SET_PRIORITY: ActionWords(_("set"), _("priority"), _("priority"), Input.CHOICE, "priority"),
    Do.SET_STATUS: ActionWords(_("set"), _("status"), _("status"), Input.CHOICE, "status"),
    Do.SET_TYPE: ActionWords(_("set"), _("type"), _("type"), Input.CHOICE, "type"),
    Do.SET_FIELD: ActionWords(_("set"), _("field"), _("field"), Input.LINE),
    Do.ASSIGN_USER: ActionWords(_("set"), _("assign to a person"), _("assign"), Input.CHOICE, "person"),
    Do.ASSIGN_ME: ActionWords(_("set"), _("assign to me"), _("assign to"), Input.NONE),
    Do.ASSIGN_TEAM: ActionWords(_("set"), _("assign to a team"), _("assign"), *_TEAM),
    Do.ROUND_ROBIN: ActionWords(_("set"), _("assign in turn within"), _("assign in turn within"), *_TEAM),
    Do.LEAST_BUSY: ActionWords(
        _("set"), _("assign to the least busy of"), _("assign to the least busy of"), *_TEAM
    ),
    Do.UNASSIGN: ActionWords(_("set"), _("assign to nobody"), _("assigned to"), Input.NONE),
    Do.ADD_TAGS: ActionWords(_("add"), _("tag"), _("tag"), Input.WORDS, hint=_("accounting, month end")),
    Do.REMOVE_TAGS: ActionWords(_("take"), _("tag away"), _("take away tag"), Input.WORDS, hint=_("new")),
    Do.REPLY: ActionWords(
        _("send"), _("reply to the customer"), _("reply"), Input.TEXT, hint=_("Empty: the mail “We have it”")
    ),
    Do.REPLY_WITH: ActionWords(
        _("send"), _("canned reply to the customer"), _("reply with"), Input.CHOICE, "macro"
    ),
    Do.NOTIFY: ActionWords(
        _("send"), _("notice to colleagues"), _("notify"), Input.TEXT, "notify", _("What they should know")
    ),
    Do.ADD_NOTE: ActionWords(
        _("add"), _("internal note"), _("note"), Input.TEXT, hint=_("Only technicians read it")
    ),
    Do.WEBHOOK: ActionWords(
        _("call"), _("web address"), _("call"), Input.LINE, hint=_("https://example.com/hook")
    ),
    Do.SEND_SURVEY: ActionWords(_("send"), _("survey to the customer"), _("survey"), Input.NONE),
}
LONGEST_QUOTE = 60


def choices_of(field: str, trigger: str = "") -> str:
    """The list of choices that a field's value comes from; "" for free text."""
    if field == "before":
        return BEFORE.get(trigger, "status")
    return FIELD_CHOICES.get(field, "")


def input_of(field: str, op: Op, kind: Kind | None = None) -> Input:
    """`kind`: of a field that the desk added and that offers choices."""
    kind = kind or kind_of(field)
    if op in WITHOUT_VALUE:
        return Input.NONE
    if kind is Kind.SPAN:
        return Input.SPAN
    if kind is Kind.FLAG:
        return Input.CHOICE
    if kind is Kind.CHOICE and field not in LOOKED_UP:
        return Input.CHOICES if op in WITH_LIST else Input.CHOICE
    return Input.WORDS if op in WITH_LIST else Input.LINE


def op_label(field: str, op: Op, *, is_single: bool = False) -> str:
    if field == "header" and op in HEADER_OPS:
        return HEADER_OPS[op]
    if field == "tag":
        op = TAG_OPS.get(op, op)
    return OP_WITH_ONE.get(op, OP_LABELS[op]) if is_single else OP_LABELS[op]


def say_rule(rule: Mapping[str, Any], names: Names) -> list[Part]:
    """`rule`: trigger, conditions, actions and perhaps is_default, as the table keeps them."""
    parts: list[Part] = []
    trigger = str(rule.get("trigger", ""))
    asks = list(_say_group(rule.get("conditions") or {}, names, trigger))
    if rule.get("is_default"):
        parts.append(Part(_("anything no rule above has caught becomes a ticket:")))
    else:
        if trigger != Trigger.CREATED and trigger in list(Trigger):
            parts += [Part(_("when"), "quiet"), Part(TRIGGER_LABELS[Trigger(trigger)])]
            parts += [Part(_("and"), "quiet")] if asks else []
        elif not asks:
            parts.append(Part(_("every new ticket")))
        parts += [*asks, Part(_("then"), "quiet")]
    return parts + say_actions(rule.get("actions") or [], names)


def say_conditions(group: Mapping[str, Any], names: Names, trigger: str = "") -> list[Part]:
    return list(_say_group(group, names, trigger)) or [Part(_("no conditions"))]


def say_actions(actions: Sequence[Mapping[str, Any]], names: Names) -> list[Part]:
    said: list[Part] = []
    for action in actions:
        said += [Part(",", "comma")] if said else []
        said += say_action(action, names)
    return said or [Part(_("nothing"))]


def _say_group(group: Mapping[str, Any], names: Names, trigger: str) -> Iterator[Part]:
    join = _("or") if group.get("mode") == Mode.ANY else _("and")
    for number, item in enumerate(group.get("items") or []):
        if number:
            yield Part(join)
        if "items" in item:
            yield Part("(")
            yield from _say_group(item, names, trigger)
            yield Part(")")
        else:
            yield from say_condition(item, names, trigger)


def say_condition(item: Mapping[str, Any], names: Names, trigger: str = "") -> Iterator[Part]:
    """ "Subject contains any of (sage) (datev)". A field or comparison that nobody knows is said as it is."""
    field, op = str(item.get("field", "")), str(item.get("op", ""))
    kind = kind_of(field)
    if kind is None or op not in list(Op):
        yield Part(f"{field} {op}".strip() or "?", "value")
        return
    if field in FLAG_SAYS:
        yield Part(FLAG_SAYS[field][0 if item.get("value") else 1])
        return
    values = () if op in WITHOUT_VALUE else tuple(_values(item.get("value", "")))
    yield from _field(field, names)
    if field == "header":
        yield Part(str(item.get("name", "")), "value")
    yield Part(op_label(field, Op(op), is_single=len(values) == 1))
    if kind is Kind.SPAN:
        yield from (Part(str(value), "span") for value in values)
    else:
        choices = field if field in LOOKED_UP or is_own(field) else choices_of(field, trigger)
        yield from _named(values, choices, names)


def _field(field: str, names: Names) -> Iterator[Part]:
    """ "client"; of what the desk added "contact (Level)", and of a ticket the name alone."""
    if not is_own(field):
        yield Part(FIELD_LABELS[field])
        return
    owner, _dot, key = field.partition(".")
    if owner != "ticket":
        yield Part(FIELD_LABELS[owner])
    yield Part(names.get("own", {}).get(field, key), "value")


def say_action(action: Mapping[str, Any], names: Names) -> list[Part]:
    do = str(action.get("do", ""))
    if do not in list(Do):
        return [Part(do or "?", "value")]
    words = ACTIONS[Do(do)]
    said = [Part(words.says)]
    values = tuple(_values(action.get("value", "")))
    if do == Do.UNASSIGN:
        said.append(Part(_("nobody"), "term"))
    elif do == Do.ASSIGN_ME:
        said.append(Part(_("me"), "term"))
    elif do == Do.SEND_SURVEY:
        said.append(Part(_("How did it go?"), "term"))
    elif do == Do.NOTIFY:
        said += [_addressee(to, names) for to in action.get("to") or ()]
    elif do == Do.SET_FIELD:
        field = f"ticket.{(action.get('to') or ['?'])[0]}"
        said += [Part(names.get("own", {}).get(field, field), "value"), Part("=", "quiet")]
        said += _named(values, field, names)
    elif do == Do.REPLY and not any(values):
        said.append(Part(_("We have it"), "term"))
    elif words.input in {Input.TEXT, Input.LINE}:
        said += [Part(_cut(value), "value") for value in values if value]
    else:
        said += _named(values, words.choices, names)
    return said


def _addressee(to: str, names: Names) -> Part:
    if to in NOTIFY_LABELS:
        return Part(NOTIFY_LABELS[to], "term")
    return Part(names.get("person", {}).get(to.removeprefix("user:"), to), "value")


def _named(values: Sequence[str], choices: str, names: Names) -> list[Part]:
    known = names.get(choices, {})
    return [Part(known.get(value, value) or "…", "value") for value in values]


def _values(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)]


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1].rstrip() + "…"
