"""Full-text search and the triggers that keep its index."""

from datetime import datetime

import pytest

from agents.models import Client
from tests.tickets.conftest import make_tickets
from tickets.domain.find import Asked, Term, read_search
from tickets.models import SearchChange, Ticket
from tickets.selectors import search, search_index
from tickets.services.keep_search import keep_search


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


def found(query: str) -> list[int]:
    return sorted(Ticket.objects.filter(search.found_by(query)).values_list("pk", flat=True))


@pytest.mark.parametrize(
    "query", ["drücker", "drucker", "DRÜCK", "brennt anna", "anna@acme.example", "acme.exam", "users"]
)
def test_words_find_beginnings_whatever_case_and_accent(fire: Ticket, query: str) -> None:
    assert found(query) == [fire.pk]


@pytest.mark.parametrize("query", ["rücker", "brennt bob", "", "  ", "!?", "#", "#999"])
def test_other_words_find_nothing(fire: Ticket, query: str) -> None:
    assert fire.pk not in found(query)


def test_a_number_finds_its_ticket_with_and_without_the_sign(fire: Ticket) -> None:
    assert found(f"#{fire.number}") == [fire.pk]
    assert fire.pk in found(str(fire.number))


@pytest.mark.parametrize(
    "query", ['"', "q*z", "x OR y", "NEAR(", "subject:x", "'; DROP TABLE tickets_ticket", "^zz", "%s"]
)
def test_operators_of_the_index_are_plain_words(fire: Ticket, query: str) -> None:
    assert found(query) == []


def test_the_index_follows_every_change(fire: Ticket) -> None:
    """Fails when a later migration rebuilt the table and lost the triggers of migration 0003."""
    Ticket.objects.filter(pk=fire.pk).update(subject="Scanner")
    assert found("drücker") == []
    assert found("scanner") == [fire.pk]
    Ticket.objects.filter(pk=fire.pk).delete()
    assert found("scanner") == []


def test_of_very_many_hits_the_newest_count(
    acme: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "DEPTH", 2)
    tickets = make_tickets(3, now, client=acme)
    assert found("printer") == found("print") == [tickets[1].pk, tickets[2].pk]


def test_a_common_word_means_itself_and_a_rare_one_may_go_on(
    fire: Ticket, acme: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "CAP", 2)
    (longer,) = make_tickets(1, now, client=acme, subject="Printers")
    make_tickets(2, now, client=acme)
    assert longer.pk in found("printer")
    make_tickets(1, now, client=acme)
    assert longer.pk not in found("printer")


@pytest.mark.parametrize(
    ("query", "fts5", "gin"),
    [
        ("printer fire", '("printer" AND "fire"*)', "('printer') & ('fire':*)"),
        ("printer fi", '("printer" AND "fi")', "('printer') & ('fi')"),
        ('"on fire" ', '("on fire")', "('on' <-> 'fire')"),
        ('"on fire" -tea', '("on fire") NOT "tea"', "('on' <-> 'fire') & !('tea')"),
        ("from:anna@x.yyy", '(names : "anna x yyy"*)', "('anna':B <-> 'x':B <-> 'yyy':B*)"),
        ("fir* -x", '("fir"*) NOT "x"', "('fir':*) & !('x')"),
    ],
)
def test_each_database_is_asked_in_its_own_language(query: str, fts5: str, gin: str) -> None:
    asked = read_search(query)
    assert search_index._INDEXES["sqlite"].expression(asked) == fts5
    assert search_index._INDEXES["postgresql"].expression(asked) == gin


def test_one_of_several_names_will_do() -> None:
    asked = Asked((Term(("bregmann",), "names", instead=("bergmann", "bregman")),))
    fts5, gin = search_index._INDEXES["sqlite"], search_index._INDEXES["postgresql"]
    assert fts5.expression(asked) == '((names : "bergmann" OR names : "bregman"))'
    assert gin.expression(asked) == "(('bergmann':B) | ('bregman':B))"
    assert fts5.names_like("anna") == ['"ann" OR "nna"', search_index.MOST_NAMES]
    assert gin.names_like("anna") == [["%ann%", "%nna%"], ["%ann%", "%nna%"], search_index.MOST_NAMES]


def test_what_changed_is_learned_once_and_what_is_gone_forgotten(
    fire: Ticket, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_index, "PART", 1)
    Ticket.objects.filter(pk=fire.pk).update(subject="Scanner")
    assert SearchChange.objects.count() > 1
    keep_search(now)
    assert not SearchChange.objects.exists()
    assert found("scanner") == [fire.pk]
    Ticket.objects.filter(pk=fire.pk).delete()
    assert SearchChange.objects.filter(ticket=fire.pk).exists()
    assert found("scanner") == found("drücker") == []


def test_a_search_waits_for_a_few_parts_and_the_worker_learns_the_rest(
    acme: Client, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_index, "PART", 1)
    monkeypatch.setattr(search_index, "PARTS_AT_ONCE", 2)
    tickets = make_tickets(3, now, client=acme)
    assert found("printer") == [ticket.pk for ticket in tickets[:2]]
    assert found("printer") == [ticket.pk for ticket in tickets]
