"""Live events of a running desk: who hears what, how soon, and what a returning page missed."""

import json

import pytest

from tests.server.desk import Desk, Stream, until


def test_an_event_is_heard(desk: Desk) -> None:
    stream = desk.sign_in("carla@deskbell.example").listen()
    desk.announce("ticket", "17")
    stream.expect(("ticket", "17"))
    assert str(stream.response.getheader("Content-Type")).startswith("text/event-stream")


def test_a_stranger_is_not_let_in(desk: Desk) -> None:
    answer = desk.get("/live/")
    assert (answer.status_code, answer.json()["code"]) == (401, "signed-out")


@pytest.mark.parametrize("cookie", ["x" * 32, "", "../../etc/passwd", "%00" * 10])
def test_a_made_up_cookie_opens_nothing(desk: Desk, cookie: str) -> None:
    assert Stream(desk, {"deskbell": cookie}).status == 401


def test_a_reader_hears_only_of_clients_in_scope(desk: Desk) -> None:
    """A12, A15: the stream is no side door to another client's tickets."""
    ada = desk.sign_in("ada@deskbell.example", clients=["Acme"])
    globex = desk.sign_in("bob@deskbell.example", clients=["Globex"]).clients["Globex"]
    stream = ada.listen()
    desk.announce("ticket", "1", client_id=globex)
    desk.announce("ticket", "2")
    desk.announce("ticket", "3", client_id=ada.clients["Acme"])
    stream.expect(("ticket", "3"))


def test_a_change_of_rights_closes_the_streams_of_that_user_alone(desk: Desk) -> None:
    """A15: a page that stays open does not keep rights that were taken away."""
    ada, bob = desk.sign_in("ada.r@deskbell.example"), desk.sign_in("bob.r@deskbell.example")
    of_ada, of_bob = ada.listen(), bob.listen()
    desk.announce("user", user_id=ada.user_id)
    until(lambda: of_ada.has_ended, "the end of Ada's stream", 2)
    desk.announce("ticket", "5")
    of_bob.expect(("ticket", "5"))
    assert of_ada.events == []


def test_a_returning_page_hears_what_it_missed_and_only_that(desk: Desk) -> None:
    ada = desk.sign_in("ada.m@deskbell.example", clients=["Acme"])
    acme = ada.clients["Acme"]
    first = ada.listen()
    desk.announce("ticket", "1", client_id=acme)
    first.expect(("ticket", "1"))
    first.close()
    desk.announce("ticket", "2", client_id=acme)
    desk.announce("ticket", "3")
    second = ada.listen(first.last_id)
    desk.announce("ticket", "4", client_id=acme)
    second.expect(("ticket", "2"), ("ticket", "4"))


def test_a_page_hears_what_happened_between_its_writing_and_its_stream(desk: Desk) -> None:
    """The address says where the page stood; what the browser itself remembers is newer and counts."""
    carla = desk.sign_in("carla.b@deskbell.example")
    first = carla.listen()
    stood = first.last_id
    desk.announce("ticket", "1")
    first.expect(("ticket", "1"))
    carla.listen(after=stood).expect(("ticket", "1"))
    newer = first.last_id
    desk.announce("ticket", "2")
    carla.listen(newer, after=stood).expect(("ticket", "2"))


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://["},
    ],
)
def test_a16_a_page_of_another_origin_hears_nothing(desk: Desk, headers: dict[str, str]) -> None:
    cookies = desk.sign_in("carla.o@deskbell.example").cookies
    answer = desk.get("/live/", cookies=cookies, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign-page")


def test_a16_a_page_of_the_desk_itself_hears(desk: Desk) -> None:
    cookies = desk.sign_in("carla.p@deskbell.example").cookies
    headers = {"Origin": desk.url, "Sec-Fetch-Site": "same-origin"}
    with desk.get("/live/", cookies=cookies, headers=headers, stream=True) as answer:
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "last_id", ["0123abcd-5", "nonsense", "-", "x" * 3000, "0123abcd-99999999999999999999999"]
)
def test_an_id_of_another_life_of_the_server_leads_to_a_resync(desk: Desk, last_id: str) -> None:
    stream = desk.sign_in("carla.l@deskbell.example").listen(last_id)
    stream.expect(("resync", ""))


def test_a_page_that_was_away_too_long_starts_over(desk: Desk) -> None:
    carla = desk.sign_in("carla.a@deskbell.example")
    first = carla.listen()
    life = first.last_id.partition("-")[0]
    first.close()
    for _ in range(3):
        desk.announce("ticket", "1")
    stream = carla.listen(f"{life}-999999")
    stream.expect(("resync", ""))


def test_the_eleventh_stream_of_one_user_is_refused(desk: Desk) -> None:
    carla = desk.sign_in("carla.e@deskbell.example")
    streams = [carla.listen() for _ in range(10)]
    late = carla.listen()
    assert (late.status, json.load(late.response)["code"]) == (429, "too-many-streams")
    streams.pop().close()
    until(lambda: carla.listen().status == 200, "a place that became free")
    for stream in streams:
        stream.close()


def test_events_are_read_with_get_only(desk: Desk) -> None:
    assert desk.post("/live/", {}).status_code == 405


def test_events_carry_no_content(desk: Desk) -> None:
    carla = desk.sign_in("carla.c@deskbell.example")
    stream = carla.listen()
    desk.announce("ticket", "12\ndata: forged\n\nevent: user")
    until(lambda: bool(stream.events), "the event")
    assert stream.events == [("ticket", "12 data: forged  event: user")]
    assert json.dumps(stream.events).count("forged") == 1
