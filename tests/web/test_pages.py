"""What holds for all pages of the console: text stays text, queries do not grow, errors are pages."""

import json
from collections.abc import Iterator
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client as Browser
from django.test import RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agents.domain.profile import State
from agents.models import ActivationRun, Client, Contact, Device, Profile
from helpdesk.core.models import Job, OutgoingMail, Team, User
from helpdesk.demo import content
from helpdesk.demo.load import load_demo
from helpdesk.web import errors
from tests.conftest import make_user
from tests.tickets.pages import opened
from tests.web.conftest import MakeDevice, text_of
from tickets.models import FigureChange, MailIn, Ticket, TicketClock

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"
PICTURE = '"><img src=x onerror=alert(1)>'


@pytest.mark.parametrize("evil", [SCRIPT, PICTURE])
def test_markup_in_any_name_arrives_as_text_A28(
    client_carla: Browser, carla: User, make_device: MakeDevice, evil: str
) -> None:
    User.objects.filter(pk=carla.pk).update(full_name=evil)
    eve = make_user("eve@deskbell.example", evil)
    Team.objects.create(name=evil[:60]).members.set([eve])
    client = Client.objects.create(name=evil, mail_domains=[evil], notes=evil, phone=evil)
    Contact.objects.create(client=client, full_name=evil, email="x@acme.example", phone=evil)
    facts = {"os_name": evil, "os_version": evil[:40], "address": "10.0.0.1", "agent_version": evil[:20]}
    shown = {"display_name": evil, "full_name": evil, "email": "x@y.example"}
    device = make_device(evil, evil, client=client, state=State.WAITING_FOR_APPROVAL, profile=shown, **facts)
    Profile.objects.update(reregister_asked_at=timezone.now())
    opened(carla, timezone.now(), subject=evil, client=client, device=device)
    client_carla.post("/settings/roles/0/", {"name": evil, "clients": [client.pk]})
    client_carla.post("/settings/organisation/", {"name": evil, "default_language": "en", "time_zone": "UTC"})
    data = {"device": str(device.public_id), "action": "disable"}
    client_carla.post(f"/clients/{client.public_id}/agent/apply/", data)
    run = ActivationRun.objects.get()
    Profile.objects.update(state=State.WAITING_FOR_APPROVAL)
    base = f"/clients/{client.public_id}/"
    gets = [
        "/profile/", "/find/?q=a", f"/find/?q={evil}", "/settings/organisation/", "/settings/people/",
        f"/settings/people/{eve.pk}/", "/settings/teams/", "/settings/roles/", "/settings/roles/0/",
        "/settings/audit/", "/clients/", f"/clients/?q={evil}", base, f"{base}?q={evil}",
        f"{base}?show={evil}", f"{base}tickets/", f"{base}people/", f"{base}settings/", "/devices/",
        f"/devices/?q={evil}", f"/devices/{device.public_id}/", "/approvals/",
        f"/agent-runs/{run.public_id}/", f"/{evil}",
    ]  # fmt: skip
    pages = [(address, client_carla.get(address)) for address in gets]
    pages.append(("preview", client_carla.post(f"{base}agent/", data)))
    pages.append(("key", client_carla.post(f"{base}keys/", {"label": evil})))
    for address, response in pages:
        assert response.status_code in (200, 404), address
        assert SCRIPT not in text_of(response), address
        assert "<img src=x" not in text_of(response), address
    assert "&lt;" in text_of(pages[10][1])


def queries(browser: Browser, address: str) -> int:
    browser.get(address)  # whatever is remembered is remembered now
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert browser.get(address).status_code == 200
    return len(found)


def fill(client: Client, user: User, start: int, stop: int) -> None:
    """Clients, and for `client` devices with a profile, a verified person and a ticket each."""
    now = timezone.now()
    Client.objects.bulk_create(Client(name=f"Client {n}", created_at=now) for n in range(start, stop))
    for n in range(start, stop):
        contact = Contact.objects.create(client=client, full_name=f"Person {n}", email=f"p{n}@acme.example")
        device = Device.objects.create(client=client, machine_id=str(n), name=f"PC-{n}", created_at=now)
        for which in {device, client.devices.get(name="PC-0")}:
            Profile.objects.create(
                device=which, sid=f"S-{which}-{n}", user_name=f"user{n}", state=State.VERIFIED,
                contact=contact, verified_at=now, state_changed_at=now, created_at=now,
            )  # fmt: skip
    opened(user, now, client=client, device=client.devices.first())


def test_the_number_of_queries_is_independent_of_the_rows(
    client_carla: Browser, carla: User, acme: Client
) -> None:
    fill(acme, carla, 0, 3)
    device = acme.devices.get(name="PC-0")
    base = f"/clients/{acme.public_id}/"
    limits = {
        "/clients/": 12, base: 14, f"{base}people/": 10, f"{base}tickets/": 10,
        f"/devices/{device.public_id}/": 12, "/devices/": 12, "/approvals/": 8, "/settings/people/": 9,
        "/settings/roles/": 10, "/settings/audit/": 8,
    }  # fmt: skip
    few = {address: queries(client_carla, address) for address in limits}
    fill(acme, carla, 3, 30)
    many = {address: queries(client_carla, address) for address in limits}
    assert many == few
    assert {address: n for address, n in many.items() if n > limits[address]} == {}


