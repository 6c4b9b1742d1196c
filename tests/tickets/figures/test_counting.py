"""The sums follow the tickets, whatever happens to them."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection

from agents.models import Client, Contact
from helpdesk.core.models import User
from tests.tickets.conftest import make_tickets
from tickets.domain.figures import ALL, LIVE, client_scope_of, user_scope_of
from tickets.domain.status import Status
from tickets.models import FigureChange, FigureDay, Ticket, TicketFigure
from tickets.services.change_status import change_status
from tickets.services.figures.counting import catch_up, count_changes
from tickets.services.reply_to_customer import reply_to_customer
from tickets.services.take_ticket import take_ticket

TODAY = date(2026, 11, 22)


def counts(scope: str, day: date) -> dict[str, int]:
    row = FigureDay.objects.filter(scope=scope, day=day).first()
    return dict(row.counts) if row else {}


def test_a_new_ticket_counts_for_everybody_and_for_its_client(ticket: Ticket, acme: Client) -> None:
    catch_up()
    for scope in (ALL, client_scope_of(acme.pk)):
        assert counts(scope, LIVE) == {"open": 1, "p.medium": 1, "nobody": 1}
        assert counts(scope, TODAY) == {"created": 1, "s.console": 1}


def test_a_ticket_that_is_taken_answered_and_solved_moves_in_the_sums(
    ticket: Ticket, ada: User, now: datetime
) -> None:
    catch_up()
    take_ticket(ticket=ticket, by=ada, now=now)
    reply_to_customer(ticket=ticket, body="On it.", by=ada, now=now + timedelta(minutes=7))
    catch_up()
    assert counts(user_scope_of(ada.pk), LIVE) == {"open": 1, "p.medium": 1}
    assert counts("nobody", LIVE) == {}
    ticket.refresh_from_db()
    change_status(ticket=ticket, to=Status.RESOLVED, by=ada, now=now + timedelta(hours=2))
    count_changes(now)
    mine = counts(user_scope_of(ada.pk), TODAY)
    assert mine == {"created": 1, "s.console": 1, "resolved": 1, "f.7": 1, "r.120": 1}
    assert counts(ALL, LIVE) == {}


def test_a_ticket_that_is_gone_is_taken_off(ticket: Ticket) -> None:
    catch_up()
    Ticket.objects.filter(pk=ticket.pk).delete()
    catch_up()
    assert counts(ALL, LIVE) == counts(ALL, TODAY) == {}
    assert not TicketFigure.objects.exists()
    assert not FigureChange.objects.exists()


def test_nothing_changed_costs_one_query(ticket: Ticket, django_assert_num_queries: object) -> None:
    catch_up()
    with django_assert_num_queries(1):  # type: ignore[operator]
        catch_up()


def test_many_changes_are_counted_in_parts(
    acme: Client, anna: Contact, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickets.services.figures.counting.PART", 2)
    make_tickets(5, now, client=acme, contact=anna)
    catch_up(parts=1)
    assert counts(ALL, LIVE)["open"] == 2
    catch_up()
    assert counts(ALL, LIVE)["open"] == 5


def test_the_triggers_stand_after_all_migrations(db: None) -> None:
    names = {"tickets_figures_insert", "tickets_figures_update", "tickets_figures_delete"}
    names |= {name.replace("tickets_", "clocks_") for name in names}
    source = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger"
    )
    with connection.cursor() as cursor:
        cursor.execute(source)
        assert names <= {row[0] for row in cursor.fetchall()}
