"""Schemathesis asks the whole technician API: no 5xx, and no answer that its description does not know."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from agents.models import Client, Contact, CustomField, Device
from helpdesk.core.models import User, Webhook
from helpdesk.core.services.tokens import create_token
from tests.api.setup_things import setup_things
from tests.tickets.test_technician_api import WINDOWS_TEXT
from tickets.domain.kinds import MessageKind
from tickets.domain.work import LinkRole
from tickets.models import Macro, Message, ReportPlan, SavedView, Tag, TagUndo
from tickets.services.open_ticket import NewTicket, open_ticket
from tickets.services.work.checklist import add_item
from tickets.services.work.links import link_tickets
from tickets.services.work.snooze import snooze_ticket
from tickets.services.work.time import Spent, add_time

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.timeout(600)]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 15


def described() -> Any:  # noqa: ANN401 - Schemathesis' own
    """What the desk says of /api/v1/, asked in this process."""
    whole = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    paths = {path: entry for path, entry in whole["paths"].items() if path.startswith("/api/v1/")}
    found = schemathesis.openapi.from_dict({**whole, "paths": paths})
    found.app = served(get_wsgi_application())
    return found


def served(app: Any) -> Any:  # noqa: ANN401 - WSGI
    """As a server does it: each answer is read to its end, and closed."""

    def inner(environ: Any, start_response: Any) -> list[bytes]:  # noqa: ANN401
        answer = app(environ, start_response)
        try:
            return list(answer)
        finally:
            answer.close()

    return inner


SCHEMA = described()
OPERATIONS = {one.ok().label: one.ok() for one in SCHEMA.get_all_operations()}


@pytest.fixture
def things(acme: Client, carla: User, now: datetime) -> dict[str, object]:
    """One of each, for the places in addresses."""
    anna = Contact.objects.create(client=acme, full_name="Anna", email="anna@acme.example")
    pc = Device.objects.create(client=acme, machine_id="m-1", name="PC", created_at=now)
    new = NewTicket(subject="Disk", description=WINDOWS_TEXT, contact=anna, device=pc)
    ticket = open_ticket(new=new, by=carla, now=now)
    hook = Webhook.objects.create(name="Hook", url="https://93.184.216.34/", owner=carla, created_at=now)
    snooze_ticket(ticket=ticket, until=None, by=carla, now=now)
    other = open_ticket(new=NewTicket(subject="Other", contact=anna), by=carla, now=now)
    link_tickets(ticket=ticket, other=other, role=LinkRole.CHILD, by=carla, now=now)
    words = {"ticket": ticket, "author_name": "Anna", "created_at": now, "body": "Fax"}
    spent = Spent(length=timedelta(hours=1), started_at=now)
    CustomField.objects.create(belongs_to="ticket", key="room", name="Room", type="text")
    own = {"owner": carla, "created_at": now, "updated_at": now}
    macro = Macro.objects.create(name="VPN", text="Hi", actions=[{"do": "assign_me"}], **own)
    plan = {"report": "time", "rhythm": "week", "owner": carla, "next_on": now.date(), "created_at": now}
    return {
        "kind": "time",
        "plan": ReportPlan.objects.create(**plan).pk,
        "macro": macro.pk,
        "view": SavedView.objects.create(name="All", query="q=x", **own).pk,
        "tag": Tag.objects.create(name="old").pk,
        "undo": TagUndo.objects.create(name="older", at=now).pk,
        "item": add_item(ticket=ticket, text="Toner").pk,
        "other": other.pk,
        "participant": ticket.participants.create(email="paul@acme.example", added_at=now).pk,
        "user": carla.pk,
        "entry": add_time(ticket=ticket, spent=spent, by=carla, now=now).pk,
        "message": Message.objects.create(kind=MessageKind.CUSTOMER, **words).pk,
        "client": str(acme.public_id),
        "contact": str(anna.public_id),
        "device": str(pc.public_id),
        "number": ticket.number,
        "webhook": hook.pk,
        "call": str(hook.calls.create(event="ping", body="{}", created_at=now).public_id),
        **setup_things(pc, carla, now),
    }


@pytest.fixture
def headers(carla: User) -> dict[str, str]:
    scopes, now = sorted(carla.permissions), datetime.now(UTC)
    _token, plain = create_token(user=carla, name="All", scopes=scopes, days="never", now=now)
    return {"Authorization": f"Bearer {plain}"}


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """The end of a request must not close the connection that holds the test's transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_every_answer_is_written_down(
    label: str, mode: GenerationMode, things: dict[str, object], headers: dict[str, str]
) -> None:
    operation = OPERATIONS[label]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:  # noqa: ANN401 - Schemathesis' own
        cache.clear()
        if case.path_parameters and mode is GenerationMode.POSITIVE:
            case.path_parameters = {
                name: things.get(name, value) for name, value in case.path_parameters.items()
            }
        with transaction.atomic():
            answer = case.call(headers=headers)
            transaction.set_rollback(True)
        case.validate_response(answer, checks=CHECKS, headers=headers)

    _run(ask)


def _run(ask: Callable[[], None]) -> None:
    ask()


def test_the_description_covers_all_of_it() -> None:
    assert len(OPERATIONS) >= 27
