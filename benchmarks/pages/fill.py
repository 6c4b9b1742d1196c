"""python -m benchmarks.pages.fill TICKETS: a desk as after years of work, into the database of the environment.

Three messages a ticket, one ticket with 200 entries, 2,000 clients, 50,000 people. Rows go in by COPY and by
executemany; triggers rest meanwhile and what they keep is built afterwards, as after an import.
"""

import os
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
CLIENTS, PEOPLE, DEVICES, STAFF, TAGS = 2_000, 50_000, 20_000, 40, 30
YEARS = timedelta(days=3 * 365)
ENTRIES = 200
STEP = 20_000


class Table:
    """Rows of one model, written without Django: `write` takes dictionaries of column values."""

    def __init__(self, model: Any, *names: str) -> None:
        from django.db import connection

        self.is_pg = connection.vendor == "postgresql"
        self.name, self.names = model._meta.db_table, names
        rest = [field for field in model._meta.concrete_fields if field.column not in names]
        rest = [field for field in rest if not field.primary_key]
        self.columns = [*names, *(field.column for field in rest)]
        self.defaults = tuple(field.get_db_prep_save(field.get_default(), connection) for field in rest)

    def write(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Values for `names`, in their order; every other column gets its default."""
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

    def client_of(self, person: int) -> int:
        """A few clients have most of the people."""
        return 1 + int(CLIENTS * (person * 7919 % PEOPLE / PEOPLE) ** 2)

    def tickets(self, first: int, last: int) -> Iterator[tuple[Any, ...]]:
        chance, texts = self.chance.random, self.texts
        for number in range(first, last + 1):
            created = self.now - YEARS * ((self.size - number + 1) / self.size)
            updated = min(created + timedelta(days=3) * chance(), self.now)
            person = int(chance() * PEOPLE)
            is_new = number > self.size * 0.95
            draw = chance()
            if number == self.thread:
                status = "open"
            elif is_new and draw < 0.6 or draw < 0.003:
                status = ("open", "processing", "waiting")[number % 3]
            else:
                status = "resolved" if is_new and draw < 0.8 else "closed"
            priority = ("low", "medium", "medium", "medium", "high", "urgent")[int(chance() * 6)]
            is_done = status in {"resolved", "closed"}
            yield (
                number, f"{self.chance.getrandbits(128):032x}", texts.subject(), texts.asked_text(number),
                status, priority, 2 + int(chance() * STAFF) if is_done or chance() < 0.7 else None,
                self.client_of(person), person + 1, self.people[person], f"p{person}@c{person % CLIENTS}.example",
                "mail" if chance() < 0.5 else "agent", moment(created), moment(updated),
                moment(updated) if is_done else None, moment(updated) if status == "closed" else None,
            )  # fmt: skip

    def messages(self, first: int, last: int) -> Iterator[tuple[Any, ...]]:
        chance, texts = self.chance.random, self.texts
        for number in range(first, last + 1):
            created = self.now - YEARS * ((self.size - number + 1) / self.size)
            count = ENTRIES if number == self.thread else 1 + number * 7 % 5
            for turn in range(count):
                kind = ("reply", "customer", "note")[turn % 3]
                person = int(chance() * PEOPLE)
                at = moment(created + timedelta(minutes=7 * turn + 3))
                if kind == "customer":
                    yield (
                        number,
                        kind,
                        None,
                        self.people[person],
                        f"p{person}@x.example",
                        texts.asked_text(number),
                        at,
                    )
                else:
                    by = 2 + int(chance() * STAFF)
                    yield number, kind, by, f"Technician {by}", "", texts.told_text(), at

    def opened(self, first: int, last: int) -> Iterator[tuple[Any, ...]]:
        for number in range(first, last + 1):
            at = self.now - YEARS * ((self.size - number + 1) / self.size)
            yield number, moment(at), "opened", "Somebody"


def fill(size: int) -> None:
    from django.contrib.auth.hashers import make_password
    from django.db import connection, transaction
    from django.utils import timezone

    from agents.models import Client, Contact, Device
    from helpdesk.core.models import Role, User
    from tickets.models import Activity, Message, ServiceTarget, Tag, Ticket, TicketClock

    now = timezone.now()
    desk = Desk(size, now)
    chance = desk.chance
    hashed = make_password("correct horse battery")
    uid = lambda: f"{chance.getrandbits(128):032x}"  # noqa: E731
    with transaction.atomic():
        Table(Client, "id", "public_id", "name").write(
            (n, uid(), f"{desk.texts.word().capitalize()} {n}") for n in range(1, CLIENTS + 1)
        )
        Table(Contact, "id", "public_id", "client_id", "full_name", "email").write(
            (n + 1, uid(), desk.client_of(n), name, f"p{n}@c{n % CLIENTS}.example")
            for n, name in enumerate(desk.people)
        )
        Table(Device, "id", "public_id", "client_id", "machine_id", "name").write(
            (n, uid(), 1 + n % CLIENTS, f"m-{n}", f"PC-{n:05}") for n in range(1, DEVICES + 1)
        )
        for n in range(1, STAFF + 2):
            user = User.objects.create(
                email=f"t{n}@desk.example", full_name=f"Technician {n}", password=hashed
            )
            user.roles.add(Role.objects.get(name="Administrator" if n == 1 else "Technician"))
        Tag.objects.bulk_create(Tag(name=f"{desk.texts.thing()}-{n}") for n in range(TAGS))
        target = ServiceTarget.objects.create(name="Standard", position=1)
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
    tag_ids = list(Tag.objects.values_list("pk", flat=True))
    for first in range(1, size + 1, STEP):
        last = min(first + STEP - 1, size)
        with transaction.atomic():
            tickets.write(desk.tickets(first, last))
            messages.write(desk.messages(first, last))
            opened.write(desk.opened(first, last))
            tagged.write((n, tag_ids[n % TAGS]) for n in range(first, last + 1, 5))
    unfinished = Ticket.objects.filter(status__in=["open", "processing", "waiting"])
    clocks = Table(
        TicketClock, "ticket_id", "target_id", "kind", "priority", "amount", "unit", "started_at", "due_at",
        "warn_at", "missed_at", "warned_at",
    )  # fmt: skip
    rows = list(unfinished.order_by("id").values_list("pk", "priority", "created_at"))
    with transaction.atomic():
        clocks.write(
            (
                number, target.pk, "resolve", priority, 8, "h", moment(at), moment(at + timedelta(days=9)),
                moment(at + timedelta(days=8)), *([moment(now)] * 2 if at + timedelta(days=9) < now else [None] * 2),
            )
            for number, priority, at in rows
        )  # fmt: skip
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in (Client, Contact, Device, Ticket):
                name = model._meta.db_table
                cursor.execute(f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))")


def main() -> None:
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    say = lambda text: print(f"{time.monotonic() - began:6.0f} s {text}", file=sys.stderr, flush=True)  # noqa: E731
    began = time.monotonic()
    call_command("migrate", verbosity=0)
    search = import_module("tickets.migrations.0013_find")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("DROP INDEX tickets_words_gin")
            triggers = []
        else:
            for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000"):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _sql in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
    fill(int(sys.argv[1]))
    say("rows")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = origin")
            cursor.execute("SET maintenance_work_mem = '512MB'")
        for _name, sql in triggers:
            cursor.execute(sql)
        for statement in search.FILL[connection.vendor]:
            cursor.execute(statement)
            say(statement[:60])
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    say("ready")


if __name__ == "__main__":
    main()
