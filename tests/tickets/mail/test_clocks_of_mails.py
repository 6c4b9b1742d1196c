"""Mails and the clocks of service targets: people start and stop them, machines never do."""

import pytest

from tests.tickets.mail.conftest import Desk
from tickets.models import Rule, ServiceTarget, Tag, Ticket, TicketClock
from tickets.selectors.targets import forget_targets
from tickets.services.rules.book import turn_page

pytestmark = pytest.mark.django_db
AUTOMATIC = {"Auto_Submitted": "auto-replied"}


@pytest.fixture
def target(desk: Desk) -> ServiceTarget:
    limits = {"first": [1, "h"], "next": [1, "h"], "resolve": [4, "h"]}
    target = ServiceTarget.objects.create(name="Everybody", promises={"medium": limits})
    forget_targets()
    return target


def kinds(ticket: Ticket | None) -> list[str]:
    return list(TicketClock.objects.filter(ticket=ticket, met_at=None).values_list("kind", flat=True))


def test_a_mail_that_makes_a_ticket_starts_its_clocks(desk: Desk, target: ServiceTarget) -> None:
    row = desk.receive(desk.letter(from_="Eve <eve@new.example>"))
    assert row.outcome == "ticket"
    assert kinds(row.ticket) == ["first", "resolve"]


def test_a_machine_that_makes_a_ticket_starts_none(desk: Desk, target: ServiceTarget) -> None:
    row = desk.receive(desk.letter(from_="Bot <bot@new.example>", **AUTOMATIC))
    assert kinds(row.ticket) == []


def test_an_answer_by_mail_starts_the_next_clock(desk: Desk, target: ServiceTarget) -> None:
    row = desk.receive(desk.letter(subject=f"Re: [#{desk.own.number}] Printer"))
    assert row.ticket == desk.own
    assert kinds(desk.own) == ["next"]


def test_an_out_of_office_notice_starts_none(desk: Desk, target: ServiceTarget) -> None:
    row = desk.receive(desk.letter(subject=f"Re: [#{desk.own.number}] Printer", **AUTOMATIC))
    assert row.ticket == desk.own
    assert kinds(desk.own) == []


def test_tags_that_rules_give_a_new_mail_choose_its_target(desk: Desk, target: ServiceTarget) -> None:
    word = Tag.objects.create(name="VIP")
    vip = ServiceTarget.objects.create(name="VIP", tag=word, promises={"medium": {"first": [5, "min"]}})
    forget_targets()
    actions = [{"do": "add_tags", "value": ["VIP"]}]
    times = {"created_at": desk.now, "updated_at": desk.now}
    Rule.objects.create(position=0, name="VIP", trigger="ticket-created", actions=actions, **times)
    turn_page()
    row = desk.receive(desk.letter(from_="Eve <eve@new.example>"))
    assert TicketClock.objects.get(ticket=row.ticket).target == vip
