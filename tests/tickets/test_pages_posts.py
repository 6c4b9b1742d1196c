"""Every form of a ticket: by htmx it answers a fragment, without script it leads back to the ticket."""

from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from helpdesk.core.models import OutgoingMail, Team, User
from tests.tickets.pages import HTMX, PNG, firm, machine, opened, person
from tickets.domain.priority import Priority
from tickets.domain.status import Status
from tickets.models import Message, Ticket
from tickets.services.change_status import change_status
from tickets.services.change_tags import change_tags

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(ada: User, now: datetime) -> Ticket:
    client = firm()
    return opened(ada, now, client=client, contact=person(client))


CHANGES = [
    ("status", {"status": "processing"}, "status", "processing", 'id="fact-status"'),
    ("priority", {"priority": "urgent"}, "priority", "urgent", 'id="fact-priority"'),
    ("take", {}, "assignee.full_name", "Ada Lovelace", 'id="fact-assignee"'),
    ("subject", {"subject": "Fax is dead"}, "subject", "Fax is dead", 'id="ticket-title"'),
]


def value(ticket: Ticket, path: str) -> object:
    found: object = Ticket.objects.get(pk=ticket.pk)
    for name in path.split("."):
        found = getattr(found, name)
    return found


@pytest.mark.parametrize(("action", "data", "field", "after", "part"), CHANGES)
class TestChanges:
    def test_without_script_it_leads_back_to_the_ticket(
        self,
        client_ada: Browser,
        ticket: Ticket,
        action: str,
        data: dict[str, str],
        field: str,
        after: str,
        part: str,
    ) -> None:
        response = client_ada.post(f"/tickets/{ticket.pk}/{action}/", data)
        assert response.status_code == 302
        assert response["Location"] == f"/tickets/{ticket.pk}/"
        assert value(ticket, field) == after

    def test_with_htmx_it_answers_the_value_and_tells_the_page(
        self,
        client_ada: Browser,
        ticket: Ticket,
        action: str,
        data: dict[str, str],
        field: str,
        after: str,
        part: str,
    ) -> None:
        response = client_ada.post(f"/tickets/{ticket.pk}/{action}/", data, headers=HTMX)
        assert response.status_code == 200
        assert response["HX-Trigger"] == "live:ticket"
        assert part in response.content.decode()
        assert value(ticket, field) == after

    def test_a_get_changes_nothing_A21(
        self,
        client_ada: Browser,
        ticket: Ticket,
        action: str,
        data: dict[str, str],
        field: str,
        after: str,
        part: str,
    ) -> None:
        client_ada.get(f"/tickets/{ticket.pk}/{action}/", data)
        before = Ticket.objects.get(pk=ticket.pk)
        assert (before.status, before.priority, before.assignee, before.subject) == (
            "open",
            "medium",
            None,
            "Printer prints blank pages",
        )

    def test_a_closed_ticket_refuses_with_a_sentence(
        self,
        client_ada: Browser,
        ada: User,
        now: datetime,
        ticket: Ticket,
        action: str,
        data: dict[str, str],
        field: str,
        after: str,
        part: str,
    ) -> None:
        change_status(ticket=ticket, to=Status.CLOSED, by=ada, now=now)
        response = client_ada.post(f"/tickets/{ticket.pk}/{action}/", data, headers=HTMX)
        assert response.status_code == 409
        assert "This ticket is closed for good" in response.content.decode()
        plain = client_ada.post(f"/tickets/{ticket.pk}/{action}/", data, follow=True)
        assert "This ticket is closed for good" in plain.content.decode()


class TestAssign:
    def test_it_can_be_handed_to_a_technician_a_team_and_nobody(
        self, client_ada: Browser, bob: User, ticket: Ticket
    ) -> None:
        team = Team.objects.create(name="First line")
        for choice, person_, group in (
            (str(bob.pk), bob, None),
            (f"team-{team.pk}", None, team),
            ("", None, None),
        ):
            client_ada.post(f"/tickets/{ticket.pk}/assign/", {"assignee": choice})
            ticket.refresh_from_db()
            assert (ticket.assignee, ticket.team) == (person_, group)

    @pytest.mark.parametrize("choice", ["999", "team-999", "odd"])
    def test_somebody_who_is_not_in_the_list_is_refused(
        self, client_ada: Browser, ticket: Ticket, choice: str
    ) -> None:
        response = client_ada.post(f"/tickets/{ticket.pk}/assign/", {"assignee": choice}, headers=HTMX)
        assert response.status_code == 422
        assert "Choose one from the list." in response.content.decode()

    def test_the_choices_come_as_a_fragment_and_as_a_page(
        self, client_ada: Browser, bob: User, ticket: Ticket
    ) -> None:
        fragment = client_ada.get(f"/tickets/{ticket.pk}/assign/", headers=HTMX).content.decode()
        page = client_ada.get(f"/tickets/{ticket.pk}/assign/").content.decode()
        assert "Bob Kahn" in fragment
        assert "<html" not in fragment
        assert "Bob Kahn" in page
        assert "<html" in page

    def test_the_second_to_take_it_hears_who_was_first(
        self, client_ada: Browser, client_bob: Browser, ticket: Ticket
    ) -> None:
        client_bob.post(f"/tickets/{ticket.pk}/take/")
        response = client_ada.post(f"/tickets/{ticket.pk}/take/", headers=HTMX)
        assert response.status_code == 409
        assert "Bob Kahn took this ticket first." in response.content.decode()
        assert "Bob Kahn" in response.content.decode()


