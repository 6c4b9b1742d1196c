"""Attacks on the pages of tickets: A1, A2, A11, A21, A28 of the list in docs/security.md."""

from collections.abc import Iterator
from datetime import datetime
from typing import cast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import Client as Browser

from agents.models import RoleScope
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import OutgoingMail, Role, User
from tests.conftest import browser_of, make_user
from tests.tickets.pages import HTMX, PNG, firm, machine, opened, person
from tickets.domain.kinds import Source
from tickets.models import Message, Ticket
from tickets.services.add_customer_message import add_customer_message
from tickets.services.add_note import add_note

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"
PICTURE = '"><img src=x onerror=alert(1)>'
ACTIONS = ["reply", "note", "status", "priority", "assign", "take", "tags", "subject"]
READS = ["", "live/", "inbox/", "peek/", "assign/", "tags/", "subject/"]


@pytest.fixture
def ticket(ada: User, now: datetime) -> Ticket:
    client = firm()
    return opened(ada, now, client=client, contact=person(client))


@pytest.fixture
def globex_only(role_technician: Role) -> Browser:
    """A technician whose role reaches Globex alone."""
    permissions = [Permission.TICKETS_VIEW, Permission.TICKETS_EDIT, Permission.CLIENTS_VIEW]
    role = Role.objects.create(name="Globex team", permissions=[str(p) for p in permissions])
    RoleScope.objects.create(role=role, client=firm("Globex"))
    return browser_of(make_user("gil@deskbell.example", "Gil", role))


@pytest.fixture
def reader() -> Browser:
    """Somebody who may read tickets but not touch them."""
    role = Role.objects.create(name="Reader", permissions=[str(Permission.TICKETS_VIEW)], all_clients=True)
    return browser_of(make_user("rea@deskbell.example", "Rea", role))


@pytest.mark.parametrize("evil", [SCRIPT, PICTURE])
def test_markup_in_any_text_arrives_as_text_A1_A28(
    client_ada: Browser, ada: User, now: datetime, evil: str
) -> None:
    client = firm(f"Acme {evil}")
    profile = machine(client, now, name=evil, user=evil)
    ticket = opened(
        ada,
        now,
        subject=f"Hi {evil}",
        description=evil,
        client=client,
        device=profile.device,
        contact=person(client, name=evil),
        tags=[evil[:40]],
    )
    Ticket.objects.filter(pk=ticket.pk).update(profile=profile, source=Source.AGENT, details={evil: evil})
    add_note(ticket=ticket, body=evil, by=ada, now=now)
    add_customer_message(ticket=ticket, body=evil, now=now)
    client_ada.post(f"/tickets/{ticket.pk}/subject/", {"subject": f"Ho {evil}"})

    urls = [
        "/tickets/",
        f"/tickets/?q={evil}",
        "/tickets/new/",
        *(f"/tickets/{ticket.pk}/{part}" for part in READS),
    ]
    for url in urls:
        page = client_ada.get(url).content.decode()
        assert SCRIPT not in page, url
        assert "<img src=x" not in page, url


def fetched(browser: Browser, url: str) -> HttpResponseBase:
    """The answer read to its end, so that its file is closed."""
    response: HttpResponseBase = browser.get(url)
    if isinstance(response, StreamingHttpResponse):
        b"".join(cast("Iterator[bytes]", response.streaming_content))
    return response


class TestAttachmentsA2:
    def stored(self, browser: Browser, ticket: Ticket, name: str, content: bytes, kind: str) -> str:
        browser.post(
            f"/tickets/{ticket.pk}/note/", {"body": "x", "files": SimpleUploadedFile(name, content, kind)}
        )
        return f"/files/{ticket.attachments.get().public_id}/"

    @pytest.mark.parametrize(
        ("name", "content", "kind"),
        [
            ("page.html", b"<script>alert(1)</script>", "text/html"),
            ("pic.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml"),
            ("photo.png", b"<html><script>alert(1)</script>", "image/png"),
            ("x.pht", b"<?php", "text/plain"),
        ],
    )
    def test_only_real_pictures_are_shown_in_the_browser(
        self, client_ada: Browser, ticket: Ticket, name: str, content: bytes, kind: str
    ) -> None:
        response = fetched(client_ada, self.stored(client_ada, ticket, name, content, kind))
        assert response["Content-Disposition"].startswith("attachment")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]

    def test_a_screenshot_is_shown_but_cannot_run_anything(self, client_ada: Browser, ticket: Ticket) -> None:
        response = fetched(client_ada, self.stored(client_ada, ticket, "shot.png", PNG, "image/png"))
        assert response["Content-Type"] == "image/png"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]
        assert "private" in response["Cache-Control"]


