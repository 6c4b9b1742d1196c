"""The rows of the rule editor. Everything typed stays as it was typed, with what is wrong beside it."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.domain.fields import FieldType
from tickets.domain.rule_json import BadRule, Why, read_actions, read_conditions
from tickets.domain.rule_letters import PLACEHOLDERS, unknown_placeholders
from tickets.domain.rule_words import ACTIONS, LOOKED_UP, ActionWords, Input, choices_of, input_of, op_label
from tickets.domain.rules import FILLED, OPS, WITH_DAY, WITH_NUMBER, Do, Kind, Mode, Op, is_own, kind_of

Choices = Sequence[tuple[str, str]]
UNITS = [("m", _("minutes")), ("h", _("hours")), ("d", _("days"))]
WHY = {
    Why.FIELD: _("Choose a field from the list."),
    Why.OP: _("Choose a comparison that fits the field."),
    Why.NAME: _("Name the header, for example List-Id."),
    Why.TOO_LONG: _("This is too long."),
    Why.TOO_MANY: _("These are too many."),
    Why.REGEX: _("This pattern cannot be read. A right one: invoice [0-9]+"),
    Why.ACTION: _("Choose an action from the list."),
    Why.TO: _("Tick who gets it, or write an address, for example oncall@example.com."),
}
WHY_NOBODY = {
    "contact": _("Write the e-mail address of a contact that the desk knows, for example anna@example.com."),
    "device": _("Write the name of a device that the desk knows, for example ACME-PC-1."),
}
WHY_VALUE = {
    Input.LINE: _("Write what to look for, for example “invoice”."),
    Input.WORDS: _("Write one or more words with commas between them, for example “sage, datev”."),
    Input.CHOICE: _("Choose one from the list."),
    Input.CHOICES: _("Tick at least one."),
    Input.SPAN: _("Write a whole number, for example 4."),
    Input.TEXT: _("Write the text."),
}


_OWN_KINDS: dict[str, Kind] = {FieldType.NUMBER: Kind.AMOUNT, FieldType.DATE: Kind.DAY}
_A_NUMBER = _("Write a number, for example 12 or 3.5.")
_A_DAY = _("Choose a day, for example 2026-11-22.")
_WHY_ORDER: dict[str, object] = {**dict.fromkeys(WITH_NUMBER, _A_NUMBER), **dict.fromkeys(WITH_DAY, _A_DAY)}


class Lists(Protocol):
    """What the values may be chosen from; `find` and `show` turn an address or name into an id and back."""

    def choices(self, name: str) -> Choices: ...
    def find(self, name: str, text: str) -> str: ...
    def show(self, name: str, value: str) -> str: ...
    def own_type(self, name: str) -> str: ...


@dataclass
class Row:
    """What conditions and actions share: a key, a value as typed, and what is wrong with it."""

    key: str
    line: str = ""
    values: list[str] = field(default_factory=list)
    error: str = ""
    wrong: str = ""  # the control that the error belongs to
    is_new: bool = False
    is_fresh: bool = False  # just added: takes the focus

    input: Input = Input.NONE
    options: Choices = ()

    def blame(self, bad: BadRule) -> None:
        self.wrong = bad.where.rpartition(".")[2]
        self.error = str(WHY.get(bad.why, WHY_VALUE.get(self.input, _("This does not fit."))))

    @property
    def chosen(self) -> list[tuple[str, str, bool]]:
        """The options, each with whether it is chosen; what is gone but still in the rule is shown."""
        known = [(value, label, value in self._picked) for value, label in self.options]
        return [*known, *((value, gettext("no longer there"), True) for value in sorted(self._gone))]

    @property
    def _picked(self) -> set[str]:
        return {self.line} if self.input is Input.CHOICE else set(self.values)

    @property
    def _gone(self) -> set[str]:
        return self._picked - {value for value, _label in self.options} - {""}

    def forget_gone(self) -> None:
        """After another field was chosen its value fits no more; to be chosen anew."""
        gone = self._gone
        self.values = [value for value in self.values if value not in gone]
        if self.input is Input.CHOICE and gone:
            self.line = ""


@dataclass
class ConditionRow(Row):
    field: str = "text"
    op: str = Op.HAS_WORD.value
    name: str = ""
    unit: str = "h"
    kind: Kind = Kind.TEXT
    #: Field and comparison as the rule has them, which stay together also where the editor offers others.
    kept: str = ""

    def settle(self, lists: Lists, trigger: str) -> None:
        """After the field changed, a comparison that does not fit it gives way to the first one that does."""
        if kind_of(self.field) is None:
            self.field = "text"
        own = lists.choices(self.field) if is_own(self.field) else ()
        self.kind = Kind.CHOICE if own else kind_of(self.field) or Kind.TEXT
        if self.kind is Kind.OWN:
            self.kind = _OWN_KINDS.get(lists.own_type(self.field), Kind.TEXT)
        if self.is_odd and not self._is_kept:
            self.op = OPS[self.kind][0].value
        self.input = input_of(self.field, Op(self.op), Kind.OWN if self.is_odd else self.kind)
        if self.input is Input.CHOICES and self.line:
            self.values = self.values or [self.line]
        if self.input is Input.CHOICE and self.values:
            self.line = self.line or self.values[0]
        if self.input in {Input.CHOICE, Input.CHOICES}:
            self.options = own or lists.choices(choices_of(self.field, trigger))

    @property
    def is_odd(self) -> bool:
        """It asks what the editor does not offer for such a field: the API does, and so did older rules."""
        return self.op not in OPS[self.kind]

    @property
    def _is_kept(self) -> bool:
        return is_own(self.field) and self.op in OPS[Kind.OWN] and self.kept == f"{self.field} {self.op}"

    @property
    def ops(self) -> list[tuple[str, str]]:
        ops = (*OPS[self.kind], *([Op(self.op)] if self.is_odd else []))
        return [(op.value, gettext(op_label(self.field, op))) for op in ops]

    def judge(self, lists: Lists) -> None:
        try:
            read_conditions({"items": [self.as_json(lists)]})
        except BadRule as bad:
            self.blame(bad)
            if self.wrong == "value" and self.op in _WHY_ORDER:
                self.error = str(_WHY_ORDER[self.op])
            if self.wrong == "value" and bad.why is Why.VALUE and self.field in LOOKED_UP:
                self.error = str(WHY_NOBODY[self.field])

    def as_json(self, lists: Lists) -> dict[str, Any]:
        plain: dict[str, Any] = {"field": self.field, "op": self.op}
        if self.field == "header":
            plain["name"] = self.name.strip()
        if self.input is not Input.NONE:
            plain["value"] = self._value(lists)
        return plain

    def _value(self, lists: Lists) -> object:
        if self.input is Input.SPAN:
            return f"{self.line.strip()}{self.unit}"
        if self.input is Input.CHOICES:
            return self.values
        if self.kind is Kind.FLAG:
            return {"yes": True, "no": False}.get(self.line, "")
        if self.field in LOOKED_UP:
            found = [lists.find(self.field, each) for each in split_words(self.line)]
            if not all(found):
                return ""
            return found if self.input is Input.WORDS else ",".join(found)
        return split_words(self.line) if self.input is Input.WORDS else self.line.strip()

    @classmethod
    def read(cls, key: str, item: Mapping[str, Any], lists: Lists, trigger: str) -> "ConditionRow":
        row = cls(key, field=str(item.get("field")), op=str(item.get("op")), name=str(item.get("name", "")))
        row.kept = f"{row.field} {row.op}"
        row.settle(lists, trigger)
        value = item.get("value", "")
        if row.input is Input.SPAN:
            row.line, row.unit = str(value)[:-1], str(value)[-1:] or "h"
        elif isinstance(value, bool):
            row.line = "yes" if value else "no"
        else:
            row.values = [str(each) for each in value] if isinstance(value, list) else [str(value)]
            is_known_by_name = row.field in LOOKED_UP
            shown = [lists.show(row.field, each) if is_known_by_name else each for each in row.values]
            row.line = shown[0] if row.input in {Input.LINE, Input.CHOICE} else join_words(shown)
        return row


@dataclass
class GroupRow:
    key: str
    mode: str = Mode.ANY.value
    rows: list[ConditionRow] = field(default_factory=list)
    error: str = ""
    is_new: bool = False


@dataclass
class ActionRow(Row):
    do: str = Do.SET_PRIORITY.value
    text: str = ""

    def settle(self, lists: Lists) -> None:
        if self.do.partition(":")[0] not in list(Do):
            self.do = Do.SET_PRIORITY.value
        self.input = self.words.input
        if self.own and (options := lists.choices(f"ticket.{self.own}")):
            self.input, self.options = Input.CHOICE, options
        if self.words.choices:
            self.options = lists.choices(self.words.choices)

    @property
    def words(self) -> ActionWords:
        return ACTIONS[Do(self.do.partition(":")[0])]

    @property
    def own(self) -> str:
        """The key of the field that the desk added and that this sets; the list of actions names each."""
        return self.do.partition(":")[2]

    @property
    def tells(self) -> bool:
        return self.do == Do.NOTIFY

    def judge(self) -> None:
        try:
            read_actions([self.as_json()])
        except BadRule as bad:
            self.blame(bad)
        if self.do in FILLED and (unknown := unknown_placeholders(self.text)):
            said = gettext("Nothing is known as %(names)s. There are: %(words)s.")
            names = {"names": ", ".join(unknown[:5]), "words": ", ".join(PLACEHOLDERS)}
            self.error, self.wrong = said % names, "value"

    def as_json(self) -> dict[str, Any]:
        if self.input is Input.NONE:
            return {"do": self.do}
        if self.input is Input.WORDS:
            return {"do": self.do, "value": split_words(self.line)}
        if self.own:
            return {"do": Do.SET_FIELD.value, "value": self.line.strip(), "to": [self.own]}
        if self.tells:
            return {"do": self.do, "value": self.text.strip(), "to": [*self.values, *split_words(self.line)]}
        return {"do": self.do, "value": (self.text if self.input is Input.TEXT else self.line).strip()}

    @classmethod
    def read(cls, key: str, item: Mapping[str, Any], lists: Lists) -> "ActionRow":
        own = f":{(item.get('to') or ['?'])[0]}" if item.get("do") == Do.SET_FIELD else ""
        row = cls(key, do=f"{item.get('do')}{own}")
        row.settle(lists)
        value, known = item.get("value", ""), {value for value, _label in row.options}
        if row.tells:
            row.values = [to for to in item.get("to", ()) if to in known or "@" not in to]
            row.line = join_words([to for to in item.get("to", ()) if to not in row.values])
        if row.input is Input.TEXT:
            row.text = str(value)
        else:
            row.line = join_words(value) if isinstance(value, list) else str(value)
        return row


def split_words(text: str) -> list[str]:
    """Commas part; quotation marks keep a comma inside."""
    parts = next(csv.reader([" ".join(text.split())], skipinitialspace=True), [])
    return [part.strip() for part in parts if part.strip()]


def join_words(words: Sequence[str]) -> str:
    return ", ".join(
        '"' + word.replace('"', '""') + '"' if set(word) & {",", '"'} else word for word in words
    )
