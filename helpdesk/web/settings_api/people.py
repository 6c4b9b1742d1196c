"""People of the desk: invite, change, let out. Passwords and second factors are nobody's by a program."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.door import StrictSerializer, once, valid
from helpdesk.core.domain.languages import LANGUAGE_NAMES
from helpdesk.core.models import Role, Team, User
from helpdesk.core.selectors.people import active_users, all_teams, is_invited, users_visible_to
from helpdesk.core.services.accounts.links import invite, invite_again, withdraw_invitation
from helpdesk.core.services.people import set_active, set_roles
from helpdesk.core.services.presence import set_away
from helpdesk.core.services.roles import set_teams
from helpdesk.web.settings_api.base import (
    KeyField,
    NameSerializer,
    PeopleDoor,
    atomic,
    call,
    chosen,
    keys_field,
    one_of,
    page_shape,
)
from tickets.selectors.hand_over import open_tickets_of
from tickets.services.hand_over import deactivate

TAG = "People"


class AccountSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    full_name = serializers.CharField()
    email = serializers.CharField()
    language = serializers.CharField()
    is_active = serializers.BooleanField()
    is_invited = serializers.SerializerMethodField(help_text="Asked to come, without a password yet.")
    is_away = serializers.BooleanField()
    has_second_factor = serializers.BooleanField(source="has_factor")
    roles = NameSerializer(many=True)
    teams = NameSerializer(many=True)

    def get_is_invited(self, user: User) -> bool:
        return is_invited(user)


class OneAccountSerializer(AccountSerializer):
    open_tickets = serializers.SerializerMethodField(help_text="What is to be handed over.")

    def get_open_tickets(self, user: User) -> int:
        return open_tickets_of(user)


AccountPageSerializer = page_shape(AccountSerializer)


class InvitationSerializer(StrictSerializer):
    full_name = serializers.CharField(max_length=150)
    email = serializers.CharField(max_length=254)
    language = serializers.ChoiceField(
        list(LANGUAGE_NAMES), default="", allow_blank=True, help_text="Of the invitation."
    )
    roles = keys_field(default=list)
    teams = keys_field(default=list)


class PersonChangesSerializer(StrictSerializer):
    roles = keys_field(required=False)
    teams = keys_field(required=False)
    is_away = serializers.BooleanField(required=False)


class HandOverSerializer(StrictSerializer):
    to_person = KeyField(required=False, allow_null=True, help_text="Who gets the open tickets.")
    to_team = KeyField(required=False, allow_null=True, help_text="Or this team; neither: nobody.")


class HandedOverSerializer(serializers.Serializer[Any]):
    handed_over = serializers.IntegerField(help_text="Open tickets that go over.")


class OnePersonDoor(PeopleDoor):
    def person(self, key: int, *, is_locked: bool = False) -> User:
        return one_of(users_visible_to(self.user), pk=key, is_locked=is_locked)

    def told(self, key: int, status: int = 200) -> Response:
        data = OneAccountSerializer(self.person(key)).data
        return self.tagged(data, status, tag_of=_guarded(data))


class PeopleView(OnePersonDoor):
    @call("list_people", "People with roles and teams, 50 a page", tag=TAG, gives=AccountPageSerializer)
    def get(self, request: Request) -> Response:
        return self.page(users_visible_to(self.user), AccountSerializer)

    @call(
        "invite_person",
        "Invite somebody by mail",
        tag=TAG,
        takes=InvitationSerializer,
        gives=OneAccountSerializer,
        status=201,
        example={"full_name": "Bob Moog", "email": "bob@example.com", "roles": [2], "teams": [1]},
    )
    @once
    @atomic
    def post(self, request: Request) -> Response:
        given = valid(InvitationSerializer(data=request.data))
        teams = chosen(all_teams(), given.pop("teams"), field="teams")
        given["roles"] = chosen(Role.objects.all(), given["roles"], field="roles")
        added = invite(**given, by=self.user, now=self.now)
        set_teams(user=added, teams=teams, by=self.user, now=self.now)
        return self.told(added.pk, 201)


class PersonView(OnePersonDoor):
    @call("read_person", "One of the people", tag=TAG, gives=OneAccountSerializer)
    def get(self, request: Request, person: int) -> Response:
        return self.told(person)

    @call(
        "change_person",
        "Change roles, teams or availability",
        tag=TAG,
        takes=PersonChangesSerializer,
        gives=OneAccountSerializer,
        example={"roles": [2, 3], "is_away": True},
    )
    @atomic
    def patch(self, request: Request, person: int) -> Response:
        given = valid(PersonChangesSerializer(data=request.data))
        found = self.person(person, is_locked=True)
        self.check_unchanged(_guarded(OneAccountSerializer(found).data))
        if "roles" in given:
            roles = chosen(Role.objects.all(), given["roles"], field="roles")
            set_roles(user=found, roles=roles, by=self.user, now=self.now)
        if "teams" in given:
            teams = chosen(all_teams(), given["teams"], field="teams")
            set_teams(user=found, teams=teams, by=self.user, now=self.now)
        if "is_away" in given:
            set_away(user=found, is_away=given["is_away"])
        return self.told(person)

    @call("withdraw_invitation", "Withdraw an invitation that nobody has accepted", tag=TAG, status=204)
    @atomic
    def delete(self, request: Request, person: int) -> Response:
        found = self.person(person, is_locked=True)
        self.check_unchanged(_guarded(OneAccountSerializer(found).data))
        withdraw_invitation(user=found, by=self.user, now=self.now)
        return Response(status=204)


class InviteAgainView(OnePersonDoor):
    @call("invite_again", "Send the invitation again; earlier links end", tag=TAG, gives=OneAccountSerializer)
    @once
    def post(self, request: Request, person: int) -> Response:
        invite_again(user=self.person(person), by=self.user, now=self.now)
        return self.told(person)


class DeactivateView(OnePersonDoor):
    @call(
        "deactivate_person",
        "Keep somebody out and hand their open tickets over",
        tag=TAG,
        takes=HandOverSerializer,
        gives=HandedOverSerializer,
        example={"to_team": 1},
    )
    @once
    @atomic
    def post(self, request: Request, person: int) -> Response:
        given, found = valid(HandOverSerializer(data=request.data)), self.person(person)
        to: User | Team | None = None
        if (key := given.get("to_person")) is not None:
            to = chosen(active_users(), [key], field="to_person")[0]
        elif (key := given.get("to_team")) is not None:
            to = chosen(all_teams(), [key], field="to_team")[0]
        count = deactivate(user=found, to=to, by=self.user, now=self.now)
        return Response({"handed_over": count})


class ActivateView(OnePersonDoor):
    @call("activate_person", "Let somebody in again", tag=TAG, gives=OneAccountSerializer)
    @once
    def post(self, request: Request, person: int) -> Response:
        set_active(user=self.person(person), is_active=True, by=self.user, now=self.now)
        return self.told(person)


def _guarded(data: dict[str, Any]) -> dict[str, Any]:
    """What If-Match guards: a ticket that closes meanwhile changes nobody's roles."""
    return {name: value for name, value in data.items() if name != "open_tickets"}
