"""New tickets as rules want them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from agents.models import Client
from helpdesk.core.models import Team, User
from tests.tickets.conftest import make_tickets
from tests.tickets.rules.conftest import MakeRule
from tests.tickets.rules.desk import CREATED, line_of, mail_ticket, take_in
from tickets.models import Activity, RuleTurn
from tickets.services.rules import People, active_rules, plan, shape_new
from tickets.services.rules.facts import facts_of

pytestmark = pytest.mark.django_db


class TestShaping:
    @pytest.mark.parametrize(
        ("action", "field", "value"),
        [
            ({"do": "set_priority", "value": "urgent"}, "priority", "urgent"),
            ({"do": "set_status", "value": "waiting"}, "status", "waiting"),
            ({"do": "set_status", "value": "closed"}, "status", "closed"),
            ({"do": "set_type", "value": "incident"}, "type", "incident"),
        ],
    )
    def test_a_new_ticket_is_born_as_a_rule_wants(
        self, make_rule: MakeRule, now: datetime, action: dict[str, Any], field: str, value: str
    ) -> None:
        make_rule(action)
        ticket = take_in(mail_ticket(now), now)
        ticket.refresh_from_db()
        assert getattr(ticket, field) == value
        assert Activity.objects.filter(ticket=ticket, field=field, after=value).exists()

    def test_what_is_so_already_is_no_change(self, make_rule: MakeRule, now: datetime) -> None:
        make_rule({"do": "set_priority", "value": "medium"})
        ticket = take_in(mail_ticket(now), now)
        assert not Activity.objects.filter(ticket=ticket).exists()

    def test_a_rule_assigns_a_technician(self, make_rule: MakeRule, now: datetime, ada: User) -> None:
        make_rule({"do": "assign_user", "value": str(ada.pk)}, name="To Ada")
        ticket = take_in(mail_ticket(now), now)
        assert ticket.assignee == ada
        change = Activity.objects.get(ticket=ticket, field="assignee")
        assert (change.actor_label, change.before, change.after) == ("Rule “To Ada”", "", "Ada Lovelace")

    def test_a_rule_assigns_a_team(self, make_rule: MakeRule, now: datetime, first_line: Team) -> None:
        make_rule({"do": "assign_team", "value": str(first_line.pk)})
        assert take_in(mail_ticket(now), now).team == first_line

    @pytest.mark.parametrize("do", ["assign_user", "assign_team", "assign_round_robin"])
    def test_who_is_gone_gets_nothing(self, make_rule: MakeRule, now: datetime, do: str) -> None:
        rule = make_rule({"do": do, "value": "999"})
        ticket = take_in(mail_ticket(now), now)
        assert line_of(ticket, rule)["left"] == [{"do": do, "value": "999", "why": "gone"}]
        assert line_of(ticket, rule)["did"] == []

    def test_nobody_gets_a_ticket_of_a_client_that_is_not_theirs(
        self, make_rule: MakeRule, now: datetime, acme: Client, gus: User
    ) -> None:
        make_rule({"do": "assign_user", "value": str(gus.pk)})
        assert take_in(mail_ticket(now, client=acme), now).assignee is None

    def test_round_robin_goes_around(
        self,
        make_rule: MakeRule,
        now: datetime,
        ada: User,
        bob: User,
        first_line: Team,
        everybody_there: None,
    ) -> None:
        make_rule({"do": "assign_round_robin", "value": str(first_line.pk)})
        got = [take_in(mail_ticket(now), now).assignee for _ in range(3)]
        assert got == [ada, bob, ada]
        assert RuleTurn.objects.get().user == ada

    def test_round_robin_goes_around_within_a_batch(
        self,
        make_rule: MakeRule,
        now: datetime,
        ada: User,
        bob: User,
        first_line: Team,
        everybody_there: None,
    ) -> None:
        make_rule({"do": "assign_round_robin", "value": str(first_line.pk)})
        people, batch = People(now), [mail_ticket(now) for _ in range(3)]
        for ticket in batch:
            shape_new(ticket, plan(active_rules(CREATED), facts_of(ticket, now), now), people)
        people.save_turns()
        assert [ticket.assignee_id for ticket in batch] == [ada.pk, bob.pk, ada.pk]

    def test_the_least_busy_gets_it(
        self,
        make_rule: MakeRule,
        now: datetime,
        ada: User,
        bob: User,
        first_line: Team,
        everybody_there: None,
    ) -> None:
        make_tickets(2, now, assignee=ada)
        make_tickets(1, now, assignee=bob)
        make_tickets(5, now, assignee=bob, status="resolved")
        make_rule({"do": "assign_least_busy", "value": str(first_line.pk)})
        got = [take_in(mail_ticket(now), now).assignee for _ in range(3)]
        assert got == [bob, ada, bob]

    def test_the_least_busy_of_a_batch_counts_the_batch(
        self, make_rule: MakeRule, now: datetime, first_line: Team, everybody_there: None
    ) -> None:
        make_rule({"do": "assign_least_busy", "value": str(first_line.pk)})
        people, batch = People(now), [mail_ticket(now) for _ in range(4)]
        for ticket in batch:
            shape_new(ticket, plan(active_rules(CREATED), facts_of(ticket, now), now), people)
        assert len({ticket.assignee_id for ticket in batch[:2]}) == 2

    @pytest.mark.parametrize("do", ["assign_round_robin", "assign_least_busy"])
    def test_with_nobody_there_the_team_has_it(
        self, make_rule: MakeRule, now: datetime, first_line: Team, do: str
    ) -> None:
        rule = make_rule({"do": do, "value": str(first_line.pk)})
        ticket = take_in(mail_ticket(now), now)
        assert ticket.team == first_line
        assert line_of(ticket, rule)["left"][0]["why"] == "nobody-there"

    def test_who_is_away_or_left_the_house_is_passed_over(
        self,
        make_rule: MakeRule,
        now: datetime,
        ada: User,
        bob: User,
        first_line: Team,
        everybody_there: None,
    ) -> None:
        User.objects.filter(pk=ada.pk).update(is_away=True)
        make_rule({"do": "assign_round_robin", "value": str(first_line.pk)})
        assert take_in(mail_ticket(now), now).assignee == bob
        User.objects.filter(pk=bob.pk).update(seen_at=now - timedelta(minutes=4))
        assert take_in(mail_ticket(now), now).assignee is None