class TestStrangersA11:
    @pytest.mark.parametrize("part", READS)
    def test_a_ticket_of_another_client_does_not_exist(
        self, globex_only: Browser, ticket: Ticket, part: str
    ) -> None:
        if part == "inbox/":
            assert (
                f'id="inbox-{ticket.pk}"'
                not in globex_only.get(f"/tickets/{ticket.pk}/{part}").content.decode()
            )
            return
        assert globex_only.get(f"/tickets/{ticket.pk}/{part}").status_code == 404

    @pytest.mark.parametrize("action", ACTIONS)
    def test_nor_can_it_be_changed(self, globex_only: Browser, ticket: Ticket, action: str) -> None:
        data = {
            "body": "x",
            "status": "closed",
            "priority": "low",
            "subject": "x",
            "add": "x",
            "assignee": "",
        }
        assert globex_only.post(f"/tickets/{ticket.pk}/{action}/", data).status_code == 404
        assert globex_only.post(f"/tickets/{ticket.pk}/{action}/", data, headers=HTMX).status_code == 404
        assert not Message.objects.exists()
        ticket.refresh_from_db()
        assert ticket.status == "open"

    def test_the_search_by_number_finds_nothing(self, globex_only: Browser, ticket: Ticket) -> None:
        page = globex_only.get(f"/tickets/?q=%23{ticket.pk}&status=any").content.decode()
        assert f'id="ticket-{ticket.pk}"' not in page

    def test_its_file_does_not_exist(self, globex_only: Browser, client_ada: Browser, ticket: Ticket) -> None:
        upload = SimpleUploadedFile("shot.png", PNG, "image/png")
        client_ada.post(f"/tickets/{ticket.pk}/note/", {"body": "x", "files": upload})
        url = f"/files/{ticket.attachments.get().public_id}/"
        assert fetched(client_ada, url).status_code == 200
        assert globex_only.get(url).status_code == 404

    def test_a_file_kept_by_the_browser_is_asked_for_again_A12(
        self, client_ada: Browser, ticket: Ticket
    ) -> None:
        upload = SimpleUploadedFile("shot.png", PNG, "image/png")
        client_ada.post(f"/tickets/{ticket.pk}/note/", {"body": "x", "files": upload})
        url = f"/files/{ticket.attachments.get().public_id}/"
        first = fetched(client_ada, url)
        assert first["Cache-Control"] == "private, no-cache"
        known = {"If-None-Match": first["ETag"]}
        assert client_ada.get(url, headers=known).status_code == 304
        client_ada.logout()
        assert client_ada.get(url, headers=known).status_code == 302

    def test_a_new_ticket_cannot_name_what_is_not_theirs(self, globex_only: Browser, now: datetime) -> None:
        acme = firm()
        anna, device = person(acme), machine(acme, now).device
        page = globex_only.get("/tickets/new/").content.decode()
        assert "Anna Berg" not in page
        assert "Acme" not in page
        for name, uuid in (
            ("client", acme.public_id),
            ("contact", anna.public_id),
            ("device", device.public_id),
        ):
            response = globex_only.post("/tickets/new/", {"subject": "x", "priority": "low", name: str(uuid)})
            assert response.status_code == 422
        assert not Ticket.objects.exists()

    @pytest.mark.parametrize("action", ACTIONS)
    def test_who_may_only_read_is_refused(self, reader: Browser, ticket: Ticket, action: str) -> None:
        assert (
            reader.post(f"/tickets/{ticket.pk}/{action}/", {"body": "x", "subject": "x"}).status_code == 403
        )
        page = reader.get(f"/tickets/{ticket.pk}/").content.decode()
        assert 'id="composer"' not in page
        assert "pick-status" not in page

    @pytest.mark.parametrize(
        "url", ["/tickets/", "/tickets/new/", "/tickets/1/", "/tickets/1/peek/", "/tickets/1/live/"]
    )
    def test_a_visitor_is_asked_to_sign_in(self, mallory: Browser, url: str, db: None) -> None:
        response = mallory.get(url)
        assert response.status_code == 302
        assert "/sign-in/" in response["Location"]


class TestForgedRequestsA21:
    @pytest.mark.parametrize("action", ACTIONS)
    def test_a_post_without_the_token_is_refused(self, ada: User, ticket: Ticket, action: str) -> None:
        browser = Browser(enforce_csrf_checks=True)
        browser.force_login(ada)
        data = {"body": "x", "status": "closed", "priority": "low", "subject": "x", "add": "x"}
        assert browser.post(f"/tickets/{ticket.pk}/{action}/", data).status_code == 403
        assert not Message.objects.exists()
        assert not OutgoingMail.objects.exists()

    @pytest.mark.parametrize("action", ["reply", "note", "status", "priority", "take"])
    def test_a_get_is_not_allowed(self, client_ada: Browser, ticket: Ticket, action: str) -> None:
        assert client_ada.get(f"/tickets/{ticket.pk}/{action}/").status_code == 405

    def test_a_new_ticket_needs_the_token_too(self, ada: User) -> None:
        browser = Browser(enforce_csrf_checks=True)
        browser.force_login(ada)
        assert browser.post("/tickets/new/", {"subject": "x", "priority": "low"}).status_code == 403
        assert not Ticket.objects.exists()
