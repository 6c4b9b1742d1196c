"""Calendars, days off, public holidays and targets as services keep them."""

from datetime import date, datetime
from typing import Any

import pytest

from agents.models import Client
from helpdesk.core.errors import Conflict, Invalid
from helpdesk.core.models import AuditEntry, User
from tickets.domain.hours import Span
from tickets.domain.priority import Priority
from tickets.domain.targets import ClockKind, Limit, Promise, Unit
from tickets.models import Calendar, DayOff, ServiceTarget
from tickets.selectors.targets import service_targets
from tickets.services.targets.calendars import (
    Free,
    add_days_off,
    countries,
    delete_calendar,
    public_holidays,
    regions,
    remove_day_off,
    save_calendar,
)
from tickets.services.targets.promises import NewTarget, delete_target, save_target

pytestmark = pytest.mark.django_db
WEEK = [[Span(540, 720), Span(720, 1020)], *[[]] * 6]
DAY = date(2026, 12, 24)
ONE = {Priority.HIGH: Promise(first=Limit(1, Unit.HOURS), warn_minutes=15)}


def calendar_of(by: User, now: datetime, **facts: Any) -> Calendar:
    given = {"calendar": None, "name": "Night", "zone": "", "week": WEEK, **facts}
    return save_calendar(**given, by=by, now=now)


def test_a_calendar_is_made_tidied_and_audited(carla: User, now: datetime) -> None:
    calendar = calendar_of(carla, now, name="  Night ")
    assert (calendar.name, calendar.week) == ("Night", [[[540, 1020]], [], [], [], [], [], []])
    assert AuditEntry.objects.get().verb == "changed hours"
    calendar_of(carla, now, calendar=calendar)
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"week": [[]] * 7}, "week"),
        ({"week": WEEK[:3]}, "week"),
        ({"name": "Office"}, "name"),
    ],
)
def test_what_is_wrong_with_a_calendar_is_named(
    calendar: Calendar, carla: User, now: datetime, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        calendar_of(carla, now, **wrong)
    assert list(caught.value.fields or {}) == [field]


def test_a_calendar_that_a_target_uses_stays(target: ServiceTarget, carla: User, now: datetime) -> None:
    assert target.calendar
    with pytest.raises(Conflict):
        delete_calendar(calendar=target.calendar, by=carla, now=now)


def test_the_last_calendar_stays(calendar: Calendar, carla: User, now: datetime) -> None:
    other = Calendar.objects.exclude(pk=calendar.pk).first() or calendar_of(carla, now)
    delete_calendar(calendar=other, by=carla, now=now)
    with pytest.raises(Conflict):
        delete_calendar(calendar=calendar, by=carla, now=now)


def test_days_off_are_added_once(calendar: Calendar, carla: User, now: datetime) -> None:
    days = [Free(DAY, DAY, "Christmas Eve", Span(720, 1440)), Free(DAY, DAY, "Closed")]
    assert len(add_days_off(calendar=calendar, days=days, by=carla, now=now)) == 2
    assert add_days_off(calendar=calendar, days=days, by=carla, now=now) == []
    remove_day_off(day=DayOff.objects.first() or DayOff(), by=carla, now=now)
    assert DayOff.objects.count() == 1
    verbs = list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["added days off", "removed a day off"]


@pytest.mark.parametrize(
    ("day", "field"),
    [
        (Free(DAY, DAY, " "), "name"),
        (Free(DAY, date(2026, 12, 23), "x"), "last"),
        (Free(DAY, date(2028, 12, 23), "x"), "last"),
    ],
)
def test_what_is_wrong_with_a_day_off_is_named(
    calendar: Calendar, carla: User, now: datetime, day: Free, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        add_days_off(calendar=calendar, days=[day], by=carla, now=now)
    assert list(caught.value.fields or {}) == [field]
    assert not DayOff.objects.exists()


def test_public_holidays_come_by_country_region_and_year() -> None:
    names = {free.name: free.first for free in holidays_of("DE", "BE")}
    assert names["Women's Day"] == date(2026, 3, 8)
    assert "Women's Day" not in {free.name for free in holidays_of("DE", "BY")}
    assert countries()["DE"] == "Germany"
    assert regions("DE")["BE"] == "Berlin"
    assert regions("XX") == {}


def holidays_of(country: str, region: str) -> list[Free]:
    return public_holidays(country=country, region=region, years=[2026], language="en_US")


@pytest.mark.parametrize(("country", "region", "field"), [("XX", "", "country"), ("DE", "XX", "region")])
def test_unknown_countries_and_regions_are_named(country: str, region: str, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        holidays_of(country, region)
    assert list(caught.value.fields or {}) == [field]


def test_a_target_is_made_changed_and_audited(
    calendar: Calendar, acme: Client, carla: User, now: datetime
) -> None:
    new = NewTarget(name="Business", calendar=calendar, clients=[acme], tag="VIP", promises=ONE)
    target = save_target(target=None, new=new, by=carla, now=now)
    save_target(target=target, new=new, by=carla, now=now)
    spec = service_targets()[target.pk]
    assert (spec.clients, spec.tag) == (frozenset({acme.pk}), "VIP")
    assert spec.promises[Priority.HIGH] == ONE[Priority.HIGH]
    assert spec.promises[Priority.LOW].limit(ClockKind.FIRST) is None
    save_target(target=target, new=NewTarget(name="Everybody", promises=ONE), by=carla, now=now)
    assert target.calendar is None
    assert target.tag is None
    assert AuditEntry.objects.count() == 2


def test_new_targets_come_last(target: ServiceTarget, carla: User, now: datetime) -> None:
    new = save_target(target=None, new=NewTarget(name="Next", promises=ONE), by=carla, now=now)
    assert list(ServiceTarget.objects.all()) == [target, new]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "Business"}, "name"),
        ({"tag": "x" * 41}, "tag"),
        ({"promises": {}}, "promises"),
        ({"promises": {Priority.LOW: Promise(first=Limit(0, Unit.HOURS))}}, "promises"),
        ({"promises": {Priority.LOW: Promise(first=Limit(10_001, Unit.HOURS))}}, "promises"),
    ],
)
def test_what_is_wrong_with_a_target_is_named(
    target: ServiceTarget, carla: User, now: datetime, wrong: dict[str, Any], field: str
) -> None:
    new = NewTarget(**{"name": "Other", "promises": ONE, **wrong})
    with pytest.raises(Invalid) as caught:
        save_target(target=None, new=new, by=carla, now=now)
    assert list(caught.value.fields or {}) == [field]


def test_a_target_is_deleted(target: ServiceTarget, carla: User, now: datetime) -> None:
    delete_target(target=target, by=carla, now=now)
    assert not ServiceTarget.objects.exists()
    assert AuditEntry.objects.get().verb == "deleted a target"
