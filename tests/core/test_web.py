"""Guards, addresses (A20), links (A19) and headers."""

import json
from datetime import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client as Browser
from django.test import RequestFactory
from django.utils import timezone, translation
from pytest_django import Settings

from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import Conflict, Invalid, NotFound, Refused
from helpdesk.core.links import absolute_url
from helpdesk.core.middleware import ErrorPages, PersonalSettings, SecurityHeaders
from helpdesk.core.models import User
from helpdesk.core.services.people import update_profile
from helpdesk.core.web import View, client_address, public, requires, signed_in, user_of
from helpdesk.env import env_networks

PROXY, ADA_AT_HOME, MALLORY_AT_HOME = "10.0.0.1", "192.0.2.7", "198.51.100.9"


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def ask(view: View, user: User | None = None, method: str = "GET", **headers: str) -> HttpResponse:
    from django.contrib.auth.models import AnonymousUser

    request = RequestFactory().generic(method, "/settings/?a=1", headers=headers)
    request.user = user or AnonymousUser()
    response = view(request)
    assert isinstance(response, HttpResponse)
    return response


def test_a_visitor_is_sent_to_sign_in_and_back() -> None:
    response = ask(signed_in(page))
    assert (response.status_code, response["Location"]) == (302, "/sign-in/?next=/settings/%3Fa%3D1")
    assert ask(requires(Permission.SETTINGS_EDIT)(page)).status_code == 302


def test_after_a_post_a_visitor_is_not_sent_back_into_the_form() -> None:
    assert ask(signed_in(page), method="POST")["Location"] == "/sign-in/?next=/"


def test_htmx_is_told_to_load_the_whole_sign_in_page() -> None:
    response = ask(signed_in(page), HX_Request="true")
    assert (response.status_code, response["HX-Redirect"]) == (401, "/sign-in/")


@pytest.mark.django_db
def test_a_missing_permission_is_a_403_and_a_held_one_opens(ada: User, carla: User) -> None:
    guarded = requires(Permission.SETTINGS_EDIT)(page)
    with pytest.raises(PermissionDenied):
        ask(guarded, ada)
    assert ask(guarded, carla).content == b"ok"
    assert ask(signed_in(page), ada).content == b"ok"


@pytest.mark.django_db
def test_a_post_may_need_more_than_a_look(ada: User, carla: User) -> None:
    guarded = requires(Permission.CLIENTS_VIEW, post=Permission.CLIENTS_EDIT)(page)
    assert ask(guarded, ada).content == b"ok"
    with pytest.raises(PermissionDenied):
        ask(guarded, ada, "POST")
    assert ask(guarded, carla, "POST").content == b"ok"


def test_every_guard_can_be_read_from_the_view() -> None:
    views = public(page), signed_in(page), requires(Permission.USERS_EDIT)(page)
    assert [view.guard for view in views] == ["public", "signed-in", "users.edit"]  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_a_guarded_view_knows_its_user(ada: User) -> None:
    request = RequestFactory().get("/")
    request.user = ada
    assert user_of(request) == ada


def address(remote: str, forwarded: str | None = None) -> str:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote))


