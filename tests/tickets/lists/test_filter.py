"""The filter builder: rows in the address, conditions on tickets, a form that makes them."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser

from agents.domain.fields import FieldType
from agents.models import Client, CustomField
from helpdesk.core.models import Team, User
from tests.tickets.conftest import make_tickets
from tickets.domain.conditions import BadRow, Op, Row, ops_of, read_rows
from tickets.domain.filters import BadFilter, Sort, TicketFilters, read_filters
from tickets.domain.status import UNFINISHED, Status
from tickets.models import Snooze, Tag, Ticket, TicketValue
from tickets.selectors import lists
from tickets.selectors.conditions import names_of, row_choices
from tickets.selectors.lists import TicketList

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def test_a_row_is_field_operator_and_value() -> None:
    rows = read_rows(
        ["tag.is.a.b", "", "assignee.not.me", "updated.within.7", "opened.before.2026-11-01"], me=5, now=NOW
    )
    assert [str(row) for row in rows] == [
        "tag.is.a.b",
        "assignee.not.5",
        "updated.within.7",
        "opened.before.2026-11-01",
    ]
    assert [row.at for row in rows[2:]] == [NOW - timedelta(days=7), datetime(2026, 11, 1, tzinfo=UTC)]
    assert [row.is_turned for row in rows] == [False, True, False, True]


def test_a_day_begins_by_the_clock_of_who_asks() -> None:
    here = NOW.astimezone(ZoneInfo("Pacific/Auckland"))
    [row] = read_rows(["opened.after.2026-11-22"], me=5, now=here)
    assert row.at == datetime(2026, 11, 21, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("tag", "field"),
        ("password.is.x", "field"),
        ("field-x y.is.x", "field"),
        ("assignee__email.is.x", "field"),
        ("tag.has.x", "op"),
        ("tag.is.", "value"),
        ("tag.is." + "x" * 201, "value"),
        ("tag.is.a\x00", "value"),
        ("status.is.odd", "value"),
        ("assignee.is.x", "value"),
        ("assignee.is.team-x", "value"),
        ("client.is.1", "value"),
        ("updated.within.0", "value"),
        ("updated.within.x", "value"),
        ("updated.within.99999", "value"),
        ("opened.after.x", "value"),
    ],
)
def test_a13_only_what_is_known_is_read(text: str, part: str) -> None:
    with pytest.raises(BadRow) as problem:
        read_rows([text], me=1, now=NOW)
    assert problem.value.part == part


def test_there_are_at_most_ten_rows_and_days_want_a_clock() -> None:
    with pytest.raises(BadRow):
        read_rows(["tag.is.x"] * 11, me=1, now=NOW)
    with pytest.raises(BadFilter):
        read_filters({"f": ["updated.within.7"]}, me=1)


def test_a_row_about_the_status_looks_at_finished_tickets_too() -> None:
    assert read_filters({"f": ["status.is.closed"]}, me=1).statuses == frozenset()
    assert read_filters({"f": ["tag.is.x"], "any": ["yes"]}, me=1).statuses == UNFINISHED


def test_fields_of_the_desk_know_is_and_is_not() -> None:
    assert ops_of("field-room", FieldType.CHOICE) == (Op.IS, Op.NOT, Op.EMPTY, Op.FILLED)
    assert {Op.OVER, Op.NEXT, Op.HAS} < set(ops_of("device-rack"))


@pytest.fixture
def six(acme: Client, globex: Client, ada: User, now: datetime) -> list[Ticket]:
    night = Team.objects.create(name="Night")
    tickets = [
        *make_tickets(1, now, subject="Printer dead", client=acme, assignee=ada, priority="high"),
        *make_tickets(1, now - timedelta(days=3), subject="VPN down", client=globex, team=night),
        *make_tickets(1, now - timedelta(days=30), subject="Printer smells", source="mail", type="incident"),
        *make_tickets(1, now, subject="Lamp", client=acme, status="resolved"),
    ]
    Tag.objects.create(name="VPN").tickets.set([tickets[1]])
    room = CustomField.objects.create(belongs_to="ticket", key="room", name="Room", type="text")
    TicketValue.objects.create(ticket=tickets[0], field=room, value="12")
    Snooze.objects.create(ticket=tickets[1], until=None, at=now)
    return tickets


def found(user: User, now: datetime, *rows: str, **params: str) -> list[str]:
    asked = {"status": ["any"], "f": list(rows), **{name: [value] for name, value in params.items()}}
    listed = TicketList(user, read_filters(asked, me=user.pk, now=now))
    subjects = [ticket.subject for ticket in listed.page().tickets]
    assert listed.counts().total.value == listed.size().value == len(subjects)
    return sorted(subjects)


@pytest.mark.django_db
class TestConditions:
    @pytest.mark.parametrize(
        ("row", "subjects"),
        [
            ("subject.has.PRINTER", ["Printer dead", "Printer smells"]),
            ("subject.lacks.printer", ["Lamp", "VPN down"]),
            ("tag.is.vpn", ["VPN down"]),
            ("tag.not.vpn", ["Lamp", "Printer dead", "Printer smells"]),
            ("priority.is.high", ["Printer dead"]),
            ("status.not.open", ["Lamp"]),
            ("source.is.mail", ["Printer smells"]),
            ("type.is.incident", ["Printer smells"]),
            ("assignee.is.me", ["Printer dead"]),
            ("assignee.not.me", ["Lamp", "Printer smells", "VPN down"]),
            ("assignee.is.nobody", ["Lamp", "Printer smells"]),
            ("client.is.none", ["Printer smells"]),
            ("client.not.none", ["Lamp", "Printer dead", "VPN down"]),
            ("updated.within.7", ["Lamp", "Printer dead", "VPN down"]),
            ("opened.older.7", ["Printer smells"]),
            ("asleep.is.yes", ["VPN down"]),
            ("asleep.not.no", ["VPN down"]),
            ("asleep.is.no", ["Lamp", "Printer dead", "Printer smells"]),
            ("field-room.is.12", ["Printer dead"]),
            ("field-room.not.12", ["Lamp", "Printer smells", "VPN down"]),
        ],
    )
    def test_a_row_finds_what_it_says(
        self, six: list[Ticket], ada: User, now: datetime, row: str, subjects: list[str]
    ) -> None:
        assert found(ada, now, row) == subjects

    def test_rows_hold_all_together_or_any(
        self, six: list[Ticket], ada: User, acme: Client, now: datetime
    ) -> None:
        rows = (f"client.is.{acme.public_id}", "subject.has.printer")
        assert found(ada, now, *rows) == ["Printer dead"]
        assert found(ada, now, *rows, any="yes") == ["Lamp", "Printer dead", "Printer smells"]
        assert found(ada, now, *rows, q="dead") == ["Printer dead"]
        team = Team.objects.get().pk
        assert found(ada, now, f"assignee.is.team-{team}") == ["VPN down"]

    def test_only_the_newest_of_each_state_are_looked_through(
        self, ada: User, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(lists, "DEPTH", 20)
        make_tickets(30, now)
        assert len(found(ada, now, "subject.has.printer", status="open")) == 5

    def test_a12_who_sees_nothing_finds_nothing(self, six: list[Ticket], gus: User, now: datetime) -> None:
        assert found(gus, now, "subject.has.printer") == []
        gus.roles.first().scopes.all().delete()  # type: ignore[union-attr]
        assert found(User.objects.get(pk=gus.pk), now, "subject.has.printer") == []

    def test_they_go_with_every_order(self, six: list[Ticket], ada: User) -> None:
        rows = (Row("subject", Op.HAS, "printer"),)
        listed = TicketList(
            ada, TicketFilters(rows=rows, sort=Sort.SUBJECT_DOWN, statuses=frozenset({Status.OPEN}))
        )
        assert [t.subject for t in listed.page().tickets] == ["Printer smells", "Printer dead"]

    def test_values_have_names(self, six: list[Ticket], ada: User, acme: Client) -> None:
        team = Team.objects.get().pk
        rows = read_rows(
            [
                "assignee.is.nobody",
                f"assignee.is.team-{team}",
                "assignee.is.me",
                "assignee.is.999999",
                f"client.is.{acme.public_id}",
                f"client.is.{uuid4()}",
                "client.is.none",
                "status.is.open",
                "tag.is.x",
            ],
            me=ada.pk,
            now=NOW,
        )
        names = [value for _field, value in names_of(rows, ada).values()]
        assert names[:5] == ["nobody", "Night", "Ada Lovelace", "999999", "Acme"]
        assert names[6:] == ["none", "Open", "x"]
        assert {"status", "assignee", "client"} <= row_choices(ada).keys()


@pytest.mark.django_db
class TestBuilder:
    def test_it_begins_with_a_row_and_leads_to_a_list(self, client_ada: Browser, six: list[Ticket]) -> None:
        html = client_ada.get("/tickets/filter/?q=x").content.decode()
        assert html.count('name="field"') == 1
        assert '<input type="hidden" name="q" value="x">' in html
        typed = "field=subject&op=has&value=printer&field=tag&op=not&value=vpn&any=yes&do=show"
        answer = client_ada.get(f"/tickets/filter/?{typed}")
        assert answer["Location"] == "/tickets/?f=subject.has.printer&f=tag.not.vpn&any=yes"
        html = client_ada.get(answer["Location"]).content.decode()
        assert "Any of these:" in html
        assert "Subject: “printer”" in html
        assert "Tag: not vpn" in html

    def test_rows_are_added_dropped_and_kept(self, client_ada: Browser) -> None:
        html = client_ada.get("/tickets/filter/?f=tag.is.a&f=tag.is.b&do=add").content.decode()
        assert html.count('name="field"') == 3
        html = client_ada.get("/tickets/filter/?f=tag.is.a&f=tag.is.b&do=drop-0").content.decode()
        assert 'value="b"' in html
        assert 'value="a"' not in html
        html = client_ada.get("/tickets/filter/?field=tag&op=is&value=a&do=drop-0").content.decode()
        assert html.count('name="field"') == 0

    def test_another_field_brings_its_own_operators(self, client_ada: Browser) -> None:
        html = client_ada.get("/tickets/filter/?field=opened&op=is&value=x").content.decode()
        assert 'value="within" selected' in html
        assert 'inputmode="numeric"' in html
        html = client_ada.get("/tickets/filter/?field=opened&op=after&value=2026-11-01").content.decode()
        assert 'type="date"' in html

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("field=subject&op=has&value=", "Write what to look for."),
            ("field=opened&op=within&value=x", "Write how many days"),
            ("field=opened&op=after&value=x", "Choose a day"),
            ("field=tag&op=is&value=", "Write a word for the tag"),
            ("field=status&op=is&value=", "Choose one from the list."),
        ],
    )
    def test_a_wrong_value_is_told_and_stays(self, client_ada: Browser, typed: str, said: str) -> None:
        html = client_ada.get(f"/tickets/filter/?{typed}&do=show").content.decode()
        assert said in html

    def test_with_script_it_is_a_dialog(self, client_ada: Browser) -> None:
        htmx = {"HX-Request": "true"}
        assert b"data-modal" in client_ada.get("/tickets/filter/", headers=htmx).content
        answer = client_ada.get("/tickets/filter/?field=tag&op=is&value=a&do=show", headers=htmx)
        assert answer["HX-Redirect"] == "/tickets/?f=tag.is.a"
