"""Who may call what: every URL times visitor, tray agent of another client, technician of another client,
technician, administrator. What belongs to a client that somebody does not see does not exist for them: 404.
The table itself is tests/rights_rows.py, that of the APIs tests/rights_rows_api.py.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import URLPattern, get_resolver
from pytest_django import DjangoDbBlocker

from agents.api.door import Door
from agents.domain.activation import Action
from agents.domain.profile import State
from agents.domain.secret import digest, make_credential
from agents.models import Client, Contact, CustomField, Device, EnrolmentKey, Profile, RoleScope
from agents.services import apply_activation, create_key
from helpdesk.core.domain.permissions import ADMINISTRATOR, HOUSE, TECHNICIAN, Permission
from helpdesk.core.files import store
from helpdesk.core.models import IdentityProvider, ImportRun, PushDevice, Role, Team, User, Webhook
from helpdesk.core.services.tokens import create_token
from tests.conftest import browser_of, make_user, standard_role
from tests.house.test_urls import guard_of, walk
from tests.rights_rows import ACTORS, ROWS, Row
from tests.rights_rows_api import API_ROWS
from tickets.domain.survey import key_hash, make_survey_key
from tickets.domain.work import LinkRole
from tickets.models import (
    Attachment,
    Calendar,
    Draft,
    Macro,
    Mailbox,
    ReportPlan,
    Rule,
    ServiceTarget,
    Survey,
    Tag,
    TagUndo,
    Ticket,
    TimeEntry,
)
from tickets.models.mail import BlockedSender, StoppedAddress
from tickets.models.views import SavedView
from tickets.services.mail.journal import store_raw
from tickets.services.open_ticket import NewTicket, open_ticket
from tickets.services.reply_to_customer import reply_to_customer
from tickets.services.work.checklist import add_item
from tickets.services.work.links import link_tickets
from tickets.services.work.snooze import snooze_ticket


@dataclass(frozen=True)
class World:
    carla: User
    addresses: Callable[[str], str]
    browsers: dict[str, Browser]


def an_hour(ticket: Ticket, by: User, now: datetime) -> TimeEntry:
    return TimeEntry.objects.create(
        ticket=ticket, user=by, user_name=by.full_name, started_at=now, seconds=3600
    )


def ask(ticket: Ticket, now: datetime) -> str:
    key = make_survey_key()
    Survey.objects.create(
        ticket=ticket, email="anna@acme.example", language="en", key_hash=key_hash(key), solved_at=now,
        asked_at=now, expires_at=now + timedelta(days=10_000),
    )  # fmt: skip
    return key


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Made once for the whole table; each test undoes what it did."""
    now = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    with django_db_blocker.unblock(), transaction.atomic():
        carla = make_user("carla@deskbell.example", "Carla Hayden", standard_role(ADMINISTRATOR))
        yield World(carla, make_addresses(carla, now), make_browsers(carla, now))
        transaction.set_rollback(True)


@pytest.fixture
def addresses(world: World, db: None) -> Callable[[str], str]:
    return world.addresses


@pytest.fixture
def browsers(world: World, db: None) -> dict[str, Browser]:
    """Each as it was at the beginning, whoever signed out since."""
    return deepcopy(world.browsers)


def make_settings(now: datetime) -> dict[str, object]:
    """What belongs to no client."""
    calendar = Calendar.objects.create(name="Office", week=[[[540, 1020]]] * 5 + [[], []])
    night = {"team": Team.objects.create(name="Night"), "created_at": now, "updated_at": now}
    ring = IdentityProvider.objects.create(name="Ring", issuer="https://ring.example", created_at=now)
    return {
        "<uuid:provider>": ring.public_id,
        "<int:provider>": ring.pk,
        "<int:identity>": 1,
        "<int:calendar>": calendar.pk,
        "<int:day>": calendar.days_off.create(first=now.date(), last=now.date(), name="Closed").pk,
        "<int:target>": ServiceTarget.objects.create(name="Business", calendar=calendar).pk,
        "<int:blocked>": BlockedSender.objects.create(pattern="evil.example", created_at=now).pk,
        "<int:stopped>": StoppedAddress.objects.create(email="anna@acme.example", created_at=now).pk,
        "<int:incoming>": store_raw(raw=b"Subject: secret", source="pipe", now=now).pk,
        "<int:mailbox>": Mailbox.objects.create(address="support@desk.example", created_at=now).pk,
        "<int:macro>": Macro.objects.create(name="VPN", text="Hi", **night).pk,
        "<int:view>": SavedView.objects.create(name="All", created_at=now, updated_at=now).pk,
        "<int:rule>": Rule.objects.get(preset="reopen").pk,
    }


