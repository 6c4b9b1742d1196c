"""Rules without a database."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.domain.counts import CAP, Count, quick_counts_of
from tickets.domain.cursor import LAST, BadCursor, Cursor, Direction, decode
from tickets.domain.digest import request_digest
from tickets.domain.filters import BadFilter, Sort, TicketFilters, read_filters
from tickets.domain.priority import Priority
from tickets.domain.status import TRANSITIONS, UNFINISHED, Status, after_customer_reply, may_move
from tickets.domain.text import clean_body, clean_subject, excerpt, mail_subject, search_words, ticket_number

TIMES = st.integers(0, 2**52).map(
    lambda micros: datetime.fromtimestamp(0, UTC) + timedelta(microseconds=micros)
)


def test_closed_is_final() -> None:
    assert not TRANSITIONS[Status.CLOSED]


def test_every_status_has_its_moves_and_none_moves_to_itself() -> None:
    assert set(TRANSITIONS) == set(Status)
    assert not any(may_move(status, status) for status in Status)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Status.OPEN, Status.OPEN),
        (Status.PROCESSING, Status.PROCESSING),
        (Status.WAITING, Status.OPEN),
        (Status.RESOLVED, Status.OPEN),
        (Status.CLOSED, Status.CLOSED),
    ],
)
def test_a_customers_word_opens_what_waited_for_it(before: Status, after: Status) -> None:
    assert after_customer_reply(before) is after
    assert before is after or may_move(before, after)


@given(direction=st.sampled_from(Direction), at=TIMES, number=st.integers(0, 2**63 - 1))
def test_a_cursor_survives_its_text(direction: Direction, at: datetime, number: int) -> None:
    cursor = Cursor(direction, at, number)
    assert decode(cursor.encode()) == cursor


def test_the_ends_of_a_list_have_cursors_too() -> None:
    assert decode("") == Cursor()
    assert Cursor().encode() == ""
    assert decode(LAST) == Cursor(Direction.BEFORE)
    assert Cursor(Direction.BEFORE).encode() == LAST


@pytest.mark.parametrize(
    "text", ["x", "%%%", "é", "YTEyMw", "ejEuMg", "YTEuLTI", "YTk5OTk5OTk5OTk5OTk5OTk5OTk5OS4x"]
)
def test_a13_a_cursor_that_is_not_ours_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        decode(text)


@given(st.text(max_size=40))
def test_no_text_breaks_the_cursor_reader(text: str) -> None:
    with suppress(BadCursor):
        decode(text)


def test_a9_a_subject_is_one_line() -> None:
    assert (
        clean_subject("Hello\r\nBcc: mallory@evil.example\u2028x\x00") == "Hello Bcc: mallory@evil.example x"
    )


def test_a_subject_cannot_turn_the_reading_direction() -> None:
    assert clean_subject("invoice\u202efdp.exe") == "invoicefdp.exe"


def test_a10_a_body_survives_intact() -> None:
    text = "C:\\Users\\anna\\new\n\tindented\n😀 é \\u0041"
    assert clean_body(text) == text


def test_a_body_loses_line_end_styles_and_what_nobody_can_read() -> None:
    assert clean_body("\n\na\r\nb\rc\x00\x08\ud800\n \n") == "a\nb\nc"


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("one  two\nthree", "one two three"),
        ("one two three four", "one two…"),
        ("abcdefghijklmnop", "abcdefghijkl…"),
    ],
)
def test_an_excerpt_ends_at_a_word(text: str, short: str) -> None:
    assert excerpt(text, 13) == short


def test_the_mail_subject_carries_the_number() -> None:
    assert mail_subject(17, "Printer") == "[T#17] Printer"


@pytest.mark.parametrize(
    ("query", "number"), [("#17", 17), (" 17 ", 17), ("17a", None), ("", None), ("1" * 19, None)]
)
def test_a_search_for_a_number_is_known(query: str, number: int | None) -> None:
    assert ticket_number(query) == number


def test_search_words_have_no_operators() -> None:
    assert search_words('Drucker* OR "x" NEAR(y) -z') == ["drucker", "or", "x", "near", "y", "z"]


def test_filters_read_repeats_commas_and_words() -> None:
    client = UUID(int=7)
    filters = read_filters(
        {
            "status": ["open,waiting", "closed"],
            "priority": ["high"],
            "assignee": ["me"],
            "client": [str(client)],
            "q": [" fire "],
            "sort": ["number"],
            "page": ["2"],
        },
        me=5,
    )
    assert filters == TicketFilters(
        statuses=frozenset({Status.OPEN, Status.WAITING, Status.CLOSED}),
        priorities=frozenset({Priority.HIGH}),
        assignee=5,
        client=client,
        query="fire",
        sort=Sort.NUMBER_UP,
    )
    assert filters.unknown == {"page"}


def test_a_plain_list_shows_unfinished_tickets_newest_first() -> None:
    assert read_filters({}, me=1) == TicketFilters(statuses=UNFINISHED)


def test_any_means_every_status() -> None:
    assert read_filters({"status": ["any"]}, me=1) == TicketFilters()


def test_nobody_and_a_number_are_assignees() -> None:
    assert read_filters({"assignee": ["nobody"]}, me=1).is_unassigned
    assert read_filters({"assignee": ["12"]}, me=1).assignee == 12


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sort", "assignee__password"),
        ("sort", "-client__keys__key_hash"),
        ("status", "open' OR 1=1"),
        ("priority", "huge"),
        ("assignee", "ada@deskbell.example"),
        ("assignee", "²"),
        ("client", "1"),
        ("device", "x"),
    ],
)
def test_a13_a_value_off_the_list_is_refused_with_its_field(name: str, value: str) -> None:
    with pytest.raises(BadFilter) as refused:
        read_filters({name: [value]}, me=1)
    assert refused.value.field == name
    assert refused.value.allowed


def test_a13_names_off_the_list_change_nothing() -> None:
    filters = read_filters({"assignee__password__startswith": ["argon2"]}, me=1)
    assert filters == TicketFilters(statuses=UNFINISHED)
    assert filters.unknown == {"assignee__password__startswith"}


def test_cells_are_the_pairs_asked_for() -> None:
    assert len(TicketFilters().cells) == 20
    filters = TicketFilters(statuses=frozenset({Status.OPEN}), priorities=frozenset({Priority.LOW}))
    assert filters.cells == [(Status.OPEN, Priority.LOW)]
    assert len(filters.without_states().cells) == 20


def test_counts_stop_at_the_cap() -> None:
    assert (str(Count(CAP)), str(Count(CAP + 1)), str(Count(7))) == ("1,000", "1,000+", "7")
    assert int(Count(5_000)) == CAP


def test_each_quick_filter_counts_under_the_others() -> None:
    grid = {
        (Status.OPEN, Priority.LOW): 1,
        (Status.OPEN, Priority.HIGH): 2,
        (Status.CLOSED, Priority.HIGH): 4,
    }
    every = quick_counts_of(grid, statuses=frozenset(), priorities=frozenset())
    assert (every.total.value, every.status[Status.OPEN].value, every.priority[Priority.HIGH].value) == (
        7,
        3,
        6,
    )
    some = quick_counts_of(grid, statuses=frozenset({Status.OPEN}), priorities=frozenset({Priority.HIGH}))
    assert (some.total.value, some.status[Status.CLOSED].value, some.priority[Priority.LOW].value) == (
        2,
        4,
        1,
    )


def test_the_digest_knows_content_not_order() -> None:
    body = {"subject": "a", "details": {"x": 1, "y": 2}}
    turned = json.loads('{"details": {"y": 2, "x": 1}, "subject": "a"}')
    assert request_digest(body, []) == request_digest(turned, [])
    assert request_digest(body, []) != request_digest({**body, "subject": "b"}, [])
    assert request_digest(body, []) != request_digest(body, [("file", "a.txt", "00")])
    assert request_digest({"subject": "\ud800"}, [])
