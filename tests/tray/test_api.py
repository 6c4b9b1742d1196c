import json

import pytest
import requests

from tests.tray.fakes import MACHINE, http_desk
from tray_agent.api import Api, ApiError, Offline

SECRET = "dba_" + "s" * 43


def test_every_call_names_the_credential_and_the_version() -> None:
    with http_desk() as desk:
        api = Api(desk.url, SECRET)
        api.register(key="dbk_1", credential=SECRET, machine=MACHINE)
        api.heartbeat(signed_in=False)
        api.me()
        api.send_token(full_name="Anna", email="a@acme.example")
        api.confirm(token="AAAA-BBBB")
        assert api.tickets() == {"results": []}
    assert {request[2]["Authorization"] for request in desk.requests} == {f"Agent {SECRET}"}
    assert {request[2]["Deskbell-Agent-Version"] for request in desk.requests} == {"0.1.0"}
    assert [f"{method} {path}".removeprefix("/") for method, path, _headers, _body in desk.requests] == [
        "POST /api/agent/v1/register", "POST /api/agent/v1/heartbeat", "GET /api/agent/v1/me",
        "POST /api/agent/v1/verification/token", "POST /api/agent/v1/verification/confirm",
        "GET /api/agent/v1/tickets",
    ]  # fmt: skip
    registration = json.loads(desk.requests[0][3])
    assert registration["machine"]["name"] == "pc-7"
    assert registration["user"] == {"sid": "S-1-5-21-1", "name": "anna", "display_name": ""}


def test_a_ticket_carries_its_key_picture_and_files() -> None:
    with http_desk() as desk:
        api, ticket = Api(desk.url, SECRET), {"subject": "Grüße"}
        for _ in range(2):
            answer = api.open_ticket(key="k1", ticket=ticket, screenshot=b"PNG", files=[("a.txt", b"A")])
            assert answer == {"number": 1}
        api.open_ticket(key="k2", ticket=ticket, screenshot=None, files=[])
    parts = desk.tickets["k1"]["parts"]
    assert [(name, file) for name, file, _data in parts] == [
        ("ticket", None), ("screenshot", "screenshot.png"), ("files", "a.txt"),
    ]  # fmt: skip
    assert json.loads(parts[0][2]) == ticket
    assert parts[1][2] == b"PNG"
    assert len(desk.tickets["k2"]["parts"]) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_never_followed_with_the_credential(status: int) -> None:
    """A17: nobody gets the credential but the desk."""
    with http_desk() as thief, http_desk() as desk:
        desk.answer = (status, {"Location": f"{thief.url}/api/agent/v1/me"}, b"")
        api = Api(desk.url, SECRET)
        with pytest.raises(ApiError) as refused:
            api.me()
        with pytest.raises(ApiError):
            api.open_ticket(key="k", ticket={}, screenshot=None, files=[])
    assert refused.value.status == status
    assert thief.requests == []


def test_a_proxys_page_or_an_empty_answer_is_no_yes() -> None:
    with http_desk() as desk:
        api = Api(desk.url, SECRET)
        for body in (b"<html>Sign in to the hotel", b"", b"[]", b"{}"):
            desk.answer = (200, {"Content-Type": "text/html"}, body)
            with pytest.raises(ApiError):
                api.open_ticket(key="k", ticket={}, screenshot=None, files=[])


def test_a_problem_document_becomes_a_code_a_sentence_and_a_wait() -> None:
    with http_desk() as desk:
        api = Api(desk.url, SECRET)
        desk.answer = (429, {"Retry-After": "30"}, b'{"code": "too-many", "detail": "Wait."}')
        with pytest.raises(ApiError) as error:
            api.me()
        assert (error.value.code, error.value.sentence, error.value.retry_after) == ("too-many", "Wait.", 30)
        desk.answer = (
            422,
            {},
            b'{"errors": [{"message": "One."}, {"message": "Two."}], "retry_after_seconds": "x"}',
        )
        with pytest.raises(ApiError) as error:
            api.me()
        assert (error.value.code, error.value.sentence, error.value.retry_after) == (
            "http-422",
            "One. Two.",
            0,
        )
        desk.answer = (503, {}, b"")
        with pytest.raises(ApiError) as error:
            api.me()
        assert error.value.sentence == "http-503"


def test_no_answer_is_offline_and_its_message_holds_no_secret() -> None:
    with http_desk(lose=lambda _n: "request") as desk:
        api = Api(desk.url, SECRET)
        with pytest.raises(Offline) as error:
            api.open_ticket(key="k", ticket={"subject": "private"}, screenshot=None, files=[])
    assert SECRET not in repr(error.value)
    assert "private" not in repr(error.value)
    assert error.value.__cause__ is None


def test_a_netrc_does_not_replace_the_credential_and_plain_http_uses_no_proxy(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("default login mallory password x\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    with http_desk() as desk:
        Api(desk.url, SECRET).me()
    assert desk.requests[0][2]["Authorization"] == f"Agent {SECRET}"
    proxied: requests.Session = Api("https://desk.example", SECRET)._http
    assert proxied.proxies["https"] == "http://proxy.example:3128"
