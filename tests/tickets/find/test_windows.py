"""The newest tickets with a word, wherever among a million numbers they lie (PostgreSQL looks in windows)."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import connection

from tests.tickets.conftest import make_tickets
from tickets.domain.find import read_search
from tickets.selectors.search_index import learn_changes, newest

pytestmark = pytest.mark.django_db
NUMBERS = [*range(3, 9), 4_095, 4_096, 70_001, *range(139_000, 139_040), 600_000, 999_424, 999_990, 1_000_000]


@pytest.fixture
def far(now: datetime) -> Iterator[None]:
    """As if a million tickets had been numbered."""
    is_pg = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for number in NUMBERS:
            make_tickets(1, now, pk=number, subject="Toner" if number % 2 else "Toner and paper")
        if is_pg:
            cursor.execute("SELECT last_value FROM tickets_ticket_id_seq")
            before = cursor.fetchone()[0]
            cursor.execute("SELECT setval('tickets_ticket_id_seq', 1000000)")
        learn_changes(parts=100)
        yield
        if is_pg:
            cursor.execute("SELECT setval('tickets_ticket_id_seq', %s)", [before])


@pytest.mark.usefixtures("far")
def test_each_window_goes_on_where_the_last_one_ended() -> None:
    found = sorted(NUMBERS, reverse=True)
    for depth in (1, 2, 3, 5, 30, 45, 100):
        assert newest(read_search('"toner"'), depth) == found[:depth]
        assert newest(read_search("subject:paper toner"), depth) == [n for n in found if n % 2 == 0][:depth]
    assert newest(read_search("scanner"), 100) == []
