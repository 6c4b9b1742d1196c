"""The helpdesk agent: enrolment keys, on and off per device and in bulk, profiles, approvals."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.door import StrictSerializer, once, valid
from agents.api.shapes import NamedSerializer
from agents.domain.activation import Action, Outcome, Scope
from agents.domain.profile import State
from agents.models import ActivationRun, Client, Device, Profile
from agents.selectors import (
    clients_visible_to,
    devices_visible_to,
    may_undo,
    preview_activation,
    profiles_visible_to,
    run_results,
    runs_visible_to,
    waiting_approvals,
)
from agents.services import (
    apply_activation,
    approve_contact,
    disable_profile,
    enable_profile,
    refuse_contact,
    reset_verification,
    undo_activation,
)
from helpdesk.core.domain.permissions import Permission
from helpdesk.web.settings_api.base import SettingsDoor, atomic, call, chosen, one_of, page_shape

TAG = "Helpdesk agent"
DEEDS = {"enable": enable_profile, "disable": disable_profile, "reset": reset_verification}
MOST_DEVICES = 1000
OUTCOMES = ", ".join(each.value for each in Outcome)


class SwitchSerializer(StrictSerializer):
    action = serializers.ChoiceField([each.value for each in Action])
    scope = serializers.ChoiceField([each.value for each in Scope], default=Scope.EVERY_PROFILE.value)


class BulkSwitchSerializer(SwitchSerializer):
    devices = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=MOST_DEVICES, help_text="Of this client."
    )


class PreviewLineSerializer(serializers.Serializer[Any]):
    outcome = serializers.CharField(help_text=OUTCOMES)
    reason = serializers.CharField(source="reason.value", help_text="Why it is skipped, else empty.")
    devices = NamedSerializer(many=True)


class PreviewSerializer(serializers.Serializer[Any]):
    affected = serializers.IntegerField()
    groups = PreviewLineSerializer(many=True)


class RunSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    client = NamedSerializer()
    action = serializers.CharField()
    scope = serializers.CharField()
    by = serializers.CharField(source="by.full_name", default="")
    at = serializers.DateTimeField()
    undo_until = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)
    may_be_undone = serializers.BooleanField()


class RunResultSerializer(serializers.Serializer[Any]):
    device = NamedSerializer()
    outcome = serializers.CharField(help_text=OUTCOMES)
    reason = serializers.CharField()
    is_restored = serializers.BooleanField()
    delivered_at = serializers.DateTimeField(allow_null=True)


class ProfileSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    device = NamedSerializer()
    user_name = serializers.CharField()
    state = serializers.ChoiceField([each.value for each in State])
    full_name = serializers.CharField(help_text="As it was typed in the agent.")
    email = serializers.CharField(help_text="As it was typed and, from waiting_for_approval on, proven.")
    contact = serializers.UUIDField(source="contact.public_id", default=None, allow_null=True)
    verified_at = serializers.DateTimeField(allow_null=True)
    last_seen_at = serializers.DateTimeField(allow_null=True)
    state_changed_at = serializers.DateTimeField()


ProfilePageSerializer = page_shape(ProfileSerializer)


class ProfileDeedSerializer(StrictSerializer):
    do = serializers.ChoiceField(list(DEEDS), help_text="reset: forget the person and the credential.")


class DecisionSerializer(StrictSerializer):
    decision = serializers.ChoiceField(["approve", "refuse"])


class AgentsDoor(SettingsDoor):
    reads = Permission.CLIENTS_VIEW
    writes = Permission.AGENTS_ENABLE
    guard: ClassVar[str] = str(Permission.CLIENTS_VIEW)

    def run(self, public_id: UUID) -> ActivationRun:
        return one_of(runs_visible_to(self.user), public_id=public_id)

    def told(self, run: ActivationRun, status: int = 200) -> Response:
        run.may_be_undone = may_undo(run, self.now)  # type: ignore[attr-defined]
        return self.tagged(RunSerializer(run).data, status)

    def profile(self, public_id: UUID) -> Profile:
        rows = profiles_visible_to(self.user).select_related("device__client", "contact")
        return one_of(rows, public_id=public_id)


class BulkDoor(AgentsDoor):
    def wanted(self, client: UUID) -> tuple[Client, dict[str, Any]]:
        """The client, and what is wanted with its devices; one that is not of it is refused."""
        found = one_of(clients_visible_to(self.user), public_id=client)
        given = valid(BulkSwitchSerializer(data=self.request.data))
        rows = chosen(found.devices.all(), given["devices"], field="devices", by="public_id")
        devices = Device.objects.filter(pk__in=[row.pk for row in rows])
        action, scope = Action(given["action"]), Scope(given["scope"])
        return found, {"devices": devices, "action": action, "scope": scope, "now": self.now}


BULK = {"action": "enable", "devices": ["4d3ea2f0-6a52-4a3c-9c52-2f3f0a7f1f10"]}


class BulkPreviewView(BulkDoor):
    @call(
        "preview_agents",
        "What switching would do; changes nothing",
        tag=TAG,
        takes=BulkSwitchSerializer,
        gives=PreviewSerializer,
        example=BULK,
    )
    def post(self, request: Request, client: UUID) -> Response:
        _client, wanted = self.wanted(client)
        return Response(PreviewSerializer(preview_activation(wanted.pop("devices"), **wanted)).data)


class BulkView(BulkDoor):
    @call(
        "switch_agents",
        "Switch the agent on or off on many devices; ten minutes to undo it",
        tag=TAG,
        takes=BulkSwitchSerializer,
        gives=RunSerializer,
        status=201,
        example=BULK,
    )
    @once
    def post(self, request: Request, client: UUID) -> Response:
        found, wanted = self.wanted(client)
        return self.told(apply_activation(client=found, by=self.user, **wanted), 201)


class DeviceAgentView(AgentsDoor):
    @call(
        "switch_agent",
        "Switch the agent of one device on or off",
        tag=TAG,
        takes=SwitchSerializer,
        gives=RunSerializer,
        status=201,
        example={"action": "enable", "scope": "signed_in"},
    )
    @once
    def post(self, request: Request, device: UUID) -> Response:
        found = one_of(devices_visible_to(self.user).select_related("client"), public_id=device)
        given = valid(SwitchSerializer(data=request.data))
        run = apply_activation(
            client=found.client,
            devices=Device.objects.filter(pk=found.pk),
            action=Action(given["action"]),
            scope=Scope(given["scope"]),
            by=self.user,
            now=self.now,
        )
        return self.told(run, 201)


class RunView(AgentsDoor):
    @call("read_run", "One switching", tag=TAG, gives=RunSerializer)
    def get(self, request: Request, agent_run: UUID) -> Response:
        return self.told(self.run(agent_run))


class RunResultsView(AgentsDoor):
    @call(
        "list_run_results",
        "What became of each device, 50 a page",
        tag=TAG,
        gives=page_shape(RunResultSerializer),
    )
    def get(self, request: Request, agent_run: UUID) -> Response:
        return self.page(run_results(self.run(agent_run)), RunResultSerializer)


class UndoRunView(AgentsDoor):
    @call("undo_run", "Put back what nobody has changed since", tag=TAG, gives=RunSerializer)
    @once
    def post(self, request: Request, agent_run: UUID) -> Response:
        found = self.run(agent_run)
        undo_activation(run=found, by=self.user, now=self.now)
        return self.told(found)


class ProfilesView(AgentsDoor):
    @call("list_profiles", "Windows profiles of a device", tag=TAG, gives=ProfilePageSerializer)
    def get(self, request: Request, device: UUID) -> Response:
        found = one_of(devices_visible_to(self.user), public_id=device)
        rows = profiles_visible_to(self.user).filter(device=found).select_related("device", "contact")
        return self.page(rows, ProfileSerializer)


class ProfileView(AgentsDoor):
    @call("read_profile", "One Windows profile", tag=TAG, gives=ProfileSerializer)
    def get(self, request: Request, profile: UUID) -> Response:
        return self.tagged(ProfileSerializer(self.profile(profile)).data)

    @call(
        "switch_profile",
        "Enable, disable or reset one profile",
        tag=TAG,
        takes=ProfileDeedSerializer,
        gives=ProfileSerializer,
        example={"do": "disable"},
    )
    @once
    @atomic
    def post(self, request: Request, profile: UUID) -> Response:
        found = self.profile(profile)
        given = valid(ProfileDeedSerializer(data=request.data))
        DEEDS[given["do"]](profile=found, by=self.user, now=self.now)
        return self.tagged(ProfileSerializer(self.profile(profile)).data)


class ApprovalsDoor(AgentsDoor):
    reads = writes = Permission.CONTACTS_APPROVE
    guard: ClassVar[str] = str(Permission.CONTACTS_APPROVE)


class ApprovalsView(ApprovalsDoor):
    @call(
        "list_approvals",
        "People who wait for approval, 50 a page",
        tag=TAG,
        gives=ProfilePageSerializer,
    )
    def get(self, request: Request) -> Response:
        rows = waiting_approvals(profiles_visible_to(self.user)).select_related("device", "contact")
        return self.page(rows, ProfileSerializer)


class ApprovalView(ApprovalsDoor):
    @call(
        "decide_approval",
        "Approve or refuse; the first one decides",
        tag=TAG,
        takes=DecisionSerializer,
        gives=ProfileSerializer,
        example={"decision": "approve"},
    )
    @once
    @atomic
    def post(self, request: Request, profile: UUID) -> Response:
        found = self.profile(profile)
        decision = valid(DecisionSerializer(data=request.data))["decision"]
        decide = approve_contact if decision == "approve" else refuse_contact
        decide(profile=found, by=self.user, now=self.now)
        return self.tagged(ProfileSerializer(self.profile(profile)).data)
