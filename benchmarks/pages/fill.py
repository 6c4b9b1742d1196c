"""python -m benchmarks.pages.fill TICKETS: a desk as after years of work, in the database of the environment.

Three messages a ticket, one ticket with 200 entries, 2,000 clients, 50,000 people. Rows go in by COPY and by
executemany; triggers rest meanwhile and what they keep is built afterwards, as after an import.
"""

import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from django.db.models import Model

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
CLIENTS, PEOPLE, DEVICES, STAFF, TAGS = 2_000, 50_000, 20_000, 40, 30
YEARS = timedelta(days=3 * 365)
ENTRIES = 200
STEP = 20_000


class Table:
    """Rows of one model, written without Django; columns that are not named get their defaults."""

    def __init__(self, model: type["Model"], *names: str) -> None:
        from django.db import connection

        self.is_pg = connection.vendor == "postgresql"
        self.name, self.names = model._meta.db_table, names
        rest = [field for field in model._meta.concrete_fields if field.column not in names]
        rest = [field for field in rest if not field.primary_key]
        self.columns = [*names, *(field.column for field in rest)]
        self.defaults = tuple(field.get_db_prep_save(field.get_default(), connection) for field in rest)

    def write(self, rows: Iterable[tuple[Any, ...]]) -> None:
        from django.db import connection

        full = (row + self.defaults for row in rows)
        columns = ", ".join(f'"{column}"' for column in self.columns)
        with connection.cursor() as cursor:
            if self.is_pg:
                with cursor.cursor.copy(f"COPY {self.name} ({columns}) FROM STDIN") as copy:
                    for row in full:
                        copy.write_row(row)
            else:
                marks = ", ".join("?" * len(self.columns))
                cursor.connection.executemany(f"INSERT INTO {self.name} ({columns}) VALUES ({marks})", full)


def address_of(person: int) -> str:
    return f"p{person}@c{person % CLIENTS}.example"


def moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


class Desk:
    """What stands in which ticket is reckoned from its number, so that two sizes are alike."""

    def __init__(self, size: int, now: datetime) -> None:
        from benchmarks.pages.texts import Texts

        self.size, self.now = size, now
        self.texts = Texts("a desk")
        self.chance = self.texts.chance
        self.people = [self.texts.name() for _ in range(PEOPLE)]
        self.thread = size - size // 100

    def uid(self) -> str:
        return f"{self.chance.getrandbits(128):032x}"

    def opened_at(self, number: int) -> datetime:
        return self.now - YEARS * ((self.size - number + 1) / self.size)

    def client_of(self, person: int) -> int:
        """A few clients have most of the people."""
        return 1 + int(CLIENTS * (person * 7919 % PEOPLE / PEOPLE) ** 2)

    def tickets(self, first: int, last: int) -> Iterator[tuple[Any, ...]]:
        chance, texts = self.chance.random, self.texts
        for number in range(first, last + 1):
            created = self.opened_at(number)
            updated = min(created + timedelta(days=3) * chance(), self.now)
            person = int(chance() * PEOPLE)
            is_new = number > self.size * 0.95
            draw = chance()
            if number == self.thread:
                status = "open"
            elif (is_new and draw < 0.6) or draw < 0.003:
                status = ("open", "processing", "waiting")[number % 3]
            else:
                status = "resolved" if is_new and draw < 0.8 else "closed"
            priority = ("low", "medium", "medium", "medium", "high", "urgent")[int(chance() * 6)]
            is_done = status in {"resolved", "closed"}
            yield (
                number, self.uid(), texts.subject(), texts.asked_text(number),
                status, priority, 2 + int(chance() * STAFF) if is_done or chance() < 0.7 else None,
                self.client_of(person), person + 1, self.people[person], address_of(person),
                "mail" if chance() < 0.5 else "agent", moment(created), moment(updated),
                moment(updated) if is_done else None, moment(updated) if status == "closed" else None,
            )  # fmt: skip

    def messages(self, first: int, last: int) -> Iterator[tuple[Any, ...]]:
        chance, texts = self.chance.random, self.texts
        for number in range(first, last + 1):
            created = self.opened_at(number)
            count = ENTRIES if number == self.thread else 1 + number * 7 % 5
            for turn in range(count):
                kind = ("reply", "customer", "note")[turn % 3]
                person = int(chance() * PEOPLE)
                at = moment(created + timedelta(minutes=7 * turn + 3))
                if kind == "customer":
                    text = texts.asked_text(number)
                    yield number, kind, None, self.people[person], address_of(person), text, at
                else:
                    by = 2 + person % STAFF
                    yield number, kind, by, f"Technician {by}", "", texts.told_text(), at

    def opened(self, first: int, last: int) -> Iterator[tuple[Any, ...]]:
        for number in range(first, last + 1):
            yield number, moment(self.opened_at(number)), "opened", "Somebody"


