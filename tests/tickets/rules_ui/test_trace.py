"""The card "Which rules looked at this ticket"."""

from collections.abc import Mapping
from datetime import datetime

import pytest
from django.test import Client as Browser

from helpdesk.core.models import User
from tests.tickets.pages import HTMX, firm, opened, person
from tests.web.conftest import text_of
from tickets.models import Rule, RuleTrace, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(ada: User, now: datetime) -> Ticket:
    found = opened(ada, now, contact=person(firm()))
    RuleTrace.objects.filter(ticket=found).delete()
    return found


def keep(ticket: Ticket, now: datetime, *lines: Mapping[str, object]) -> None:
    rule = Rule.objects.get(preset="reopen").pk
    full = [{"rule": rule, "version": 1, **line} for line in lines]
    RuleTrace.objects.create(ticket=ticket, at=now, trigger="ticket-created", lines=full)


def test_a_match_says_why_and_what_it_did(client_ada: Browser, ticket: Ticket, now: datetime) -> None:
    decided = {"field": "text", "op": "has_word", "value": ["sage"]}
    did = [{"do": "set_priority", "value": "high"}]
    keep(ticket, now, {"name": "Sage", "outcome": "matched", "decided": decided, "found": "Sage", "did": did})
    page = text_of(client_ada.get(f"/tickets/{ticket.pk}/rules/"))
    assert "Because: Subject or text has the word <strong>sage</strong>" in page
    assert "Priority <strong>High</strong>" in page
    assert "/rules/" not in page.replace(f"/tickets/{ticket.pk}/rules/", "")


def test_what_did_not_match_says_which_condition_was_not_true(
    client_carla: Browser, ticket: Ticket, now: datetime
) -> None:
    decided = {"field": "priority", "op": "is", "value": "urgent"}
    line = {"name": "Night shift", "outcome": "not-matched", "decided": decided, "found": "low"}
    keep(
        ticket, now, line, {"name": "Later", "outcome": "stopped"}, {"name": "Any", "outcome": "not-matched"}
    )
    page = text_of(client_carla.get(f"/tickets/{ticket.pk}/rules/", headers=HTMX))
    assert "Not true: Priority is <strong>Urgent</strong> (it is “Low”)" in page
    assert "a rule above it stops here" in page
    assert "None of its conditions was true." in page
    assert "<html" not in page


@pytest.mark.parametrize(
    ("field", "op", "value", "found", "words"),
    [
        ("age", "older", "3d", "7384.2", "is more than <strong>3 days</strong> (it is “2 hours”)"),
        ("age", "older", "3h", "59.9", "<strong>3 hours</strong> (it is “0 minutes”)"),
        ("age", "younger", "1d", "345600.5", "<strong>1 day</strong> (it is “4 days”)"),
        ("reply_age", "older", "1d", "", "more than <strong>1 day</strong>"),
        ("is_automatic", "is", True, "False", "Not true: It is an automatic mail"),
    ],
)
def test_what_was_found_is_said_as_people_say_it(
    client_ada: Browser,
    ticket: Ticket,
    now: datetime,
    field: str,
    op: str,
    value: object,
    found: str,
    words: str,
) -> None:
    decided = {"field": field, "op": op, "value": value}
    keep(ticket, now, {"name": "Old", "outcome": "not-matched", "decided": decided, "found": found})
    page = text_of(client_ada.get(f"/tickets/{ticket.pk}/rules/"))
    assert words in page
    assert ("(it is" in page) is ("(it is" in words)


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("dmarc-failed", "because the sender may be forged."),
        ("sender-doubtful", "because the mail does not say plainly who wrote it."),
        ("split-off", "because a technician split it off, so no machine answers."),
        ("This mailbox sends no automatic answers.", "because this mailbox sends no automatic answers."),
        ("Auto-Submitted: yes", "because Auto-Submitted: yes."),
    ],
)
def test_no_code_is_left_in_the_words(
    client_ada: Browser, ticket: Ticket, now: datetime, why: str, words: str
) -> None:
    left = [{"do": "reply", "value": "", "why": why}]
    keep(ticket, now, {"name": "Two", "outcome": "matched", "left": left})
    page = text_of(client_ada.get(f"/tickets/{ticket.pk}/rules/"))
    assert words in page
    assert f"{why}.." not in page


def test_what_was_left_undone_says_why(client_ada: Browser, ticket: Ticket, now: datetime) -> None:
    left = [
        {"do": "set_status", "value": "open", "first": "Other rule"},
        {"do": "reply", "value": "Hello", "why": "automatic"},
    ]
    keep(ticket, now, {"name": "Two", "outcome": "matched", "left": left})
    page = text_of(client_ada.get(f"/tickets/{ticket.pk}/rules/"))
    assert "Left undone: Status <strong>Open</strong>, because “Other rule” came first." in page
    assert "a machine wrote" in page


def test_a_ticket_that_no_rule_has_seen_says_so(client_ada: Browser, ticket: Ticket) -> None:
    assert "No rule has looked" in text_of(client_ada.get(f"/tickets/{ticket.pk}/rules/"))
    assert "Which rules looked at this ticket" in text_of(client_ada.get(f"/tickets/{ticket.pk}/"))


def test_a_header_that_is_asked_of_what_is_no_mail_says_so(
    client_ada: Browser, ticket: Ticket, now: datetime
) -> None:
    decided = {"field": "header", "op": "empty", "name": "list-id"}
    keep(ticket, now, {"name": "A", "outcome": "not-matched", "decided": decided, "found": ""})
    assert "is absent (this was no e-mail)" in text_of(client_ada.get(f"/tickets/{ticket.pk}/rules/"))


def test_a_header_that_is_there_is_told(client_ada: Browser, ticket: Ticket, now: datetime) -> None:
    decided = {"field": "header", "op": "empty", "name": "list-id"}
    keep(ticket, now, {"name": "A", "outcome": "not-matched", "decided": decided, "found": "news"})
    page = text_of(client_ada.get(f"/tickets/{ticket.pk}/rules/"))
    assert "is absent (it is “news”)" in page
    assert "no e-mail" not in page
