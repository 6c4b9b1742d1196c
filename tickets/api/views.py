"""Saved views, for programs: kept, changed, put in order, deleted and brought back."""

from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import call
from agents.api.door import StrictSerializer, asked_of, once, page_of, valid
from agents.api.technician import AFTER
from helpdesk.core.domain.permissions import Permission
from tickets.api.shapes import ViewPageSerializer, ViewSerializer
from tickets.api.technician import TechnicianView, read_query
from tickets.domain.views import COLOURS, MAX_NAME, MAX_QUERY
from tickets.errors import ItemNotFound, TicketInvalid
from tickets.models import SavedView
from tickets.selectors.macros import teams_to_share_with
from tickets.selectors.views import views_visible_to
from tickets.services.views import ViewDraft, delete_view, move_view, restore_view, save_view

TAG = "Saved views"
_VIEW = {
    "id": 6,
    "name": "Acme, this week",
    "query": "client=0b9a8c1e-30e6-4c1f-8b7e-5a4c4c1c7a11&f=opened.within.7",
    "colour": "open",
    "team": None,
    "is_own": True,
    "position": 10,
    "is_deleted": False,
}
_ROW = {name: value for name, value in _VIEW.items() if name not in {"position", "is_deleted"}}


class ViewSheetSerializer(ViewSerializer):
    position = serializers.IntegerField(help_text="Views stand in the order of their positions.")
    is_deleted = serializers.SerializerMethodField()

    def get_is_deleted(self, view: Any) -> bool:  # noqa: ANN401 - as in the base class
        return view.deleted_at is not None


class NewViewSerializer(StrictSerializer):
    name = serializers.CharField(max_length=MAX_NAME)
    query = serializers.CharField(
        default="", allow_blank=True, max_length=MAX_QUERY, help_text="The parameters of `tickets/`."
    )
    colour = serializers.ChoiceField(COLOURS, default=COLOURS[0])
    whose = serializers.ChoiceField(["own", "team", "all"], default="own", help_text="Who sees it.")
    team = serializers.IntegerField(default=None, allow_null=True, help_text="With whose `team`.")


class ViewChangesSerializer(StrictSerializer):
    name = serializers.CharField(max_length=MAX_NAME, required=False)
    query = serializers.CharField(required=False, allow_blank=True, max_length=MAX_QUERY)
    colour = serializers.ChoiceField(COLOURS, required=False)
    whose = serializers.ChoiceField(["own", "team", "all"], required=False)
    team = serializers.IntegerField(required=False, allow_null=True)
    is_deleted = serializers.BooleanField(required=False, help_text="false brings a deleted one back.")


class MoveSerializer(StrictSerializer):
    to = serializers.ChoiceField(["up", "down"])


class ViewsDoor(TechnicianView):
    """Who may look at lists keeps some."""

    writes = Permission.TICKETS_VIEW

    def found(self, view: int) -> SavedView:
        found = views_visible_to(self.user).filter(pk=view).first()
        if found is None:
            raise ItemNotFound
        return found

    def draft(self, given: dict[str, Any]) -> ViewDraft:
        team = None
        if given["whose"] == "team":
            team = teams_to_share_with(self.user).filter(pk=given["team"]).first()
            if team is None:
                raise TicketInvalid(fields={"team": _("Choose one of your teams.")})
        return ViewDraft(
            name=given["name"],
            query=self._query(given["query"]),
            colour=given["colour"],
            owner=self.user if given["whose"] == "own" else None,
            team=team,
        )

    def _query(self, text: str) -> str:
        read_query(text, self.user, self.now)
        params = QueryDict(text.replace("%00", ""))
        return urlencode([(name, value) for name in params for value in params.getlist(name) if value])


class ViewsView(ViewsDoor):
    @call(
        "list_views",
        TAG,
        "Saved views: one's own, the teams' and everybody's, 50 a page",
        parameters=[AFTER],
        gives=ViewPageSerializer,
        told={"results": [_ROW], "next": None},
    )
    def get(self, request: Request) -> Response:
        rows = views_visible_to(self.user).filter(deleted_at=None)
        found, after = page_of(rows, asked_of(request).get("after", ""))
        return Response(ViewPageSerializer({"results": found, "next": after}).data)

    @call(
        "save_view",
        TAG,
        "Keep a list under a name",
        takes=NewViewSerializer,
        asked={"name": "Acme, this week", "query": _VIEW["query"]},
        gives=ViewSheetSerializer,
        told=_VIEW,
        status=201,
    )
    @once
    def post(self, request: Request) -> Response:
        given = valid(NewViewSerializer(data=request.data))
        view = save_view(view=None, draft=self.draft(given), by=self.user, now=self.now)
        return self.tagged(ViewSheetSerializer(view).data, 201)


class ViewView(ViewsDoor):
    @call("read_view", TAG, "One saved view", gives=ViewSheetSerializer, told=_VIEW)
    def get(self, request: Request, view: int) -> Response:
        return self.tagged(ViewSheetSerializer(self.found(view)).data)

    @call(
        "change_view",
        TAG,
        "Change a saved view, or bring a deleted one back",
        takes=ViewChangesSerializer,
        asked={"colour": "danger"},
        gives=ViewSheetSerializer,
        told=_VIEW | {"colour": "danger"},
    )
    @transaction.atomic
    def patch(self, request: Request, view: int) -> Response:
        self.hold(SavedView.objects.filter(pk=view))
        found = self.found(view)
        given = valid(ViewChangesSerializer(data=request.data))
        self.check_unchanged(ViewSheetSerializer(found).data)
        is_deleted = given.pop("is_deleted", None)
        if is_deleted is not None:
            (delete_view if is_deleted else restore_view)(view=found, by=self.user, now=self.now)
        if given:
            whose = "own" if found.owner_id else "team" if found.team_id else "all"
            known = {"whose": whose, "team": found.team_id}
            known |= {name: getattr(found, name) for name in ("name", "query", "colour")}
            save_view(view=found, draft=self.draft(known | given), by=self.user, now=self.now)
        return self.tagged(ViewSheetSerializer(self.found(view)).data)

    @call("delete_view", TAG, "Delete a saved view; PATCH with is_deleted false brings it back")
    @transaction.atomic
    def delete(self, request: Request, view: int) -> Response:
        self.hold(SavedView.objects.filter(pk=view))
        found = self.found(view)
        self.check_unchanged(ViewSheetSerializer(found).data)
        delete_view(view=found, by=self.user, now=self.now)
        return Response(status=204)


class MoveViewView(ViewsDoor):
    @call(
        "move_view",
        TAG,
        "One place up or down among the views of the same people",
        takes=MoveSerializer,
        asked={"to": "up"},
        gives=ViewSheetSerializer,
        told=_VIEW,
    )
    @once
    def post(self, request: Request, view: int) -> Response:
        found = self.found(view)
        up = valid(MoveSerializer(data=request.data))["to"] == "up"
        move_view(view=found, by=self.user, up=up)
        return Response(ViewSheetSerializer(self.found(view)).data)