def a_profile(pc: Device, anna: Contact, now: datetime) -> Profile:
    return Profile.objects.create(
        device=pc,
        sid="S-1-5-21-1001",
        user_name="anna",
        state=State.VERIFIED,
        state_changed_at=now,
        contact=anna,
        verified_at=now,
        created_at=now,
    )


def a_plan(owner: User, now: datetime) -> ReportPlan:
    return ReportPlan.objects.create(
        report="time", rhythm="week", owner=owner, next_on=now.date(), created_at=now
    )


def a_file(ticket: Ticket) -> Attachment:
    blob = store(ContentFile(b"secret"), max_bytes=100)
    facts = {"filename": "secret.txt", "media_type": "text/plain", "size": 6, "kind": "file"}
    return Attachment.objects.create(ticket=ticket, blob=blob, **facts)


def beside(ticket: Ticket, by: User, now: datetime) -> dict[str, int]:
    """What belongs to a ticket; `other` is of the same client."""
    snooze_ticket(ticket=ticket, until=None, by=by, now=now)
    other = open_ticket(new=NewTicket(subject="Other", client=ticket.client), by=by, now=now)
    link_tickets(ticket=ticket, other=other, role=LinkRole.CHILD, by=by, now=now)
    return {
        "<int:item>": add_item(ticket=ticket, text="Secret of Acme").pk,
        "<int:other>": other.pk,
        "<int:participant>": ticket.participants.create(email="paul@acme.example", added_at=now).pk,
        "<int:user>": by.pk,
        "<int:draft>": Draft.objects.create(ticket=ticket, author=by, body="Secret", saved_at=now).pk,
    }


#: What needs no row, or finds none.
FIXED: dict[str, object] = {
    "<int:run>": 1,
    "<int:passkey>": 1,
    "<slug:logo>": "ab12",
    "<str:color>": "0b6a77",
    "<int:sign_in>": 1,
    "<str:kind>/<str:language>": "invite/de",
}


