"""Business hours with their days off, and service targets."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import rows_of
from agents.api.door import StrictSerializer, once, valid
from helpdesk.core.errors import Invalid
from helpdesk.web.settings_api.base import SettingsDoor, atomic, call, one_of, page_shape
from tickets.domain.hours import DAY_MINUTES, Span
from tickets.forms.hours import MOST_SPANS, read_time, write_time
from tickets.models import Calendar, DayOff
from tickets.selectors.targets import calendar_rows
from tickets.services.targets.calendars import (
    Free,
    add_days_off,
    countries,
    delete_calendar,
    public_holidays,
    remove_day_off,
    save_calendar,
)

TAG = "Business hours"
WEEK = [["08:00-12:00", "13:00-17:00"]] * 5 + [[], []]


@extend_schema_field(OpenApiTypes.STR)
class SpanField(serializers.Field[Any, Any, Any, Any]):
    """`08:00-12:00`."""

    def to_internal_value(self, data: Any) -> Span:  # noqa: ANN401 - as in the base class
        start, _dash, end = data.partition("-") if isinstance(data, str) else ("", "", "")
        begins, ends = read_time(start), read_time(end)
        if begins is None or ends is None or begins >= ends:
            rule = _("Write times like 08:00 to 12:30; the end comes after the start.")
            raise serializers.ValidationError(rule)
        return Span(begins, ends)

    def to_representation(self, value: Any) -> str:  # noqa: ANN401 - as in the base class
        return f"{write_time(value.start)}-{write_time(value.end)}"


def week_field(**kwargs: Any) -> serializers.ListField:
    day = serializers.ListField(child=SpanField(help_text="Like 08:00-12:00."), max_length=MOST_SPANS)
    return serializers.ListField(
        child=day, min_length=7, max_length=7, help_text="Seven days, Monday first.", **kwargs
    )


class DayOffSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    first = serializers.DateField()
    last = serializers.DateField()
    name = serializers.CharField()
    closed = serializers.SerializerMethodField(help_text="Each day, like 00:00-24:00.")

    def get_closed(self, day: DayOff) -> str:
        return f"{write_time(day.start)}-{write_time(day.end)}"


class CalendarSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    zone = serializers.CharField(help_text="Empty: like the organisation.")
    week = serializers.SerializerMethodField()
    days_off = DayOffSerializer(many=True)

    def get_week(self, calendar: Calendar) -> list[list[str]]:
        return [[f"{write_time(a)}-{write_time(b)}" for a, b in day] for day in calendar.week]


class NewCalendarSerializer(StrictSerializer):
    name = serializers.CharField(max_length=80)
    zone = serializers.CharField(max_length=64, default="", allow_blank=True)
    week = week_field()


class CalendarChangesSerializer(StrictSerializer):
    name = serializers.CharField(max_length=80, required=False)
    zone = serializers.CharField(max_length=64, required=False, allow_blank=True)
    week = week_field(required=False)


class NewDayOffSerializer(StrictSerializer):
    first = serializers.DateField()
    last = serializers.DateField(required=False, help_text="Else the first day alone.")
    name = serializers.CharField(max_length=120)
    closed = SpanField(required=False, help_text="Each day, like 12:00-24:00; else all day.")


class HolidaysSerializer(StrictSerializer):
    country = serializers.CharField(max_length=10, help_text="Such as CH.")
    region = serializers.CharField(max_length=20, default="", allow_blank=True)
    year = serializers.IntegerField(min_value=1990, max_value=2100)
    days = serializers.ListField(
        child=serializers.DateField(), required=False, max_length=100, help_text="Only these; else all."
    )


class HolidaySerializer(serializers.Serializer[Any]):
    day = serializers.DateField(source="first")
    name = serializers.CharField()


class CountrySerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


HolidayListSerializer = rows_of("HolidayList", HolidaySerializer)
CountryListSerializer = rows_of("CountryList", CountrySerializer)


class CalendarsDoor(SettingsDoor):
    def told(self, calendar: int, status: int = 200) -> Response:
        return self.tagged(CalendarSerializer(one_of(calendar_rows(), pk=calendar)).data, status)


class CalendarsView(CalendarsDoor):
    @call("list_calendars", "Business hours, 50 a page", tag=TAG, gives=page_shape(CalendarSerializer))
    def get(self, request: Request) -> Response:
        return self.page(calendar_rows(), CalendarSerializer)

    @call(
        "create_calendar",
        "Add business hours",
        tag=TAG,
        takes=NewCalendarSerializer,
        gives=CalendarSerializer,
        status=201,
        example={"name": "Office", "week": WEEK},
    )
    @once
    def post(self, request: Request) -> Response:
        given = valid(NewCalendarSerializer(data=request.data))
        return self.told(save_calendar(calendar=None, **given, by=self.user, now=self.now).pk, 201)


class CalendarView(CalendarsDoor):
    @call("read_calendar", "One calendar with its days off", tag=TAG, gives=CalendarSerializer)
    def get(self, request: Request, calendar: int) -> Response:
        return self.told(calendar)

    @call(
        "change_calendar",
        "Change the week; open tickets keep their times until they are recalculated",
        tag=TAG,
        takes=CalendarChangesSerializer,
        gives=CalendarSerializer,
        example={"week": WEEK},
    )
    @atomic
    def patch(self, request: Request, calendar: int) -> Response:
        given = valid(CalendarChangesSerializer(data=request.data))
        found = one_of(calendar_rows(), pk=calendar, is_locked=True)
        self.check_unchanged(CalendarSerializer(found).data)
        week = [[Span(*span) for span in day] for day in found.week]
        known = {"name": found.name, "zone": found.zone, "week": week}
        save_calendar(calendar=found, **{**known, **given}, by=self.user, now=self.now)
        return self.told(calendar)

    @call("delete_calendar", "Delete business hours that no target uses", tag=TAG, status=204)
    @atomic
    def delete(self, request: Request, calendar: int) -> Response:
        found = one_of(calendar_rows(), pk=calendar, is_locked=True)
        self.check_unchanged(CalendarSerializer(found).data)
        delete_calendar(calendar=found, by=self.user, now=self.now)
        return Response(status=204)


class DaysOffView(CalendarsDoor):
    @call(
        "add_day_off",
        "Close a calendar on some days",
        tag=TAG,
        takes=NewDayOffSerializer,
        gives=CalendarSerializer,
        status=201,
        example={"first": "2026-12-24", "last": "2026-12-31", "name": "Works holiday"},
    )
    @once
    def post(self, request: Request, calendar: int) -> Response:
        given, found = valid(NewDayOffSerializer(data=request.data)), one_of(calendar_rows(), pk=calendar)
        last, span = given.get("last", given["first"]), given.get("closed", Span(0, DAY_MINUTES))
        free = Free(given["first"], last, given["name"], span)
        add_days_off(calendar=found, days=[free], by=self.user, now=self.now)
        return self.told(calendar, 201)


class DayOffView(CalendarsDoor):
    @call("remove_day_off", "Open it again on these days", tag=TAG, status=204)
    @atomic
    def delete(self, request: Request, calendar: int, day: int) -> Response:
        rows = DayOff.objects.select_related("calendar").filter(calendar=calendar)
        found = one_of(rows, pk=day, is_locked=True)
        self.check_unchanged(DayOffSerializer(found).data)
        remove_day_off(day=found, by=self.user, now=self.now)
        return Response(status=204)


class CountriesView(SettingsDoor):
    @call("list_countries", "Countries whose holidays are known", tag=TAG, gives=CountryListSerializer)
    def get(self, request: Request) -> Response:
        rows = [{"code": code, "name": name} for code, name in countries().items()]
        return Response({"results": rows})


class HolidaysView(CalendarsDoor):
    def days(self, given: dict[str, Any]) -> list[Free]:
        which = {"country": given["country"], "region": given["region"], "years": [given["year"]]}
        found = public_holidays(**which, language=get_language() or "")
        if "days" not in given:
            return found
        chosen = [day for day in found if day.first in given["days"]]
        if len(chosen) < len(set(given["days"])):
            raise Invalid(fields={"days": _("One of these is not there, or not yours to see.")})
        return chosen

    @call(
        "list_holidays",
        "Public holidays of a country and a year",
        tag=TAG,
        gives=HolidayListSerializer,
        params=[
            OpenApiParameter("country", OpenApiTypes.STR, required=True, description="Such as CH."),
            OpenApiParameter("region", OpenApiTypes.STR, description="Such as ZH."),
            OpenApiParameter("year", OpenApiTypes.INT, required=True),
        ],
    )
    def get(self, request: Request, calendar: int) -> Response:
        one_of(calendar_rows(), pk=calendar)
        given = valid(HolidaysSerializer(data=request.query_params.dict()))
        return Response({"results": HolidaySerializer(self.days(given), many=True).data})

    @call(
        "add_holidays",
        "Close a calendar on public holidays",
        tag=TAG,
        takes=HolidaysSerializer,
        gives=CalendarSerializer,
        status=201,
        example={"country": "CH", "region": "ZH", "year": 2027},
    )
    @once
    def post(self, request: Request, calendar: int) -> Response:
        found = one_of(calendar_rows(), pk=calendar)
        given = valid(HolidaysSerializer(data=request.data))
        add_days_off(calendar=found, days=self.days(given), by=self.user, now=self.now)
        return self.told(calendar, 201)
