"""Reports, figures and notices by programs."""

from datetime import UTC, datetime

import pytest
from django.test import Client as Http
from pytest_django import DjangoAssertNumQueries

from agents.models import Client, RoleScope
from helpdesk.core.domain.notices import News
from helpdesk.core.domain.permissions import TECHNICIAN
from helpdesk.core.models import Notice, Role, User
from helpdesk.core.services.notices import notice
from tests.api.conftest import program_of, send, told
from tests.conftest import make_user, standard_role
from tickets.domain.reports import ReportKind
from tickets.models import ReportPlan, Ticket
from tickets.services.open_ticket import NewTicket, open_ticket
from tickets.services.work.time import Spent, add_time
from tickets.services.work.timers import BREATH

V1 = "/api/v1/"


@pytest.fixture
def ticket(acme: Client, ada: User) -> Ticket:
    new = NewTicket(subject="Disk", client=acme, assignee=ada)
    return open_ticket(new=new, by=ada, now=datetime.now(UTC))


@pytest.fixture
def strangers_script(globex: Client) -> Http:
    role = Role.objects.create(name="Globex", permissions=standard_role(TECHNICIAN).permissions)
    RoleScope.objects.create(role=role, client=globex)
    return program_of(make_user("gus@deskbell.example", "Gus", role))


@pytest.mark.parametrize("kind", list(ReportKind))
def test_every_report_is_a_table_with_the_lists_behind_it(script: Http, ticket: Ticket, kind: str) -> None:
    answer = told(script.get(f"{V1}reports/{kind}/", {"days": "7", "who": "me"}))
    assert answer["kind"] == kind
    assert {len(row) for row in answer["rows"]} <= {len(answer["columns"])}


def test_a_number_leads_to_the_tickets_that_it_counts(script: Http, ticket: Ticket, acme: Client) -> None:
    url = f"{V1}reports/technicians/"
    row = told(script.get(url, {"client": str(acme.public_id)}))["rows"][0]
    assert row[0] == {"text": "Ada Lovelace", "tickets": None}
    for cell in row[1:3]:
        found = told(script.get(f"{V1}tickets/?{cell['tickets']}"))["results"]
        assert str(len(found)) == cell["text"] == "1"


def test_the_dashboard_tells_its_figures(script: Http, ticket: Ticket, ada: User) -> None:
    shown = told(script.get(f"{V1}dashboard/", {"days": "7"}))
    assert (shown["now"]["statuses"]["open"], shown["total"]["created"]) == (1, 1)
    assert (len(shown["days"]), shown["days"][-1]["created"], shown["sources"]["console"]) == (7, 1, 1)
    assert shown["technicians"][0]["statuses"]["open"] == 1


def test_a12_the_figures_of_others_are_not_told(strangers_script: Http, ticket: Ticket, ada: User) -> None:
    spent = Spent(length=BREATH, started_at=datetime.now(UTC) - BREATH)
    add_time(ticket=ticket, spent=spent, by=ada, now=datetime.now(UTC))
    assert told(strangers_script.get(f"{V1}dashboard/"))["total"]["created"] == 0
    assert told(strangers_script.get(f"{V1}reports/time/"))["rows"] == []
    assert b"Acme" not in strangers_script.get(f"{V1}reports/clients/").content


@pytest.mark.parametrize("asked", [{"days": "0"}, {"days": "x"}, {"who": "all"}, {"client": "x"}, {"a": "1"}])
def test_a_wrong_scope_names_its_parameter(script: Http, asked: dict[str, str]) -> None:
    answer = script.get(f"{V1}dashboard/", asked)
    assert (answer.status_code, [told(answer)["errors"][0]["field"]]) == (422, list(asked))


def test_there_is_no_other_report(script: Http) -> None:
    assert script.get(f"{V1}reports/salaries/").status_code == 404


def test_a_report_is_sent_rests_and_is_deleted(script: Http, ada: User, bob: User, globex: Client) -> None:
    url = f"{V1}report-plans/"
    sent = {"report": "time", "rhythm": "week", "recipients": ["ada@deskbell.example"]}
    made = send(script, "POST", url, sent | {"client": str(globex.public_id)})
    one = f"{url}{told(made)['id']}/"
    assert (made.status_code, told(script.get(url))["results"]) == (201, [told(made)])
    rests = send(script, "PATCH", one, {"is_resting": True}, If_Match=made["ETag"])
    assert told(rests)["is_resting"] is True
    assert send(script, "PATCH", one, {"is_resting": False}, If_Match=made["ETag"]).status_code == 412
    assert told(send(script, "PATCH", one, {"is_resting": False})) == told(made)
    assert send(program_of(bob), "DELETE", one).status_code == 404
    gone = send(script, "DELETE", one)
    assert (gone.status_code, script.get(one).status_code) == (200, 404)
    assert send(program_of(bob), "POST", f"{url}back/", told(gone)).status_code == 409
    assert told(send(script, "POST", f"{url}back/", told(gone))) == told(made)
    wrong = send(script, "POST", url, sent | {"recipients": ["boss@acme.example"]})
    assert (wrong.status_code, told(wrong)["errors"][0]["field"]) == (422, "recipients")