def make_addresses(carla: User, now: datetime) -> Callable[[str], str]:
    """Fill a route with the things of Acme."""
    acme = Client.objects.create(name="Acme", mail_domains=["acme.example"])
    anna = Contact.objects.create(client=acme, full_name="Anna Berg", email="anna@acme.example")
    pc = Device.objects.create(client=acme, machine_id="m-1", name="ACME-PC-1", created_at=now)
    profile = a_profile(pc, anna, now)
    ticket = open_ticket(new=NewTicket(subject="Secret of Acme", contact=anna, device=pc), by=carla, now=now)
    reply = reply_to_customer(ticket=ticket, body="Well?", by=carla, now=now, may_be_undone=True)
    file = a_file(ticket)
    key: EnrolmentKey = create_key(client=acme, label="Installer", by=carla, now=now)[0]
    run = apply_activation(
        client=acme, devices=Device.objects.filter(pk=pc.pk), action=Action.ENABLE, by=carla, now=now
    )
    token, _plain = create_token(user=carla, name="Script", scopes=["tickets.view"], days="90", now=now)
    imported = ImportRun.objects.create(kind="clients", text="name\nInitech", by=carla, created_at=now)
    hook = Webhook.objects.create(name="Hook", url="https://h.example", owner=carla, created_at=now)
    parts = {
        **make_settings(now),
        **FIXED,
        **beside(ticket, carla, now),
        "<slug:kind>": "technicians",
        "<int:plan>": a_plan(carla, now).pk,
        "<int:webhook>": hook.pk,
        "<uuid:import_run>": imported.public_id,
        "<int:call>": (called := hook.calls.create(event="ping", body="{}", created_at=now)).pk,
        "<uuid:call>": called.public_id,
        "<int:token>": token.pk,
        "<int:number>": ticket.pk,
        "<int:mail>": reply.mail_id,
        "<int:message>": reply.pk,
        "<uuid:public_id>": file.public_id,
        "<uuid:attachment>": file.public_id,
        "<str:key>": ask(ticket, now),
        "<int:person>": carla.pk,
        "<int:role>": Role.objects.get(name="Technician").pk,
        "<int:tag>": Tag.objects.create(name="old").pk,
        "<int:undo>": TagUndo.objects.create(name="older", at=now).pk,
        "<int:field>": CustomField.objects.create(belongs_to="ticket", key="x", name="X", type="text").pk,
        "<int:entry>": an_hour(ticket, carla, now).pk,
        "<int:browser>": PushDevice.objects.create(user=carla, endpoint="p", created_at=now).pk,
        "<str:letter>/<str:language>": "invite/de",
        "<int:team>": Team.objects.create(name="Evening").pk,
        "<uuid:client>": acme.public_id,
        "<uuid:contact>": anna.public_id,
        "<int:key>": key.pk,
        "<uuid:run>": run.public_id,
        "<uuid:agent_run>": run.public_id,
        "<uuid:device>": pc.public_id,
        "<uuid:profile>": profile.public_id,
    }

    def fill(route: str) -> str:
        for part, value in parts.items():
            route = route.replace(part, str(value))
        assert "<" not in route
        return f"/{route}"

    return fill


def make_browsers(carla: User, now: datetime) -> dict[str, Browser]:
    technicians = standard_role(TECHNICIAN)
    globex = Client.objects.create(name="Globex", mail_domains=["globex.example"])
    only_globex = Role.objects.create(name="Globex only", permissions=technicians.permissions)
    RoleScope.objects.create(role=only_globex, client=globex)
    credential = make_credential()
    device = Device.objects.create(client=globex, machine_id="m-2", name="GLOBEX-PC", created_at=now)
    Profile.objects.create(
        device=device,
        sid="S-1-5-21-1002",
        user_name="gus",
        state=State.VERIFIED,
        state_changed_at=now,
        credential_hash=digest(credential),
        contact=Contact.objects.create(client=globex, full_name="Gus", email="gus@globex.example"),
        verified_at=now,
        created_at=now,
    )
    return {
        "visitor": Browser(),
        "foreign agent": Browser(headers={"Authorization": f"Agent {credential}"}),
        "foreign technician": browser_of(make_user("grace@desk.example", "Grace", only_globex)),
        "technician": browser_of(make_user("ada@deskbell.example", "Ada Lovelace", technicians)),
        "administrator": browser_of(carla),
    }


#: Who may what is decided before the database hears of it: tried for all five on SQLite. PostgreSQL has to
#: understand each page's statements: as they are for all clients, and narrowed to those of one.
ASKING_POSTGRESQL = ("foreign technician", "administrator")


TABLE = [*ROWS, *API_ROWS]
#: Rows of one test: to begin and end a test takes as long as to ask.
AT_ONCE = 8


@pytest.mark.parametrize(
    "rows",
    [TABLE[start : start + AT_ONCE] for start in range(0, len(TABLE), AT_ONCE)],
    ids=lambda rows: f"{rows[0].method} /{rows[0].route}",
)
def test_everybody_gets_what_is_theirs_and_nothing_else(rows: Sequence[Row], world: World, db: None) -> None:
    """A11, A12, A14. The five ask of the same world: what one of them did is undone before the next."""
    asking = ACTORS if connection.vendor == "sqlite" else ASKING_POSTGRESQL
    wanted, answered = {}, {}
    for row in rows:
        cache.clear()  # nobody is stopped for what was asked before
        browsers = deepcopy(world.browsers)
        answered[row.method, row.route] = answers_to(row, world.addresses(row.route), browsers, asking)
        expected = dict(zip(ACTORS, row.expected, strict=True))
        wanted[row.method, row.route] = {actor: expected[actor] for actor in asking}
    assert answered == wanted


