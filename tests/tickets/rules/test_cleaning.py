"""What rules remember is forgotten after its time; what they must not do twice is not."""

from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings

from helpdesk.core.services.housekeeping import clean_house
from tests.tickets.conftest import make_tickets
from tests.tickets.rules.conftest import MakeRule
from tickets.models import Rule, RuleHit, RuleTrace, Ticket
from tickets.selectors.rule_list import rule_rows
from tickets.services.rules import cleaning
from tickets.services.rules.clockwork import sweep_time_rules

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def half_a_year(settings: LazySettings) -> None:
    settings.RULE_HISTORY_DAYS = 180


def hits(rule: Rule) -> list[datetime]:
    return list(RuleHit.objects.filter(rule=rule).order_by("at").values_list("at", flat=True))


def test_traces_and_hits_older_than_half_a_year_go(
    make_rule: MakeRule, ticket: Ticket, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cleaning, "PART", 2)
    rule = make_rule()
    for days in (400, 300, 200, 181, 180, 29, 1):
        RuleTrace.objects.create(ticket=ticket, at=now - days * DAY, trigger="ticket-created")
        RuleHit.objects.create(rule=rule, ticket=ticket, at=now - days * DAY)
    for _ in range(2):
        clean_house(now=now)
        kept = [now - days * DAY for days in (180, 29, 1)]
        assert hits(rule) == kept
        assert list(RuleTrace.objects.order_by("at").values_list("at", flat=True)) == kept


def test_a_rule_s_page_still_says_when_it_matched_last(make_rule: MakeRule, now: datetime) -> None:
    rule = make_rule()
    for number, ticket in enumerate(make_tickets(3, now)):
        RuleHit.objects.create(rule=rule, ticket=ticket, at=now - (400 - number) * DAY)
    clean_house(now=now)
    row = next(row for row in rule_rows(since=now - 30 * DAY) if row.rule == rule)
    assert (row.hits, row.last_at) == (0, now - 398 * DAY)


def test_the_count_of_thirty_days_is_not_touched(make_rule: MakeRule, now: datetime) -> None:
    rule = make_rule()
    for ticket in make_tickets(3, now):
        for days in (200, 30, 2):
            RuleHit.objects.create(rule=rule, ticket=ticket, at=now - days * DAY)
    before = [(row.hits, row.last_at) for row in rule_rows(since=now - 30 * DAY)]
    clean_house(now=now)
    assert [(row.hits, row.last_at) for row in rule_rows(since=now - 30 * DAY)] == before
    assert RuleHit.objects.count() == 6


def test_a_time_rule_that_has_acted_does_not_act_again_because_its_hit_is_old(
    make_rule: MakeRule, now: datetime
) -> None:
    forgotten, _other = make_tickets(2, now)
    rule = make_rule(
        {"do": "add_note", "value": "Ask again"},
        if_=[{"field": "age", "op": "older", "value": "3d"}],
        trigger="time-passed",
    )
    sweep_time_rules(now + 4 * DAY)
    late = now + 400 * DAY
    clean_house(now=late)
    sweep_time_rules(late)
    assert forgotten.messages.count() == 1
    assert len(hits(rule)) == 2


def test_the_marks_of_closed_tickets_and_of_earlier_turns_go(make_rule: MakeRule, now: datetime) -> None:
    """Rows of the same ticket: only its last mark holds the rule back."""
    closed, waiting, newest = (*make_tickets(1, now, status="closed"), *make_tickets(2, now))
    rule = make_rule(trigger="time-passed")
    for ticket, mark in ((closed, "a"), (waiting, "b"), (waiting, "c"), (newest, "d")):
        RuleHit.objects.create(rule=rule, ticket=ticket, mark=mark, at=now - 300 * DAY)
    clean_house(now=now)
    assert set(RuleHit.objects.filter(rule=rule).values_list("mark", flat=True)) == {"c", "d"}
