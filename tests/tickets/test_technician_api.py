"""/api/v1/tickets/ as a script of a technician calls it."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client as Http
from django.test.utils import CaptureQueriesContext
from django.utils.translation import trans_real

from agents.models import Client, Contact, Device
from helpdesk.core.models import OutgoingMail, Role, Team, User
from tests.conftest import browser_of, make_user
from tests.tickets.conftest import make_tickets
from tickets.domain.filters import NAMES
from tickets.domain.status import Status
from tickets.domain.work import LinkRole
from tickets.models import Message, Tag, Ticket
from tickets.services.work.links import link_tickets

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer


URL = "/api/v1/tickets/"
WINDOWS_TEXT = "C:\\Users\\anna\\x\n\ttab 😀"


@pytest.fixture
def client_gus(gus: User) -> Http:
    return browser_of(gus)


def of(ticket: Ticket) -> str:
    return f"{URL}{ticket.number}/"


def post(http: Http, url: str, sent: object) -> "Answer":
    return http.post(url, json.dumps(sent), content_type="application/json")


def patch(http: Http, ticket: Ticket, **sent: Any) -> "Answer":
    return http.patch(of(ticket), json.dumps(sent), content_type="application/json")


def problem(answer: "Answer") -> tuple[int, list[str]]:
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, [error["field"] for error in json.loads(answer.content)["errors"]]


# --- reading


def test_the_list_pages_with_cursors(client_ada: Http, acme: Client, now: datetime) -> None:
    tickets = make_tickets(30, now, client=acme)
    tickets[0].tags.add(Tag.objects.create(name="vip"))
    first = json.loads(client_ada.get(URL).content)
    assert [row["number"] for row in first["results"]] == [t.number for t in tickets[:25]]
    assert (first["previous"], first["results"][0]["tags"]) == (None, ["vip"])
    assert first["results"][0]["client"] == {"id": str(acme.public_id), "name": "Acme"}
    second = json.loads(client_ada.get(URL, {"cursor": first["next"]}).content)
    assert [row["number"] for row in second["results"]] == [t.number for t in tickets[25:]]
    assert second["next"] is None
    back = json.loads(client_ada.get(URL, {"cursor": second["previous"]}).content)
    assert back["results"] == first["results"]


def test_days_of_the_builder_begin_by_the_callers_clock(client_ada: Http, ada: User, acme: Client) -> None:
    (ticket,) = make_tickets(1, datetime(2026, 11, 21, 12, 0, tzinfo=UTC), client=acme)

    def found() -> list[int]:
        answer = client_ada.get(URL, {"f": "opened.after.2026-11-22"})
        return [row["number"] for row in json.loads(answer.content)["results"]]

    assert found() == []
    User.objects.filter(pk=ada.pk).update(time_zone="Pacific/Auckland")  # it is one o'clock of the 22nd there
    assert found() == [ticket.number]


def test_a_page_takes_five_queries_at_10_and_at_1000_tickets(
    client_ada: Http, acme: Client, now: datetime
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client_ada.get(URL).status_code == 200
        return len(seen)

    make_tickets(10, now, client=acme)
    queries()  # the organisation is remembered from here on
    at_ten = queries()
    make_tickets(990, now, client=acme)
    assert queries() == at_ten <= 5


def test_filters_work_by_address(client_ada: Http, ada: User, acme: Client, now: datetime) -> None:
    (mine,) = make_tickets(1, now, client=acme, assignee=ada, status="waiting")
    make_tickets(2, now, client=acme)
    rows = json.loads(client_ada.get(URL, {"assignee": "me", "status": "waiting,open"}).content)["results"]
    assert [row["number"] for row in rows] == [mine.number]


@pytest.mark.parametrize(
    "params",
    [
        {"sort": "assignee__password"},
        {"sort": "-client__keys__key_hash"},
        {"ordering": "assignee__password"},
        {"assignee__password__startswith": "argon2"},
        {"client__keys__key_hash": "a"},
        {"status": "open'--"},
        {"cursor": "x"},
        {"assignee": "x"},
        {"client": "1"},
    ],
)
def test_a13_no_parameter_reaches_a_column_of_its_own_choice(
    client_ada: Http, ticket: Ticket, params: dict[str, str]
) -> None:
    assert problem(client_ada.get(URL, params)) == (422, list(params))


def test_a13_the_list_of_parameters_is_short_and_known() -> None:
    known = {
        "status",
        "priority",
        "assignee",
        "client",
        "device",
        "contact",
        "tag",
        "due",
        "rating",
        "q",
        "held",
        *("who", "source", "created", "resolved", "answered", "rated", "first", "solved"),
        *("f", "any"),
    }
    assert known | {"sort"} == {*NAMES}


def test_one_ticket_comes_with_its_time_line(client_ada: Http, ticket: Ticket) -> None:
    post(client_ada, of(ticket) + "messages/", {"kind": "note", "body": WINDOWS_TEXT})
    told = json.loads(client_ada.get(of(ticket)).content)
    assert told["ticket"]["contact_email"] == "anna@acme.example"
    assert [(e["kind"], e["body"]) for e in told["entries"]] == [("description", ""), ("note", WINDOWS_TEXT)]


# --- writing


def test_a_ticket_opens_with_the_contacts_facts(
    client_ada: Http, ada: User, anna: Contact, pc: Device, acme: Client
) -> None:
    sent = {
        "subject": "Mouse",
        "description": WINDOWS_TEXT,
        "priority": "low",
        "client": str(acme.public_id),
        "contact": str(anna.public_id),
        "device": str(pc.public_id),
        "assignee": ada.pk,
        "tags": ["vip"],
    }
    answer = post(client_ada, URL, sent)
    assert answer.status_code == 201
    ticket = Ticket.objects.get()
    assert (ticket.description, ticket.contact_name, ticket.source) == (WINDOWS_TEXT, "Anna Berg", "api")
    assert json.loads(answer.content)["number"] == ticket.number


def test_a_patch_changes_all_or_nothing(client_ada: Http, ada: User, ticket: Ticket) -> None:
    sent = {
        "subject": "Fax",
        "priority": "urgent",
        "assignee": ada.pk,
        "tags": ["a", "b"],
        "status": "closed",
    }
    assert patch(client_ada, ticket, **sent).status_code == 200
    ticket.refresh_from_db()
    assert (ticket.subject, ticket.priority, ticket.assignee, ticket.status) == (
        "Fax",
        "urgent",
        ada,
        "closed",
    )
    assert patch(client_ada, ticket, subject="Again", status="open").status_code == 409


def test_a_failing_part_undoes_the_others(client_ada: Http, gus: User, ticket: Ticket) -> None:
    assert problem(patch(client_ada, ticket, subject="Fax", assignee=gus.pk)) == (422, ["assignee"])
    ticket.refresh_from_db()
    assert ticket.subject != "Fax"


def test_a_ticket_goes_to_a_team_and_back_to_nobody(client_ada: Http, ticket: Ticket, ada: User) -> None:
    team = Team.objects.create(name="Printers")
    assert json.loads(patch(client_ada, ticket, team=team.pk).content)["team"]["name"] == "Printers"
    assert json.loads(patch(client_ada, ticket, assignee=None).content)["team"] is None
    assert problem(patch(client_ada, ticket, team=team.pk, assignee=ada.pk)) == (422, ["team"])
    assert problem(patch(client_ada, ticket, team=999)) == (422, ["team"])


def test_a_reply_goes_out_and_moves_the_ticket(client_ada: Http, ticket: Ticket) -> None:
    sent = {"kind": "reply", "body": WINDOWS_TEXT, "then": "waiting"}
    assert post(client_ada, of(ticket) + "messages/", sent).status_code == 201
    assert OutgoingMail.objects.get().subject.startswith(f"[T#{ticket.number}] ")
    ticket.refresh_from_db()
    assert ticket.status == Status.WAITING


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"kind": "customer", "body": "I am the customer"}, "kind"),
        ({"kind": "note", "body": " "}, "body"),
        ({"kind": "note", "body": "x", "then": "closed"}, "then"),
        ({"kind": "note", "body": "x", "author": 1}, "author"),
    ],
)
def test_a14_a_message_is_what_a_technician_may_write(
    client_ada: Http, ticket: Ticket, sent: dict[str, Any], field: str
) -> None:
    assert problem(post(client_ada, of(ticket) + "messages/", sent)) == (422, [field])
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {"contact_email": "mallory@evil.example"},
        {"client": 1},
        {"id": 7},
        {"closed_at": None},
        {"created_at": "2020-01-01T00:00:00Z"},
    ],
)
def test_a14_a_patch_assigns_nothing_off_its_list(
    client_carla: Http, ticket: Ticket, sent: dict[str, Any]
) -> None:
    assert problem(patch(client_carla, ticket, **sent)) == (422, list(sent))


def test_a9_a_subject_with_line_breaks_becomes_one_line(client_ada: Http, ticket: Ticket) -> None:
    patch(client_ada, ticket, subject="Hi\r\nBcc: mallory@evil.example")
    post(client_ada, of(ticket) + "messages/", {"kind": "reply", "body": "x"})
    assert OutgoingMail.objects.get().subject == f"[T#{ticket.number}] Hi Bcc: mallory@evil.example"


# --- who may


def test_visitors_are_told_to_sign_in(mallory: Http, ticket: Ticket) -> None:
    for answer in (
        mallory.get(URL),
        mallory.get(of(ticket)),
        post(mallory, URL, {"subject": "x"}),
        patch(mallory, ticket, status="closed"),
        post(mallory, of(ticket) + "messages/", {"kind": "note", "body": "x"}),
    ):
        assert problem(answer)[0] in {401, 403}
    assert Ticket.objects.count() == 1
    assert not Message.objects.exists()


def test_a11_a_ticket_of_another_client_is_not_there(client_gus: Http, ticket: Ticket) -> None:
    for answer in (
        client_gus.get(of(ticket)),
        patch(client_gus, ticket, status="closed"),
        post(client_gus, of(ticket) + "messages/", {"kind": "note", "body": "x"}),
        client_gus.get(f"{URL}999999/"),
        client_gus.get(f"{URL}{10**25}/"),
    ):
        assert problem(answer)[0] == 404


def test_a11_parts_of_another_client_are_not_there(
    client_gus: Http, globex: Client, acme: Client, anna: Contact, pc: Device
) -> None:
    for name, key in {"client": acme.public_id, "contact": anna.public_id, "device": pc.public_id}.items():
        sent = {"subject": "x", "client": str(globex.public_id), name: str(key)}
        assert problem(post(client_gus, URL, sent)) == (422, [name])
    assert not Ticket.objects.exists()


def test_a14_who_may_only_look_changes_nothing(ticket: Ticket) -> None:
    role = Role.objects.create(name="Looks", permissions=["tickets.view"], all_clients=True)
    looker = browser_of(make_user("lou@deskbell.example", "Lou Lens", role))
    assert looker.get(of(ticket)).status_code == 200
    assert problem(patch(looker, ticket, status="closed"))[0] == 403
    assert problem(post(looker, URL, {"subject": "x"}))[0] == 403
    assert problem(post(looker, of(ticket) + "messages/", {"kind": "note", "body": "x"}))[0] == 403


def test_a21_a_write_without_the_csrf_token_is_refused(ada: User, ticket: Ticket) -> None:
    forged = Http(enforce_csrf_checks=True)
    forged.force_login(ada)
    assert problem(patch(forged, ticket, status="closed"))[0] == 403
    assert problem(post(forged, URL, {"subject": "x"}))[0] == 403
    ticket.refresh_from_db()
    assert ticket.status == "open"


def test_a21_reading_changes_nothing(client_ada: Http, ticket: Ticket) -> None:
    before = Ticket.objects.values().get()
    client_ada.get(of(ticket), {"status": "closed"})
    assert Ticket.objects.values().get() == before
    assert client_ada.delete(of(ticket)).status_code == 405


def test_a_value_that_is_none_is_told_which_there_are(client_ada: Http, ticket: Ticket) -> None:
    answer = patch(client_ada, ticket, status="done", type="bug")
    words = {error["field"]: error["message"] for error in json.loads(answer.content)["errors"]}
    assert words == {
        "status": "Use one of: open, processing, waiting, resolved, closed.",
        "type": "Use one of: incident, problem, request, change.",
    }


@pytest.mark.parametrize(
    "raw",
    ['{"\\ud800": 1}', '{"subject": "x", "priority": "\\ud800"}', "[" * 100_000, '{"a":' * 20_000, "\ud800"],
)
def test_a25_broken_text_and_endless_nesting_are_the_senders_error(client_ada: Http, raw: str) -> None:
    sent = raw.encode("utf-8", "surrogatepass")
    assert client_ada.post(URL, sent, content_type="application/json").status_code in (400, 422)


def test_half_an_emoji_does_not_cost_a_ticket(client_ada: Http) -> None:
    answer = post(client_ada, URL, {"subject": "Cut \ud83d", "description": "here \ud83d"})
    assert json.loads(answer.content)["subject"] == "Cut \ufffd"


def test_a9_the_schemas_version_reaches_no_header(client_ada: Http) -> None:
    answer = client_ada.get("/api/schema/", {"version": "x\0\x1b"})
    assert answer["Content-Disposition"] == 'inline; filename="Deskbell API.yaml"'


def test_a25_the_schemas_language_is_one_of_ours(client_ada: Http) -> None:
    for asked in ("de-x1", "de-x2"):
        assert client_ada.get("/api/schema/", {"lang": asked}).status_code == 200
    assert not {"de-x1", "de-x2"} & trans_real._translations.keys()  # type: ignore[attr-defined]


def test_a_parent_is_finished_past_its_open_children_on_purpose_alone(
    client_ada: Http, ticket: Ticket, ada: User, now: datetime
) -> None:
    [below] = make_tickets(1, now, client=ticket.client)
    link_tickets(ticket=ticket, other=below, role=LinkRole.CHILD, by=ada, now=now)
    answer = {"kind": "reply", "body": "Done", "then": "resolved"}
    for refused in (
        post(client_ada, f"{of(ticket)}messages/", answer),
        patch(client_ada, ticket, status="resolved"),
    ):
        assert (refused.status_code, json.loads(refused.content)["code"]) == (409, "children-open")
    assert post(client_ada, f"{of(ticket)}messages/", {**answer, "anyway": True}).status_code == 201
    assert patch(client_ada, ticket, status="closed", anyway=True).status_code == 200