def answers_to(row: Row, path: str, browsers: dict[str, Browser], asking: Sequence[str]) -> dict[str, int]:
    data = {} if "/api/" in path or row.method == "get" else {"nothing": "x"}
    kwargs = {"content_type": "application/json"} if path.startswith("/api/") and row.method != "get" else {}
    statuses = {}
    with ExitStack() as afterwards:
        for actor in asking:
            with transaction.atomic():
                answer = getattr(browsers[actor], row.method)(path, data, **kwargs)
                transaction.set_rollback(True)
            # Not answer.close(): that closes the connection, and with it the world.
            for closer in answer._resource_closers:
                afterwards.callback(closer)
            statuses[actor] = answer.status_code
            if actor != "technician" and answer.status_code in {302, 401, 403, 404}:
                assert b"Secret of Acme" not in answer.content, (actor, path)
    return statuses


def asked_for(pattern: URLPattern, method: str) -> str:
    """The permission that this address asks for."""
    door = getattr(pattern.callback, "cls", None)
    if door is None or not issubclass(door, Door):
        return guard_of(pattern)
    return str(door.reads if method == "get" else door.writes)


def test_a14_what_is_the_whole_houses_is_closed_to_a_role_of_one_client(
    addresses: Callable[[str], str],
) -> None:
    """Whatever the role allows: each address that asks for a permission of the house says 403."""
    role = Role.objects.create(name="All of Globex", permissions=[*Permission])
    RoleScope.objects.create(role=role, client=Client.objects.get(name="Globex"))
    browser = browser_of(make_user("mallory@desk.example", "Mallory", role))
    patterns = dict(walk(get_resolver()))
    asked = [row for row in TABLE if asked_for(patterns[row.route], row.method) in HOUSE]
    statuses = {
        (row.method, row.route): getattr(browser, row.method)(
            addresses(row.route), {}, content_type="application/json"
        ).status_code
        for row in asked
    }
    assert len(statuses) > 100
    assert {key for key, status in statuses.items() if status != 403} == set()


def test_the_table_knows_every_url() -> None:
    known = {row.route for row in TABLE}
    assert {route for route, _pattern in walk(get_resolver())} - known == set()


def test_lists_search_and_suggestions_of_another_client_stay_empty(
    addresses: Callable[[str], str], browsers: dict[str, Browser]
) -> None:
    """A12: side doors"""
    addresses("")
    stranger = browsers["foreign technician"]
    for path in (
        "/tickets/",
        "/tickets/?q=Secret",
        "/find/?q=Secret",
        "/clients/",
        "/clients/?q=Acme",
        "/devices/",
        "/devices/?q=anna",
        "/tickets/new/",
        "/approvals/",
        "/api/v1/tickets/",
    ):
        content = stranger.get(path).content.decode()
        for secret in ("Secret of Acme", "ACME-PC-1", "Anna Berg"):
            assert secret not in content, f"{secret} in {path}"


def test_ids_that_never_existed_answer_like_foreign_ones(browsers: dict[str, Browser]) -> None:
    """A11"""
    stranger = browsers["foreign technician"]
    for path in ("/tickets/987654/", f"/clients/{uuid4()}/", f"/devices/{uuid4()}/", f"/files/{uuid4()}/"):
        assert stranger.get(path).status_code == 404


def test_a_ticket_without_a_client_is_for_who_sees_all_clients(
    world: World, browsers: dict[str, Browser], now: datetime
) -> None:
    ticket = open_ticket(new=NewTicket(subject="Unassigned inbox"), by=world.carla, now=now)
    assert Ticket.objects.get(pk=ticket.pk).client_id is None
    assert browsers["foreign technician"].get(f"/tickets/{ticket.pk}/").status_code == 404
    assert browsers["technician"].get(f"/tickets/{ticket.pk}/").status_code == 200
