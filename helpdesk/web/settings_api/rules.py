"""Rules: their order, on and off, a dry run. They act for all clients, so they are for who sets up all."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import rows_of
from agents.api.door import StrictSerializer, once, valid
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Invalid
from helpdesk.web.settings_api.base import KeyField, SettingsDoor, atomic, call, chosen, one_of
from tickets.domain.rule_json import (
    BadRule,
    action_as_json,
    group_as_json,
    read_actions,
    read_conditions,
)
from tickets.domain.rules import Trigger
from tickets.models import Rule
from tickets.models.standard import standard_text, standard_words
from tickets.services.rules.dry_run import MAX_LAST, dry_run
from tickets.services.rules.edit import COLUMNS, delete_rule, move_rule, restore_rule, save_rule

TAG = "Rules"
TRIGGERS = [trigger.value for trigger in Trigger]
ANYWAY = "True: also when a kept example would come out otherwise (else 409 `examples-broken`)."
DRAFT = {
    "name": "VPN",
    "trigger": "ticket-created",
    "conditions": {"mode": "all", "items": [{"field": "subject", "op": "contains", "value": ["vpn"]}]},
    "actions": [{"do": "add_tags", "value": ["vpn"]}],
}


class RuleSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.SerializerMethodField()
    description = serializers.SerializerMethodField()
    trigger = serializers.CharField()
    conditions = serializers.DictField(help_text="{mode: all|any, items: [{field, op, value} or a group]}")
    actions = serializers.ListField(child=serializers.DictField(), help_text="[{do, value, to}]")
    stops_here = serializers.BooleanField(help_text="Later rules are not asked.")
    is_active = serializers.BooleanField()
    is_default = serializers.BooleanField(help_text="Always the last one, and on.")
    version = serializers.IntegerField()

    def get_name(self, rule: Rule) -> str:
        return str(standard_words(rule.name))

    def get_description(self, rule: Rule) -> str:
        return str(standard_words(rule.description))


RuleListSerializer = rows_of("RuleList", RuleSerializer)


class DraftSerializer(StrictSerializer):
    name = serializers.CharField(max_length=80)
    description = serializers.CharField(max_length=300, default="", allow_blank=True)
    trigger = serializers.ChoiceField(TRIGGERS)
    conditions = serializers.DictField(default=dict)
    actions = serializers.ListField(child=serializers.DictField(), max_length=20)
    stops_here = serializers.BooleanField(default=False)
    is_active = serializers.BooleanField(default=True)


class NewRuleSerializer(DraftSerializer):
    anyway = serializers.BooleanField(default=False, help_text=ANYWAY)


class RuleChangesSerializer(StrictSerializer):
    name = serializers.CharField(max_length=80, required=False)
    description = serializers.CharField(max_length=300, required=False, allow_blank=True)
    trigger = serializers.ChoiceField(TRIGGERS, required=False)
    conditions = serializers.DictField(required=False)
    actions = serializers.ListField(child=serializers.DictField(), max_length=20, required=False)
    stops_here = serializers.BooleanField(required=False)
    is_active = serializers.BooleanField(required=False)
    anyway = serializers.BooleanField(default=False, help_text=ANYWAY)


class PlaceSerializer(StrictSerializer):
    to = serializers.IntegerField(min_value=0, max_value=10_000, help_text="0 is the first.")
    anyway = serializers.BooleanField(default=False, help_text=ANYWAY)


class DryRunSerializer(DraftSerializer):
    rule = KeyField(required=False, allow_null=True, help_text="In the place of this one; else as the last.")
    last = serializers.IntegerField(min_value=1, max_value=MAX_LAST, default=200)


class ChangeSerializer(serializers.Serializer[Any]):
    field = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class CaseSerializer(serializers.Serializer[Any]):
    ticket = serializers.IntegerField(source="ticket.pk")
    at = serializers.DateTimeField()
    is_match = serializers.BooleanField()
    was_match = serializers.BooleanField()
    changes = ChangeSerializer(many=True)
    deeds = serializers.ListField(child=serializers.DictField())


class DryRunAnswerSerializer(serializers.Serializer[Any]):
    looked_at = serializers.IntegerField()
    matches = serializers.IntegerField()
    new = serializers.IntegerField(help_text="Match by this draft alone.")
    lost = serializers.IntegerField(help_text="Match no longer.")
    cases = CaseSerializer(many=True)


class RulesDoor(SettingsDoor):
    reads = writes = Permission.RULES_EDIT
    guard: ClassVar[str] = str(Permission.RULES_EDIT)
    is_grave = True

    def rules(self) -> QuerySet[Rule]:
        return Rule.objects.filter(deleted_at=None)

    def told(self, rule: int, status: int = 200) -> Response:
        return self.tagged(RuleSerializer(one_of(self.rules(), pk=rule)).data, status)


class RulesView(RulesDoor):
    @call("list_rules", "All rules in their order", tag=TAG, gives=RuleListSerializer)
    def get(self, request: Request) -> Response:
        rows = self.rules().order_by("position", "id")
        return Response({"results": RuleSerializer(rows, many=True).data})

    @call(
        "create_rule",
        "Add a rule, the last before the default one",
        tag=TAG,
        takes=NewRuleSerializer,
        gives=RuleSerializer,
        status=201,
        example=DRAFT,
    )
    @once
    def post(self, request: Request) -> Response:
        draft = _plain(valid(NewRuleSerializer(data=request.data)))
        anyway = draft.pop("anyway")
        made = save_rule(rule=None, draft=draft, anyway=anyway, by=self.user, now=self.now)
        return self.told(made.pk, 201)


class RuleView(RulesDoor):
    @call("read_rule", "One rule", tag=TAG, gives=RuleSerializer)
    def get(self, request: Request, rule: int) -> Response:
        return self.told(rule)

    @call(
        "change_rule",
        "Change a rule, or switch it on or off",
        tag=TAG,
        takes=RuleChangesSerializer,
        gives=RuleSerializer,
        example={"is_active": False},
    )
    @atomic
    def patch(self, request: Request, rule: int) -> Response:
        given = _plain(valid(RuleChangesSerializer(data=request.data)))
        found = one_of(self.rules(), pk=rule, is_locked=True)
        self.check_unchanged(RuleSerializer(found).data)
        anyway = given.pop("anyway")
        draft = {**{name: getattr(found, name) for name in COLUMNS}, **given}
        save_rule(rule=found, draft=draft, version=found.version, anyway=anyway, by=self.user, now=self.now)
        return self.told(rule)

    @call(
        "delete_rule",
        "Delete a rule; it can be brought back",
        tag=TAG,
        status=204,
        params=[OpenApiParameter("anyway", OpenApiTypes.BOOL, description=ANYWAY)],
    )
    @atomic
    def delete(self, request: Request, rule: int) -> Response:
        found = one_of(self.rules(), pk=rule, is_locked=True)
        self.check_unchanged(RuleSerializer(found).data)
        anyway = request.query_params.get("anyway", "") in {"true", "1"}
        delete_rule(rule=found, anyway=anyway, by=self.user, now=self.now)
        return Response(status=204)


class MoveRuleView(RulesDoor):
    @call(
        "move_rule",
        "Give a rule another place",
        tag=TAG,
        takes=PlaceSerializer,
        gives=RuleListSerializer,
        example={"to": 0},
    )
    @once
    @atomic
    def post(self, request: Request, rule: int) -> Response:
        given, found = valid(PlaceSerializer(data=request.data)), one_of(self.rules(), pk=rule)
        move_rule(rule=found, **given, by=self.user, now=self.now)
        rows = self.rules().order_by("position", "id")
        return Response({"results": RuleSerializer(rows, many=True).data})


class RestoreRuleView(RulesDoor):
    @call("restore_rule", "Bring a deleted rule back to its place", tag=TAG, gives=RuleSerializer)
    @once
    def post(self, request: Request, rule: int) -> Response:
        restore_rule(rule=one_of(Rule.objects.all(), pk=rule), by=self.user, now=self.now)
        return self.told(rule)


class DryRunView(RulesDoor):
    is_grave = False

    @call(
        "try_rule",
        "What a draft would have done to the last events that one sees; changes nothing",
        tag=TAG,
        takes=DryRunSerializer,
        gives=DryRunAnswerSerializer,
        example={**DRAFT, "last": 100},
    )
    def post(self, request: Request) -> Response:
        draft = _plain(valid(DryRunSerializer(data=request.data)))
        key, last = draft.pop("rule", None), draft.pop("last")
        rule = None if key is None else chosen(self.rules(), [key], field="rule")[0]
        run = dry_run(draft=draft, rule=rule, by=self.user, now=self.now, last=last)
        return Response(DryRunAnswerSerializer(run).data)


def _plain(given: dict[str, Any]) -> dict[str, Any]:
    """As the table has it: standard words in English, nothing that rules do not know. Raises `Invalid`."""
    given |= {name: standard_text(given[name]) for name in ("name", "description") if name in given}
    try:
        if "conditions" in given:
            given["conditions"] = group_as_json(read_conditions(given["conditions"]))
        if "actions" in given:
            given["actions"] = [action_as_json(action) for action in read_actions(given["actions"])]
    except BadRule as bad:
        raise Invalid(fields={bad.where: _("This part of the rule cannot be understood.")}) from None
    return given
