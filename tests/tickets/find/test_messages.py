"""Search over what a ticket holds besides its own row, and the index that follows it."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries

from agents.models import Client
from helpdesk.core.models import Blob, Team, User
from tests.conftest import browser_of
from tests.tickets.conftest import make_tickets
from tests.web.conftest import text_of
from tickets.domain.filters import TicketFilters
from tickets.models import Attachment, Message, Tag, Ticket
from tickets.selectors import search
from tickets.selectors.lists import TicketList, found_tickets
from tickets.selectors.search_index import learn_changes

pytestmark = pytest.mark.django_db


def found(query: str, **more: Any) -> list[int]:
    return sorted(Ticket.objects.filter(search.found_by(query, **more)).values_list("pk", flat=True))


def say(ticket: Ticket, body: str, now: datetime, **facts: Any) -> Message:
    facts = {"kind": "customer", "author_name": "Anna Berg", **facts}
    return Message.objects.create(ticket=ticket, body=body, created_at=now, **facts)


def file_of(ticket: Ticket, name: str, **facts: Any) -> Attachment:
    created = {"size": 1, "created_at": ticket.created_at}
    blob, _ = Blob.objects.get_or_create(sha256="0" * 64, defaults=created)
    facts = {"media_type": "application/pdf", "size": 1, **facts}
    return Attachment.objects.create(ticket=ticket, blob=blob, filename=name, **facts)


@pytest.fixture
def pair(acme: Client, now: datetime) -> list[Ticket]:
    return make_tickets(2, now, client=acme, contact_name="Anna Bergmann")


def test_words_of_one_search_may_stand_in_different_messages(pair: list[Ticket], now: datetime) -> None:
    say(pair[0], "The spooler hangs", now)
    say(pair[0], "It is the cable", now, kind="note", author_name="Ada")
    assert found("spooler cable printer") == [pair[0].pk]
    assert found('"spooler cable"') == []


def test_a_phrase_and_a_word_that_must_not_be_there(pair: list[Ticket], now: datetime) -> None:
    say(pair[0], "The red cable is broken", now)
    say(pair[1], "The cable is red", now)
    assert found('"red cable"') == [pair[0].pk]
    assert found("cable -broken") == [pair[1].pk]
    assert found("-broken") == []


def test_from_asks_customers_and_not_who_answered(pair: list[Ticket], now: datetime) -> None:
    say(pair[0], "Hello", now, author_name="Zoe Klein", author_email="zoe@acme.example")
    say(pair[1], "Hello", now, kind="reply", author_name="Zoe Gross")
    assert found("from:zoe ") == found("from:zoe@acme.example") == [pair[0].pk]
    assert found("from:hello") == []


def test_files_are_found_by_their_names(pair: list[Ticket]) -> None:
    file = file_of(pair[0], "Rechnung_2291.pdf")
    file_of(pair[1], "rechnung.png", kind="screenshot")
    assert found("rechnung") == found("file:2291") == [pair[0].pk]
    Attachment.objects.filter(pk=file.pk).update(ticket=pair[1])
    assert found("rechnung") == [pair[1].pk]
    file.delete()
    assert found("rechnung") == []


def test_a_message_that_moves_is_found_where_it_is(pair: list[Ticket], now: datetime) -> None:
    message = say(pair[0], "The spooler hangs", now)
    Message.objects.filter(pk=message.pk).update(ticket=pair[1])
    assert found("spooler") == [pair[1].pk]
    say(pair[0], "The scanner too", now)
    assert found("scanner") == [pair[0].pk]
    Message.objects.filter(pk=message.pk).update(body="The tray hangs")
    assert (found("spooler"), found("tray")) == ([], [pair[1].pk])


def test_what_is_deleted_is_not_found(pair: list[Ticket], now: datetime) -> None:
    say(pair[0], "The spooler hangs", now)
    keep = say(pair[1], "The spooler waits", now)
    say(pair[1], "The cable", now).delete()
    Message.objects.filter(ticket=pair[0]).delete()
    Ticket.objects.filter(pk=pair[0].pk).delete()
    assert found("spooler") == [pair[1].pk]
    keep.delete()
    assert found("spooler") == found("cable") == []
    assert found("printer") == [pair[1].pk]


@pytest.mark.parametrize("typed", ["bregmann", "bergmnan", "Anna Bregmann", "from:bergnann"])
def test_a_mistyped_name_is_found(pair: list[Ticket], typed: str) -> None:
    result = search.find(typed + " ")
    assert result.instead == ["bergmann"]
    assert Ticket.objects.filter(result.condition).count() == 2


@pytest.mark.parametrize(
    "typed", ["brg", "subject:bregmann", '"anna bregmann"', "-bregmann", "bregmann -anna"]
)
def test_other_slips_are_no_names(pair: list[Ticket], typed: str) -> None:
    assert found(typed) == []


def test_a_name_that_was_changed_is_no_longer_guessed(pair: list[Ticket]) -> None:
    Ticket.objects.update(contact_name="Bob")
    assert found("bregmann") == []
    assert found("bob") == [ticket.pk for ticket in pair]


def test_fields_of_facts(pair: list[Ticket], globex: Client, ada: User, now: datetime) -> None:
    support = Team.objects.create(name="Support")
    (other,) = make_tickets(1, now, client=globex)
    one, two = pair
    Ticket.objects.filter(pk=one.pk).update(assignee=ada)
    Ticket.objects.filter(pk=two.pk).update(team=support)
    other.tags.add(Tag.objects.create(name="VIP"))
    assert found("client:glob") == found("tag:vip") == found("client:globex printer") == [other.pk]
    assert found(f"assignee:{ada.full_name.split()[0]}") == found("assignee:me", me=ada.pk) == [one.pk]
    assert found(f"assignee:{support.name}") == [two.pk]
    assert found("assignee:nobody") == [other.pk]
    assert found("client:nowhere") == []


def test_a_state_in_the_search_wins_over_the_list(pair: list[Ticket], ada: User, now: datetime) -> None:
    Ticket.objects.filter(pk=pair[0].pk).update(status="closed", closed_at=now)
    listed = TicketList(ada, TicketFilters(query="is:closed"))
    assert [ticket.pk for ticket in listed.page().tickets] == [pair[0].pk]
    assert listed.is_few is False
    both = TicketList(ada, TicketFilters(query="is:closed printer"))
    assert [ticket.pk for ticket in both.page().tickets] == [pair[0].pk]


def test_a_page_holds_what_the_index_had_not_learned_yet(
    pair: list[Ticket], ada: User, now: datetime
) -> None:
    learn_changes(parts=1)
    late = make_tickets(1, now, client=pair[0].client)
    page = TicketList(ada, TicketFilters(query="printer")).page()
    assert {ticket.pk for ticket in page.tickets} == {ticket.pk for ticket in [*pair, *late]}


def test_a_page_knows_that_its_search_was_cut(
    pair: list[Ticket], ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn_changes(parts=1)
    for depth, is_cut in ((2, False), (1, True)):
        monkeypatch.setattr(search, "DEPTH", depth)
        listed = TicketList(ada, TicketFilters(query="printer"))
        listed.page()
        assert listed.search is not None
        assert listed.search.is_cut is is_cut


def test_the_palette_finds_the_number_first(pair: list[Ticket], ada: User, now: datetime) -> None:
    say(pair[1], f"See {pair[0].pk}", now)
    assert found_tickets(ada, str(pair[0].pk), limit=5)[0] == pair[0]
    assert found_tickets(ada, "  ", limit=5) == found_tickets(ada, "", limit=5) == []
    assert len(found_tickets(ada, "printer", limit=1)) == 1


def test_a12_words_of_other_clients_are_not_found(pair: list[Ticket], gus: User, now: datetime) -> None:
    say(pair[0], "The spooler hangs", now)
    assert found_tickets(gus, "spooler", limit=5) == found_tickets(gus, str(pair[0].pk), limit=5) == []


def test_a_row_that_does_not_show_the_word_gets_the_place_where_it_stands(
    pair: list[Ticket], now: datetime
) -> None:
    say(pair[0], "First this.\nThen the Spooler hangs.", now)
    asked = search.find("spooler").asked
    assert search.excerpts(asked, pair) == {pair[0].pk: "First this. Then the Spooler hangs."}
    assert search.excerpts(search.find("printer").asked, pair) == {}
    assert search.excerpts(search.find("from:anna").asked, pair) == {}


def test_that_more_were_found_is_told(pair: list[Ticket], monkeypatch: pytest.MonkeyPatch) -> None:
    assert search.find("printer").is_cut is False
    monkeypatch.setattr(search, "DEPTH", 1)
    assert search.find("printer").is_cut is True


class TestPage:
    def test_words_are_lit_up_and_the_place_is_told(
        self, client_ada: Browser, pair: list[Ticket], now: datetime
    ) -> None:
        say(pair[0], "Then the <b>Spooler</b> hangs", now)
        page = text_of(client_ada.get("/tickets/?q=spooler"))
        assert "Then the &lt;b&gt;<mark>Spooler</mark>&lt;/b&gt; hangs" in page
        assert "<mark>Printer</mark> 0 is on fire" in text_of(client_ada.get("/tickets/?q=printe"))

    @pytest.mark.parametrize(
        ("query", "sentence"),
        [
            ("status:opn printer", "Write status: with one of open, processing, waiting"),
            ("is:blue printer", "Write is: with one of open, closed, mine"),
            ("bregmann", "No ticket has this word. Shown: bergmann."),
        ],
    )
    def test_what_was_understood_otherwise_is_told(
        self, client_ada: Browser, pair: list[Ticket], query: str, sentence: str
    ) -> None:
        page = text_of(client_ada.get("/tickets/", {"q": query}))
        assert sentence in page
        assert f'value="{query}"' in page

    def test_a11_names_of_foreign_customers_are_not_told(self, gus: User, pair: list[Ticket]) -> None:
        page = text_of(browser_of(gus).get("/tickets/", {"q": "bregmann"}))
        assert "bergmann" not in page.lower()

    def test_that_only_the_newest_count_is_told(
        self, client_ada: Browser, pair: list[Ticket], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(search, "DEPTH", 1)
        assert "Add a word." in text_of(client_ada.get("/tickets/?q=printer"))

    def test_a_search_costs_at_most_8_queries(
        self,
        client_ada: Browser,
        pair: list[Ticket],
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        client_ada.get("/tickets/")
        learn_changes(parts=100)
        with django_assert_max_num_queries(8):
            client_ada.get("/tickets/?q=printer+fir")
