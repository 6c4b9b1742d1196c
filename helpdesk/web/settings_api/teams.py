"""Teams. Who works on tickets may read them; who edits people changes them."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.door import StrictSerializer, once, valid
from agents.api.removal import GoneSerializer, WayBackParser, WayBackSerializer
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import Team
from helpdesk.core.selectors.people import active_users, all_teams
from helpdesk.core.services.removal import bring_back, way_back
from helpdesk.core.services.roles import create_team, update_team
from helpdesk.web.api import TeamPageSerializer, TeamWithMembersSerializer
from helpdesk.web.settings_api.base import SettingsDoor, atomic, call, chosen, keys_field, one_of
from tickets.services.hand_over import remove_team

TAG = "People"


class NewTeamSerializer(StrictSerializer):
    name = serializers.CharField(max_length=80)
    members = keys_field(default=list, help_text="Ids of active people.")


class TeamChangesSerializer(StrictSerializer):
    name = serializers.CharField(max_length=80, required=False)
    members = keys_field(required=False, help_text="Ids of active people: all who are in it from now on.")


class TeamsDoor(SettingsDoor):
    reads = Permission.TICKETS_VIEW
    writes = Permission.USERS_EDIT
    guard: ClassVar[str] = str(Permission.TICKETS_VIEW)
    is_grave = True

    def told(self, team: Team, status: int = 200) -> Response:
        return self.tagged(_shape(team), status)


class TeamsView(TeamsDoor):
    @call("list_teams", "Teams with their members, 50 a page", tag=TAG, gives=TeamPageSerializer)
    def get(self, request: Request) -> Response:
        return self.page(all_teams(), TeamWithMembersSerializer, "members")

    @call(
        "create_team",
        "Add a team",
        tag=TAG,
        takes=NewTeamSerializer,
        gives=TeamWithMembersSerializer,
        status=201,
        example={"name": "Second level", "members": [3, 4]},
    )
    @once
    def post(self, request: Request) -> Response:
        given = valid(NewTeamSerializer(data=request.data))
        members = chosen(active_users(), given["members"], field="members")
        return self.told(create_team(name=given["name"], members=members, by=self.user, now=self.now), 201)


class TeamView(TeamsDoor):
    @call("read_team", "One team", tag=TAG, gives=TeamWithMembersSerializer)
    def get(self, request: Request, team: int) -> Response:
        return self.told(one_of(all_teams(), pk=team))

    @call(
        "change_team",
        "Change a team",
        tag=TAG,
        takes=TeamChangesSerializer,
        gives=TeamWithMembersSerializer,
        example={"members": [3, 4, 5]},
    )
    @atomic
    def patch(self, request: Request, team: int) -> Response:
        given = valid(TeamChangesSerializer(data=request.data))
        found = one_of(all_teams(), pk=team, is_locked=True)
        self.check_unchanged(_shape(found))
        members = list(found.members.all())
        if "members" in given:
            members = chosen(active_users(), given["members"], field="members")
        update_team(
            team=found, name=given.get("name", found.name), members=members, by=self.user, now=self.now
        )
        return self.told(found)

    @call("delete_team", "Delete a team that has no open tickets", tag=TAG, gives=GoneSerializer)
    @atomic
    def delete(self, request: Request, team: int) -> Response:
        found = one_of(all_teams(), pk=team, is_locked=True)
        self.check_unchanged(_shape(found))
        sealed = way_back(target=found, by=self.user, now=self.now)
        remove_team(team=found, by=self.user, now=self.now)
        return Response({"way_back": sealed})


class BringBackTeamView(TeamsDoor):
    parser_classes = [WayBackParser]

    @call(
        "bring_back_team",
        "Bring back a team that one has just deleted",
        tag=TAG,
        takes=WayBackSerializer,
        gives=TeamWithMembersSerializer,
        example={"way_back": "gAAAAABp…"},
    )
    @once
    @atomic
    def post(self, request: Request) -> Response:
        sealed = valid(WayBackSerializer(data=request.data))["way_back"]
        return self.told(bring_back(sealed=sealed, kind=Team, by=self.user, now=self.now))


def _shape(team: Team) -> dict[str, Any]:
    return TeamWithMembersSerializer(team).data
