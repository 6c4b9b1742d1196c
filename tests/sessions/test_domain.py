"""What is true of a request, without a database."""

import secrets
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.core.domain.redaction import redact
from sessions.domain import links
from sessions.domain.code import CODES, is_plain, make_code, parse_code, spoken
from sessions.domain.status import FINAL, LEASE_FOR, OPEN, TRANSITIONS, Status, is_held, sources_of, status_of
from sessions.domain.stays import joined_up, time_of, time_together
from sessions.domain.support_key import Key, KeyState, Renewal, key_ends, key_state, renewal

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
SECRET = "a secret of the desk"


def told(technicians: int, customers: int, *, at: datetime = NOW, ended: Status | None = None) -> Status:
    return status_of(ended, technicians=technicians, customers=customers, expires_at=NOW + DAY, now=at)


@pytest.mark.parametrize(
    ("technicians", "customers", "status"),
    [
        (0, 0, Status.NEW),
        (1, 0, Status.PENDING),
        (0, 1, Status.PENDING),
        (3, 0, Status.PENDING),
        (1, 1, Status.IN_PROGRESS),
        (2, 1, Status.IN_PROGRESS),
    ],
)
def test_the_status_says_who_is_connected(technicians: int, customers: int, status: Status) -> None:
    assert told(technicians, customers) is status


def test_a_second_before_the_day_is_over_it_waits_and_then_it_is_expired() -> None:
    assert told(0, 1, at=NOW + DAY - SECOND) is Status.PENDING
    assert told(0, 1, at=NOW + DAY) is Status.EXPIRED
    assert told(0, 0, at=NOW + DAY) is Status.EXPIRED


def test_who_is_live_at_that_moment_finishes() -> None:
    assert told(1, 1, at=NOW + DAY + HOUR) is Status.IN_PROGRESS
    assert told(1, 0, at=NOW + DAY + HOUR) is Status.EXPIRED


@pytest.mark.parametrize("ended", sorted(FINAL))
def test_an_end_is_final_whoever_is_there(ended: Status) -> None:
    assert {told(t, c, ended=ended) for t, c in product((0, 1), repeat=2)} == {ended}
    assert TRANSITIONS[ended] == frozenset()


def test_any_change_of_presence_and_time_is_in_the_table() -> None:
    cases = list(product((0, 1, 2), (0, 1), (NOW, NOW + DAY)))
    for (t, c, at), (t2, c2, later) in product(cases, repeat=2):
        before, after = told(t, c, at=at), told(t2, c2, at=max(at, later))
        is_one_step = (t, c) == (0, 0) and t2 and c2  # two people do not come in the same moment
        if before in OPEN and before is not after and not is_one_step:
            assert after in TRANSITIONS[before], (before, after)
            assert before in sources_of(after)


def test_a_connection_counts_for_fifteen_seconds_after_its_last_word() -> None:
    assert is_held(NOW, NOW + LEASE_FOR - SECOND)
    assert not is_held(NOW, NOW + LEASE_FOR)


