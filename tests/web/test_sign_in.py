"""In and out: one sentence for every refusal, no way to another site, no session handed over."""

from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.test import Client as Browser

from helpdesk.core.models import User
from tests.conftest import PASSWORD
from tests.web.conftest import text_of

pytestmark = pytest.mark.django_db
SENTENCE = "That did not work. Check e-mail address and password; after several tries wait 15 minutes."
ELSEWHERE = [
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "https:evil.example",
    "https://evil.example/",
    "https:///evil.example",
    "http:/evil.example",
    "javascript:alert(1)",
    "///evil.example",
    "evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\x08//evil.example",
]


def is_in(browser: Browser) -> bool:
    return SESSION_KEY in browser.session


def test_somebody_signs_in_and_lands_on_the_first_place_they_may_enter(mallory: Browser, ada: User) -> None:
    response = mallory.post(
        "/sign-in/", {"email": " ADA@deskbell.example", "password": PASSWORD}, follow=True
    )
    assert response.redirect_chain == [("/", 302), ("/tickets/", 302)]
    assert "Ada Lovelace" in text_of(response)


def test_who_is_in_already_is_sent_on(client_ada: Browser) -> None:
    assert client_ada.get("/sign-in/?next=/clients/")["Location"] == "/clients/"


def test_wrong_password_unknown_address_and_deactivated_say_the_same_A18(
    mallory: Browser, ada: User, bob: User
) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    tries = [(ada.email, "wrong"), ("nobody@deskbell.example", PASSWORD), (bob.email, PASSWORD)]
    answers = []
    for email, password in tries:
        response = mallory.post("/sign-in/", {"email": email, "password": password})
        answers.append((response.status_code, text_of(response).replace(email, "")))
        assert SENTENCE in answers[-1][1]
        assert password not in answers[-1][1]
    assert len({(code, page.split("csrfmiddlewaretoken")[0]) for code, page in answers}) == 1
    assert not is_in(mallory)


def test_after_five_tries_even_the_right_password_waits_A18(mallory: Browser, ada: User) -> None:
    for _ in range(5):
        assert mallory.post("/sign-in/", {"email": ada.email, "password": "wrong"}).status_code == 403
    response = mallory.post("/sign-in/", {"email": ada.email, "password": PASSWORD})
    assert response.status_code == 429
    assert SENTENCE in text_of(response)
    assert not is_in(mallory)


def test_a_made_up_forwarded_address_does_not_start_anew_A20(mallory: Browser, ada: User) -> None:
    for number in range(6):
        response = mallory.post(
            "/sign-in/",
            {"email": ada.email, "password": "wrong"},
            headers={"X-Forwarded-For": f"10.9.8.{number}"},
            REMOTE_ADDR="203.0.113.9",
        )
    assert response.status_code == 429


def test_nobody_is_locked_out_by_a_stranger_elsewhere_A18(mallory: Browser, ada: User) -> None:
    for _ in range(6):
        mallory.post("/sign-in/", {"email": ada.email, "password": "wrong"}, REMOTE_ADDR="203.0.113.9")
    here = Browser(REMOTE_ADDR="198.51.100.7")
    assert here.post("/sign-in/", {"email": ada.email, "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("way", ["form", "address", "already in"])
def test_next_never_leads_to_another_site_A18(mallory: Browser, ada: User, target: str, way: str) -> None:
    if way == "already in":
        mallory.force_login(ada)
        response = mallory.get(f"/sign-in/?{urlencode({'next': target})}")
    else:
        address = f"/sign-in/?{urlencode({'next': target})}" if way == "address" else "/sign-in/"
        more = {"next": target} if way == "form" else {}
        response = mallory.post(address, {"email": ada.email, "password": PASSWORD, **more})
    assert (response.status_code, response["Location"]) == (302, "/")


def test_next_leads_back_to_a_page_of_ours(mallory: Browser, ada: User) -> None:
    to_sign_in = mallory.get("/clients/?q=a")["Location"]
    page = text_of(mallory.get(to_sign_in))
    assert '<input type="hidden" name="next" value="/clients/?q=a">' in page
    data = {"email": ada.email, "password": PASSWORD, "next": "/clients/?q=a"}
    assert mallory.post("/sign-in/", data)["Location"] == "/clients/?q=a"


def test_the_session_key_changes_at_the_door_A18(mallory: Browser, ada: User) -> None:
    """A session planted before (fixation) is worth nothing after."""
    session = mallory.session
    session["planted"] = "by Mallory"
    session.save()
    before = mallory.session.session_key
    mallory.post("/sign-in/", {"email": ada.email, "password": PASSWORD})
    assert mallory.session.session_key != before
    assert not mallory.session.exists(before or "")


def test_a_form_from_another_site_does_not_sign_in_or_out_A21(ada: User) -> None:
    browser = Browser(enforce_csrf_checks=True)
    response = browser.post("/sign-in/", {"email": ada.email, "password": PASSWORD})
    assert response.status_code == 403
    assert "can no longer be sent" in text_of(response)
    browser.force_login(ada)
    assert browser.post("/sign-out/").status_code == 403
    assert is_in(browser)


def test_sign_out_is_a_post_only_and_ends_the_session_A21(client_ada: Browser) -> None:
    key = client_ada.session.session_key
    assert client_ada.get("/sign-out/").status_code == 405
    assert is_in(client_ada)
    assert client_ada.post("/sign-out/")["Location"] == "/sign-in/"
    assert not client_ada.session.exists(key or "")
    assert client_ada.get("/tickets/").status_code == 302


@pytest.mark.parametrize(("data", "is_kept"), [({"stay": "on"}, True), ({}, False)])
def test_only_who_wants_stays_signed_in(
    mallory: Browser, ada: User, data: dict[str, str], is_kept: bool
) -> None:
    response = mallory.post("/sign-in/", {"email": ada.email, "password": PASSWORD, **data})
    cookie = response.cookies[settings.SESSION_COOKIE_NAME]
    assert bool(cookie["max-age"]) is is_kept
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_deactivated_user_is_out_with_the_next_click(client_ada: Browser, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert client_ada.get("/tickets/")["Location"].startswith("/sign-in/")


def test_an_empty_form_names_what_is_missing(mallory: Browser) -> None:
    response = mallory.post("/sign-in/", {"email": "no address", "password": ""})
    assert response.status_code == 422
    assert 'aria-invalid="true"' in text_of(response)
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(("host", "is_offered"), [("127.0.0.1:8000", False), ("localhost", True)])
def test_a_passkey_is_offered_where_a_browser_has_one(client: Browser, host: str, is_offered: bool) -> None:
    page = client.get("/sign-in/", HTTP_HOST=host).content.decode()
    assert ("Use a passkey" in page) == is_offered
