"""The list, the preview, the ticket page and the new-ticket page as a technician reads them."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from agents.models import Client
from helpdesk.core.models import Role, User
from tests.conftest import browser_of, make_user
from tests.tickets.pages import HTMX, PNG, firm, machine, opened, person
from tickets.domain.kinds import Source
from tickets.domain.priority import Priority
from tickets.domain.status import Status
from tickets.models import Ticket
from tickets.services.add_customer_message import add_customer_message
from tickets.services.add_note import add_note
from tickets.services.change_priority import change_priority
from tickets.services.change_status import change_status
from tickets.services.reply_to_customer import reply_to_customer

pytestmark = pytest.mark.django_db
MaxQueries = Callable[..., Any]


def text_of(response: Any) -> str:  # noqa: ANN401
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def rows_of(html: str) -> list[int]:
    return [int(number) for number in re.findall(r'<tr id="ticket-(\d+)"', html)]


def many(by: User, now: datetime, count: int) -> list[Ticket]:
    client = firm()
    anna = person(client)
    return [
        opened(by, now + timedelta(minutes=i), client=client, contact=anna, subject=f"T{i}")
        for i in range(count)
    ]


class TestList:
    def test_it_shows_open_tickets_with_the_newest_activity_first(
        self, client_ada: Browser, ada: User, now: datetime
    ) -> None:
        first, second = opened(ada, now), opened(ada, now + timedelta(minutes=1))
        done = opened(ada, now)
        change_status(ticket=done, to=Status.RESOLVED, by=ada, now=now)

        assert rows_of(text_of(client_ada.get("/tickets/"))) == [second.pk, first.pk]

    def test_each_count_leads_to_a_list_of_exactly_that_many_rows(
        self, client_ada: Browser, ada: User, now: datetime
    ) -> None:
        for ticket, status in zip(many(ada, now, 7), [*Status, Status.OPEN, Status.WAITING], strict=True):
            change_status(ticket=ticket, to=status, by=ada, now=now)
        waiting = Ticket.objects.filter(status=Status.WAITING)[0]
        change_priority(ticket=waiting, to=Priority.URGENT, by=ada, now=now)
        page = text_of(client_ada.get("/tickets/"))

        links = re.findall(r'<a class="filter" href="([^"]+)".*?<b>(\d+)</b>', page)
        assert len(links) == len(Status) + 2
        for url, count in links:
            assert len(rows_of(text_of(client_ada.get(url.replace("&amp;", "&"))))) == int(count), url

    def test_a_second_click_on_a_quick_filter_takes_it_off(self, client_ada: Browser) -> None:
        page = text_of(client_ada.get("/tickets/?status=waiting"))
        active = re.search(r'class="filter" href="([^"]+)" aria-current="true"', page)
        assert active
        assert active[1] == "/tickets/"

    def test_the_search_finds_words_and_keeps_the_filters(
        self, client_ada: Browser, ada: User, now: datetime
    ) -> None:
        wanted = opened(ada, now, subject="Scanner saves upside down", priority=Priority.HIGH)
        opened(ada, now)
        page = text_of(client_ada.get("/tickets/?q=scanner&priority=high"))
        assert rows_of(page) == [wanted.pk]
        assert '<input type="hidden" name="priority" value="high">' in page

    def test_sorting_by_number_turns_round_at_the_second_click(
        self, client_ada: Browser, ada: User, now: datetime
    ) -> None:
        numbers = [ticket.pk for ticket in many(ada, now, 3)]
        page = text_of(client_ada.get("/tickets/?sort=-number"))
        assert rows_of(page) == numbers[::-1]
        assert 'href="/tickets/?sort=number"' in page
        assert rows_of(text_of(client_ada.get("/tickets/?sort=number"))) == numbers

    def test_next_and_previous_lead_through_every_ticket_once(
        self, client_ada: Browser, ada: User, now: datetime
    ) -> None:
        numbers = [ticket.pk for ticket in many(ada, now, 60)][::-1]
        seen, url, last = [], "/tickets/", ""
        while url:
            last = text_of(client_ada.get(url.replace("&amp;", "&")))
            seen += rows_of(last)
            following = re.search(r'rel="next" href="([^"]+)"', last)
            url = following[1] if following else ""
        assert seen == numbers
        before = re.search(r'rel="prev" href="([^"]+)"', last)
        assert before
        assert rows_of(text_of(client_ada.get(before[1].replace("&amp;", "&")))) == numbers[25:50]

    def test_htmx_gets_the_rows_and_the_filters_without_the_shell(
        self, client_ada: Browser, ada: User, now: datetime
    ) -> None:
        ticket = opened(ada, now)
        response = client_ada.get("/tickets/", headers=HTMX)
        page = text_of(response)
        assert rows_of(page) == [ticket.pk]
        assert 'id="ticket-filters"' in page
        assert "<html" not in page
        assert "HX-Request" in response["Vary"]

    def test_the_rows_ask_again_when_the_live_stream_tells_of_a_ticket(self, client_ada: Browser) -> None:
        page = text_of(client_ada.get("/tickets/?status=open&q=fax"))
        assert 'hx-get="/tickets/?status=open&amp;q=fax" hx-trigger="live:ticket from:body"' in page

    def test_without_tickets_it_says_what_comes_next(self, client_ada: Browser) -> None:
        assert "No open tickets" in text_of(client_ada.get("/tickets/"))
        assert "Clear all filters" in text_of(client_ada.get("/tickets/?tag=fax"))
        assert "Search all tickets" in text_of(client_ada.get("/tickets/?q=fax"))

    @pytest.mark.parametrize(
        "query", ["status=odd", "sort=assignee__password", "page=%%%", "client=1", "assignee=x"]
    )
    def test_an_address_that_makes_no_sense_shows_the_plain_list_A13(
        self, client_ada: Browser, ada: User, now: datetime, query: str
    ) -> None:
        ticket = opened(ada, now)
        assert rows_of(text_of(client_ada.get(f"/tickets/?{query}"))) == [ticket.pk]

    def test_a_filter_without_a_button_is_named_and_can_be_taken_off(
        self, client_ada: Browser, ada: User, now: datetime
    ) -> None:
        client = firm()
        profile = machine(client, now)
        anna = person(client)
        opened(ada, now, client=client, device=profile.device, contact=anna, tags=["fax"])
        query = (
            f"client={client.public_id}&device={profile.device.public_id}&contact={anna.public_id}&tag=fax"
        )
        page = text_of(client_ada.get(f"/tickets/?{query}"))
        assert len(rows_of(page)) == 1
        assert page.count("remove this filter") == 4
        assert "Acme" in page
        assert "ACME-PC-1" in page

    @pytest.mark.parametrize("count", [10, 300])
    def test_it_costs_at_most_8_queries(
        self,
        client_ada: Browser,
        ada: User,
        now: datetime,
        count: int,
        django_assert_max_num_queries: MaxQueries,
    ) -> None:
        many(ada, now, count)
        with django_assert_max_num_queries(8):
            text_of(client_ada.get("/tickets/"))


class TestPeek:
    def test_it_shows_facts_and_the_latest_words(self, client_ada: Browser, ada: User, now: datetime) -> None:
        client = firm()
        ticket = opened(
            ada, now, client=client, contact=person(client), device=machine(client, now).device, tags=["sage"]
        )
        add_note(ticket=ticket, body="Smells like the add-in", by=ada, now=now)
        page = text_of(client_ada.get(f"/tickets/{ticket.pk}/peek/"))
        for word in (
            "Printer prints blank pages",
            "Anna Berg",
            "Acme",
            "ACME-PC-1",
            "sage",
            "Smells like the add-in",
            "Take it",
        ):
            assert word in page
        assert "<html" not in page


class TestTicket:
    def test_it_shows_the_whole_story_in_order(
        self, client_ada: Browser, ada: User, bob: User, now: datetime
    ) -> None:
        client = firm()
        ticket = opened(ada, now, client=client, contact=person(client), description="Every page is white.")
        minute = timedelta(minutes=1)
        reply_to_customer(
            ticket=ticket, body="Is there toner?", by=ada, now=now + minute, then=Status.WAITING
        )
        add_customer_message(ticket=ticket, body="Yes, a new one.", now=now + 2 * minute)
        add_note(ticket=ticket, body="Bob knows this printer.", by=bob, now=now + 3 * minute)
        page = text_of(client_ada.get(f"/tickets/{ticket.pk}/"))

        words = ["Every page is white.", "Is there toner?", "Yes, a new one.", "Bob knows this printer."]
        places = [page.index(word) for word in words]
        assert places == sorted(places)
        assert "to anna@acme.example" in page
        assert "on its way" in page
        assert "Internal note" in page
        assert "changed the status from <b>Open</b> to <b>Waiting</b>" in page
        assert "An answer of <b>Anna Berg</b> reopened this ticket" in page

    def test_it_names_the_recipient_and_says_what_the_button_does(
        self, client_ada: Browser, ada: User, now: datetime
    ) -> None:
        client = firm()
        ticket = opened(ada, now, client=client, contact=person(client))
        page = text_of(client_ada.get(f"/tickets/{ticket.pk}/"))
        assert "<b>Anna Berg</b> &lt;anna@acme.example&gt;" in page
        assert "Send, then Waiting" in page
        assert "Add note" in page

    def test_without_an_address_only_a_note_is_offered(
        self, client_ada: Browser, ada: User, now: datetime
    ) -> None:
        page = text_of(client_ada.get(f"/tickets/{opened(ada, now).pk}/"))
        assert "Send, then Waiting" not in page
        assert re.search(r'value="note"[^>]* checked>', page)

    def test_a_closed_ticket_can_no_longer_be_changed(
        self, client_ada: Browser, ada: User, now: datetime
    ) -> None:
        client = firm()
        ticket = opened(ada, now, client=client, contact=person(client))
        change_status(ticket=ticket, to=Status.CLOSED, by=ada, now=now)
        page = text_of(client_ada.get(f"/tickets/{ticket.pk}/"))
        assert "pick-status" not in page
        assert "pick-priority" not in page
        assert "This ticket is closed" in page

    def test_it_shows_the_device_with_the_state_of_its_agent(
        self, client_ada: Browser, ada: User, now: datetime
    ) -> None:
        client = firm()
        profile = machine(client, now)
        ticket = opened(ada, now, client=client, device=profile.device)
        Ticket.objects.filter(pk=ticket.pk).update(profile=profile, source=Source.AGENT)
        page = text_of(client_ada.get(f"/tickets/{ticket.pk}/"))
        assert "ACME-PC-1" in page
        assert "Helpdesk agent, ACME-PC-1" in page
        assert "Enabled" in page

    def test_it_links_the_other_tickets_of_the_contact(
        self, client_ada: Browser, ada: User, now: datetime
    ) -> None:
        client = firm()
        anna = person(client)
        earlier = opened(ada, now, contact=anna, subject="Earlier trouble")
        ticket = opened(ada, now, contact=anna)
        page = text_of(client_ada.get(f"/tickets/{ticket.pk}/"))
        assert f'href="/tickets/{earlier.pk}/"' in page
        assert "Earlier trouble" in page
        here = f"/tickets/?status=any&contact={anna.public_id}"
        assert here.replace("&", "&amp;") in page
        assert rows_of(text_of(client_ada.get(here))) == [ticket.pk, earlier.pk]

    def test_notes_stand_among_the_facts_the_latest_three_below_those_of_the_client(
        self, client_ada: Browser, ada: User, now: datetime
    ) -> None:
        ticket = opened(ada, now, client=firm())
        Client.objects.update(notes="Closing day is the 17th")
        for number in range(1, 5):
            add_note(ticket=ticket, body=f"Thought {number}", by=ada, now=now + timedelta(minutes=number))
        facts = text_of(client_ada.get(f"/tickets/{ticket.pk}/")).partition('id="notes"')[2]
        assert re.findall(r"Closing day is the 17th|Thought \d", facts) == [
            "Closing day is the 17th", "Thought 4", "Thought 3", "Thought 2",
        ]  # fmt: skip

    def test_notes_on_a_client_are_for_who_may_look_at_it(self, ada: User, now: datetime) -> None:
        acme = firm()
        role = Role.objects.create(name="Acme's", permissions=["tickets.view", "clients.view"])
        acme.scopes.create(role=role)
        reader = make_user("rita@deskbell.example", "Rita", role)
        ticket = opened(ada, now, client=acme)
        Client.objects.update(notes="Closing day is the 17th")
        assert "Closing day" in text_of(browser_of(reader).get(f"/tickets/{ticket.pk}/"))
        Role.objects.filter(pk=role.pk).update(permissions=["tickets.view"])
        assert "Closing day" not in text_of(browser_of(reader).get(f"/tickets/{ticket.pk}/"))

    def test_many_changes_in_a_row_fold_into_one_line(
        self, client_ada: Browser, ada: User, now: datetime
    ) -> None:
        ticket = opened(ada, now)
        for priority in (Priority.LOW, Priority.HIGH, Priority.URGENT, Priority.MEDIUM):
            change_priority(ticket=ticket, to=priority, by=ada, now=now)
        assert "5 changes" in text_of(client_ada.get(f"/tickets/{ticket.pk}/"))

    def test_a_live_refresh_brings_story_head_and_facts_but_never_the_composer(
        self, client_ada: Browser, ada: User, now: datetime
    ) -> None:
        ticket = opened(ada, now)
        page = text_of(client_ada.get(f"/tickets/{ticket.pk}/live/", headers=HTMX))
        for part in ('id="activity"', 'id="ticket-head"', 'id="facts"'):
            assert part in page
        assert 'id="composer' not in page
        assert "<html" not in page

    def test_the_inbox_lists_open_tickets_and_marks_this_one(
        self, client_ada: Browser, ada: User, bob: User, now: datetime
    ) -> None:
        mine = opened(ada, now, assignee=ada)
        other = opened(ada, now, assignee=bob)
        free = opened(ada, now)

        def numbers(name: str) -> set[int]:
            page = text_of(client_ada.get(f"/tickets/{mine.pk}/inbox/?inbox={name}"))
            return {int(n) for n in re.findall(r'id="inbox-(\d+)"', page)}

        assert numbers("all") == numbers("odd") == {mine.pk, other.pk, free.pk}
        assert numbers("mine") == {mine.pk}
        assert numbers("nobody") == {free.pk}

    @pytest.mark.parametrize("count", [10, 300])
    def test_it_costs_at_most_10_queries(
        self,
        client_ada: Browser,
        ada: User,
        now: datetime,
        count: int,
        django_assert_max_num_queries: MaxQueries,
    ) -> None:
        ticket = many(ada, now, count)[-1]
        for i in range(count // 10):
            add_note(ticket=ticket, body=f"Note {i}", by=ada, now=now)
        client_ada.get("/tickets/")  # the organisation's name is remembered for a minute
        with django_assert_max_num_queries(10):
            text_of(client_ada.get(f"/tickets/{ticket.pk}/"))
        with django_assert_max_num_queries(10):
            text_of(client_ada.get(f"/tickets/{ticket.pk}/inbox/"))


class TestNewTicket:
    def test_it_offers_the_people_and_devices_of_the_chosen_client(
        self, client_ada: Browser, now: datetime
    ) -> None:
        acme, globex = firm(), firm("Globex")
        person(acme)
        person(globex, "Gus Grey", "gus@globex.example")
        machine(acme, now)
        page = text_of(client_ada.get(f"/tickets/new/?client={acme.public_id}", headers=HTMX))
        assert "Anna Berg" in page
        assert "ACME-PC-1" in page
        assert "Gus Grey" not in page
        assert "<html" not in page

    def test_a_device_in_the_address_is_chosen_already(self, client_ada: Browser, now: datetime) -> None:
        device = machine(firm(), now).device
        page = text_of(client_ada.get(f"/tickets/new/?device={device.public_id}"))
        assert f'<option value="{device.public_id}" selected>' in page


def test_a_picture_is_shown_small_and_leads_to_the_file(
    client_ada: Browser, ada: User, now: datetime
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    ticket = opened(ada, now)
    client_ada.post(
        f"/tickets/{ticket.pk}/note/",
        {"body": "See", "files": SimpleUploadedFile("shot.png", PNG, "image/png")},
    )
    found = ticket.attachments.get()
    page = text_of(client_ada.get(f"/tickets/{ticket.pk}/"))
    assert f'<img class="thumb" src="/files/{found.public_id}/"' in page
