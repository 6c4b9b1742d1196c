"""Rows of the filter builder about fields that the desk added to tickets, people and devices."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from agents.models import Client, Contact, ContactValue, CustomField, Device, DeviceValue
from helpdesk.core.models import Role, User
from tests.tickets.conftest import make_tickets
from tickets.domain.conditions import BadRow, read_rows
from tickets.domain.filters import read_filters
from tickets.models import Tag, Ticket, TicketValue
from tickets.selectors import own_rows
from tickets.selectors.lists import TicketList

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("field-cost.over.1,50", ("1.5", "")),
        ("field-cost.under.-3", ("", "-3")),
        ("field-cost.between.9..10.5", ("9", "10.5")),
        ("field-cost.between.20261101..20261130", ("20261101", "20261130")),
        ("field-end.between.2026-01-01..2026-12-31", ("2026-01-01", "2026-12-31")),
        ("field-end.after.2026-01-01", ("2026-01-01", "")),
        ("field-end.before.2026-01-01", ("", "2026-01-01")),
        ("field-end.within.2", ("2026-11-20", "2026-11-22")),
        ("field-end.older.2", ("", "2026-11-20")),
        ("device-end.next.2", ("2026-11-22", "2026-11-24")),
        ("contact-floor.empty.", ("", "")),
    ],
)
def test_a_row_knows_its_ends(text: str, bounds: tuple[str, str]) -> None:
    assert read_rows([text], me=1, now=NOW)[0].bounds == bounds


@pytest.mark.parametrize(
    "text",
    [
        "field-cost.over.many",
        "field-cost.under.",
        "field-cost.under.1e1000000",
        "field-cost.between.1",
        "field-cost.between.10..9",
        "field-cost.between...9",
        "field-end.between.2026-02-01..2026-01-01",
        "field-end.between.2026-02-01..",
        "field-end.after.tomorrow",
        "field-end.next.0",
        "field-room.is.",
        "field-room.empty.x",
    ],
)
def test_a13_a_value_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadRow) as problem:
        read_rows([text], me=1, now=NOW)
    assert problem.value.part == "value"


def test_postgresql_casts_nothing_that_is_no_number() -> None:
    query = TicketValue.objects.annotate(number=own_rows._Number(F("value"))).query
    number: Any = query.annotations["number"]
    sql, _params = number.as_postgresql(query.get_compiler("default"), connection)
    assert sql.startswith("CASE WHEN ")
    assert sql.index(" ~ ") < sql.index("CAST(")


@pytest.fixture
def four(acme: Client, globex: Client, now: datetime) -> list[Ticket]:
    """B, C and D have a cost of -5, 9.5 and 100; B has an important contact, C a device with a warranty."""
    tickets = [make_tickets(1, now, subject=letter, client=acme)[0] for letter in "ABCD"]
    fields = {
        name: CustomField.objects.create(belongs_to=owner, key=name, name=name.title(), type=kind)
        for owner, name, kind in (
            ("ticket", "cost", "number"),
            ("ticket", "room", "text"),
            ("contact", "vip", "yes-no"),
            ("device", "warranty", "date"),
        )
    }
    for ticket, cost in zip(tickets[1:], ("-5", "9.5", "100"), strict=True):
        TicketValue.objects.create(ticket=ticket, field=fields["cost"], value=cost)
    TicketValue.objects.create(ticket=tickets[0], field=fields["room"], value="Cellar 7")
    anna = Contact.objects.create(client=acme, full_name="Anna")
    laptop = Device.objects.create(client=acme, name="LAP-1")
    ContactValue.objects.create(contact=anna, field=fields["vip"], value="yes")
    DeviceValue.objects.create(device=laptop, field=fields["warranty"], value="2026-11-25")
    Ticket.objects.filter(pk=tickets[1].pk).update(contact=anna)
    Ticket.objects.filter(pk=tickets[2].pk).update(device=laptop)
    return tickets


def found(user: User, *rows: str, any_: str = "", **params: str) -> str:
    asked = {"status": ["any"], "f": list(rows), "any": [any_], **{key: [one] for key, one in params.items()}}
    listed = TicketList(user, read_filters(asked, me=user.pk, now=NOW))
    return "".join(sorted(ticket.subject for ticket in listed.page().tickets))


ROWS = [
    ("field-cost.is.9.5", "C"),
    ("field-cost.not.9.5", "ABD"),
    ("field-cost.over.9.5", "D"),
    ("field-cost.over.-5", "CD"),
    ("field-cost.under.9.5", "B"),
    ("field-cost.between.-5..9.5", "BC"),
    ("field-cost.empty.", "A"),
    ("field-cost.filled.", "BCD"),
    ("field-room.has.CELLAR", "A"),
    ("field-room.lacks.cellar", "BCD"),
    ("field-room.over.1", ""),
    ("field-nothing.is.x", ""),
    ("contact-vip.is.yes", "B"),
    ("contact-vip.empty.", "ACD"),
    ("device-warranty.is.2026-11-25", "C"),
    ("device-warranty.after.2026-11-25", "C"),
    ("device-warranty.before.2026-11-25", ""),
    ("device-warranty.before.2026-11-26", "C"),
    ("device-warranty.between.2026-11-25..2026-11-25", "C"),
    ("device-warranty.next.3", "C"),
    ("device-warranty.next.2", ""),
    ("device-warranty.within.30", ""),
    ("device-warranty.older.1", ""),
]


@pytest.mark.django_db
class TestFinding:
    @pytest.mark.parametrize(("row", "letters"), ROWS)
    def test_a_row_finds_what_it_says(self, four: list[Ticket], ada: User, row: str, letters: str) -> None:
        assert found(ada, row) == letters

    @pytest.mark.parametrize(("row", "letters"), ROWS)
    def test_it_finds_the_same_where_no_index_leads(
        self, four: list[Ticket], ada: User, row: str, letters: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(own_rows, "FEW", -1)
        assert found(ada, row) == letters

    def test_rows_hold_all_together_or_any(self, four: list[Ticket], ada: User) -> None:
        rows = ("field-cost.over.5", "device-warranty.filled.", "contact-vip.filled.")
        assert found(ada, *rows[:2]) == "C"
        assert found(ada, *rows, any_="yes") == "BCD"
        assert found(ada, *rows[:1], q="is:open") == "CD"

    def test_a_tag_of_too_many_tickets_leads_no_more(
        self, four: list[Ticket], ada: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Tag.objects.create(name="vpn").tickets.set(four)
        assert found(ada, "tag.is.vpn", "field-cost.under.0") == "B"
        monkeypatch.setattr(own_rows, "FEW", 2)
        assert found(ada, "tag.is.vpn") == "ABCD"
        assert found(ada, "tag.is.vpn", "field-cost.under.0") == "B"

    def test_a_list_stays_within_its_queries(self, four: list[Ticket], client_ada: Browser) -> None:
        path = "/tickets/?f=tag.is.vpn&f=field-cost.over.5&f=contact-vip.empty.&status=any"
        client_ada.get(path)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client_ada.get(path)
        assert len(queries) <= 10, [query["sql"][:150] for query in queries]

    @pytest.mark.parametrize(
        ("query", "letters"),
        [
            ("cost:9,50", "C"),
            ("Cost:100 is:open", "D"),
            ('room:"cellar 7"', "A"),
            ("contact-vip:YES", "B"),
            ("device-warranty:2026-11-25", "C"),
            ("room:“cellar 7”", "A"),
            ('"cost:100"', ""),
            ("“cost:100", ""),
            ("cost:many", ""),
            ("nothing:5", ""),
            ("status:open cost:-5", "B"),
        ],
    )
    def test_a_search_asks_a_field_by_its_key(
        self, four: list[Ticket], ada: User, query: str, letters: str
    ) -> None:
        assert found(ada, q=query) == letters
        assert found(ada, "field-cost.filled.", any_="yes", q="cost:9.5") == ""

    def test_a12_people_and_devices_are_asked_by_who_may_look_at_them(
        self, four: list[Ticket], ada: User, acme: Client, globex: Client
    ) -> None:
        ada.roles.clear()
        narrow = Role.objects.create(name="Narrow", permissions=["tickets.view"], all_clients=True)
        ada.roles.add(narrow)
        ada = User.objects.get(pk=ada.pk)
        assert found(ada, "contact-vip.is.yes") == found(ada, "device-warranty.filled.") == ""
        assert found(ada, "field-cost.over.9.5") == "D"
        assert set(own_rows.own_row_fields(ada)) == {"field-cost", "field-room"}
        role = Role.objects.create(name="Globex", permissions=["clients.view"], all_clients=False)
        role.scopes.create(client=globex)
        ada.roles.add(role)
        assert found(User.objects.get(pk=ada.pk), "contact-vip.is.yes") == ""
        role.scopes.create(client=acme)
        assert found(User.objects.get(pk=ada.pk), "contact-vip.is.yes") == "B"


@pytest.mark.django_db
class TestBuilder:
    def test_it_offers_each_field_where_it_belongs(self, four: list[Ticket], client_ada: Browser) -> None:
        html = client_ada.get("/tickets/filter/?field=contact-vip&op=is&value=yes").content.decode()
        groups = [
            html.index(f'label="Own fields of the {owner}"') for owner in ("ticket", "contact", "device")
        ]
        assert groups == sorted(groups)
        assert '<option value="contact-vip" selected>Vip</option>' in html
        assert '<option value="yes" selected>yes</option>' in html

    def test_numbers_and_days_lead_to_a_list_and_back(self, four: list[Ticket], client_ada: Browser) -> None:
        typed = (
            "field=field-cost&op=between&value=1,5&until=10&field=device-warranty&op=next&value=9&until="
            "&field=contact-vip&op=empty&value=&until="
        )
        answer = client_ada.get(f"/tickets/filter/?{typed}&do=show")
        assert answer["Location"] == (
            "/tickets/?f=field-cost.between.1%2C5..10&f=device-warranty.next.9&f=contact-vip.empty."
        )
        html = client_ada.get(answer["Location"]).content.decode()
        for words in ("Cost: 1,5 – 10", "Device: Warranty in the next 9 days", "Contact: Vip is empty"):
            assert words in html
        html = client_ada.get(answer["Location"].replace("/tickets/", "/tickets/filter/")).content.decode()
        assert 'name="value" type="text" inputmode="decimal" maxlength="90" value="1,5"' in html
        assert 'name="until" type="text" inputmode="decimal" maxlength="90" value="10"' in html

    def test_a_number_is_written_in_the_one_way(self, four: list[Ticket], client_ada: Browser) -> None:
        answer = client_ada.get("/tickets/filter/?field=field-cost&op=is&value=9,50&do=show")
        assert answer["Location"] == "/tickets/?f=field-cost.is.9.5"

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("field=field-cost&op=over&value=many", "Write a number, for example 12 or 3.5."),
            ("field=field-cost&op=is&value=many", "Write a number, for example 12 or 3.5."),
            ("field=field-cost&op=between&value=9&until=1", "Give both ends, the smaller one first."),
            ("field=device-warranty&op=after&value=x", "Choose a day, for example 2026-11-22."),
            ("field=contact-vip&op=is&value=perhaps", "Choose one from the list."),
        ],
    )
    def test_a_wrong_value_is_told_and_stays(
        self, four: list[Ticket], client_ada: Browser, typed: str, said: str
    ) -> None:
        html = client_ada.get(f"/tickets/filter/?{typed}&do=show").content.decode()
        assert said in html


def test_today_is_the_day_of_who_asks(
    client_ada: Browser, ticket: Ticket, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = CustomField.objects.create(belongs_to="ticket", key="end", name="End", type="date")
    TicketValue.objects.create(ticket=ticket, field=end, value="2026-11-24")
    User.objects.filter(pk=ada.pk).update(time_zone="Pacific/Auckland")
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 11, 22, 20, tzinfo=UTC))
    page = client_ada.get("/tickets/?status=any&f=field-end.next.1").content.decode()
    assert f'id="ticket-{ticket.pk}"' in page, "there the 23rd has begun"