def test_codes_have_nine_digits_and_are_not_what_everybody_tries_first() -> None:
    codes = {make_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(len(code) == 9 and code.isdecimal() and not is_plain(code) for code in codes)
    assert all(is_plain(code) for code in ("000000000", "123456789", "112211221"))


def test_nearly_every_code_can_be_given() -> None:
    plain = 10 + 45 * (2**9 - 2) + 120 * (3**9 - 3 * 2**9 + 3) + 4
    assert plain / CODES < 0.0025


@pytest.mark.parametrize(
    "typed",
    [
        "482913067",
        "482 913 067",
        " 482-913-067\n",
        "482.913.067",
        "482\u00a0913\u202f067",
        "４８２ ９１３ ０６７",
        "٤٨٢ ٩١٣ ٠٦٧",
        "482 913 o67",
        "482 9l3 067",
        "482 9I3 O67",
        "482–913—067",
    ],
)
def test_a_code_is_read_however_people_type_it(typed: str) -> None:
    assert parse_code(typed) == "482913067"


@pytest.mark.parametrize(
    "typed", ["", "  ", "48291306", "4829130677", "482 913 06x", "½½½½½½½½½", "9" * 5000]
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert parse_code(typed) == ""


@given(st.text(max_size=40))
def test_whatever_is_typed_is_nine_digits_or_nothing(typed: str) -> None:
    found = parse_code(typed)
    assert found == "" or (len(found) == 9 and found.isascii() and found.isdecimal())
    assert parse_code(spoken(found)) == found


def test_a_key_goes_from_valid_to_lapsed_used_or_withdrawn() -> None:
    key = Key(NOW + 4 * HOUR)
    assert key_state(key, NOW + 4 * HOUR - SECOND) is KeyState.VALID
    assert key_state(key, NOW + 4 * HOUR) is KeyState.LAPSED
    assert key_state(Key(NOW + HOUR, used_at=NOW), NOW + DAY) is KeyState.USED
    assert key_state(Key(NOW + HOUR, used_at=NOW, withdrawn_at=NOW), NOW) is KeyState.WITHDRAWN


def test_a_key_ends_with_the_joins_of_its_request() -> None:
    assert key_ends(NOW, valid_for=4 * HOUR, request_expires_at=NOW + DAY) == NOW + 4 * HOUR
    assert key_ends(NOW, valid_for=4 * HOUR, request_expires_at=NOW + HOUR) == NOW + HOUR


@pytest.mark.parametrize(
    ("key", "is_there", "wanted"),
    [
        (Key(NOW + HOUR), False, Renewal.LONGER),
        (Key(NOW), False, Renewal.LONGER),
        (Key(NOW + HOUR, used_at=NOW), False, Renewal.NEW_CODE),
        (Key(NOW + HOUR, used_at=NOW), True, Renewal.NEEDLESS),
        (Key(NOW + HOUR, withdrawn_at=NOW), False, Renewal.NEW_CODE),
        (Key(NOW + HOUR, used_at=NOW, withdrawn_at=NOW), True, Renewal.NEW_CODE),
    ],
)
def test_a_code_that_somebody_else_may_know_is_never_good_again(
    key: Key, is_there: bool, wanted: Renewal
) -> None:
    assert renewal(key, is_customer_there=is_there, now=NOW) is wanted


def test_the_desk_reads_its_own_links_also_those_of_an_earlier_key() -> None:
    row = uuid4()
    token = links.link_token(SECRET, kind=links.CUSTOMER, row=row)
    assert links.link_token(SECRET, kind=links.CUSTOMER, row=row) == token
    assert links.read_link([SECRET], token, kind=links.CUSTOMER) == row
    assert links.read_link(["a new one", SECRET], token, kind=links.CUSTOMER) == row


def test_a31_a_link_of_one_side_is_none_of_the_other_and_none_can_be_made_up() -> None:
    row = UUID(int=7)
    token = links.link_token(SECRET, kind=links.CUSTOMER, row=row)
    other = links.link_token(SECRET, kind=links.TECHNICIAN, row=row)
    assert token[4:] != other[4:]
    turned = links.TECHNICIAN + token[4:]
    wrong = token[:-1] + ("A" if token[-1] != "A" else "E")
    for forged in (
        "",
        "dbc_",
        turned,
        wrong,
        other,
        token + "x",
        links.link_token("guess", kind="dbc_", row=row),
    ):
        assert links.read_link([SECRET], forged, kind=links.CUSTOMER) is None
    assert links.read_link([SECRET], turned, kind=links.TECHNICIAN) is None


def test_a17_no_secret_of_a_request_reaches_a_log() -> None:
    guest = links.make_guest_key()
    tokens = [links.link_token(SECRET, kind=kind, row=uuid4()) for kind in (links.CUSTOMER, links.TECHNICIAN)]
    for secret in (guest, *tokens):
        assert secret not in redact(f"GET /join/{secret}/ 200")


def test_a_guest_key_is_known_by_its_hash_alone() -> None:
    one, other = links.make_guest_key(), links.make_guest_key()
    assert len(links.guest_hash(one)) == 64
    assert links.guest_hash(one) != links.guest_hash(other)
    assert links.guest_hash("dbg_short") == links.guest_hash("") == ""


def minutes(*pairs: tuple[int, int]) -> list[tuple[datetime, datetime]]:
    return [(NOW + timedelta(minutes=begin), NOW + timedelta(minutes=end)) for begin, end in pairs]


def test_time_in_two_windows_counts_once() -> None:
    assert joined_up(minutes((5, 9), (0, 6), (20, 21), (21, 22))) == minutes((0, 9), (20, 22))
    assert time_of(minutes((5, 9), (0, 6), (20, 21))) == timedelta(minutes=10)
    assert time_of([]) == timedelta()


def test_time_together_is_when_both_sides_were_there() -> None:
    technicians, customers = minutes((0, 10), (5, 12)), minutes((8, 9), (11, 20))
    assert time_together(technicians, customers) == timedelta(minutes=2)
    assert time_together([], customers) == timedelta()


def test_a_plain_code_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = iter([111_111_111, 123_456_789, 482_913_067])
    monkeypatch.setattr(secrets, "randbelow", lambda _below: next(chance))
    assert make_code() == "482913067"