@pytest.fixture
def behind_proxy(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", "10.0.0.0/8, ::1")
    settings.TRUSTED_PROXIES = env_networks("TRUSTED_PROXIES")


def test_a20_without_trusted_proxies_the_header_counts_for_nothing() -> None:
    assert address(MALLORY_AT_HOME, ADA_AT_HOME) == MALLORY_AT_HOME


@pytest.mark.usefixtures("behind_proxy")
@pytest.mark.parametrize(
    ("remote", "forwarded", "real"),
    [
        (PROXY, ADA_AT_HOME, ADA_AT_HOME),
        (PROXY, f"{ADA_AT_HOME}, {MALLORY_AT_HOME}", MALLORY_AT_HOME),
        (PROXY, f"{ADA_AT_HOME}, {MALLORY_AT_HOME}, 10.1.1.1", MALLORY_AT_HOME),
        (MALLORY_AT_HOME, ADA_AT_HOME, MALLORY_AT_HOME),
        (PROXY, "nonsense", PROXY),
        (PROXY, None, PROXY),
        (PROXY, "10.2.2.2", "10.2.2.2"),
        ("::1", "2001:db8::1", "2001:db8::1"),
        ("", ADA_AT_HOME, ""),
    ],
)
def test_a20_only_what_trusted_proxies_wrote_is_believed(
    remote: str, forwarded: str | None, real: str
) -> None:
    assert address(remote, forwarded) == real


@pytest.mark.django_db
@pytest.mark.usefixtures("behind_proxy")
def test_a20_a_spoofed_address_does_not_get_around_the_sign_in_throttle(ada: User, now: datetime) -> None:
    from helpdesk.core.errors import TooMany
    from helpdesk.core.services.sign_in import check_credentials

    for number in range(6):
        spoofed = address(PROXY, f"203.0.113.{number}, {MALLORY_AT_HOME}")
        with pytest.raises(TooMany if number == 5 else Refused):
            check_credentials(email=ada.email, password="wrong", address=spoofed, now=now)


def test_a19_links_do_not_come_from_the_host_header(settings: Settings) -> None:
    settings.BASE_URL = "https://help.nordlicht.example"
    assert absolute_url("/tickets/7/") == "https://help.nordlicht.example/tickets/7/"


def test_a19_a_foreign_host_is_refused(mallory: Browser) -> None:
    assert mallory.get("/sign-in/", headers={"host": "evil.example"}).status_code == 400


def test_every_answer_has_the_strict_headers() -> None:
    response = SecurityHeaders(page)(RequestFactory().get("/"))
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"


def test_a_view_may_be_stricter_than_the_house() -> None:
    def download(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Content-Security-Policy": "sandbox"})

    assert SecurityHeaders(download)(RequestFactory().get("/"))["Content-Security-Policy"] == "sandbox"


def zone_of(user: User | None) -> str:
    def clock(request: HttpRequest) -> HttpResponse:
        return HttpResponse(f"{timezone.get_current_timezone_name()} {translation.get_language()}")

    request = RequestFactory().get("/")
    if user:
        request.user = user
        request.COOKIES["deskbell"] = "x"
    with translation.override("en"):
        return PersonalSettings(clock)(request).content.decode()


@pytest.mark.django_db
def test_the_page_speaks_the_users_language_and_clock(ada: User) -> None:
    assert zone_of(None) == "UTC en"
    assert zone_of(ada) == "UTC en"
    ada.time_zone, ada.language = "Europe/Berlin", "de"
    assert zone_of(ada) == "Europe/Berlin de"
    ada.time_zone, ada.language = "Mars/Olympus", "xx-nonsense"
    assert zone_of(ada) == "UTC en"


@pytest.mark.django_db(transaction=True)
def test_who_has_no_clock_gets_the_houses_also_right_after_a_change(carla: User, now: datetime) -> None:
    from helpdesk.core.services.organisation import update_organisation

    update_profile(user=carla, full_name="Carla", language="", time_zone="", theme="", now=now)
    assert zone_of(carla) == "UTC en"
    update_organisation(
        name="N", support_email="", support_phone="", default_language="en", time_zone="Asia/Tokyo",
        by=carla, now=now,
    )  # fmt: skip
    assert zone_of(carla) == "Asia/Tokyo en"


def error_page(error: Exception, accept: str = "text/html") -> HttpResponse | None:
    request = RequestFactory().get("/nowhere/", headers={"Accept": accept})
    from django.contrib.auth.models import AnonymousUser

    request.user = AnonymousUser()
    return ErrorPages(page).process_exception(request, error)


def test_errors_of_services_become_pages_with_their_status(db: None) -> None:
    for error in (NotFound(), Refused(), Conflict("Bob has it."), Invalid(fields={"a": "b"})):
        response = error_page(error)
        assert response is not None
        assert response.status_code == error.http_status
    assert b"Bob has it." in getattr(error_page(Conflict("Bob has it.")), "content", b"")


def test_who_asks_for_json_gets_a_problem_document() -> None:
    response = error_page(Conflict("Bob has it."), accept="application/json")
    assert response is not None
    assert json.loads(response.content)["detail"] == "Bob has it."


def test_other_exceptions_are_left_to_django() -> None:
    assert error_page(ValueError()) is None
    assert ErrorPages(page)(RequestFactory().get("/")).content == b"ok"
