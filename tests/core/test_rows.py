"""Many rows with one INSERT: the same rows as `bulk_create` writes."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Upper
from pytest_django import DjangoAssertNumQueries

from agents.models import Client, Device
from helpdesk.core import files, rows
from helpdesk.core.models import AuditEntry, Blob, Job
from helpdesk.core.rows import ASKED, ASKED_KEY, Kept, insert_rows

pytestmark = pytest.mark.django_db


def job(now: datetime, **more: object) -> Job:
    return Job(**{"kind": "x", "ref": "%s", "run_at": now, "created_at": now, **more})


def test_every_row_gets_its_key_and_reads_back_as_it_was(
    now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    jobs = [job(now), job(now, claim=uuid4(), tries=3)]
    with django_assert_num_queries(1):
        assert insert_rows(jobs) == jobs
    for each in jobs:
        kept = Job.objects.get(pk=each.pk)
        assert {
            name: getattr(kept, name) for name in ("kind", "ref", "run_at", "claim", "tries", "ended_at")
        } == {name: getattr(each, name) for name in ("kind", "ref", "run_at", "claim", "tries", "ended_at")}
        assert not each._state.adding


def test_json_is_kept_as_json(now: datetime) -> None:
    (entry,) = insert_rows([AuditEntry(at=now, actor_label="a", verb="v", after={"a": [1, None]})])
    assert AuditEntry.objects.get(pk=entry.pk).after == {"a": [1, None]}


def test_more_rows_than_one_statement_takes(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAX_PARAMS", 25)
    insert_rows(job(now) for _row in range(7))
    assert Job.objects.count() == 7


def test_no_rows_are_no_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert insert_rows([]) == []


def test_a_broken_rule_of_the_table_is_told(now: datetime) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows([job(now, status="nonsense")])


def test_bytes_at_hand_are_kept_once_and_their_row_is_for_later(now: datetime) -> None:
    for _time in (1, 2):
        blob = files.keep_bytes(b"hello", now)
    assert not Blob.objects.exists()
    assert files.path_of(blob.sha256).read_bytes() == b"hello"


class TestKept:
    def test_it_finds_what_the_plain_query_finds(self, now: datetime) -> None:
        client = Client.objects.create(name="Acme")
        device = Device.objects.create(client=client, machine_id="m", name="PC-7", created_at=now)
        plain = Device.objects.order_by().select_related("client").only("name", "client__name")
        row = Kept(lambda: plain.filter(machine_id=ASKED))
        for _again in range(2):
            found = row.first("m")
            assert found == device == plain.get(machine_id="m")
            assert (found.name, found.client.name) == ("PC-7", "Acme")
        assert row.first("another") is None

    def test_it_is_one_query_and_leaves_the_rest_for_later(
        self, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        job(now).save()
        row = Kept(lambda: Job.objects.order_by().only("ref").filter(kind=ASKED))
        with django_assert_num_queries(1):
            found = row.first("x")
        assert found is not None
        with django_assert_num_queries(1):
            assert found.created_at == now

    def test_a_value_is_never_part_of_the_statement(self, now: datetime) -> None:
        job(now).save()
        assert Kept(lambda: Job.objects.filter(kind=ASKED)).first("x' OR '1'='1") is None

    def test_rows_and_what_was_added_come_as_from_the_query(self, now: datetime) -> None:
        for ref in "ab":
            job(now, ref=ref).save()
        plain = Job.objects.annotate(louder=Upper("ref")).order_by("-ref")
        kept = Kept(lambda words: plain.filter(kind=ASKED) if words else plain.filter(pk=ASKED_KEY))
        assert [(row.pk, row.louder) for row in kept.rows("x", True)] == [
            (row.pk, row.louder) for row in plain
        ]
        first = plain[0]
        assert kept.rows(first.pk, False) == [first]

    def test_plain_values_come_as_from_the_query(self, now: datetime) -> None:
        job(now).save()
        plain = Job.objects.filter(kind="x").order_by().values_list("ref", "created_at")
        kept = Kept(lambda: Job.objects.filter(kind=ASKED).order_by().values_list("ref", "created_at"))
        assert kept.rows("x") == list(plain) == [("%s", now)]
