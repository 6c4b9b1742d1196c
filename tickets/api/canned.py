"""Canned replies as the settings list them, for programs: written, changed, copied, deleted, brought back."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import call
from agents.api.door import StrictSerializer, asked_of, once, page_of, valid
from agents.api.technician import AFTER
from tickets.api.shapes import MacroPageSerializer, MacroSerializer
from tickets.api.technician import EDIT, TechnicianView
from tickets.domain.macros import WrittenAs
from tickets.domain.rule_json import MAX_WORDS
from tickets.errors import ItemNotFound, TicketInvalid
from tickets.models import Macro
from tickets.selectors.macros import macros_for, macros_visible_to, teams_to_share_with
from tickets.services.macros.edit import (
    MAX_NAME,
    MacroDraft,
    copy_macro,
    delete_macro,
    restore_macro,
    save_macro,
)

TAG = "Canned replies"
_MACRO = {
    "id": 4,
    "name": "Restart",
    "text": "Hello {{ name }}, please restart it.",
    "written_as": "reply",
    "actions": [{"do": "set_status", "value": "waiting"}],
    "team": None,
}
_SHEET = _MACRO | {"is_own": True, "is_active": True, "is_deleted": False, "version": 1, "uses": 0}
_KEPT = ("name", "text", "written_as", "actions", "is_active")
_ACTIONS = "As in the rules: `[{do: set_status, value: waiting}]`."


class MacroSheetSerializer(MacroSerializer):
    is_own = serializers.SerializerMethodField()
    is_active = serializers.BooleanField(help_text="Is it offered?")
    is_deleted = serializers.SerializerMethodField()
    version = serializers.IntegerField()
    uses = serializers.IntegerField()

    def get_is_own(self, macro: Any) -> bool:  # noqa: ANN401 - as in the base class
        return macro.owner_id is not None

    def get_is_deleted(self, macro: Any) -> bool:  # noqa: ANN401 - as in the base class
        return macro.deleted_at is not None


class MacroFieldsSerializer(StrictSerializer):
    """What both making and changing take."""

    written_as = serializers.ChoiceField(list(WrittenAs), required=False, help_text="Empty: either.")
    text = serializers.CharField(
        required=False, allow_blank=True, max_length=MAX_WORDS, trim_whitespace=False
    )
    actions = serializers.ListField(
        child=serializers.DictField(), required=False, max_length=20, help_text=_ACTIONS
    )
    whose = serializers.ChoiceField(["own", "team", "all"], required=False, help_text="Who is offered it.")
    team = serializers.IntegerField(required=False, allow_null=True, help_text="With whose `team`.")
    is_active = serializers.BooleanField(required=False, help_text="Is it offered?")


class NewMacroSerializer(MacroFieldsSerializer):
    name = serializers.CharField(max_length=MAX_NAME)


class MacroChangesSerializer(MacroFieldsSerializer):
    name = serializers.CharField(max_length=MAX_NAME, required=False)
    is_deleted = serializers.BooleanField(required=False, help_text="false brings a deleted one back.")


class CannedDoor(TechnicianView):
    """One's own, those of one's teams, everybody's; of all teams for who sets up the desk."""

    def found(self, macro: int) -> Macro:
        found = macros_visible_to(self.user).filter(pk=macro).first()
        if found is None:
            raise ItemNotFound
        return found

    def draft(self, given: dict[str, Any]) -> MacroDraft:
        whose, team = given.get("whose", "own"), None
        if whose == "team":
            team = teams_to_share_with(self.user).filter(pk=given.get("team") or 0).first()
            if team is None:
                raise TicketInvalid(fields={"team": _("Choose one of your teams.")})
        return MacroDraft(
            name=given["name"],
            text=given.get("text", ""),
            written_as=WrittenAs(given.get("written_as", "")),
            actions=tuple(given.get("actions", ())),
            owner=self.user if whose == "own" else None,
            team=team,
            is_active=given.get("is_active", True),
        )


class MacrosView(CannedDoor):
    @call(
        "list_macros",
        TAG,
        "Canned replies that the composer offers, 50 a page",
        parameters=[AFTER],
        gives=MacroPageSerializer,
        told={"results": [_MACRO], "next": None},
    )
    def get(self, request: Request) -> Response:
        rows = macros_for(self.user).select_related("team")
        found, after = page_of(rows, asked_of(request).get("after", ""))
        return Response(MacroPageSerializer({"results": found, "next": after}).data)

    @call(
        "create_macro",
        TAG,
        "Add a canned reply",
        takes=NewMacroSerializer,
        asked={"name": "Restart", "text": _MACRO["text"], "actions": _MACRO["actions"]},
        gives=MacroSheetSerializer,
        told=_SHEET,
        status=201,
    )
    @once
    def post(self, request: Request) -> Response:
        draft = self.draft(valid(NewMacroSerializer(data=request.data)))
        macro = save_macro(macro=None, draft=draft, by=self.user, now=self.now)
        return self.tagged(MacroSheetSerializer(macro).data, 201)


class MacroView(CannedDoor):
    reads = EDIT

    @call("read_macro", TAG, "One canned reply", gives=MacroSheetSerializer, told=_SHEET)
    def get(self, request: Request, macro: int) -> Response:
        return self.tagged(MacroSheetSerializer(self.found(macro)).data)

    @call(
        "change_macro",
        TAG,
        "Change a canned reply, or bring a deleted one back",
        takes=MacroChangesSerializer,
        asked={"name": "Restart it"},
        gives=MacroSheetSerializer,
        told=_SHEET | {"name": "Restart it", "version": 2},
    )
    @transaction.atomic
    def patch(self, request: Request, macro: int) -> Response:
        self.hold(Macro.objects.filter(pk=macro))
        found = self.found(macro)
        given = valid(MacroChangesSerializer(data=request.data))
        self.check_unchanged(MacroSheetSerializer(found).data)
        is_deleted = given.pop("is_deleted", None)
        if is_deleted is not None:
            (delete_macro if is_deleted else restore_macro)(macro=found, by=self.user, now=self.now)
        if given:
            whose = "own" if found.owner_id else "team" if found.team_id else "all"
            known = {name: getattr(found, name) for name in _KEPT}
            draft = self.draft(known | {"whose": whose, "team": found.team_id} | given)
            save_macro(macro=found, draft=draft, version=found.version, by=self.user, now=self.now)
        return self.tagged(MacroSheetSerializer(self.found(macro)).data)

    @call("delete_macro", TAG, "Offer it no more; PATCH with is_deleted false brings it back")
    @transaction.atomic
    def delete(self, request: Request, macro: int) -> Response:
        self.hold(Macro.objects.filter(pk=macro))
        found = self.found(macro)
        self.check_unchanged(MacroSheetSerializer(found).data)
        delete_macro(macro=found, by=self.user, now=self.now)
        return Response(status=204)


class CopyMacroView(CannedDoor):
    @call("copy_macro", TAG, "One's own copy", gives=MacroSheetSerializer, told=_SHEET, status=201)
    @once
    def post(self, request: Request, macro: int) -> Response:
        made = copy_macro(macro=self.found(macro), by=self.user, now=self.now)
        return self.tagged(MacroSheetSerializer(made).data, 201)
