"""Acme has a target, Globex has none."""

from datetime import datetime

import pytest

from agents.models import Client
from tests.tickets.targets.calendars import at
from tickets.models import Calendar, ServiceTarget

WEEK = [[[480, 720], [780, 1080]]] * 4 + [[[480, 900]], [], []]
PROMISES = {
    "urgent": {"first": [30, "min"], "resolve": [4, "h"], "warn": 15},
    "high": {"first": [1, "h"], "next": [1, "h"], "resolve": [8, "h"], "warn": 30},
    "medium": {"first": [2, "h"], "next": [4, "h"], "resolve": [2, "days"], "warn": 60},
}


@pytest.fixture
def calendar(db: None) -> Calendar:
    return Calendar.objects.create(name="Office", zone="Europe/Berlin", week=WEEK)


@pytest.fixture
def target(acme: Client, calendar: Calendar) -> ServiceTarget:
    target = ServiceTarget.objects.create(name="Business", calendar=calendar, promises=PROMISES)
    target.clients.add(acme)
    return target


@pytest.fixture
def now() -> datetime:
    """Monday, ten o'clock in Berlin."""
    return at("2026-11-23 10:00")
