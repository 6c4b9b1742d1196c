"""What technicians have at hand, for their programs: canned replies."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.door import asked_of, page_of
from agents.api.technician import AFTER
from tickets.api.shapes import MacroPageSerializer
from tickets.api.technician import TechnicianView
from tickets.selectors.macros import macros_for


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