def fill_people(desk: Desk) -> None:
    from django.contrib.auth.hashers import make_password

    from agents.models import Client, Contact, Device
    from helpdesk.core.models import Role, User
    from tickets.models import Tag

    Table(Client, "id", "public_id", "name").write(
        (n, desk.uid(), f"{desk.texts.word().capitalize()} {n}") for n in range(1, CLIENTS + 1)
    )
    Table(Contact, "id", "public_id", "client_id", "full_name", "email").write(
        (n + 1, desk.uid(), desk.client_of(n), name, address_of(n)) for n, name in enumerate(desk.people)
    )
    Table(Device, "id", "public_id", "client_id", "machine_id", "name").write(
        (n, desk.uid(), 1 + n % CLIENTS, f"m-{n}", f"PC-{n:05}") for n in range(1, DEVICES + 1)
    )
    secret = make_password("correct horse battery")
    for n in range(1, STAFF + 2):
        user = User.objects.create(email=f"t{n}@desk.example", full_name=f"Technician {n}", password=secret)
        user.roles.add(Role.objects.get(name="Administrator" if n == 1 else "Technician"))
    Tag.objects.bulk_create(Tag(name=f"{desk.texts.thing()}-{n}") for n in range(TAGS))


def fill_tickets(desk: Desk) -> None:
    from django.db import transaction

    from tickets.models import Activity, Message, Tag, Ticket

    tickets = Table(
        Ticket, "id", "public_id", "subject", "description", "status", "priority", "assignee_id", "client_id",
        "contact_id", "contact_name", "contact_email", "source", "created_at", "updated_at", "resolved_at",
        "closed_at",
    )  # fmt: skip
    messages = Table(
        Message, "ticket_id", "kind", "author_id", "author_name", "author_email", "body", "created_at"
    )
    opened = Table(Activity, "ticket_id", "at", "verb", "actor_label")
    tagged = Table(Ticket.tags.through, "ticket_id", "tag_id")
    tags = list(Tag.objects.values_list("pk", flat=True))
    for first in range(1, desk.size + 1, STEP):
        last = min(first + STEP - 1, desk.size)
        with transaction.atomic():
            tickets.write(desk.tickets(first, last))
            messages.write(desk.messages(first, last))
            opened.write(desk.opened(first, last))
            tagged.write((n, tags[n % TAGS]) for n in range(first, last + 1, 5))


def fill_clocks(desk: Desk) -> None:
    """A promise for each unfinished ticket; most are broken by now."""
    from tickets.domain.status import UNFINISHED
    from tickets.models import ServiceTarget, Ticket, TicketClock

    target = ServiceTarget.objects.create(name="Standard", position=1)
    clocks = Table(
        TicketClock, "ticket_id", "target_id", "kind", "priority", "amount", "unit", "started_at", "due_at",
        "warn_at", "missed_at", "warned_at",
    )  # fmt: skip
    rows = (
        Ticket.objects.filter(status__in=UNFINISHED)
        .order_by("id")
        .values_list("pk", "priority", "created_at")
    )

    def clock(number: int, priority: str, at: datetime) -> tuple[Any, ...]:
        due = at + timedelta(days=9)
        missed = moment(due) if due < desk.now else None
        warn = moment(due - timedelta(days=1))
        return (
            number,
            target.pk,
            "resolve",
            priority,
            9,
            "days",
            moment(at),
            moment(due),
            warn,
            missed,
            missed,
        )

    clocks.write([clock(*row) for row in rows])


def fill(size: int) -> None:
    from django.db import connection, transaction
    from django.utils import timezone

    desk = Desk(size, timezone.now())
    with transaction.atomic():
        fill_people(desk)
    fill_tickets(desk)
    with transaction.atomic():
        fill_clocks(desk)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for name in ("agents_client", "agents_contact", "agents_device", "tickets_ticket"):
                cursor.execute(f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))")


_NAMES = (
    "INSERT INTO tickets_name(name) SELECT DISTINCT contact_name FROM tickets_ticket WHERE contact_name <> ''"
)
LEARN = {
    "sqlite": [
        "INSERT INTO tickets_search(rowid, subject, names, files, body)"
        " SELECT id, subject, names, files, body FROM tickets_text",
        _NAMES,
    ],
    "postgresql": [
        "INSERT INTO tickets_words SELECT id, tickets_document(id) FROM tickets_ticket ORDER BY id",
        _NAMES,
        "CREATE INDEX tickets_words_gin ON tickets_words USING gin (words)"
        " WITH (gin_pending_list_limit = 512)",
    ],
}


@contextmanager
def resting_triggers() -> Iterator[None]:
    """What they keep is made at once afterwards."""
    from django.db import connection

    kept: list[tuple[str, str]] = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("DROP INDEX tickets_words_gin")
        else:
            for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000"):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            kept = cursor.fetchall()
            for name, _sql in kept:
                cursor.execute(f"DROP TRIGGER {name}")
        yield
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = origin")
            cursor.execute("SET maintenance_work_mem = '512MB'")
        for _name, sql in kept:
            cursor.execute(sql)
        if connection.vendor == "sqlite":
            for table in ("agents_contact_search", "agents_device_search"):
                cursor.execute(f"INSERT INTO {table}({table}) VALUES ('rebuild')")
        for statement in LEARN[connection.vendor]:
            cursor.execute(statement)


def main() -> None:
    began = time.monotonic()
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s {text}", file=sys.stderr, flush=True)

    call_command("migrate", verbosity=0)
    with resting_triggers():
        fill(int(sys.argv[1]))
        say("rows")
    say("words")
    call_command("recount_figures", verbosity=0)
    say("figures")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    say("ready")


if __name__ == "__main__":
    main()
