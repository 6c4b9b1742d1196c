"""Full-text search and the triggers that keep its index."""

from datetime import datetime

import pytest
from django.db import connection

from agents.models import Client
from tests.tickets.conftest import make_tickets
from tickets.models import Ticket
from tickets.selectors import search


@pytest.fixture
def fire(acme: Client, now: datetime) -> Ticket:
    return make_tickets(
        1,
        now,
        client=acme,
        subject="Drücker brennt",
        description="C:\\Users\\anna Fehler_0x80",
        contact_name="Anna Berg",
        contact_email="anna@acme.example",
    )[0]


@pytest.mark.parametrize(
    "query", ["drücker", "drucker", "DRÜCK", "brennt anna", "anna@acme.example", "acme.exam", "users"]
)
def test_words_find_beginnings_whatever_case_and_accent(fire: Ticket, query: str) -> None:
    assert search.hits(query) == [fire.pk]


@pytest.mark.parametrize("query", ["rücker", "brennt bob", "", "  ", "!?", "#", "#999"])
def test_other_words_find_nothing(fire: Ticket, query: str) -> None:
    assert fire.pk not in (search.hits(query) or [])


def test_a_number_finds_its_ticket_with_and_without_the_sign(fire: Ticket) -> None:
    assert search.hits(f"#{fire.number}") == [fire.pk]
    assert fire.pk in (search.hits(str(fire.number)) or [])


@pytest.mark.parametrize(
    "query", ['"', "q*z", "x OR y", "NEAR(", "subject:x", "'; DROP TABLE tickets_ticket", "^zz", "%s"]
)
def test_operators_of_the_index_are_plain_words(fire: Ticket, query: str) -> None:
    assert search.hits(query) == []


def test_the_index_follows_every_change(fire: Ticket) -> None:
    """Fails when a later migration rebuilt the table and forgot `install_search` of migration 0002."""
    Ticket.objects.filter(pk=fire.pk).update(subject="Scanner")
    assert search.hits("drücker") == []
    assert search.hits("scanner") == [fire.pk]
    Ticket.objects.filter(pk=fire.pk).delete()
    assert search.hits("scanner") == []


def test_common_words_are_asked_of_each_ticket(
    fire: Ticket, acme: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "CAP", 2)
    make_tickets(3, now, client=acme)
    assert search.hits("printer") is None
    assert Ticket.objects.filter(search.is_hit("printer")).count() == 3


def test_postgresql_gets_an_expression_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "postgresql")
    assert search._expression("Printer on-fire") == "printer:* & on:* & fire:*"