class TestTags:
    def test_one_is_added_and_one_taken_off(
        self, client_ada: Browser, ticket: Ticket, ada: User, now: datetime
    ) -> None:
        change_tags(ticket=ticket, names=["sage"], by=ada, now=now)
        added = client_ada.post(
            f"/tickets/{ticket.pk}/tags/", {"add": "printer"}, headers=HTMX
        ).content.decode()
        assert "Remove tag printer" in added
        assert "Remove tag sage" in added
        assert client_ada.post(f"/tickets/{ticket.pk}/tags/", {"remove": "sage"}).status_code == 302
        assert [tag.name for tag in ticket.tags.all()] == ["printer"]

    def test_an_empty_word_says_what_is_right(self, client_ada: Browser, ticket: Ticket) -> None:
        response = client_ada.post(f"/tickets/{ticket.pk}/tags/", {"add": " "}, headers=HTMX)
        assert response.status_code == 422
        assert "Write a word for the tag" in response.content.decode()

    def test_known_words_are_offered(
        self, client_ada: Browser, ticket: Ticket, ada: User, now: datetime
    ) -> None:
        change_tags(ticket=ticket, names=["sage"], by=ada, now=now)
        assert (
            '<option value="sage">'
            in client_ada.get(f"/tickets/{ticket.pk}/tags/", headers=HTMX).content.decode()
        )


@pytest.mark.parametrize(("action", "choice"), [("status", "odd"), ("priority", "odd")])
def test_a_choice_that_does_not_exist_is_refused(
    client_ada: Browser, ticket: Ticket, action: str, choice: str
) -> None:
    response = client_ada.post(f"/tickets/{ticket.pk}/{action}/", {action: choice}, headers=HTMX)
    assert response.status_code == 422
    assert "Choose one from the list." in response.content.decode()


class TestAnswers:
    def test_a_reply_is_mailed_and_the_ticket_waits(self, client_ada: Browser, ticket: Ticket) -> None:
        response = client_ada.post(f"/tickets/{ticket.pk}/reply/", {"body": "Is there toner?"})
        assert response["Location"] == f"/tickets/{ticket.pk}/"
        ticket.refresh_from_db()
        assert ticket.status == Status.WAITING
        assert OutgoingMail.objects.get().to == "anna@acme.example"

    def test_a_reply_can_resolve_the_ticket(self, client_ada: Browser, ticket: Ticket) -> None:
        client_ada.post(f"/tickets/{ticket.pk}/reply/", {"body": "Done.", "then": "resolved"})
        ticket.refresh_from_db()
        assert ticket.status == Status.RESOLVED

    def test_a_note_stays_in_the_house(self, client_ada: Browser, ticket: Ticket) -> None:
        client_ada.post(f"/tickets/{ticket.pk}/note/", {"body": "Toner again."})
        ticket.refresh_from_db()
        assert ticket.status == Status.OPEN
        assert Message.objects.get().kind == "note"
        assert not OutgoingMail.objects.exists()

    @pytest.mark.parametrize("action", ["reply", "note"])
    def test_htmx_gets_an_empty_composer_back(self, client_ada: Browser, ticket: Ticket, action: str) -> None:
        response = client_ada.post(
            f"/tickets/{ticket.pk}/{action}/", {"body": "Is there toner?"}, headers=HTMX
        )
        page = response.content.decode()
        assert 'id="composer"' in page
        assert "Is there toner?" not in page
        assert response["HX-Trigger"] == "live:ticket"

    def test_files_go_with_it(self, client_ada: Browser, ticket: Ticket) -> None:
        files = [
            SimpleUploadedFile("a.png", PNG, "image/png"),
            SimpleUploadedFile("b.txt", b"log", "text/plain"),
        ]
        client_ada.post(f"/tickets/{ticket.pk}/reply/", {"body": "See these", "files": files})
        assert [a.filename for a in Message.objects.get().attachments.order_by("id")] == ["a.png", "b.txt"]

    @pytest.mark.parametrize("action", ["reply", "note"])
    def test_an_empty_text_says_so_and_keeps_everything(
        self, client_ada: Browser, ticket: Ticket, action: str
    ) -> None:
        response = client_ada.post(f"/tickets/{ticket.pk}/{action}/", {"body": "  "}, headers=HTMX)
        assert response.status_code == 422
        assert "Write something first." in response.content.decode()
        assert response["HX-Retarget"] == "#composer-error"
        assert not Message.objects.exists()

    def test_without_script_the_typed_text_stays_in_the_form(
        self, client_ada: Browser, ada: User, now: datetime, ticket: Ticket
    ) -> None:
        change_status(ticket=ticket, to=Status.CLOSED, by=ada, now=now)
        response = client_ada.post(f"/tickets/{ticket.pk}/reply/", {"body": "One more thing"})
        assert response.status_code == 409
        page = response.content.decode()
        assert "One more thing</textarea>" in page
        assert "This ticket is closed for good" in page
        assert not Message.objects.exists()

    def test_a_program_is_refused_and_nothing_is_sent_A25(self, client_ada: Browser, ticket: Ticket) -> None:
        evil = SimpleUploadedFile("invoice.exe", b"MZ\x90", "application/pdf")
        response = client_ada.post(
            f"/tickets/{ticket.pk}/reply/", {"body": "Hi", "files": evil}, headers=HTMX
        )
        assert response.status_code == 422
        assert not Message.objects.exists()
        assert not OutgoingMail.objects.exists()


