import dataclasses
from datetime import datetime

import pytest
from django.utils import translation

from agents.domain.profile import State
from agents.models import Client
from helpdesk.core.models import AuditEntry, IdentityProvider, User
from helpdesk.core.models.facts import FACTS, STATES, fact_words
from helpdesk.core.selectors.audit import AuditFilter, audit_kinds, audit_page, audit_rows, audit_visible_to
from helpdesk.core.services.accounts.providers import _facts
from helpdesk.core.services.audit import record
from helpdesk.core.templatetags.ui import AGENT
from tickets.services.mailboxes.rows import MailboxFields

pytestmark = pytest.mark.django_db


def test_an_entry_says_who_did_what_to_which_thing(ada: User, carla: User, now: datetime) -> None:
    entry = record(actor=carla, verb="deactivated", target=ada, before={"a": 1}, after={"a": 2}, now=now)
    assert str(entry) == "Carla Hayden deactivated Ada Lovelace"
    assert (entry.target_type, entry.target_id, entry.at) == ("user", str(ada.pk), now)


def test_deeds_without_a_user_carry_a_label(ada: User, now: datetime) -> None:
    assert (
        record(actor=None, actor_label="agent on PC-7", verb="x", target=ada, now=now).actor_label
        == "agent on PC-7"
    )
    assert record(actor=None, verb="x", target=ada, now=now).actor_label == "Deskbell"


def test_an_entry_outlives_its_actor(ada: User, bob: User, now: datetime) -> None:
    record(actor=bob, verb="greeted", target=ada, now=now)
    bob.delete()
    assert AuditEntry.objects.get().actor_label == "Bob Kahn"


def test_only_who_may_reads_it(ada: User, carla: User, now: datetime) -> None:
    for n in range(3):
        record(actor=carla, verb=f"deed {n}", target=ada, now=now)
    assert not audit_visible_to(ada)
    entries = audit_visible_to(carla)
    rows, older = audit_page(entries, before=None, limit=2)
    assert [row.verb for row in rows] == ["deed 2", "deed 1"]
    assert [row.verb for row in audit_page(entries, before=older, limit=2)[0]] == ["deed 0"]
    assert audit_page(entries, before=older, limit=2)[1] is None
    assert audit_kinds() == ["user"]


def test_a12_entries_of_other_clients_are_left_out(
    ada: User, carla: User, acme: Client, now: datetime
) -> None:
    record(actor=carla, verb="x", target=acme, now=now)
    record(actor=carla, verb="y", target=ada, now=now)
    assert [row.verb for row in audit_visible_to(carla, clients=[acme.pk])] == ["x"]
    assert [row.verb for row in audit_visible_to(carla, wanted=AuditFilter(client=acme.pk))] == ["x"]
    assert [row[:3] for row in audit_rows(audit_visible_to(carla, text="x"), limit=5, tell=str)] == [
        ["2026-11-22 10:00:00", "Carla Hayden", "x"]
    ]


def test_a12_what_is_of_no_client_is_not_for_who_reads_of_one_client(carla: User, now: datetime) -> None:
    """Service targets, roles, blocked addresses name clients and people of anybody."""
    entry = record(actor=carla, verb="created", target=carla, now=now)
    for kind in ("user", "ticket", "servicetarget"):
        AuditEntry.objects.filter(pk=entry.pk).update(target_type=kind)
        assert not audit_visible_to(carla, clients=[1]).exists(), kind
        assert audit_visible_to(carla).exists()


def test_a12_who_reads_of_one_client_is_not_told_where_a_person_came_from(
    acme: Client, carla: User, now: datetime
) -> None:
    facts = {"client": "Globex", "phone": "1"}
    record(actor=carla, verb="contact.changed", target=acme, before=facts, now=now)
    part, whole = audit_visible_to(carla, clients=[acme.pk]), audit_visible_to(carla)
    assert [(row.told_before, row.told_after) for row in part] == [({"phone": "1"}, None)]
    assert [row.told_before for row in whole] == [facts]
    for rows, is_told in ((part, False), (whole, True)):
        assert ("Globex" in str(list(audit_rows(rows.all(), limit=5, tell=str)))) is is_told


def test_the_parts_of_a_provider_are_named() -> None:
    """A client id is nobody's client."""
    assert set(_facts(IdentityProvider())) <= FACTS.keys()
    with translation.override("de"):
        assert fact_words("client_id") == "Client-ID"


def test_a_mailbox_and_what_is_left_of_a_person_are_named() -> None:
    mailbox = {field.name for field in dataclasses.fields(MailboxFields)} - {
        "secret",
        "refresh",
        "send_secret",
    }
    person = {"tickets", "messages", "files", "surveys", "mails_in", "mails_out", "profiles"}
    assert sorted((mailbox | person) - FACTS.keys()) == []


def test_the_states_of_an_agent_are_called_as_everywhere() -> None:
    assert {state: STATES[state] for state in State} == {state: AGENT[state][2] for state in State}
