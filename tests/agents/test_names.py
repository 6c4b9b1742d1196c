"""The palette's names: found by any part, however many there are, and as they are called now."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Client, Contact, Device
from agents.selectors import names
from agents.selectors.names import clients_named, contacts_named, devices_named
from helpdesk.core.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(acme: Client) -> Contact:
    return Contact.objects.create(client=acme, full_name="Anna Weber", email="aw@acme.example")


@pytest.mark.parametrize(
    "words",
    [["nna"], ["WEB", "ann"], ["aw@ac"], ["anna", "acm"], ["acme"], ["an"], ["a", "weber"], ["na we"]],
)
def test_people_are_found_by_parts_of_name_address_and_client(
    anna: Contact, ada: User, words: list[str]
) -> None:
    assert contacts_named(ada, words, limit=4) == [anna]


@pytest.mark.parametrize("words", [["annax"], ["anna", "globex"], ['"anna"'], ["an*"], ["qx"], ['x"y']])
def test_what_stands_nowhere_is_not_found(anna: Contact, ada: User, words: list[str]) -> None:
    assert contacts_named(ada, words, limit=4) == []


def test_the_index_follows_names(acme: Client, anna: Contact, ada: User) -> None:
    Contact.objects.update(full_name="Anna Schmidt")
    assert contacts_named(ada, ["weber"], limit=4) == []
    assert contacts_named(ada, ["schmi"], limit=4) == [anna]
    anna.delete()
    assert contacts_named(ada, ["schmi"], limit=4) == []
    device = Device.objects.create(client=acme, name="ACME-PC-7")
    assert devices_named(ada, ["pc-7"], limit=4) == devices_named(ada, ["c-"], limit=4) == [device]
    assert clients_named(ada, ["acm"], limit=4) == [acme]


def test_of_short_words_the_newest_are_looked_through(
    anna: Contact, acme: Client, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "DEPTH", 1)
    bert = Contact.objects.create(client=acme, full_name="Bert Anders", email="ba@acme.example")
    assert contacts_named(ada, ["an"], limit=4) == [bert]
    assert contacts_named(ada, ["an", "anna"], limit=4) == [anna]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="tells of SQLite's plan")
def test_nobody_reads_all_people_for_a_word(anna: Contact, ada: User) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        contacts_named(ada, ["nobody"], limit=4)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked.captured_queries[-1]['sql']}")
        plan = [row[3] for row in cursor.fetchall()]
    assert not [line for line in plan if line.startswith("SCAN agents_contact") and "VIRTUAL" not in line]


def test_a_database_that_finds_its_index_by_itself_is_asked_plainly(
    anna: Contact, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "connection", SimpleNamespace(vendor="postgresql"))
    assert contacts_named(ada, ["nna"], limit=4) == [anna]
