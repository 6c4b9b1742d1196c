"""Reports: tables whose numbers lead to their tickets, files, and mails that go out by themselves."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from django.test import Client as Browser
from django.utils import timezone

from agents.models import Client, Contact
from helpdesk.core.files import open_blob
from helpdesk.core.models import OutgoingMail, Role, Team, User
from tests.conftest import browser_of
from tests.tickets.conftest import make_tickets
from tests.tickets.pages import assert_numbers_are_lists
from tickets.domain.priority import Priority
from tickets.domain.reports import ReportKind, Rhythm, days_before, next_day, share
from tickets.domain.status import Status
from tickets.models import Calendar, ReportPlan, ServiceTarget, Survey, TimeEntry
from tickets.selectors.report_plans import plans_visible_to
from tickets.selectors.targets import forget_targets
from tickets.services.change_status import change_status
from tickets.services.figures.report_mails import (
    NEVER,
    plan_report,
    rest_report,
    send_due_reports,
    send_report,
    start_report,
)
from tickets.services.open_ticket import NewTicket, open_ticket
from tickets.services.reply_to_customer import reply_to_customer

KINDS = [kind.value for kind in ReportKind]


@pytest.fixture
def worked(acme: Client, globex: Client, anna: Contact, ada: User, bob: User) -> datetime:
    """Two tickets of Acme and one of Globex, with promises, time and ratings; gives the moment of it."""
    at = timezone.now() - timedelta(days=2)
    calendar = Calendar.objects.create(name="Always", week=[[[0, 1440]]] * 7)
    promise = {"first": [30, "min"], "resolve": [1, "h"]}
    ServiceTarget.objects.create(
        name="For all", calendar=calendar, promises={priority.value: promise for priority in Priority}
    )
    forget_targets()
    for client, minutes, rating in ((acme, 10, "happy"), (acme, 45, "sad"), (globex, 20, "happy")):
        contact = anna if client == acme else None
        email = "" if contact else "gina@globex.example"
        new = NewTicket(subject="Fire", client=client, contact=contact, contact_email=email, assignee=ada)
        ticket = open_ticket(new=new, by=ada, now=at)
        reply_to_customer(ticket=ticket, body="On it.", by=ada, now=at + timedelta(minutes=minutes))
        change_status(ticket=ticket, to=Status.RESOLVED, by=ada, now=at + timedelta(minutes=2 * minutes))
        Survey.objects.create(
            ticket=ticket, email="anna@acme.example", language="en", key_hash=str(ticket.pk), solved_at=at,
            asked_at=at, expires_at=at, rating=rating, answered_at=at,
        )  # fmt: skip
        TimeEntry.objects.create(
            ticket=ticket, user=ada, user_name="Ada Lovelace", started_at=at, seconds=1800, is_billable=False
        )
    make_tickets(2, at, client=globex, assignee=bob)
    make_tickets(1, at, assignee=bob)
    return at


def cells(page: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(<td.*?)</tr>", page, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
        for row in rows
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("query", ["", "?days=7&who=me", "?who=team"])
def test_each_linked_number_is_a_list_with_that_many_rows(
    worked: datetime, ada: User, bob: User, kind: str, query: str
) -> None:
    Team.objects.create(name="First line").members.add(ada, bob)
    browser = browser_of(ada)
    page = browser.get(f"/reports/{kind}/{query}").content.decode()
    links = re.findall(r'<td[^>]*>\s*<a href="([^"]+)">(\d+)</a>', page)
    assert links or kind == "time"
    assert_numbers_are_lists(ada, browser, {(int(number), url) for url, number in links})


def test_what_each_report_says(worked: datetime, client_ada: Browser) -> None:
    Client.objects.create(name="Initech, which asks nothing")
    tables = {kind: cells(client_ada.get(f"/reports/{kind}/").content.decode()) for kind in KINDS}
    ada = next(row for row in tables["technicians"] if row[0] == "Ada Lovelace")
    assert ada == ["Ada Lovelace", "0", "3", "3", "20 m", "2", "1", "40 m", "2", "1"]
    assert [row[:4] for row in tables["clients"]] == [["Acme", "0", "2", "2"], ["Globex", "2", "3", "1"]]
    medium = next(row for row in tables["targets"] if row[0] == "Medium")
    assert medium == ["Medium", "2", "1", "66 %", "2", "1", "66 %"]
    assert [row[:5] for row in tables["time"]] == [
        ["Acme", "Ada Lovelace", "2", "1 h", "0 m"],
        ["Globex", "Ada Lovelace", "1", "30 m", "0 m"],
    ]
    assert tables["satisfaction"] == [["Ada Lovelace", "2", "0", "1", "66 %"]]


def test_a12_who_sees_all_clients_but_not_their_tickets_gets_no_numbers_of_them(
    worked: datetime, gus: User
) -> None:
    book = Role.objects.create(name="Address book", permissions=["clients.view"], all_clients=True)
    gus.roles.add(book)
    browser, acme = browser_of(gus), Client.objects.get(name="Acme")
    assert [row[0] for row in cells(browser.get("/reports/clients/").content.decode())] == ["Globex"]
    asked = cells(browser.get(f"/reports/clients/?client={acme.public_id}").content.decode())
    assert [row[0] for row in asked] == ["Globex"], "a client that is not theirs to report on is not there"


def test_a12_nor_who_reports_on_all_is_told_whose_tickets_are_not_theirs_to_see(
    worked: datetime, gus: User
) -> None:
    gus.roles.add(Role.objects.create(name="Reports", permissions=["reports.view"], all_clients=True))
    browser, acme = browser_of(gus), Client.objects.get(name="Acme")
    for asked in ("", f"?client={acme.public_id}"):
        page = browser.get(f"/reports/clients/{asked}").content.decode()
        assert ("Globex</option>" in page, "Acme" in page) == (True, False)


@pytest.mark.parametrize("kind", KINDS)
def test_a12_a_report_counts_what_one_may_both_see_and_report_on(
    worked: datetime, gus: User, kind: str
) -> None:
    """Gus may see the tickets of everybody and report on those of Globex, in roles of their own."""
    expected = cells(browser_of(gus).get(f"/reports/{kind}/").content.decode())
    gus.roles.add(Role.objects.create(name="Reads", permissions=["tickets.view"], all_clients=True))
    page = browser_of(gus).get(f"/reports/{kind}/").content.decode()
    assert cells(page) == expected != []
    for link in re.findall(r'<td[^>]*><a href="/tickets/\?([^"]+)"', page):
        assert "client=" in link, "a list of all clients would have more rows than were counted"


@pytest.mark.parametrize("kind", KINDS)
def test_a_technician_of_one_client_sees_its_part_alone(worked: datetime, gus: User, kind: str) -> None:
    page = browser_of(gus).get(f"/reports/{kind}/").content.decode()
    assert "Acme" not in page
    if kind == "satisfaction":
        assert cells(page) == [["Ada Lovelace", "1", "0", "0", "100 %"]]


def test_one_client_is_enough(worked: datetime, client_ada: Browser, acme: Client) -> None:
    rows = cells(client_ada.get(f"/reports/clients/?client={acme.public_id}").content.decode())
    assert [row[0] for row in rows] == ["Acme"]
    rows = cells(client_ada.get(f"/reports/time/?client={acme.public_id}").content.decode())
    assert [row[0] for row in rows] == ["Acme"]


def test_hours_are_written_as_the_reader_writes_numbers_and_for_programs_with_a_point(
    worked: datetime, client_ada: Browser, ada: User, acme: Client
) -> None:
    User.objects.filter(pk=ada.pk).update(language="de")
    path = f"/reports/time/?client={acme.public_id}"
    assert cells(client_ada.get(path).content.decode())[0][-1] == "1,00"
    assert '"1.00"' in b"".join(client_ada.post(f"/reports/time/export/?client={acme.public_id}")).decode()


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_without_anything_says_so(client_ada: Browser, kind: str) -> None:
    assert client_ada.get(f"/reports/{kind}/").status_code == 200
    assert client_ada.get("/reports/weather/").status_code == 404


def test_ratings_of_teams_and_of_nobody_are_told_too(ada: User, acme: Client, client_ada: Browser) -> None:
    at = timezone.now()
    team = Team.objects.create(name="First line")
    for ticket in [*make_tickets(1, at, team=team), *make_tickets(1, at)]:
        Survey.objects.create(
            ticket=ticket, email="anna@acme.example", language="en", key_hash=str(ticket.pk), solved_at=at,
            asked_at=at, expires_at=at, rating="sad", answered_at=at,
        )  # fmt: skip
    rows = cells(client_ada.get("/reports/satisfaction/").content.decode())
    assert sorted(row[0] for row in rows) == ["A team", "Nobody"]


def test_a26_a_report_as_a_file_holds_no_formula(worked: datetime, client_ada: Browser, acme: Client) -> None:
    Client.objects.filter(pk=acme.pk).update(name="=1+1")
    answer = client_ada.post("/reports/clients/export/")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert '"\'=1+1"' in answer.content.decode()
    assert '"Globex","2","3","1"' in answer.content.decode()


def test_reports_are_planned_stopped_started_and_deleted(client_carla: Browser, client_ada: Browser) -> None:
    page = client_carla.post(
        "/reports/clients/plan/?days=7",
        {"rhythm": "month", "recipients": "Boss@acme.example; ", "language": "de"},
        follow=True,
    ).content.decode()
    assert "boss@acme.example" in page
    plan = ReportPlan.objects.get()
    assert plan.next_on.day == 1
    address = f"/reports/plans/{plan.pk}/"
    assert client_ada.post(address, {"do": "stop"}).status_code == 404
    for deed, words in (("stop", "Resume"), ("start", "next on"), ("delete", "Nobody gets")):
        assert words in client_carla.post(address, {"do": deed}, follow=True).content.decode()


def test_wrong_addresses_are_refused_and_stay(client_carla: Browser, client_ada: Browser) -> None:
    form = {"rhythm": "week", "recipients": "anna at acme", "language": "xx"}
    page = client_carla.post("/reports/time/plan/", form)
    assert page.status_code == 422
    assert "not “anna at acme”" in unescape(page.content.decode())
    assert 'value="anna at acme"' in page.content.decode()
    many = {**form, "recipients": ",".join(f"a{i}@b.example" for i in range(21)), "language": "de"}
    assert client_carla.post("/reports/time/plan/", many).status_code == 422
    outside = {"rhythm": "week", "recipients": "boss@acme.example", "language": "en"}
    assert "people of this desk" in client_ada.post("/reports/time/plan/", outside).content.decode()
    inside = {**outside, "recipients": "ada@deskbell.example"}
    assert client_ada.post("/reports/time/plan/", inside).status_code == 302


def test_who_sets_nothing_up_sees_their_own_plans_alone(ada: User, carla: User, now: datetime) -> None:
    mine, hers = (
        ReportPlan.objects.create(
            report="time",
            rhythm="week",
            recipients=[owner.email],
            next_on=now.date(),
            created_at=now,
            owner=owner,
        )
        for owner in (ada, carla)
    )
    assert list(plans_visible_to(ada)) == [mine]
    assert list(plans_visible_to(carla)) == [mine, hers]


def test_a14_who_sets_up_one_client_alone_sees_their_own_plans(
    gus: User, carla: User, globex: Client, now: datetime
) -> None:
    role = gus.roles.get()
    role.permissions = [*role.permissions, "settings.edit"]
    role.save()

    def plan(owner: User, client: Client | None) -> ReportPlan:
        facts = {
            "report": "time",
            "rhythm": "week",
            "recipients": [],
            "created_at": now,
            "next_on": now.date(),
        }
        return ReportPlan.objects.create(**facts, owner=owner, client=client)

    plan(carla, globex)
    own = plan(gus, None)
    assert list(plans_visible_to(User.objects.get(pk=gus.pk))) == [own]


@pytest.mark.parametrize("language", ["en", "de", "fr", "it"])
def test_a_planned_report_goes_out_once_with_its_file(worked: datetime, carla: User, language: str) -> None:
    made = worked - timedelta(days=40)
    plan = plan_report(
        kind=ReportKind.CLIENTS, rhythm=Rhythm.MONTH, recipients=["boss@acme.example", "x@y.example"],
        language=language, client=None, by=carla, now=made,
    )  # fmt: skip
    send_due_reports(made)
    assert not OutgoingMail.objects.filter(kind="report").exists()
    later = datetime.combine(next_day(Rhythm.MONTH, worked.date()), datetime.min.time(), UTC)
    send_due_reports(later)
    send_due_reports(later)
    assert not send_report(plan=plan, today=later.date(), now=later)
    mails = list(OutgoingMail.objects.filter(kind="report"))
    assert {mail.to for mail in mails} == {"boss@acme.example", "x@y.example"}
    assert mails[0].language == language
    assert "Acme" in mails[0].text
    with open_blob(mails[0].files.get().blob) as file:
        assert '"Acme"' in file.read().decode()
    if language != "en":
        assert "The whole table" not in mails[0].text


@pytest.mark.parametrize("left", [[], ["tickets.view"]])
def test_who_may_no_longer_look_sends_nothing(worked: datetime, ada: User, left: list[str]) -> None:
    plan = plan_report(
        kind=ReportKind.TIME, rhythm=Rhythm.WEEK, recipients=["ada@deskbell.example"],
        language="en", client=None, by=ada, now=worked,
    )  # fmt: skip
    start_report(plan=plan, by=ada, now=worked)  # it goes already
    ada.roles.set([Role.objects.create(name="Less", permissions=left, all_clients=True)])
    send_due_reports(worked + timedelta(days=8))
    assert not OutgoingMail.objects.filter(kind="report").exists()
    rest_report(plan=plan, by=ada, now=worked)
    rest_report(plan=plan, by=ada, now=worked)
    plan.refresh_from_db()
    assert plan.next_on == NEVER
    User.objects.filter(pk=ada.pk).update(is_active=False)
    ReportPlan.objects.update(next_on=worked.date())
    send_due_reports(worked + timedelta(days=8))
    assert ReportPlan.objects.get().next_on == worked.date()


@pytest.mark.parametrize(
    ("rhythm", "today", "after", "span"),
    [
        (Rhythm.WEEK, date(2026, 11, 22), date(2026, 11, 23), (date(2026, 11, 9), date(2026, 11, 15))),
        (Rhythm.WEEK, date(2026, 11, 23), date(2026, 11, 30), (date(2026, 11, 16), date(2026, 11, 22))),
        (Rhythm.MONTH, date(2026, 12, 31), date(2027, 1, 1), (date(2026, 11, 1), date(2026, 11, 30))),
        (Rhythm.MONTH, date(2027, 1, 1), date(2027, 2, 1), (date(2026, 12, 1), date(2026, 12, 31))),
    ],
)
def test_weeks_and_months(rhythm: Rhythm, today: date, after: date, span: tuple[date, date]) -> None:
    assert next_day(rhythm, today) == after
    assert days_before(rhythm, today) == span


def test_a_share_is_whole_only_when_it_is() -> None:
    assert (share(999, 1000), share(2, 2), share(0, 0)) == ("99 %", "100 %", "–")
