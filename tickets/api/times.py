"""Time that was spent, and the timer, for programs."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import call
from agents.api.door import StrictSerializer, asked_of, once, page_of, valid
from agents.api.technician import AFTER
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Refused
from tickets.api.technician import EDIT, TechnicianView
from tickets.api.work_shapes import (
    NewTimeSerializer,
    TimeChangesSerializer,
    TimePageSerializer,
    TimerSerializer,
    TimeSerializer,
)
from tickets.models import TimeEntry, Timer
from tickets.selectors.access import ticket_for
from tickets.selectors.times import own_times, time_choice, time_for, times_of
from tickets.services.work.time import Spent, add_time, correct_time, remove_time, restore_time
from tickets.services.work.timers import answer_asked, choose_timers, start_timer, stop_timer

TAG = "Time"
_TIME = {
    "id": 12,
    "ticket": 1284,
    "user": 3,
    "user_name": "Ada Lovelace",
    "started_at": "2026-11-22T09:20:00Z",
    "seconds": 2400,
    "is_billable": True,
    "note": "On site",
    "origin": "manual",
    "is_asked": False,
    "deleted_at": None,
}
_PAGE = {"results": [_TIME], "next": None}
_TIMER = {"ticket": 1284, "started_at": "2026-11-22T10:00:00Z"}


class NewTimerSerializer(StrictSerializer):
    ticket = serializers.IntegerField(min_value=1)


class TimerChoiceSerializer(serializers.Serializer[Any]):
    desk = serializers.BooleanField(help_text="Has the desk timers at all?")
    own = serializers.BooleanField(help_text="Do they start by themselves for you?")


class TimerChoiceChangesSerializer(StrictSerializer):
    desk = serializers.BooleanField(required=False, help_text="Only for who may change the settings.")
    own = serializers.BooleanField(required=False)


class TimeAnswerSerializer(StrictSerializer):
    keep = serializers.BooleanField(help_text="true counts the time, false drops it.")


class TimesView(TechnicianView):
    @call(
        "list_times",
        TAG,
        "Entries of a ticket, 50 a page",
        parameters=[AFTER],
        gives=TimePageSerializer,
        told=_PAGE,
    )
    def get(self, request: Request, number: int) -> Response:
        rows = times_of(ticket_for(self.user, number))
        found, after = page_of(rows, asked_of(request).get("after", ""))
        return Response(TimePageSerializer({"results": found, "next": after}).data)

    @call(
        "add_time",
        TAG,
        "Add time by hand, also on a closed ticket",
        takes=NewTimeSerializer,
        asked={"minutes": 40, "note": "On site"},
        gives=TimeSerializer,
        told=_TIME,
        status=201,
    )
    @once
    def post(self, request: Request, number: int) -> Response:
        ticket = ticket_for(self.user, number, to=EDIT)
        given = valid(NewTimeSerializer(data=request.data))
        length = timedelta(minutes=given.pop("minutes"))
        given["started_at"] = given["started_at"] or self.now - length
        entry = add_time(ticket=ticket, spent=Spent(length=length, **given), by=self.user, now=self.now)
        return self.tagged(TimeSerializer(entry).data, 201)


class OwnTimesView(TechnicianView):
    @call(
        "list_own_times",
        TAG,
        "One's own entries of the last year, 50 a page",
        parameters=[AFTER],
        gives=TimePageSerializer,
        told=_PAGE,
    )
    def get(self, request: Request) -> Response:
        rows = own_times(self.user, self.now - timedelta(days=366))
        found, after = page_of(rows, asked_of(request).get("after", ""))
        return Response(TimePageSerializer({"results": found, "next": after}).data)


class TimeView(TechnicianView):
    """Of others only for who may change the settings."""

    reads = EDIT

    @call("read_time", TAG, "One entry that you may correct", gives=TimeSerializer, told=_TIME)
    def get(self, request: Request, entry: int) -> Response:
        return self.tagged(TimeSerializer(time_for(self.user, entry)).data)

    @call(
        "change_time",
        TAG,
        "Correct an entry, or bring a deleted one back",
        takes=TimeChangesSerializer,
        asked={"minutes": 45},
        gives=TimeSerializer,
        told=_TIME | {"seconds": 2700},
    )
    @transaction.atomic
    def patch(self, request: Request, entry: int) -> Response:
        self.hold(TimeEntry.objects.filter(pk=entry))
        found = time_for(self.user, entry)
        given = valid(TimeChangesSerializer(data=request.data))
        self.check_unchanged(TimeSerializer(found).data)
        is_deleted = given.pop("is_deleted", None)
        if is_deleted is not None:
            (remove_time if is_deleted else restore_time)(entry=found, by=self.user, now=self.now)
        if given:
            correct_time(entry=found, spent=_corrected(found, given), by=self.user, now=self.now)
        return self.tagged(TimeSerializer(time_for(self.user, entry)).data)

    @call("delete_time", TAG, "Delete an entry; PATCH with is_deleted false brings it back")
    @transaction.atomic
    def delete(self, request: Request, entry: int) -> Response:
        self.hold(TimeEntry.objects.filter(pk=entry))
        found = time_for(self.user, entry)
        self.check_unchanged(TimeSerializer(found).data)
        remove_time(entry=found, by=self.user, now=self.now)
        return Response(status=204)


class TimeAnswerView(TechnicianView):
    @call(
        "answer_asked_time",
        TAG,
        "Keep or drop the time of a timer that stopped by itself",
        words="The first answer counts.",
        takes=TimeAnswerSerializer,
        asked={"keep": True},
    )
    @once
    def post(self, request: Request, entry: int) -> Response:
        found = time_for(self.user, entry)
        keep = valid(TimeAnswerSerializer(data=request.data))["keep"]
        answer_asked(entry=found, keep=keep)
        return Response(status=204)


class TimerView(TechnicianView):
    @call("read_timer", TAG, "Where one's timer runs", gives=TimerSerializer, told=_TIMER)
    def get(self, request: Request) -> Response:
        running = Timer.objects.filter(user=self.user).first()
        data = {
            "ticket": running.ticket_id if running else None,
            "started_at": running.started_at if running else None,
        }
        return Response(TimerSerializer(data).data)

    @call(
        "start_timer",
        TAG,
        "Start the timer; the same again is a sign of life",
        words="Ends the one that runs elsewhere. Without a sign of life for ten minutes it stops by itself.",
        takes=NewTimerSerializer,
        asked={"ticket": 1284},
        gives=TimerSerializer,
        told=_TIMER,
    )
    def put(self, request: Request) -> Response:
        number = valid(NewTimerSerializer(data=request.data))["ticket"]
        start_timer(ticket=self.named("ticket", number), by=self.user, now=self.now)
        return self.get(request)

    @call("stop_timer", TAG, "Stop the timer and write down what it counted")
    def delete(self, request: Request) -> Response:
        with transaction.atomic():
            self.hold(Timer.objects.filter(user=self.user))
            self.check_unchanged(self.get(request).data)
            stop_timer(by=self.user, now=self.now)
        return Response(status=204)


class TimerChoiceView(TechnicianView):
    writes = Permission.TICKETS_VIEW

    @call(
        "read_timer_choice",
        TAG,
        "Do timers start by themselves?",
        gives=TimerChoiceSerializer,
        told={"desk": True, "own": True},
    )
    def get(self, request: Request) -> Response:
        of_desk, own = time_choice(self.user)
        return Response(TimerChoiceSerializer({"desk": of_desk, "own": own}).data)

    @call(
        "choose_timers",
        TAG,
        "Switch timers off or on, of oneself or of the desk",
        takes=TimerChoiceChangesSerializer,
        asked={"own": False},
        gives=TimerChoiceSerializer,
        told={"desk": True, "own": False},
    )
    @transaction.atomic
    def put(self, request: Request) -> Response:
        given = valid(TimerChoiceChangesSerializer(data=request.data))
        if "desk" in given and not self.user.may(Permission.SETTINGS_EDIT):
            raise Refused
        for name, user in (("desk", None), ("own", self.user)):
            if name in given:
                choose_timers(user=user, is_on=given[name])
        return self.get(request)


def _corrected(entry: TimeEntry, given: dict[str, Any]) -> Spent:
    """The entry with these changes; what is not named stays."""
    started_at: datetime = entry.started_at
    known = Spent(
        length=timedelta(seconds=entry.seconds),
        started_at=started_at,
        is_billable=entry.is_billable,
        note=entry.note,
    )
    if "minutes" in given:
        given["length"] = timedelta(minutes=given.pop("minutes"))
    return replace(known, **given)
