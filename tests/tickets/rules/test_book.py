"""The rules of a desk: which there are, and that the default rule stays."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from pytest_django import DjangoAssertNumQueries

from helpdesk.core.models import Team
from tests.tickets.rules.conftest import MakeRule
from tests.tickets.rules.desk import CREATED, HIGH, mail_ticket, take_in
from tickets.models import Rule, RuleBook
from tickets.services.rules import active_rules

pytestmark = pytest.mark.django_db


class TestBook:
    def test_the_desk_starts_with_its_presets_and_the_default_rule_last(self, db: None) -> None:
        names = [rule.spec.name for rule in active_rules()]
        assert names == ["Reopen on reply", "Free tickets of people who left", "We have it", "Default rule"]

    def test_one_query_tells_that_nothing_has_changed(
        self, db: None, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        active_rules()
        with django_assert_num_queries(1):
            active_rules(CREATED)

    def test_a_change_is_seen_at_once(self, make_rule: MakeRule) -> None:
        active_rules()
        rule = make_rule(HIGH)
        assert rule.pk in [live.spec.id for live in active_rules(CREATED)]

    def test_rules_that_are_off_or_deleted_are_not_asked(self, make_rule: MakeRule, now: datetime) -> None:
        make_rule(HIGH, is_active=False)
        make_rule(HIGH, deleted_at=now)
        assert len(active_rules()) == 4

    def test_a_row_that_cannot_be_read_does_not_stop_the_others(
        self, make_rule: MakeRule, caplog: pytest.LogCaptureFixture
    ) -> None:
        make_rule({"do": "explode"})
        assert len(active_rules()) == 4
        assert "cannot be read" in caplog.text

    def test_an_emptied_desk_gets_its_rules_again(self, db: None) -> None:
        RuleBook.objects.all().delete()
        Rule.objects.all().delete()
        assert len(active_rules()) == 4
        assert RuleBook.objects.get().default_rule.is_default

    def test_of_two_that_start_the_book_one_does(self, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
        from tickets.services.rules import book

        version = RuleBook.objects.get().version
        assert book._start() == version
        assert Rule.objects.filter(is_default=True).count() == 1


class TestDefaultRule:
    @pytest.mark.parametrize(
        "change",
        [
            {"position": 5},
            {"is_active": False},
            {"deleted_at": datetime(2026, 1, 1, tzinfo=UTC)},
            {"stops_here": True},
        ],
    )
    def test_it_cannot_be_moved_switched_off_or_stopped(self, db: None, change: dict[str, Any]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Rule.objects.filter(is_default=True).update(**change)

    def test_it_cannot_be_deleted(self, db: None) -> None:
        with pytest.raises(ProtectedError):
            Rule.objects.get(is_default=True).delete()

    def test_there_is_no_second_one_and_none_behind_it(self, make_rule: MakeRule) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            make_rule(HIGH, position=1_000_000, is_default=True)
        with pytest.raises(IntegrityError), transaction.atomic():
            make_rule(HIGH, position=1_000_001)

    def test_it_fills_in_what_no_rule_has_set(self, make_rule: MakeRule, now: datetime) -> None:
        Rule.objects.filter(is_default=True).update(
            actions=[HIGH, {"do": "set_status", "value": "processing"}]
        )
        make_rule({"do": "set_priority", "value": "urgent"})
        ticket = take_in(mail_ticket(now), now)
        assert (ticket.status, ticket.priority) == ("processing", "urgent")

    def test_it_leaves_the_team_of_the_mailbox(self, first_line: Team, now: datetime) -> None:
        ticket = take_in(mail_ticket(now, team=first_line), now)
        assert ticket.team == first_line