class TestErrorPages:
    def test_what_is_not_there_is_a_page(self, client_ada: Browser) -> None:
        response = client_ada.get("/clients/no-such-place/")
        assert response.status_code == 404
        assert "There is nothing here" in text_of(response)
        assert response["Content-Type"].startswith("text/html")

    @pytest.mark.parametrize("address", ["/api/nothing", "/api/v1/nothing/", "/api/agent/v1/nothing"])
    def test_under_api_it_is_a_problem_document(self, mallory: Browser, address: str) -> None:
        response = mallory.get(address)
        assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
        assert json.loads(text_of(response))["code"] == "not-found"

    def test_its_code_does_not_follow_the_language(self, mallory: Browser) -> None:
        response = mallory.get("/api/nothing", headers={"Accept-Language": "de"})
        assert json.loads(text_of(response))["type"] == "urn:deskbell:problem:not-found"

    def test_a_missing_right_is_a_page_with_the_way_out(self, client_ada: Browser) -> None:
        response = client_ada.get("/settings/people/")
        assert response.status_code == 403
        assert "Settings, Roles" in text_of(response)

    @pytest.mark.parametrize(
        ("path", "kind"), [("/x/", "text/html; charset=utf-8"), ("/api/x", "application/problem+json")]
    )
    def test_every_handler_answers_both_kinds(self, rf: RequestFactory, path: str, kind: str) -> None:
        request, fault = rf.get(path), ValueError("secret words")
        request.user = mock.Mock(is_authenticated=False, theme="")
        answers = {
            400: errors.bad_request(request, fault), 403: errors.forbidden(request, fault),
            404: errors.not_found(request, fault), 500: errors.broken(request),
        }  # fmt: skip
        for status, response in (*answers.items(), (403, errors.csrf_failure(request, "secret words"))):
            assert (response.status_code, response["Content-Type"]) == (status, kind)
            assert "secret words" not in text_of(response)

    def test_a_fault_of_ours_tells_no_insides_A17(
        self, client_ada: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> Iterator[Any]:
            raise RuntimeError("password=hunter2")

        monkeypatch.setattr("helpdesk.web.clients.lists.client_rows", fail)
        client_ada.raise_request_exception = False
        response = client_ada.get("/clients/")
        assert response.status_code == 500
        assert "hunter2" not in text_of(response)


@override_settings(BASE_URL="https://desk.example", ALLOWED_HOSTS=["*"])
def test_no_link_of_a_page_follows_the_host_header_A19(
    client_carla: Browser, acme: Client, make_device: MakeDevice
) -> None:
    device = make_device("PC-1", "claire")
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    for address in (
        "/tickets/", "/clients/", f"/clients/{acme.public_id}/", f"/clients/{acme.public_id}/settings/",
        f"/devices/{device.public_id}/", "/settings/organisation/", "/nothing/",
    ):  # fmt: skip
        assert "evil.example" not in text_of(client_carla.get(address, headers=evil))
    response = client_carla.post("/profile/theme/", {"next": "/clients/"}, headers=evil)
    assert urlsplit(response["Location"]).netloc == ""


def test_a_foreign_host_is_turned_away_A19(client_ada: Browser) -> None:
    assert client_ada.get("/tickets/", headers={"Host": "evil.example"}).status_code == 400


class TestDemo:
    def test_it_fills_an_empty_desk_and_mails_nobody(self, mallory: Browser, role_admin: object) -> None:
        assert load_demo(now=timezone.now())
        assert OutgoingMail.objects.exists()
        assert set(OutgoingMail.objects.values_list("status", flat=True)) == {"sent", "bounced"}
        assert not Job.objects.filter(kind__in=["send_mail", "take_mail"]).exists()
        assert not load_demo(now=timezone.now())
        outcomes = MailIn.objects.values_list("outcome", flat=True)
        assert set(outcomes) == {"ticket", "joined", "held", "bounce", "dropped"}
        now = timezone.now()
        assert TicketClock.objects.filter(missed_at__lt=now, met_at=None).count() == 1
        assert TicketClock.objects.filter(warned_at__lt=now, due_at__gt=now, met_at=None).exists()
        assert Ticket.objects.filter(status="closed", surveys__rating="happy").count() > 30
        assert not FigureChange.objects.exists()
        data = {"email": content.ADMINISTRATOR[0], "password": content.PASSWORD}
        page = text_of(mallory.post("/sign-in/", data, follow=True))
        assert content.STORIES[-1].subject in page

    def test_the_command_says_what_it_did(
        self, role_admin: object, capsys: pytest.CaptureFixture[str]
    ) -> None:
        call_command("load_demo")
        call_command("load_demo")
        said = capsys.readouterr().out.splitlines()
        assert said == ["The demo was loaded.", "Nothing was loaded: the database is not empty."]

    def test_it_never_mixes_with_real_data(self, ada: User) -> None:
        assert not load_demo(now=timezone.now())
        assert User.objects.count() == 1
