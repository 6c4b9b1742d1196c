"""What technicians have at hand, for their programs: tags, canned replies, saved views."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.door import asked_of, page_of
from agents.api.technician import AFTER
from tickets.api.shapes import MacroPageSerializer, TagPageSerializer, ViewPageSerializer
from tickets.api.technician import TechnicianView
from tickets.models import Tag
from tickets.selectors.macros import macros_for
from tickets.selectors.views import views_visible_to


class TagsView(TechnicianView):
    @extend_schema(
        operation_id="list_tags",
        tags=["Tickets"],
        summary="Tags, 50 a page",
        parameters=[AFTER],
        responses=TagPageSerializer,
    )
    def get(self, request: Request) -> Response:
        found, after = page_of(Tag.objects.all(), asked_of(request).get("after", ""))
        return Response(TagPageSerializer({"results": found, "next": after}).data)


class MacrosView(TechnicianView):
    @extend_schema(
        operation_id="list_macros",
        tags=["Tickets"],
        summary="Canned replies that the composer offers, 50 a page",
        parameters=[AFTER],
        responses=MacroPageSerializer,
    )
    def get(self, request: Request) -> Response:
        rows = macros_for(self.user).select_related("team")
        found, after = page_of(rows, asked_of(request).get("after", ""))
        return Response(MacroPageSerializer({"results": found, "next": after}).data)


class ViewsView(TechnicianView):
    @extend_schema(
        operation_id="list_views",
        tags=["Tickets"],
        summary="Saved views: one's own, the teams' and everybody's, 50 a page",
        parameters=[AFTER],
        responses=ViewPageSerializer,
    )
    def get(self, request: Request) -> Response:
        rows = views_visible_to(self.user).filter(deleted_at=None)
        found, after = page_of(rows, asked_of(request).get("after", ""))
        return Response(ViewPageSerializer({"results": found, "next": after}).data)
