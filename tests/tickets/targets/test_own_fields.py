"""Targets for tickets of which a field that the desk added says something."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client as Browser

from agents.domain.fields import FieldType
from agents.models import CustomField
from helpdesk.core.errors import Invalid
from helpdesk.core.models import User
from tests.tickets.conftest import make_tickets
from tests.tickets.rules.conftest import MakeRule, make_rule  # noqa: F401 - a fixture
from tests.tickets.rules.desk import CREATED
from tests.tickets.targets.test_pages import GRID, text_of
from tickets.domain.conditions import BadRow, read_rows
from tickets.domain.own_values import holds, typed_row
from tickets.domain.priority import Priority
from tickets.domain.targets import Event, Limit, Promise, Unit
from tickets.models import ServiceTarget, Ticket, TicketClock
from tickets.selectors.targets import forget_targets
from tickets.services.rules import run_on_ticket
from tickets.services.targets.clocks import clocks_for_new, keep_clocks
from tickets.services.targets.promises import NewTarget, save_target
from tickets.services.work.fields import fill_ticket


@pytest.mark.parametrize(
    ("row", "yes", "no"),
    [
        ("is.high", "high", ""),
        ("not.high", "low", "high"),
        ("not.high", "", "high"),
        ("has.IG", "high", "low"),
        ("lacks.ig", "low", "high"),
        ("over.9.5", "10", "9.5"),
        ("under.9.5", "-100", "9.5"),
        ("between.9..10", "10", "11"),
        ("between.-3..-1", "-3", "-4"),
        ("after.2026-11-22", "2026-11-22", "2026-11-21"),
        ("before.2026-11-22", "2026-11-21", "2026-11-22"),
        ("between.2026-11-01..2026-11-22", "2026-11-22", "2026-11-23"),
        ("empty.", "", "x"),
        ("filled.", "x", ""),
        ("over.1", "2", ""),
        ("over.1", "2", "many"),
    ],
)
def test_a_value_is_asked_as_a_list_asks_it(row: str, yes: str, no: str) -> None:
    [read] = read_rows([f"field-x.{row}"], me=0, now=None)
    assert holds(read, yes)
    assert not holds(read, no)


CHOICES = ("high", "low")


@pytest.mark.parametrize(
    ("kind", "op", "value", "row"),
    [
        (FieldType.NUMBER, "", "1,50", "is.1.5"),
        (FieldType.NUMBER, "between", "1,5..2", "between.1.5..2"),
        (FieldType.NUMBER, "empty", "7", "empty."),
        (FieldType.CHOICE, "not", "high", "not.high"),
    ],
)
def test_what_is_typed_is_read_by_the_type_of_its_field(
    kind: FieldType, op: str, value: str, row: str
) -> None:
    assert str(typed_row("field-x", op, value, kind=kind, choices=CHOICES)) == f"field-x.{row}"


@pytest.mark.parametrize(
    ("kind", "op", "value", "part"),
    [
        (FieldType.CHOICE, "is", "none of them", "value"),
        (FieldType.NUMBER, "is", "many", "value"),
        (FieldType.NUMBER, "between", "many..2", "value"),
        (FieldType.CHOICE, "over", "7", "op"),
        (FieldType.DATE, "next", "7", "op"),
    ],
)
def test_what_a_field_cannot_be_is_refused(kind: FieldType, op: str, value: str, part: str) -> None:
    with pytest.raises(BadRow) as wrong:
        typed_row("field-x", op, value, kind=kind, choices=CHOICES)
    assert wrong.value.part == part


@pytest.fixture
def impact(db: None) -> CustomField:
    choices = ["high", "low"]
    return CustomField.objects.create(
        belongs_to="ticket", key="impact", name="Impact", type="choice", choices=choices
    )


@pytest.fixture
def fast(target: ServiceTarget, impact: CustomField, carla: User, now: datetime) -> ServiceTarget:
    """Beside the usual target one for tickets with a high impact."""
    promises = {Priority.MEDIUM: Promise(first=Limit(5, Unit.MINUTES))}
    new = NewTarget(name="Fast", promises=promises, own="impact", own_value="high")
    saved = save_target(target=None, new=new, by=carla, now=now)
    forget_targets()
    return saved


def target_of(ticket: Ticket) -> str:
    return TicketClock.objects.get(ticket=ticket, kind="first").target.name


@pytest.mark.django_db
class TestClocks:
    @pytest.fixture
    def ticket(self, fast: ServiceTarget, target: ServiceTarget, now: datetime) -> Ticket:
        return make_tickets(1, now, client=target.clients.get())[0]

    def test_a_field_counts_before_tag_and_client(self, ticket: Ticket, ada: User, now: datetime) -> None:
        clocks_for_new([ticket], now=now)
        assert target_of(ticket) == "Business"
        fill_ticket(ticket=ticket, typed={"impact": "high"}, by=ada, now=now)
        assert target_of(ticket) == "Fast"
        fill_ticket(ticket=ticket, typed={"impact": "low"}, by=ada, now=now)
        assert target_of(ticket) == "Business"

    def test_a_ticket_that_begins_so_is_promised_so(self, ticket: Ticket, ada: User, now: datetime) -> None:
        fill_ticket(ticket=ticket, typed={"impact": "high"}, by=ada, now=now)
        TicketClock.objects.all().delete()
        clocks_for_new([ticket], now=now)
        assert target_of(ticket) == "Fast"
        keep_clocks(ticket=ticket, event=Event.ANSWERED, now=now)
        keep_clocks(ticket=ticket, event=Event.CUSTOMER_WROTE, now=now)
        assert not TicketClock.objects.filter(kind="next").exists(), "it promises no next answer"

    def test_a_rule_that_fills_it_changes_the_promise(
        self,
        ticket: Ticket,
        now: datetime,
        make_rule: MakeRule,  # noqa: F811 - the fixture
    ) -> None:
        make_rule({"do": "set_field", "value": "high", "to": ["impact"]})
        run_on_ticket(ticket=ticket, trigger=CREATED, now=now)
        assert target_of(ticket) == "Fast"

    def test_without_such_a_target_filling_in_costs_nothing(
        self, target: ServiceTarget, impact: CustomField, ada: User, now: datetime
    ) -> None:
        ticket = make_tickets(1, now, client=target.clients.get())[0]
        forget_targets()
        fill_ticket(ticket=ticket, typed={"impact": "high"}, by=ada, now=now)
        assert not TicketClock.objects.exists()


@pytest.mark.django_db
class TestSaving:
    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"own": "gone"}, "own"),
            ({"own": "impact", "own_op": "over", "own_value": "3"}, "own_op"),
            ({"own": "impact", "own_value": "odd"}, "own_value"),
            ({"own": "cost", "own_op": "between", "own_value": "9..1"}, "own_value"),
        ],
    )
    def test_what_is_wrong_is_named(
        self, impact: CustomField, carla: User, now: datetime, wrong: dict[str, Any], field: str
    ) -> None:
        CustomField.objects.create(belongs_to="ticket", key="cost", name="Cost", type="number")
        promises = {Priority.MEDIUM: Promise(first=Limit(5, Unit.MINUTES))}
        with pytest.raises(Invalid) as caught:
            save_target(target=None, new=NewTarget(name="x", promises=promises, **wrong), by=carla, now=now)
        assert list(caught.value.fields or {}) == [field]

    def test_the_page_asks_only_where_there_is_a_field(
        self, client_carla: Browser, target: ServiceTarget
    ) -> None:
        assert "Only where this field" not in text_of(client_carla.get("/settings/targets/new/"))

    def test_the_page_keeps_and_shows_it(self, client_carla: Browser, fast: ServiceTarget) -> None:
        url = f"/settings/targets/{fast.pk}/"
        page = text_of(client_carla.get(url))
        assert "Impact: high" in page
        assert '<option value="impact" selected>Impact</option>' in page
        typed = {**GRID, "name": "Fast", "own": "impact", "own_op": "not", "own_value": "low"}
        assert client_carla.post(url, typed).status_code == 302
        fast.refresh_from_db()
        assert fast.own == "field-impact.not.low"
        page = text_of(client_carla.post(url, {**typed, "own_value": "odd"}))
        assert "Impact: choose one from the list." in page
        assert client_carla.post(url, {**GRID, "name": "Fast"}).status_code == 302
        fast.refresh_from_db()
        assert fast.own == ""

    def test_a_target_whose_field_is_gone_does_not_become_everybodys(
        self, client_carla: Browser, fast: ServiceTarget, impact: CustomField, now: datetime
    ) -> None:
        CustomField.objects.filter(pk=impact.pk).update(deleted_at=now)
        url = f"/settings/targets/{fast.pk}/"
        assert '<option value="impact" selected>impact (no longer there)</option>' in text_of(
            client_carla.get(url)
        )
        typed = {**GRID, "name": "Fast", "own": "impact", "own_op": "is", "own_value": "high"}
        page = text_of(client_carla.post(url, typed))
        assert "There is no such field any more. Choose another one." in page
        fast.refresh_from_db()
        assert fast.own == "field-impact.is.high"
