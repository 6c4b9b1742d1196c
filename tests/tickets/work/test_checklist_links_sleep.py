"""Checklists, links between tickets and sleep, as services promise them."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.domain.fields import FieldOf, FieldType
from agents.models import Client, Contact, CustomField
from helpdesk.core.models import Notice, User
from helpdesk.core.selectors.notices import sentence_of
from tests.conftest import browser_of
from tests.tickets.conftest import last_activity, make_tickets, the_ticket
from tickets.domain.sleep import MORNING, Nap, end_of
from tickets.domain.status import Status
from tickets.domain.work import MAX_ITEMS, LinkRole
from tickets.errors import (
    ChildrenOpen,
    ItemNotFound,
    LinkRefused,
    TicketClosed,
    TicketInvalid,
)
from tickets.models import ChecklistItem, Snooze, Ticket, TicketLink, TicketValue
from tickets.selectors.beside import beside
from tickets.selectors.finish import open_children
from tickets.selectors.work import Work, work_of
from tickets.services.add_customer_message import add_customer_message
from tickets.services.change_status import change_status
from tickets.services.work import snooze
from tickets.services.work.checklist import add_item, move_item, remove_item, rename_item, tick_item
from tickets.services.work.links import DEEPEST, link_tickets, unlink_tickets
from tickets.services.work.snooze import snooze_ticket, wake_due_tickets, wake_ticket
from tickets.views.naps import naps

EARLY, LATE = datetime(2020, 1, 1), datetime(2040, 1, 1)  # noqa: DTZ001 - the zone is drawn


def shown(user: User, ticket: Ticket, now: datetime) -> Work:
    return work_of(beside(user, ticket), now)


def texts(ticket: Ticket) -> list[str]:
    return list(ChecklistItem.objects.filter(ticket=ticket).values_list("text", flat=True))


@pytest.fixture
def other(ticket: Ticket, acme: Client, anna: Contact, now: datetime) -> Ticket:
    return make_tickets(1, now, client=acme, contact=anna)[0]


class TestChecklist:
    def test_items_keep_their_order_and_say_who_ticked_them(
        self, ticket: Ticket, ada: User, bob: User, now: datetime
    ) -> None:
        first, _second = add_item(ticket=ticket, text=" Call  Anna "), add_item(ticket=ticket, text="Order")
        tick_item(ticket=ticket, item=first.pk, is_done=True, by=ada, now=now)
        tick_item(ticket=ticket, item=first.pk, is_done=True, by=bob, now=now + timedelta(hours=1))
        work = shown(ada, ticket, now)
        assert [(item.text, item.done_by, item.done_at) for item in work.items] == [
            ("Call Anna", "Ada Lovelace", now), ("Order", "", None),
        ]  # fmt: skip
        assert (work.done, last_activity(ticket).after) == (1, "Call Anna")
        tick_item(ticket=ticket, item=first.pk, is_done=False, by=bob, now=now)
        assert shown(ada, ticket, now).done == 0

    def test_items_move_and_stop_at_the_ends(self, ticket: Ticket) -> None:
        a, _b, c = (add_item(ticket=ticket, text=text) for text in "abc")
        move_item(ticket=ticket, item=c.pk, steps=-1)
        assert texts(ticket) == ["a", "c", "b"]
        move_item(ticket=ticket, item=a.pk, steps=-1)
        move_item(ticket=ticket, item=a.pk, steps=9)
        assert texts(ticket) == ["c", "b", "a"]

    def test_a_deleted_item_comes_back_to_its_place(self, ticket: Ticket) -> None:
        a, _b = (add_item(ticket=ticket, text=text) for text in "ab")
        gone = remove_item(ticket=ticket, item=a.pk)
        assert texts(ticket) == ["b"]
        add_item(ticket=ticket, text=gone.text, place=gone.place)
        assert texts(ticket) == ["a", "b"]
        assert str(gone) == "a"

    def test_what_is_wrong_is_said(self, ticket: Ticket, other: Ticket, closed: Ticket) -> None:
        with pytest.raises(TicketClosed):
            add_item(ticket=closed, text="x")
        item = add_item(ticket=other, text="x")
        rename_item(ticket=other, item=item.pk, text="y")
        assert texts(other) == ["y"]
        Ticket.objects.filter(pk=ticket.pk).update(status=Status.OPEN, closed_at=None)
        opened = the_ticket(ticket)
        with pytest.raises(ItemNotFound):
            rename_item(ticket=opened, item=item.pk, text="z")
        for text in ("", "x" * 201):
            with pytest.raises(TicketInvalid):
                add_item(ticket=opened, text=text)
        ChecklistItem.objects.bulk_create(
            ChecklistItem(ticket=opened, text="x", place=n) for n in range(MAX_ITEMS)
        )
        with pytest.raises(TicketInvalid):
            add_item(ticket=opened, text="one more")


class TestLinks:
    def test_both_see_what_the_other_is(
        self, ticket: Ticket, other: Ticket, ada: User, now: datetime
    ) -> None:
        link_tickets(ticket=ticket, other=other, role=LinkRole.CHILD, by=ada, now=now)
        link_tickets(ticket=ticket, other=other, role=LinkRole.CHILD, by=ada, now=now)
        assert [(one.role, one.number) for one in shown(ada, ticket, now).linked] == [
            (LinkRole.CHILD, other.pk)
        ]
        assert [one.role for one in shown(ada, other, now).linked] == [LinkRole.PARENT]
        assert shown(ada, ticket, now).open_children == open_children([ticket.pk])[ticket.pk] == 1
        assert unlink_tickets(ticket=other, other=ticket, by=ada, now=now) is LinkRole.PARENT
        assert unlink_tickets(ticket=other, other=ticket, by=ada, now=now) is None
        link_tickets(ticket=other, other=ticket, role=LinkRole.RELATED, by=ada, now=now)
        assert [one.role for one in shown(ada, ticket, now).linked] == [LinkRole.RELATED]
        assert unlink_tickets(ticket=ticket, other=other, by=ada, now=now) is LinkRole.RELATED
        link_tickets(ticket=ticket, other=other, role=LinkRole.CHILD, by=ada, now=now)
        assert unlink_tickets(ticket=ticket, other=other, by=ada, now=now) is LinkRole.CHILD

    def test_a_pair_is_linked_in_one_way_the_last_that_was_asked_for(
        self, ticket: Ticket, other: Ticket, ada: User, now: datetime
    ) -> None:
        for role in (LinkRole.RELATED, LinkRole.PARENT, LinkRole.CHILD, LinkRole.RELATED):
            link_tickets(ticket=ticket, other=other, role=role, by=ada, now=now)
            assert [(one.role, one.number) for one in shown(ada, ticket, now).linked] == [(role, other.pk)]

    def test_families_have_no_circles_and_one_parent(self, ada: User, acme: Client, now: datetime) -> None:
        tickets = make_tickets(DEEPEST + 3, now, client=acme)
        with pytest.raises(LinkRefused):
            link_tickets(ticket=tickets[0], other=tickets[0], role=LinkRole.RELATED, by=ada, now=now)
        link_tickets(ticket=tickets[0], other=tickets[1], role=LinkRole.CHILD, by=ada, now=now)
        link_tickets(ticket=tickets[1], other=tickets[2], role=LinkRole.CHILD, by=ada, now=now)
        with pytest.raises(LinkRefused, match="above"):
            link_tickets(ticket=tickets[2], other=tickets[0], role=LinkRole.CHILD, by=ada, now=now)
        with pytest.raises(LinkRefused, match="parent"):
            link_tickets(ticket=tickets[3], other=tickets[2], role=LinkRole.CHILD, by=ada, now=now)
        for n in range(2, DEEPEST - 1):
            link_tickets(ticket=tickets[n], other=tickets[n + 1], role=LinkRole.CHILD, by=ada, now=now)
        last, beyond = tickets[DEEPEST - 1], tickets[DEEPEST]
        link_tickets(ticket=last, other=beyond, role=LinkRole.CHILD, by=ada, now=now)
        with pytest.raises(LinkRefused, match="levels"):
            link_tickets(ticket=beyond, other=tickets[DEEPEST + 1], role=LinkRole.CHILD, by=ada, now=now)
        assert str(TicketLink.objects.first()) == f"#{tickets[0].pk} parent #{tickets[1].pk}"

    def test_a11_a_link_shows_nothing_of_tickets_that_the_reader_may_not_see(
        self, ticket: Ticket, ada: User, gus: User, globex: Client, now: datetime
    ) -> None:
        [theirs] = make_tickets(1, now, client=globex)
        link_tickets(ticket=theirs, other=ticket, role=LinkRole.RELATED, by=ada, now=now)
        assert shown(gus, theirs, now).linked == []

    def test_a_parent_with_open_children_is_finished_only_on_purpose(
        self, ticket: Ticket, other: Ticket, ada: User, now: datetime
    ) -> None:
        link_tickets(ticket=ticket, other=other, role=LinkRole.CHILD, by=ada, now=now)
        with pytest.raises(ChildrenOpen, match="1 ticket below"):
            change_status(ticket=ticket, to=Status.CLOSED, by=ada, now=now)
        change_status(ticket=ticket, to=Status.RESOLVED, by=ada, now=now, anyway=True)
        change_status(ticket=ticket, to=Status.CLOSED, by=ada, now=now)
        assert the_ticket(ticket).is_closed

    def test_a_needed_field_is_asked_for_first(self, ticket: Ticket, ada: User, now: datetime) -> None:
        field = CustomField.objects.create(
            belongs_to=FieldOf.TICKET, key="cause", name="Cause", type=FieldType.TEXT, is_required=True
        )
        with pytest.raises(TicketInvalid):
            change_status(ticket=ticket, to=Status.RESOLVED, by=ada, now=now)
        TicketValue.objects.create(ticket=ticket, field=field, value="Dust")
        change_status(ticket=ticket, to=Status.RESOLVED, by=ada, now=now)
        [cause] = shown(ada, ticket, now).fields
        assert (cause.name, cause.value, cause.choices) == ("Cause", "Dust", ())


class TestSleep:
    def test_it_sleeps_until_its_moment(self, ticket: Ticket, ada: User, now: datetime) -> None:
        until = now + timedelta(hours=1)
        snooze_ticket(ticket=ticket, until=until, by=ada, now=now)
        sleep = shown(ada, ticket, now).sleep
        assert sleep
        assert (sleep.until, sleep.since, sleep.by) == (until, now, "Ada Lovelace")
        wake_due_tickets(until - timedelta(seconds=1))
        assert Snooze.objects.exists()
        wake_due_tickets(until)
        wake_due_tickets(until)
        assert not Snooze.objects.exists()
        assert the_ticket(ticket).updated_at == until
        assert ticket.activities.filter(field="woken").count() == 1
        [notice] = Notice.objects.all()
        assert (notice.user, sentence_of(notice)) == (ada, "The snooze is over")

    def test_an_answer_wakes_it(self, ticket: Ticket, ada: User, now: datetime) -> None:
        snooze_ticket(ticket=ticket, until=None, by=ada, now=now)
        assert str(Snooze.objects.get()).endswith("None")
        add_customer_message(ticket=ticket, body="Still there?", now=now)
        assert shown(ada, ticket, now).sleep is None

    def test_a_colleague_wakes_it(self, ticket: Ticket, ada: User, bob: User, now: datetime) -> None:
        snooze_ticket(ticket=ticket, until=None, by=ada, now=now)
        snooze_ticket(ticket=ticket, until=now + timedelta(days=1), by=bob, now=now)
        wake_ticket(ticket=ticket, by=bob, now=now)
        wake_ticket(ticket=ticket, by=bob, now=now)
        assert last_activity(ticket).actor == bob
        assert ticket.activities.filter(field="woken").count() == 1

    def test_whose_account_is_gone_hears_nothing(self, ticket: Ticket, now: datetime) -> None:
        Snooze.objects.create(ticket=ticket, until=now, at=now)
        wake_due_tickets(now)
        assert not Notice.objects.exists()

    def test_a_finished_one_is_not_lifted(self, ticket: Ticket, ada: User, now: datetime) -> None:
        snooze_ticket(ticket=ticket, until=now + timedelta(hours=1), by=ada, now=now)
        change_status(ticket=ticket, to=Status.CLOSED, by=ada, now=now)
        wake_due_tickets(now + timedelta(hours=1))
        assert the_ticket(ticket).updated_at == now
        with pytest.raises(TicketClosed):
            snooze_ticket(ticket=the_ticket(ticket), until=None, by=ada, now=now)

    @pytest.mark.parametrize("away", [timedelta(), timedelta(days=367)])
    def test_the_moment_lies_ahead(self, ticket: Ticket, ada: User, now: datetime, away: timedelta) -> None:
        with pytest.raises(TicketInvalid):
            snooze_ticket(ticket=ticket, until=now + away, by=ada, now=now)

    def test_it_registers_with_the_minute(self) -> None:
        from helpdesk.core import jobs

        assert snooze.wake_due_tickets in jobs.minute_sweeps()

    def test_on_a_sunday_the_same_morning_is_offered_once(self, now: datetime) -> None:
        days = [[offer.nap for offer in naps(now + timedelta(days=days))] for days in (0, 1)]
        assert days == [["later", "tomorrow", "month", "answer"], [nap.value for nap in Nap]]

    @given(local=st.datetimes(EARLY, LATE, timezones=st.timezones()))
    def test_usual_moments_lie_ahead(self, local: datetime) -> None:
        assert end_of(Nap.ANSWER, local) is None
        for nap in set(Nap) - {Nap.ANSWER, Nap.LATER}:
            until = end_of(nap, local)
            assert until
            assert until.date() > local.date()
            assert until.time() == MORNING
        monday = end_of(Nap.MONDAY, local)
        assert monday
        assert monday.weekday() == 0
        later = end_of(Nap.LATER, local)
        assert later
        assert timedelta(hours=2, minutes=59) < later - local <= timedelta(hours=3)


class TestPages:
    def test_an_item_is_renamed(self, ticket: Ticket, ada: User) -> None:
        item = add_item(ticket=ticket, text="Cal Anna")
        browser, own = browser_of(ada), f"/tickets/{ticket.pk}/checklist/"
        assert 'value="rename"' in browser.get(f"/tickets/{ticket.pk}/").content.decode()
        browser.post(own, {"do": "rename", "item": item.pk, "text": "Call Anna"})
        assert texts(ticket) == ["Call Anna"]

    @pytest.mark.parametrize("typed", ["{}", " #{} ", "https://desk.example/tickets/{}/", "/tickets/{}/#m7"])
    def test_the_other_ticket_is_named_as_one_has_it_at_hand(
        self, ticket: Ticket, other: Ticket, ada: User, typed: str
    ) -> None:
        sent = {"role": "related", "other": typed.format(other.pk)}
        browser_of(ada).post(f"/tickets/{ticket.pk}/links/", sent)
        assert TicketLink.objects.count() == 1