class TestNewTicket:
    def test_it_opens_and_leads_to_the_ticket(self, client_ada: Browser, now: datetime) -> None:
        client = firm()
        anna, device = person(client), machine(client, now).device
        response = client_ada.post(
            "/tickets/new/",
            {
                "client": str(client.public_id),
                "contact": str(anna.public_id),
                "device": str(device.public_id),
                "subject": "Fax is dead",
                "description": "It was alive at nine.\nNow it is not.",
                "priority": "high",
                "files": SimpleUploadedFile("a.png", PNG, "image/png"),
            },
        )
        ticket = Ticket.objects.get()
        assert response["Location"] == f"/tickets/{ticket.pk}/"
        assert (ticket.subject, ticket.client, ticket.contact, ticket.device) == (
            "Fax is dead",
            client,
            anna,
            device,
        )
        assert ticket.priority == Priority.HIGH
        assert ticket.contact_email == "anna@acme.example"
        assert ticket.attachments.get().filename == "a.png"

    def test_somebody_who_is_no_contact_yet_is_written_down(self, client_ada: Browser) -> None:
        client_ada.post(
            "/tickets/new/",
            {"subject": "Fax", "priority": "low", "contact_name": "Zoe", "contact_email": "zoe@x.example"},
        )
        assert Ticket.objects.get().contact_name == "Zoe"

    def test_each_mistake_has_a_sentence_beside_it_and_the_text_stays(self, client_ada: Browser) -> None:
        response = client_ada.post(
            "/tickets/new/",
            {
                "subject": "",
                "description": "A long story",
                "priority": "odd",
                "contact_email": "zoe",
                "client": "odd",
            },
        )
        page = response.content.decode()
        assert response.status_code == 422
        for name in ("subject", "priority", "contact_email", "client"):
            assert f'id="error-{name}"' in page
        assert "A long story</textarea>" in page
        assert 'value="zoe"' in page
        assert not Ticket.objects.exists()

    def test_a_person_of_another_client_is_refused(self, client_ada: Browser) -> None:
        gus = person(firm("Globex"), "Gus", "gus@globex.example")
        response = client_ada.post(
            "/tickets/new/",
            {
                "subject": "Fax",
                "priority": "low",
                "client": str(firm().public_id),
                "contact": str(gus.public_id),
            },
        )
        assert response.status_code == 422
        assert 'id="error-contact"' in response.content.decode()

    def test_a_program_is_refused_with_a_sentence_at_the_files_A25(self, client_ada: Browser) -> None:
        evil = SimpleUploadedFile("invoice.exe", b"MZ\x90", "application/pdf")
        response = client_ada.post("/tickets/new/", {"subject": "Fax", "priority": "low", "files": evil})
        assert response.status_code == 422
        assert 'id="error-files"' in response.content.decode()
        assert not Ticket.objects.exists()


def test_a_form_that_holds_a_note_is_never_mailed_whatever_button_sent_it(
    client_ada: Browser, ticket: Ticket
) -> None:
    client_ada.post(f"/tickets/{ticket.pk}/reply/", {"kind": "note", "body": "He is a difficult customer"})
    assert Message.objects.get().kind == "note"
    assert not OutgoingMail.objects.exists()