def test_a11_no_report_goes_out_of_a_client_of_others(strangers_script: Http, acme: Client) -> None:
    sent = {"report": "time", "rhythm": "week", "recipients": ["x@y.example"], "client": str(acme.public_id)}
    answer = send(strangers_script, "POST", f"{V1}report-plans/", sent)
    assert (answer.status_code, told(answer)["errors"][0]["field"]) == (422, "client")
    assert not ReportPlan.objects.exists()


def tell(ticket: Ticket, to: User) -> None:
    about = f"ticket:{ticket.pk}"
    notice(news=News.FOLLOWED, to=[to], about=about, detail="watch", now=datetime.now(UTC))


def test_notices_are_listed_read_and_unread(script: Http, ticket: Ticket, ada: User) -> None:
    Notice.objects.all().delete()
    tell(ticket, ada)
    [row] = told(script.get(f"{V1}notices/"))["results"]
    assert (row["label"], row["title"], row["read_at"]) == (f"#{ticket.number}", "Disk", None)
    assert told(send(script, "POST", f"{V1}notices/read/", {"about": row["about"]})) == {"ids": [row["id"]]}
    shown = told(script.get(f"{V1}notices/"))
    assert (shown["results"], shown["unread"]) == ([], 0)
    assert len(told(script.get(f"{V1}notices/", {"show": "all"}))["results"]) == 1
    assert send(script, "POST", f"{V1}notices/unread/", {"ids": [row["id"]]}).status_code == 204
    assert told(send(script, "POST", f"{V1}notices/read/", {"all": True})) == {"ids": [row["id"]]}
    for sent in ({}, {"all": True, "ids": [1]}):
        assert send(script, "POST", f"{V1}notices/read/", sent).status_code == 422


def test_notices_come_in_pages_of_few_queries(
    script: Http, ticket: Ticket, ada: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    Notice.objects.all().delete()
    for _time in range(51):
        tell(ticket, ada)
    script.get(f"{V1}notices/")
    with django_assert_max_num_queries(6):  # two are the token's
        page = told(script.get(f"{V1}notices/"))
    rest = told(script.get(f"{V1}notices/", {"after": page["next"]}))
    assert (len(page["results"]), len(rest["results"]), rest["next"]) == (50, 1, None)
    assert script.get(f"{V1}notices/", {"after": "x"}).status_code == 422
    assert script.get(f"{V1}notices/", {"show": "old"}).status_code == 422


def test_one_chooses_what_one_hears_of(script: Http) -> None:
    url = f"{V1}notices/choice/"
    before = script.get(url)
    quiet = {"quiet_since": "22:00", "quiet_until": "06:30"}
    sent = {"channels": {"followed": ["mail"]}, **quiet}
    chosen = told(send(script, "PATCH", url, sent, If_Match=before["ETag"]))
    assert (chosen["channels"]["followed"], chosen["quiet_since"]) == (["mail"], "22:00:00")
    assert chosen["channels"]["assigned"] == told(before)["channels"]["assigned"]
    assert send(script, "PATCH", url, {}, If_Match=before["ETag"]).status_code == 412
    for wrong, field in (({"quiet_since": None}, "quiet_since"), ({"channels": {"x": []}}, "channels.x")):
        answer = send(script, "PATCH", url, wrong)
        assert (answer.status_code, told(answer)["errors"][0]["field"]) == (422, field)


def test_a11_a_notice_of_others_is_neither_seen_nor_marked(
    script: Http, strangers_script: Http, ticket: Ticket, ada: User
) -> None:
    tell(ticket, ada)
    [one] = Notice.objects.filter(user=ada, detail="watch")
    assert told(strangers_script.get(f"{V1}notices/", {"show": "all"}))["results"] == []
    assert told(send(strangers_script, "POST", f"{V1}notices/read/", {"ids": [one.pk]})) == {"ids": []}


def test_a_ticket_gets_a_type_and_loses_it(script: Http, ticket: Ticket) -> None:
    for kind in ("incident", ""):
        answer = send(script, "PATCH", f"{V1}tickets/{ticket.number}/", {"type": kind})
        assert told(answer)["type"] == kind
