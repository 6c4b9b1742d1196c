"""The ticket list as a file: what the list shows and nothing else, and no cell is a formula (A26)."""

import csv
from datetime import datetime, timedelta
from io import StringIO
from typing import cast

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client as Browser
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.models import Client, Contact
from helpdesk.core.models import AuditEntry, Team, User
from tests.tickets.conftest import make_tickets
from tickets.domain.csv_cells import BOM, csv_line, safe_cell
from tickets.domain.filters import TicketFilters
from tickets.models import Survey, Tag, Ticket
from tickets.selectors.export import export_rows
from tickets.services import note_export

FORMULAS = [
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "\ufeff=1", "\u200b\x00=1"),
    '=HYPERLINK("http://evil")',
]
MAY_NOT_BEGIN = tuple("=+-@\t\r\n＝＋－＠")


def saved(browser: Browser, query: str = "") -> list[dict[str, str]]:
    answer = browser.post(f"/tickets/export/{query}")
    assert answer.status_code == 200
    content = b"".join(cast(StreamingHttpResponse, answer)).decode()
    assert content.startswith(BOM)
    return list(csv.DictReader(StringIO(content.removeprefix(BOM), newline="")))


class TestCells:
    @pytest.mark.parametrize("text", FORMULAS)
    def test_a26_a_formula_is_text(self, text: str) -> None:
        assert safe_cell(text) == f"'{text}"

    @pytest.mark.parametrize("text", ["", "Fax", "a=b", "1-2", "'=1", "#17", "anna@acme.example"])
    def test_other_text_stays(self, text: str) -> None:
        assert safe_cell(text) == text

    @settings(max_examples=30, deadline=None)
    @given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
    def test_a26_whatever_is_written_stays_in_its_cell(self, cells: list[str]) -> None:
        cells = [cell.replace("\0", "") for cell in cells]
        (read,) = csv.reader(StringIO(csv_line(cells), newline=""))
        assert len(read) == len(cells)
        for cell, text in zip(read, cells, strict=True):
            assert not cell.lstrip().startswith(MAY_NOT_BEGIN)
            assert cell in {text, f"'{text}"}

    def test_a26_separators_of_other_countries_part_nothing(self) -> None:
        assert csv_line(["a;=1+1", None, 'b",=2', 7]) == '"a;=1+1","","b"",=2","7"\r\n'


