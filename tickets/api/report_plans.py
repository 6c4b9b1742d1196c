"""Reports that go out by mail, for programs: /api/v1/report-plans/."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import call, page_shape
from agents.api.door import StrictSerializer, asked_of, once, page_of, valid
from agents.api.removal import GoneSerializer, WayBackParser, WayBackSerializer
from agents.api.shapes import NamedSerializer
from agents.api.technician import AFTER
from agents.selectors import clients_visible_to
from helpdesk.core.domain.languages import mail_language
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.services.removal import bring_back, way_back
from tickets.api.shapes import REPORTS, PersonSerializer
from tickets.api.technician import TechnicianView
from tickets.domain.reports import ReportKind, Rhythm
from tickets.errors import ItemNotFound, TicketInvalid
from tickets.models import ReportPlan
from tickets.selectors.report_plans import plans_visible_to
from tickets.services.figures.report_mails import (
    MOST_RECIPIENTS,
    NEVER,
    delete_report,
    plan_report,
    rest_report,
    start_report,
)

TAG = "Figures"
_PLAN = {
    "id": 2,
    "report": "time",
    "rhythm": "week",
    "recipients": ["boss@acme.example"],
    "language": "en",
    "client": None,
    "owner": {"id": 3, "name": "Ada Lovelace"},
    "is_resting": False,
    "next_on": "2026-11-23",
    "sent_at": None,
}


class PlanSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    report = serializers.ChoiceField(REPORTS)
    rhythm = serializers.ChoiceField(list(Rhythm))
    recipients = serializers.ListField(child=serializers.CharField())
    language = serializers.CharField()
    client = NamedSerializer(allow_null=True)
    owner = PersonSerializer()
    is_resting = serializers.SerializerMethodField()
    next_on = serializers.DateField(help_text="Far away while it rests.")
    sent_at = serializers.DateTimeField(allow_null=True)

    def get_is_resting(self, plan: Any) -> bool:  # noqa: ANN401 - as in the base class
        return bool(plan.next_on == NEVER)


PlanPageSerializer = page_shape("PlanPage", PlanSerializer)


class NewPlanSerializer(StrictSerializer):
    report = serializers.ChoiceField(REPORTS)
    rhythm = serializers.ChoiceField(list(Rhythm))
    recipients = serializers.ListField(
        child=serializers.CharField(max_length=254), max_length=MOST_RECIPIENTS
    )
    language = serializers.CharField(required=False, max_length=10)
    client = serializers.UUIDField(default=None, allow_null=True)


class PlanChangesSerializer(StrictSerializer):
    is_resting = serializers.BooleanField()


class PlansDoor(TechnicianView):
    """Who may look at reports has them sent."""

    reads = writes = Permission.REPORTS_VIEW

    def found(self, plan: int) -> ReportPlan:
        found = plans_visible_to(self.user).filter(pk=plan).first()
        if found is None:
            raise ItemNotFound
        return found


class PlansView(PlansDoor):
    @call(
        "list_report_plans",
        TAG,
        "Reports that go out by mail, 50 a page",
        parameters=[AFTER],
        gives=PlanPageSerializer,
        told={"results": [_PLAN], "next": None},
    )
    def get(self, request: Request) -> Response:
        found, after = page_of(plans_visible_to(self.user), asked_of(request).get("after", ""))
        return Response(PlanPageSerializer({"results": found, "next": after}).data)

    @call(
        "plan_report",
        TAG,
        "Have a report sent, each Monday or on the first of each month",
        takes=NewPlanSerializer,
        asked={"report": "time", "rhythm": "week", "recipients": ["boss@acme.example"]},
        gives=PlanSerializer,
        told=_PLAN,
        status=201,
    )
    @once
    def post(self, request: Request) -> Response:
        given = valid(NewPlanSerializer(data=request.data))
        public_id, client = given["client"], None
        if public_id:
            client = clients_visible_to(self.user).filter(public_id=public_id).first()
            if client is None:
                words = _("There is no such client, or it is not yours to see.")
                raise TicketInvalid(fields={"client": words})
        plan = plan_report(
            kind=ReportKind(given["report"]),
            rhythm=Rhythm(given["rhythm"]),
            recipients=given["recipients"],
            language=given.get("language") or mail_language(self.user.language),
            client=client,
            by=self.user,
            now=self.now,
        )
        return self.tagged(PlanSerializer(plan).data, 201)


class PlanView(PlansDoor):
    @call("read_report_plan", TAG, "One report that goes out", gives=PlanSerializer, told=_PLAN)
    def get(self, request: Request, plan: int) -> Response:
        return self.tagged(PlanSerializer(self.found(plan)).data)

    @call(
        "rest_report_plan",
        TAG,
        "Let it rest, or start it again",
        takes=PlanChangesSerializer,
        asked={"is_resting": True},
        gives=PlanSerializer,
        told=_PLAN | {"is_resting": True, "next_on": "9999-12-31"},
    )
    @transaction.atomic
    def patch(self, request: Request, plan: int) -> Response:
        self.hold(ReportPlan.objects.filter(pk=plan))
        found = self.found(plan)
        is_resting = valid(PlanChangesSerializer(data=request.data))["is_resting"]
        self.check_unchanged(PlanSerializer(found).data)
        (rest_report if is_resting else start_report)(plan=found, by=self.user, now=self.now)
        return self.tagged(PlanSerializer(self.found(plan)).data)

    @call("delete_report_plan", TAG, "Send it no more", gives=GoneSerializer, told={"way_back": "gAAAAABp…"})
    @transaction.atomic
    def delete(self, request: Request, plan: int) -> Response:
        self.hold(ReportPlan.objects.filter(pk=plan))
        found = self.found(plan)
        self.check_unchanged(PlanSerializer(found).data)
        sealed = way_back(target=found, by=self.user, now=self.now)
        delete_report(plan=found, by=self.user, now=self.now)
        return Response({"way_back": sealed})


class BringBackPlanView(PlansDoor):
    parser_classes = [WayBackParser]

    @call(
        "bring_back_report_plan",
        TAG,
        "Send one again that one has just deleted",
        takes=WayBackSerializer,
        asked={"way_back": "gAAAAABp…"},
        gives=PlanSerializer,
        told=_PLAN,
    )
    @once
    @transaction.atomic
    def post(self, request: Request) -> Response:
        sealed = valid(WayBackSerializer(data=request.data))["way_back"]
        back = bring_back(sealed=sealed, kind=ReportPlan, by=self.user, now=self.now)
        return self.tagged(PlanSerializer(self.found(back.pk)).data)
