"""One writer at a time, also when many threads write at once."""

import threading
from collections.abc import Callable, Iterator
from typing import cast

import pytest
from django.db import OperationalError, connection, transaction

from helpdesk.core.models import Team
from helpdesk.sqlite.base import DatabaseWrapper

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # The suite may run on PostgreSQL, where this backend is not in use.
    pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite"),
]


def wrapper() -> DatabaseWrapper:
    connection.ensure_connection()
    return cast(DatabaseWrapper, connection._connections[connection._alias])  # type: ignore[attr-defined]


def run_in_threads(count: int, work: Callable[[int], None]) -> list[BaseException]:
    errors: list[BaseException] = []

    def safely(number: int) -> None:
        try:
            work(number)
        except BaseException as error:  # noqa: BLE001 (the test looks at it)
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=safely, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@pytest.fixture
def short_wait() -> Iterator[None]:
    options = connection.settings_dict["OPTIONS"]
    before, options["timeout"] = options["timeout"], 0.1
    yield
    options["timeout"] = before


def test_the_file_is_in_wal_mode_and_a_commit_is_durable() -> None:
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)


def test_no_update_is_lost_and_nobody_is_turned_away() -> None:
    team = Team.objects.create(name="0")

    def count_up(_number: int) -> None:
        for _ in range(10):
            with transaction.atomic():
                row = Team.objects.get(pk=team.pk)
                row.name = str(int(row.name) + 1)
                row.save()

    assert run_in_threads(8, count_up) == []
    assert Team.objects.get().name == "80"


def test_single_statements_queue_up_too() -> None:
    def write(number: int) -> None:
        for index in range(10):
            Team.objects.create(name=f"{number}-{index}")
        Team.objects.filter(name__startswith=f"{number}-").delete()

    assert run_in_threads(8, write) == []
    assert not Team.objects.exists()


def test_the_lock_is_held_through_nested_blocks_and_let_go_at_the_end() -> None:
    with transaction.atomic():
        assert wrapper().holds_writer
        with transaction.atomic():
            Team.objects.create(name="inner")
        assert wrapper().holds_writer
    assert not wrapper().holds_writer


def test_who_holds_the_lock_may_take_it_again() -> None:
    with wrapper().writing():
        wrapper().take_writer()
        Team.objects.create(name="inner")
    assert not wrapper().holds_writer


@pytest.mark.parametrize("how", ["error", "rollback", "close"])
def test_the_lock_is_let_go_however_the_block_ends(how: str) -> None:
    try:
        with transaction.atomic():
            if how == "error":
                raise ZeroDivisionError
            if how == "rollback":
                transaction.set_rollback(True)
            else:
                connection.close()
    except ZeroDivisionError:
        pass
    assert not wrapper().holds_writer
    assert run_in_threads(1, lambda _number: [Team.objects.create(name="next")].clear()) == []


def test_a_failed_begin_lets_go(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_self: object) -> None:
        raise OperationalError

    monkeypatch.setattr(DatabaseWrapper.__mro__[1], "_start_transaction_under_autocommit", fail)
    with pytest.raises(OperationalError), transaction.atomic():
        pass
    assert not wrapper().holds_writer


@pytest.mark.usefixtures("short_wait")
def test_who_waits_too_long_is_told_so() -> None:
    def write(_number: int) -> None:
        Team.objects.create(name="late")

    with transaction.atomic():
        errors = run_in_threads(1, write)
    assert [type(error) for error in errors] == [OperationalError]
    assert "too long" in str(errors[0])


def test_many_rows_at_once_take_the_lock_as_well() -> None:
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO core_team (name) VALUES (%s)", [("a",), ("b",)])
        with transaction.atomic():
            cursor.executemany("INSERT INTO core_team (name) VALUES (%s)", [("c",)])
    assert Team.objects.count() == 3
    assert not wrapper().holds_writer