@pytest.mark.django_db
class TestList:
    def test_every_column_is_filled(
        self, client_ada: Browser, ticket: Ticket, ada: User, now: datetime
    ) -> None:
        ticket.tags.add(Tag.objects.create(name="fax"), Tag.objects.create(name="vip"))
        Ticket.objects.update(assignee=ada, status="resolved", resolved_at=now, type="incident")
        for at, rating in ((2, "happy"), (1, "sad")):
            Survey.objects.create(
                ticket=ticket, email="a@b.example", language="en", key_hash=rating, rating=rating,
                asked_at=now, expires_at=now, solved_at=now - timedelta(days=at),
                answered_at=now - timedelta(days=at), comment="Slow",
            )  # fmt: skip
        (row,) = saved(client_ada, "?status=resolved")
        assert row == {
            "Number": str(ticket.pk), "Subject": "Printer 0 is on fire", "Status": "Resolved",
            "Priority": "Medium", "Type": "Incident", "Client": "Acme", "Customer": "Anna Berg",
            "E-mail": "anna@acme.example", "Assignee": "Ada Lovelace", "Team": "", "Tags": "fax, vip",
            "Source": "Console", "Opened (UTC)": "2026-11-22 10:00", "Active (UTC)": "2026-11-22 10:00",
            "Resolved (UTC)": "2026-11-22 10:00", "Closed (UTC)": "", "Rating": "Not good",
            "Their words": "Slow",
        }  # fmt: skip

    def test_a26_what_customers_write_is_no_formula(
        self, client_ada: Browser, acme: Client, anna: Contact, now: datetime
    ) -> None:
        evils = [evil for evil in FORMULAS if connection.vendor == "sqlite" or "\0" not in evil]
        for evil in evils:
            make_tickets(1, now, subject=evil, contact_name=evil, team=Team.objects.create(name=f"{evil}"))
        Client.objects.update(name="=cmd|' /C calc'!A0")
        make_tickets(1, now, client=acme, contact=anna)
        rows = saved(client_ada)
        assert len(rows) == len(evils) + 1
        for row in rows:
            for cell in row.values():
                assert not cell.startswith(MAY_NOT_BEGIN), row

    def test_the_filters_of_the_list_count(
        self, client_ada: Browser, acme: Client, ada: User, now: datetime
    ) -> None:
        mine = make_tickets(1, now, client=acme, assignee=ada)[0]
        make_tickets(1, now, status="closed")
        fax = make_tickets(1, now, subject="Fax is dead", priority="urgent")[0]
        for query, found in (
            ("", [mine, fax]), ("?assignee=me", [mine]), ("?q=Fax", [fax]),
            ("?priority=urgent&page=x", [fax]), ("?status=any&sort=number", None),
        ):  # fmt: skip
            numbers = [int(row["Number"]) for row in saved(client_ada, query)]
            assert sorted(numbers) == sorted(one.pk for one in found) if found else numbers == sorted(numbers)

    def test_times_are_those_of_the_readers_clock(
        self, client_ada: Browser, ticket: Ticket, ada: User
    ) -> None:
        User.objects.filter(pk=ada.pk).update(time_zone="Asia/Tokyo")
        (row,) = saved(client_ada, "?status=any")
        assert row["Opened (Asia/Tokyo)"] == "2026-11-22 19:00"

    def test_a12_the_scope_counts_as_in_the_list(self, gus: User, ticket: Ticket, globex: Client) -> None:
        own = make_tickets(1, ticket.created_at, client=globex)[0]
        browser = Browser()
        browser.force_login(gus)
        assert [row["Number"] for row in saved(browser, "?status=any")] == [str(own.pk)]
        assert saved(browser, "?status=any&q=Printer+0+fire") == saved(browser, f"?status=any&q={own.pk}")

    def test_a13_a_filter_that_does_not_exist_takes_nothing_out(
        self, client_ada: Browser, ticket: Ticket
    ) -> None:
        for query in ("?status=nonsense", "?client=x", "?sort=mailbox__password"):
            assert client_ada.post(f"/tickets/export/{query}").status_code == 400
        assert not AuditEntry.objects.exists()

    def test_a21_a_link_takes_nothing_out(self, client_ada: Browser, ada: User) -> None:
        assert client_ada.get("/tickets/export/").status_code == 405
        strict = Browser(enforce_csrf_checks=True)
        strict.force_login(ada)
        assert strict.post("/tickets/export/").status_code == 403

    def test_the_audit_log_says_who_took_what_out(
        self, client_ada: Browser, ada: User, ticket: Ticket
    ) -> None:
        saved(client_ada, "?status=any&q=fire&evil=1")
        entry = AuditEntry.objects.get()
        assert (entry.actor, entry.verb) == (ada, "exported tickets")
        assert entry.after == {"status": "any", "q": "fire"}

    def test_a_machine_is_slowed_down(self, client_ada: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(note_export, "LIMIT", 3)
        statuses = {client_ada.post("/tickets/export/").status_code for _n in range(3)}
        assert statuses == {200}
        assert client_ada.post("/tickets/export/").status_code == 429

    def test_it_is_read_in_parts_and_says_where_it_ends(self, ada: User, now: datetime) -> None:
        made = [str(ticket.pk) for ticket in make_tickets(7, now)]
        whole = [row[0] for row in export_rows(ada, TicketFilters(), part=3)]
        assert whole == ["Number", *made]
        exact = list(export_rows(ada, TicketFilters(), limit=7, part=3))
        assert len(exact) == 8
        cut = [row[0] for row in export_rows(ada, TicketFilters(), limit=5, part=3)]
        assert cut[:-1] == ["Number", *made[:5]]
        assert cut[-1].startswith("Only the first 5 tickets")

    def test_the_button_keeps_the_filters(self, client_ada: Browser, ticket: Ticket) -> None:
        page = client_ada.get("/tickets/?status=any&q=fire&page=").content.decode()
        assert 'action="/tickets/export/?status=any&amp;q=fire"' in page
        assert "/tickets/export/" not in client_ada.get("/tickets/?q=nothing").content.decode()
