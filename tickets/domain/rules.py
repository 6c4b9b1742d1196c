"""What a rule is made of: when it looks, what it asks, what it does. Without Django.

A rule as JSON, as the table keeps it and the editor sends it:

    conditions {"mode": "all", "items": [
        {"field": "text", "op": "has_word", "value": ["sage", "datev"]},
        {"mode": "any", "items": [{"field": "header", "name": "list-id", "op": "not_empty"}]}]}
    actions    [{"do": "set_priority", "value": "high"}, {"do": "notify", "to": ["assignee"], "value": "Hi"}]

Groups nest once. No conditions at all match everything.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

#: What an evaluator is told about a ticket or mail: field -> str, bool, tuple of str, seconds or, for
#: `header`, a mapping of lower-case name -> text. A field that is missing counts as empty; without a mapping
#: of headers the event has no mail, and no condition on a header is true.
Facts = Mapping[str, object]


class Trigger(StrEnum):
    CREATED = "ticket-created"
    CUSTOMER_REPLIED = "customer-replied"
    #: The customer answers a resolved or waiting ticket, or somebody sets a resolved one back to work.
    REOPENED = "ticket-reopened"
    STATUS_CHANGED = "status-changed"
    ASSIGNMENT_CHANGED = "assignment-changed"
    PRIORITY_CHANGED = "priority-changed"
    TYPE_CHANGED = "type-changed"
    TIME_PASSED = "time-passed"
    TARGET_NEAR = "target-near"
    TARGET_MISSED = "target-missed"
    #: A customer rated a solution as anything but good.
    LOW_RATING = "low-rating"


class Kind(StrEnum):
    """The type of a field: it decides which operators there are and what a value may be."""

    TEXT = "text"
    CHOICE = "choice"
    LABELS = "labels"
    FLAG = "flag"
    SPAN = "span"
    #: What a desk added: of any type, for a rule does not know which; then numbers and days, as the editor
    #: offers them.
    OWN = "own"
    AMOUNT = "amount"
    DAY = "day"


class Op(StrEnum):
    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"
    CONTAINS_NOT = "contains_not"
    HAS_WORD = "has_word"
    HAS_NO_WORD = "has_no_word"
    STARTS = "starts"
    ENDS = "ends"
    MATCHES = "matches"
    IN = "in"
    NOT_IN = "not_in"
    EMPTY = "empty"
    NOT_EMPTY = "not_empty"
    OLDER = "older"
    YOUNGER = "younger"
    # Of numbers and days in fields that a desk added.
    OVER = "over"
    UNDER = "under"
    AFTER = "after"
    """That day or later."""
    BEFORE = "before"


#: What they compare with is a number or a day.
WITH_NUMBER: frozenset[Op] = frozenset({Op.OVER, Op.UNDER})
WITH_DAY: frozenset[Op] = frozenset({Op.AFTER, Op.BEFORE})
OPS: dict[Kind, tuple[Op, ...]] = {
    Kind.TEXT: (
        Op.CONTAINS,
        Op.CONTAINS_NOT,
        Op.HAS_WORD,
        Op.HAS_NO_WORD,
        Op.IS,
        Op.IS_NOT,
        Op.STARTS,
        Op.ENDS,
        Op.MATCHES,
        Op.IN,
        Op.NOT_IN,
        Op.EMPTY,
        Op.NOT_EMPTY,
    ),
    Kind.CHOICE: (Op.IS, Op.IS_NOT, Op.IN, Op.NOT_IN, Op.EMPTY, Op.NOT_EMPTY),
    Kind.LABELS: (Op.CONTAINS, Op.CONTAINS_NOT, Op.EMPTY, Op.NOT_EMPTY),
    Kind.FLAG: (Op.IS,),
    Kind.SPAN: (Op.OLDER, Op.YOUNGER),
    Kind.AMOUNT: (Op.IS, Op.IS_NOT, Op.OVER, Op.UNDER, Op.EMPTY, Op.NOT_EMPTY),
    Kind.DAY: (Op.IS, Op.IS_NOT, Op.AFTER, Op.BEFORE, Op.EMPTY, Op.NOT_EMPTY),
}
OPS[Kind.OWN] = (*OPS[Kind.TEXT], Op.OVER, Op.UNDER, Op.AFTER, Op.BEFORE)
#: These take no value.
WITHOUT_VALUE: frozenset[Op] = frozenset({Op.EMPTY, Op.NOT_EMPTY})
#: These take several values, of which one is enough (or, negated, none may be there).
WITH_LIST: frozenset[Op] = frozenset(
    {
        Op.CONTAINS,
        Op.CONTAINS_NOT,
        Op.HAS_WORD,
        Op.HAS_NO_WORD,
        Op.STARTS,
        Op.ENDS,
        Op.IN,
        Op.NOT_IN,
    }
)

#: Every field that a technician sees. Clients, contacts, devices, people and teams are told by their id.
FIELDS: dict[str, Kind] = {
    "subject": Kind.TEXT,
    "body": Kind.TEXT,
    "text": Kind.TEXT,  # subject or body
    "sender": Kind.TEXT,
    "sender_name": Kind.TEXT,
    "sender_domain": Kind.TEXT,
    "mailbox": Kind.TEXT,  # the address of ours that it came in by
    "recipients": Kind.TEXT,  # every To and Cc
    "header": Kind.TEXT,  # needs `name`
    "file_name": Kind.TEXT,
    "has_attachment": Kind.FLAG,
    "is_automatic": Kind.FLAG,
    "is_known_sender": Kind.FLAG,
    "in_business_hours": Kind.FLAG,
    "client": Kind.CHOICE,
    "contact": Kind.CHOICE,
    "device": Kind.CHOICE,
    "device_name": Kind.TEXT,
    "source": Kind.CHOICE,
    "language": Kind.CHOICE,
    "tag": Kind.LABELS,
    "status": Kind.CHOICE,
    "before": Kind.CHOICE,  # the status, priority, type or assignee before the change
    "priority": Kind.CHOICE,
    "type": Kind.CHOICE,
    "assignee": Kind.CHOICE,
    "assignee_active": Kind.FLAG,
    "team": Kind.CHOICE,
    "target": Kind.CHOICE,  # first, next, resolve
    "rating": Kind.CHOICE,  # sad, neutral, happy: the last one of the customer
    "comment": Kind.TEXT,  # what was written beside it
    "age": Kind.SPAN,  # since the ticket was opened
    "status_age": Kind.SPAN,  # in this status
    "customer_age": Kind.SPAN,  # since the customer's last word
    "reply_age": Kind.SPAN,  # since our last reply
}
#: Fields that a desk added are called by what they belong to and their key: "ticket.cause", "device.rack".
OWNERS: tuple[str, ...] = ("ticket", "contact", "device")
OWN_KEY = re.compile(r"[a-z0-9_]{1,40}")


def is_own(field: str) -> bool:
    owner, dot, key = field.partition(".")
    return bool(dot) and owner in OWNERS and OWN_KEY.fullmatch(key) is not None


def kind_of(field: str) -> Kind | None:
    """None for what is no field. What a desk added may be anything, whatever is typed there."""
    return FIELDS.get(field) or (Kind.OWN if is_own(field) else None)


class Do(StrEnum):
    SET_STATUS = "set_status"
    SET_PRIORITY = "set_priority"
    SET_TYPE = "set_type"
    SET_FIELD = "set_field"  # to: the key of a field that the desk added; value: its value
    ASSIGN_USER = "assign_user"
    ASSIGN_ME = "assign_me"  # of macros alone: whoever uses it
    ASSIGN_TEAM = "assign_team"
    ROUND_ROBIN = "assign_round_robin"  # value: a team's id
    LEAST_BUSY = "assign_least_busy"  # value: a team's id
    UNASSIGN = "unassign"
    ADD_TAGS = "add_tags"
    REMOVE_TAGS = "remove_tags"
    REPLY = "reply"  # value: the text, with placeholders; empty: "we have it"
    REPLY_WITH = "reply_with"  # value: the id of a canned reply that is everybody's
    NOTIFY = "notify"  # to: assignee, team, user:<id> or an address; value: the text
    ADD_NOTE = "add_note"
    WEBHOOK = "webhook"  # value: the address
    SEND_SURVEY = "send_survey"


#: What rules can do.
RULE_DOS: tuple[Do, ...] = tuple(do for do in Do if do is not Do.ASSIGN_ME)

#: Their texts have placeholders.
FILLED: frozenset[Do] = frozenset({Do.REPLY, Do.NOTIFY})

#: Of actions with the same word the first one in the order of the rules counts; the others are left.
SETS: dict[Do, str] = {
    Do.SET_STATUS: "status",
    Do.SET_PRIORITY: "priority",
    Do.SET_TYPE: "type",
    Do.ASSIGN_USER: "assignee",
    Do.ASSIGN_ME: "assignee",
    Do.ASSIGN_TEAM: "assignee",
    Do.ROUND_ROBIN: "assignee",
    Do.LEAST_BUSY: "assignee",
    Do.UNASSIGN: "assignee",
    Do.REPLY: "reply",
    Do.REPLY_WITH: "reply",
}


def slot_of(action: "Action") -> str | None:
    """What this action sets, so that it is set once; each field that the desk added is one of its own."""
    return f"field:{action.to[0]}" if action.do is Do.SET_FIELD else SETS.get(action.do)


class TicketType(StrEnum):
    INCIDENT = "incident"
    PROBLEM = "problem"
    REQUEST = "request"
    CHANGE = "change"


class Mode(StrEnum):
    ALL = "all"
    ANY = "any"


Value = str | bool | int | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """`value`: a tuple of texts for `WITH_LIST` operators, seconds for spans, a bool for flags, else text."""

    field: str
    op: Op
    value: Value = ""
    name: str = ""  # of the header, lower-case


@dataclass(frozen=True, slots=True)
class Group:
    mode: Mode = Mode.ALL
    items: "tuple[Condition | Group, ...]" = ()


@dataclass(frozen=True, slots=True)
class Action:
    do: Do
    value: str | tuple[str, ...] = ""
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """One rule, ready to be evaluated; `id` is 0 for a draft."""

    id: int
    name: str
    trigger: Trigger
    root: Group = Group()
    actions: tuple[Action, ...] = ()
    stops_here: bool = False
    is_default: bool = False
    version: int = field(default=0, compare=False)
