"""What the search field understands."""

import pytest

from tickets.domain.filters import TicketFilters
from tickets.domain.find import MAX_TERMS, Term, narrowed_by_words, plain_words, read_search
from tickets.domain.priority import Priority
from tickets.domain.spelling import distance_of, excerpt_around, likest, marked, shows
from tickets.domain.status import UNFINISHED, Status


def test_words_are_all_wanted_and_the_last_may_go_on() -> None:
    assert read_search("Drücker brennt").terms == (
        Term(("drucker",)),
        Term(("brennt",), may_go_on=True),
    )
    assert read_search("Drücker ").terms == (Term(("drucker",), may_go_on=True),)


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ('"on fire"', (Term(("on", "fire")),)),
        ("„on fire“", (Term(("on", "fire")),)),
        ("«on fire» “is:open", (Term(("on", "fire")), Term(("is", "open"), may_go_on=True))),
        ('"on fi', (Term(("on", "fi")),)),
        ("fire -tea", (Term(("fire",)), Term(("tea",), is_unwanted=True))),
        ("print* now", (Term(("print",), may_go_on=True), Term(("now",), may_go_on=True))),
        ("pr* n", (Term(("pr",)), Term(("n",)))),
        ("from:anna ", (Term(("anna",), "names", may_go_on=True),)),
        ('file:"bill 7.pdf"', (Term(("bill", "7", "pdf"), "files"),)),
        ("subject:fire", (Term(("fire",), "subject", may_go_on=True),)),
        ("anna@acme.example", (Term(("anna", "acme", "example"), may_go_on=True),)),
        ("re:fire", (Term(("re", "fire"), may_go_on=True),)),
        ("-status:open", (Term(("status", "open"), is_unwanted=True),)),
        ("!? -", ()),
        ("", ()),
    ],
)
def test_signs_say_how_words_are_meant(query: str, terms: tuple[Term, ...]) -> None:
    assert read_search(query).terms == terms


def test_no_more_words_than_the_index_bears() -> None:
    asked = read_search(" ".join(f"w{n}" for n in range(50)))
    assert (len(asked.terms), asked.is_unfinished) == (MAX_TERMS, False)


@pytest.mark.parametrize(("query", "number"), [("#17", 17), ("17", 17), ("17 x", None), ("#x", None)])
def test_a_number_is_a_ticket(query: str, number: int | None) -> None:
    assert read_search(query).number == number


def test_fields_ask_for_facts() -> None:
    asked = read_search('client:"Acme Ltd" assignee:ada tag:vip assignee: fire')
    assert (asked.clients, asked.assignees, asked.tags) == (("Acme Ltd",), ("ada",), ("vip",))
    assert asked.wanted == (Term(("fire",), may_go_on=True),)


def test_a_value_that_a_field_does_not_know_is_told() -> None:
    asked = read_search("status:opn is:blue status:closed priority:mad")
    assert asked.misread == (("status", "opn"), ("priority", "mad"), ("is", "blue"))
    assert asked.statuses == frozenset({Status.CLOSED})
    assert not read_search("status:opn").statuses


@pytest.mark.parametrize(
    ("query", "narrowed"),
    [
        ("fire", TicketFilters()),
        ("status:closed,open", TicketFilters(statuses=frozenset({Status.CLOSED, Status.OPEN}))),
        ("status:any", TicketFilters(statuses=frozenset(Status))),
        ("priority:High,low", TicketFilters(priorities=frozenset({Priority.HIGH, Priority.LOW}))),
        ("is:open", TicketFilters(statuses=UNFINISHED)),
        ("is:closed", TicketFilters(statuses=frozenset({Status.RESOLVED, Status.CLOSED}))),
        ("is:mine", TicketFilters(assignee=7)),
        ("is:unassigned", TicketFilters(is_unassigned=True)),
        ("is:late", TicketFilters(is_late=True)),
        ("is:held", TicketFilters(is_held=True)),
    ],
)
def test_states_in_the_search_narrow_the_list(query: str, narrowed: TicketFilters) -> None:
    asked = TicketFilters(query=query)
    found = narrowed_by_words(asked, me=7)
    assert (found.statuses, found.assignee, found.is_unassigned, found.is_late, found.is_held) == (
        narrowed.statuses,
        narrowed.assignee,
        narrowed.is_unassigned,
        narrowed.is_late,
        narrowed.is_held,
    )
    assert found.query == query


def test_words_are_compared_without_case_and_accents() -> None:
    assert plain_words("Zürich_EST-77 Øre") == ["zurich", "est", "77", "øre"]


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("berg", "berg", 0), ("berg", "bergh", 1), ("berg", "breg", 1), ("anna", "otto", 3), ("a", "abcdef", 3)],
)
def test_slips_are_counted(one: str, other: str, slips: int) -> None:
    assert min(distance_of(one, other, 2), 3) == slips


def test_of_the_known_names_the_likest_are_meant() -> None:
    known = ["bergmann", "bergman", "zimmermann", "berg"]
    assert likest("bregmann", known) == ["bergmann"]
    assert likest("brgmann", known) == ["bergmann"]
    assert likest("xyz", known) == []


def test_hits_are_marked_whatever_case_and_accent() -> None:
    asked = read_search('"zum Drücker" bren')
    pieces = list(marked("Der Drucker, zum Teil, brennt!", asked))
    assert [text for text, is_hit in pieces if is_hit] == ["Drucker", "zum", "brennt"]
    assert "".join(text for text, _ in pieces) == "Der Drucker, zum Teil, brennt!"
    assert not shows("Ein Scanner", asked)


def test_an_excerpt_shows_the_word_in_its_line() -> None:
    text = "one two three " * 20 + "the FIRE\n is   here " + "four five " * 40
    cut = excerpt_around(text, ["fire"])
    assert cut.startswith("…")
    assert cut.endswith("…")
    assert "the FIRE is here" in cut
    assert excerpt_around("short fire", ["fire"]) == "short fire"
    assert excerpt_around("nothing", ["fire"]) == "nothing"
