"""The rule editor as a form without script.

Rows have keys that stay ("c1", group "g2", in it "g2.c3", action "a4") and are posted in the order of the
page. The button that was pressed is a command: "add", "add:g2", "group", "drop:c1", "act".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext

from tickets.domain import rule_words
from tickets.domain.rule_json import MAX_ACTIONS, MAX_ITEMS
from tickets.domain.rule_words import ACTIONS
from tickets.domain.rules import RULE_DOS, Do, Mode, Trigger
from tickets.forms.rule_rows import UNITS, ActionRow, Choices, ConditionRow, GroupRow, Lists
from tickets.models.standard import standard_text, standard_words

MAX_NAME = 80
MAX_DESCRIPTION = 300


class RuleForm:
    def __init__(self, lists: Lists) -> None:
        self.lists = lists
        self.name = self.description = ""
        self.trigger = Trigger.CREATED.value
        self.mode = Mode.ALL.value
        self.stops_here, self.is_active, self.is_default = False, True, False
        self.rows: list[ConditionRow | GroupRow] = []
        self.acts: list[ActionRow] = []
        self.errors: dict[str, str] = {}
        self.version = 0
        #: Numbers of tickets to keep as examples with the next save.
        self.keeps: list[int] = []

    # --- what the page offers ------------------------------------------------------------------------------
    @property
    def triggers(self) -> list[tuple[str, str]]:
        return [(each.value, gettext(rule_words.TRIGGER_LABELS[each])) for each in Trigger]

    @property
    def fields(self) -> list[tuple[str, list[tuple[str, str]]]]:
        own = {
            gettext(group): [(f"{owner}.{key}", name) for key, name in self.lists.choices(f"own:{owner}")]
            for owner, group in rule_words.OWN_GROUPS.items()
        }
        return [
            *(
                (gettext(group), [(key, capfirst(gettext(rule_words.FIELD_LABELS[key]))) for key in keys])
                for group, keys in rule_words.FIELD_GROUPS
            ),
            *((group, fields) for group, fields in own.items() if fields),
        ]

    @property
    def actions(self) -> list[tuple[str, str]]:
        found = []
        for do, words in ACTIONS.items():
            if do is Do.SET_FIELD:
                own = self.lists.choices("own:ticket")
                found += [(f"{do}:{key}", gettext("Field: %(name)s") % {"name": name}) for key, name in own]
            elif do in RULE_DOS:
                found.append((do.value, capfirst(gettext(words.label))))
        return found

    @property
    def units(self) -> Choices:
        return [(value, str(label)) for value, label in UNITS]

    @classmethod
    def fresh(cls, lists: Lists) -> "RuleForm":
        """A new rule starts with a condition and an action to fill in."""
        form = cls(lists)
        form.obey("add")
        form.obey("act")
        for row in form._conditions():
            row.is_fresh = False
        for act in form.acts:
            act.is_fresh = False
        return form

    # --- reading --------------------------------------------------------------------------------------------
    @classmethod
    def of_rule(cls, rule: Mapping[str, Any], lists: Lists) -> "RuleForm":
        """`rule`: the columns of the table."""
        form = cls(lists)
        for name in ("name", "description", "trigger", "stops_here", "is_active", "is_default", "version"):
            setattr(form, name, rule[name])
        form.name, form.description = standard_words(form.name), standard_words(form.description)
        conditions = rule["conditions"] or {}
        form.mode = conditions.get("mode", Mode.ALL.value)
        for number, item in enumerate(conditions.get("items", ()), 1):
            form.rows.append(form._read_item(item, number))
        form.acts = [ActionRow.read(f"a{n}", item, lists) for n, item in enumerate(rule["actions"], 1)]
        return form

    def _read_item(self, item: Mapping[str, Any], number: int) -> ConditionRow | GroupRow:
        if "items" not in item:
            return ConditionRow.read(f"c{number}", item, self.lists, self.trigger)
        inner = [
            ConditionRow.read(f"g{number}.c{n}", each, self.lists, self.trigger)
            for n, each in enumerate(item["items"], 1)
        ]
        return GroupRow(f"g{number}", item.get("mode", Mode.ANY.value), inner)

    @classmethod
    def of_post(cls, post: QueryDict, lists: Lists, *, is_default: bool = False) -> "RuleForm":
        form = cls(lists)
        form.is_default = is_default
        form.name, form.description = post.get("name", ""), post.get("description", "")
        form.trigger = _one_of(post.get("trigger"), Trigger, Trigger.CREATED)
        form.mode = _one_of(post.get("mode"), Mode, Mode.ALL)
        form.stops_here = post.get("after") == "stop"
        form.is_active = is_default or "is_active" in post
        version = post.get("version", "")
        form.version = int(version) if version.isdecimal() and len(version) < 10 else 0
        form.keeps = [int(n) for n in post.getlist("keep")[:MAX_ITEMS] if n.isdecimal() and len(n) < 10]
        groups: dict[str, GroupRow] = {}
        for key in post.getlist("row")[: MAX_ITEMS * 4]:
            parent, _dot, _own = key.rpartition(".")
            if key.startswith("g") and not parent:
                groups[key] = GroupRow(key, _one_of(post.get(f"{key}.mode"), Mode, Mode.ANY))
                form.rows.append(groups[key])
            elif parent in groups:
                groups[parent].rows.append(form._posted_condition(key, post))
            elif not parent:
                form.rows.append(form._posted_condition(key, post))
        form.acts = [form._posted_action(key, post) for key in post.getlist("act")[: MAX_ACTIONS * 2]]
        return form

    def _posted_condition(self, key: str, post: QueryDict) -> ConditionRow:
        row = ConditionRow(key, line=post.get(f"{key}.line", ""), values=post.getlist(f"{key}.values"))
        row.field, row.op = post.get(f"{key}.field", ""), post.get(f"{key}.op", "")
        row.name, row.unit = post.get(f"{key}.name", ""), post.get(f"{key}.unit", "h")
        row.kept = post.get(f"{key}.kept", "")
        row.settle(self.lists, self.trigger)
        row.forget_gone()
        return row

    def _posted_action(self, key: str, post: QueryDict) -> ActionRow:
        row = ActionRow(key, values=post.getlist(f"{key}.values"))
        row.do, row.line = post.get(f"{key}.do", ""), post.get(f"{key}.line", "")
        row.text = post.get(f"{key}.text", "")
        row.settle(self.lists)
        row.forget_gone()
        return row

    # --- commands -------------------------------------------------------------------------------------------
    def obey(self, command: str) -> None:
        """Add or drop a row or an example; anything else only shows the form again."""
        what, _colon, key = command.partition(":")
        if what == "add":
            self._add_condition(key)
        elif what == "group":
            new = self._next("g")
            self.rows.append(GroupRow(new, rows=[self._fresh_condition(f"{new}.c1")]))
        elif what == "act":
            row = ActionRow(self._next("a"), is_fresh=True)
            row.settle(self.lists)
            self.acts.append(row)
        elif what == "example" and key.isdecimal() and len(key) < 10:
            self.keeps = sorted({*self.keeps} ^ {int(key)})
        elif what == "drop":
            self.rows = [row for row in self.rows if row.key != key]
            self.acts = [row for row in self.acts if row.key != key]
            for group in self._groups():
                group.rows = [row for row in group.rows if row.key != key]

    def _add_condition(self, key: str) -> None:
        if not key:
            self.rows.append(self._fresh_condition(self._next("c")))
        for group in self._groups():
            if group.key == key:
                group.rows.append(self._fresh_condition(self._next(f"{key}.c")))

    def _fresh_condition(self, key: str) -> ConditionRow:
        row = ConditionRow(key, is_fresh=True)
        row.settle(self.lists, self.trigger)
        return row

    def _next(self, prefix: str) -> str:
        used = [key.removeprefix(prefix) for key in self._keys() if key.startswith(prefix)]
        return f"{prefix}{max((int(n) for n in used if n.isdecimal()), default=0) + 1}"

    def _keys(self) -> Iterator[str]:
        yield from (row.key for row in [*self.rows, *self.acts])
        yield from (row.key for row in self._conditions())

    def _groups(self) -> list[GroupRow]:
        return [row for row in self.rows if isinstance(row, GroupRow)]

    def _conditions(self) -> Iterator[ConditionRow]:
        for row in self.rows:
            yield from row.rows if isinstance(row, GroupRow) else [row]

    # --- judging --------------------------------------------------------------------------------------------
    def as_json(self) -> dict[str, Any]:
        """The columns of the table as they would be; also of a form that is not right yet."""
        return {
            "name": standard_text(self.name.strip()),
            "description": standard_text(self.description.strip()),
            "trigger": self.trigger,
            "conditions": {"mode": self.mode, "items": [self._item(row) for row in self.rows]},
            "actions": [row.as_json() for row in self.acts],
            "stops_here": self.stops_here,
            "is_active": self.is_active,
            "is_default": self.is_default,
        }

    def _item(self, row: ConditionRow | GroupRow) -> dict[str, Any]:
        if isinstance(row, GroupRow):
            return {"mode": row.mode, "items": [each.as_json(self.lists) for each in row.rows]}
        return row.as_json(self.lists)

    def is_valid(self) -> bool:
        """Finds everything that is wrong at once; each error stands at its own control."""
        if not self.name.strip():
            self.errors["name"] = gettext("Name the rule, for example “Accounting software”.")
        elif len(self.name.strip()) > MAX_NAME:
            self.errors["name"] = gettext("At most %(n)s characters.") % {"n": MAX_NAME}
        if len(self.description.strip()) > MAX_DESCRIPTION:
            self.errors["description"] = gettext("At most %(n)s characters.") % {"n": MAX_DESCRIPTION}
        is_sound = self.has_sound_rows()
        if not self.acts:
            self.errors["acts"] = gettext("Say what the rule does: add an action.")
        return is_sound and not self.errors

    def has_sound_rows(self) -> bool:
        for row in self._conditions():
            row.judge(self.lists)
        for act in self.acts:
            act.judge()
        for group in self._groups():
            if not group.rows:
                group.error = gettext("Add a condition to this group, or remove the group.")
        if max([len(self.rows), *(len(group.rows) for group in self._groups())]) > MAX_ITEMS:
            self.errors["rows"] = gettext("At most %(n)s conditions in one place.") % {"n": MAX_ITEMS}
        if len(self.acts) > MAX_ACTIONS:
            self.errors["acts"] = gettext("At most %(n)s actions.") % {"n": MAX_ACTIONS}
        rows: list[ConditionRow | ActionRow | GroupRow] = [*self._conditions(), *self.acts, *self._groups()]
        return not (self.errors.keys() & {"rows", "acts"} or any(row.error for row in rows))

    def compare(self, saved: Mapping[str, Any]) -> int:
        """How many things differ from the saved rule; rows that are not in it are marked."""
        now, changes = self.as_json(), 0
        for name in ("name", "description", "trigger", "stops_here", "is_active"):
            changes += now[name] != saved[name]
        before = saved["conditions"] or {}
        changes += len(self.rows) > 1 and self.mode != before.get("mode", Mode.ALL)
        changes += _mark(self.rows, now["conditions"]["items"], before.get("items", []))
        changes += len(self.keeps) + _mark(self.acts, now["actions"], saved["actions"])
        return int(changes)


def _mark(
    rows: Sequence[ConditionRow | GroupRow | ActionRow], now: Sequence[Any], before: Sequence[Any]
) -> int:
    left = list(before)
    for row, item in zip(rows, now, strict=True):
        row.is_new = item not in left
        if not row.is_new:
            left.remove(item)
    return max(sum(row.is_new for row in rows), len(left))


def _one_of(value: str | None, known: Iterable[str], default: str) -> str:
    return str(value) if value in list(known) else str(default)
