"""Settings > Business hours and Service targets, and what lists and tickets show of them."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from django.utils import timezone

from agents.models import Client
from helpdesk.core.models import Job, User
from tests.tickets.targets.calendars import at
from tests.tickets.targets.conftest import WEEK
from tickets.domain.hours import WHOLE_DAY, Span
from tickets.forms.hours import read_time
from tickets.models import Calendar, DayOff, ServiceTarget, Ticket, TicketClock
from tickets.models.labels import hours_words, span_words
from tickets.selectors.targets import forget_targets
from tickets.services.open_ticket import NewTicket, open_ticket
from tickets.services.targets.watch import watch_clocks
from tickets.views.hours import day_words, now_words
from tickets.views.targets import next_monday

pytestmark = pytest.mark.django_db


def text_of(response: object) -> str:
    return cast("HttpResponse", response).content.decode()


def week(**changes: Any) -> dict[str, Any]:
    """Open from Monday to Friday, as a browser sends it."""
    days: dict[str, Any] = {"name": "Office", "zone": "Europe/Berlin"}
    for number in range(7):
        days |= {f"from-{number}": ["08:00", "13:00"], f"until-{number}": ["12:00", "18:00"]}
        if number < 5:
            days[f"open-{number}"] = "on"
    return {key: value for key, value in (days | changes).items() if value is not None}


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("8", 480), ("08:30", 510), ("0830", 510), (" 8.30 ", 510), ("24:00", 1440), ("0", 0),
        ("24:01", None), ("8:60", None), ("noon", None), ("", None), ("-1", None), ("٨", 480),
    ],
)  # fmt: skip
def test_times_are_read_as_people_write_them(text: str, minutes: int | None) -> None:
    assert read_time(text) == minutes


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 m"), (59.6, "1 h"), (65, "1 h 05 m"), (1440, "1 d"), (3120, "2 d 4 h")]
)
def test_durations_are_short(minutes: float, words: str) -> None:
    assert span_words(minutes) == words
    assert hours_words(43 * 60) == "43 h"


class TestHours:
    def url(self, calendar: Calendar) -> str:
        return f"/settings/hours/{calendar.pk}/"

    def test_the_page_shows_week_and_days_off(self, client_carla: Browser, calendar: Calendar) -> None:
        calendar.days_off.create(first="2026-12-24", last="2026-12-24", start=720, name="Christmas Eve")
        page = text_of(client_carla.get(self.url(calendar)))
        for words in ("Office", "Europe/Berlin", "43 h a week", "24 December 2026", "closed from 12:00"):
            assert words in page

    def test_the_first_calendar_opens_by_itself(self, client_carla: Browser, calendar: Calendar) -> None:
        assert "Business hours" in text_of(client_carla.get("/settings/hours/"))

    def test_without_any_calendar_one_is_made(self, client_carla: Browser) -> None:
        Calendar.objects.all().delete()
        assert client_carla.get("/settings/hours/")["Location"] == "/settings/hours/new/"

    def test_a_week_is_saved(self, client_carla: Browser, calendar: Calendar) -> None:
        data = week(**{"from-0": ["9", ""], "until-0": ["1730", ""], "open-4": None})
        assert client_carla.post(self.url(calendar), data)["Location"] == self.url(calendar)
        calendar.refresh_from_db()
        assert calendar.week[0] == [[540, 1050]]
        assert calendar.week[4] == []

    @pytest.mark.parametrize(
        "wrong",
        [
            {"from-1": ["noon", "13:00"]},
            {"from-1": ["12:00", "13:00"], "until-1": ["08:00", "18:00"]},
            {"from-1": ["", ""], "until-1": ["", ""]},
        ],
    )
    def test_what_is_wrong_is_said_at_its_day_and_kept(
        self, client_carla: Browser, calendar: Calendar, wrong: dict[str, list[str]]
    ) -> None:
        response = client_carla.post(self.url(calendar), week(**wrong))
        page = text_of(response)
        assert response.status_code == 422
        assert 'id="day-1-error"' in page
        assert 'id="day-2-error"' not in page
        assert f'value="{wrong["from-1"][0]}"' in page
        assert Calendar.objects.get(pk=calendar.pk).week == WEEK

    def test_a_calendar_that_never_opens_is_refused(self, client_carla: Browser, calendar: Calendar) -> None:
        closed = {f"open-{number}": None for number in range(7)}
        response = client_carla.post(self.url(calendar), week(**closed))
        assert response.status_code == 422
        assert "Open the calendar on at least one day" in text_of(response)

    def test_a_day_gets_one_more_pair_and_what_is_typed_stays(
        self, client_carla: Browser, calendar: Calendar
    ) -> None:
        page = text_of(client_carla.post(self.url(calendar), week(more="2", name="Typed")))
        assert page.count('name="from-2"') == 3
        assert page.count('name="from-3"') == 2
        assert 'value="Typed"' in page
        assert Calendar.objects.get(pk=calendar.pk).name == "Office"

    def test_a_calendar_is_made_and_deleted(self, client_carla: Browser, calendar: Calendar) -> None:
        assert "New calendar" in text_of(client_carla.get("/settings/hours/new/"))
        response = client_carla.post("/settings/hours/new/", week(name="Night", zone=""))
        made = Calendar.objects.get(name="Night")
        assert response["Location"] == self.url(made)
        page = text_of(client_carla.post(f"{self.url(made)}delete/", follow=True))
        assert "The calendar Night was deleted." in page

    def test_hours_in_use_are_not_deleted(self, client_carla: Browser, target: ServiceTarget) -> None:
        assert target.calendar
        page = text_of(client_carla.post(f"{self.url(target.calendar)}delete/", follow=True))
        assert "A service target uses these hours." in page
        assert "used by 1 client" in page

    def test_a_day_off_is_added_and_removed(self, client_carla: Browser, calendar: Calendar) -> None:
        data = {"first": "2026-12-24", "last": "", "name": "Christmas Eve", "closes": "12", "opens": ""}
        for words in ("Added.", "That day is there already."):
            assert words in text_of(client_carla.post(f"{self.url(calendar)}days/", data, follow=True))
        day = DayOff.objects.get()
        assert (day.start, day.end, str(day.last)) == (720, 1440, "2026-12-24")
        page = text_of(client_carla.post(f"{self.url(calendar)}days/{day.pk}/", follow=True))
        assert "Christmas Eve was removed." in page

    @pytest.mark.parametrize(
        "wrong",
        [{"first": "x"}, {"last": "2026-12-01"}, {"name": ""}, {"opens": "9"}, {"closes": "noon"}],
    )
    def test_a_wrong_day_off_keeps_what_is_typed(
        self, client_carla: Browser, calendar: Calendar, wrong: dict[str, str]
    ) -> None:
        data = {"first": "2026-12-24", "last": "", "name": "Christmas Eve", "closes": "12", "opens": ""}
        response = client_carla.post(f"{self.url(calendar)}days/", data | wrong)
        assert response.status_code == 422
        assert f'id="id_{next(iter(wrong))}_error"' in text_of(response)

    def test_public_holidays_are_shown_and_those_ticked_are_added(
        self, client_carla: Browser, calendar: Calendar
    ) -> None:
        url = f"{self.url(calendar)}holidays/"
        assert "Choose a country first" in text_of(client_carla.get(url))
        year = timezone.localdate().year
        page = text_of(client_carla.get(url, {"country": "DE", "region": "BE", "year": str(year)}))
        assert f"3 October {year}" in page
        chosen = [f"{year}-10-03", f"{year}-05-01", "1999-01-01"]
        data = {"country": "DE", "region": "BE", "year": str(year), "day": chosen}
        assert "2 days were added." in text_of(client_carla.post(url, data, follow=True))
        assert "there already" in text_of(client_carla.get(url, {"country": "DE"}))

    @pytest.mark.parametrize("odd", [{"country": "XX"}, {"country": "DE", "region": "XX", "year": "99"}])
    def test_odd_questions_get_a_page(
        self, client_carla: Browser, calendar: Calendar, odd: dict[str, str]
    ) -> None:
        assert client_carla.get(f"{self.url(calendar)}holidays/", odd).status_code == 200

    @pytest.mark.parametrize(
        ("moment", "words"),
        [
            ("2026-11-24 09:58", "Now 9:58 on Tuesday: open, closes in 2 h 02 m."),
            ("2026-11-24 12:30", "Now 12:30 on Tuesday: closed, opens in 30 m."),
        ],
    )
    def test_it_says_whether_somebody_works_now(self, calendar: Calendar, moment: str, words: str) -> None:
        assert now_words(calendar, at(moment)) == words

    def test_it_says_so_where_hours_never_change(self, now: datetime) -> None:
        assert "always open" in now_words(Calendar(pk=1, zone="UTC", week=[[[0, 1440]]] * 7), now)
        assert now_words(Calendar(pk=1, zone="UTC", week=[[]] * 7), now) == "It never opens."

    @pytest.mark.parametrize(
        ("first", "last", "words"),
        [
            ("2026-12-24", "2026-12-24", "24 December 2026"),
            ("2026-12-25", "2026-12-26", "25 and 26 December 2026"),
            ("2026-12-25", "2026-12-27", "25 to 27 December 2026"),
            ("2026-12-31", "2027-01-01", "31 December 2026 to 1 January 2027"),
        ],
    )
    def test_days_are_said_shortly(self, first: str, last: str, words: str) -> None:
        assert day_words(*(datetime.fromisoformat(day).date() for day in (first, last))) == words

    def test_parts_of_a_day_are_said(self, client_carla: Browser, calendar: Calendar) -> None:
        for part in (WHOLE_DAY, Span(0, 600), Span(600, 700)):
            calendar.days_off.create(
                first="2026-12-24", last="2026-12-24", start=part.start, end=part.end, name="Eve"
            )
        page = text_of(client_carla.get(self.url(calendar)))
        for words in (">Eve<", "Eve, closed until 10:00", "Eve, closed from 10:00 to 11:40"):
            assert words in page


GRID = {"name": "Business", "medium-first": "2", "medium-first-unit": "h", "medium-warn": "30"}


class TestTargets:
    def test_without_a_target_the_page_says_what_one_is_for(self, client_carla: Browser) -> None:
        assert "No promise yet" in text_of(client_carla.get("/settings/targets/"))

    def test_a_target_is_made(self, client_carla: Browser, acme: Client, calendar: Calendar) -> None:
        assert "New target" in text_of(client_carla.get("/settings/targets/new/"))
        data = {**GRID, "calendar": calendar.pk, "clients": [acme.pk], "tag": "VIP", "raises_priority": "on"}
        page = text_of(client_carla.post("/settings/targets/new/", data, follow=True))
        assert "Saved. It applies to new tickets." in page
        target = ServiceTarget.objects.get()
        assert target.promises["medium"] == {"first": [2, "h"], "warn": 30}
        assert (target.tells_people, target.raises_priority) == (False, True)
        assert list(target.clients.all()) == [acme]

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"medium-first": "two"}, 'id="medium-error"'),
            ({"medium-first": "0"}, 'id="medium-error"'),
            ({"medium-warn": "x"}, 'id="medium-error"'),
            ({"medium-first-unit": "years"}, 'id="medium-error"'),
            ({"medium-first": ""}, "Promise at least one time"),
            ({"name": ""}, 'id="id_name_error"'),
        ],
    )
    def test_what_is_wrong_keeps_what_is_typed(
        self, client_carla: Browser, wrong: dict[str, str], words: str
    ) -> None:
        response = client_carla.post("/settings/targets/new/", {**GRID, "tag": "Typed", **wrong})
        page = text_of(response)
        assert response.status_code == 422
        assert words in page
        assert 'value="Typed"' in page
        assert not ServiceTarget.objects.exists()

    def test_a_target_is_shown_with_the_others(self, client_carla: Browser, target: ServiceTarget) -> None:
        ServiceTarget.objects.create(name="Critical 24/7", promises={"urgent": {"first": [1, "days"]}})
        page = text_of(client_carla.get("/settings/targets/"))
        for words in ("Business", "Office hours", "Acme", "Critical 24/7", "1 day", "Always"):
            assert words in page

    def test_clients_that_the_reader_does_not_see_stay(
        self, client_carla: Browser, target: ServiceTarget, globex: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        target.clients.add(globex)
        only = Client.objects.filter(name="Acme")
        monkeypatch.setattr("tickets.views.targets.clients_visible_to", lambda _user: only)
        client_carla.post(f"/settings/targets/{target.pk}/", GRID)
        assert list(target.clients.all()) == [globex]

    def test_a_target_is_deleted(self, client_carla: Browser, target: ServiceTarget) -> None:
        page = text_of(client_carla.post(f"/settings/targets/{target.pk}/delete/", follow=True))
        assert "The target Business was deleted." in page

    def test_how_it_was_kept_stands_beside_it(
        self, client_carla: Browser, target: ServiceTarget, acme: Client, carla: User
    ) -> None:
        ticket = open_ticket(new=NewTicket(subject="x", client=acme), by=carla, now=timezone.now())
        TicketClock.objects.filter(ticket=ticket).update(met_at=timezone.now(), missed_at=None, due_at=None)
        other = ServiceTarget.objects.create(name="Other", promises={})
        assert "100 %" in text_of(client_carla.get(f"/settings/targets/{target.pk}/"))
        assert "100 %" in text_of(client_carla.get(f"/settings/targets/{other.pk}/"))

    def test_a_recalculation_is_shown_before_it_is_done(
        self, client_carla: Browser, acme: Client, carla: User, request: pytest.FixtureRequest
    ) -> None:
        now = timezone.now()
        open_ticket(new=NewTicket(subject="Old printer", client=acme), by=carla, now=now)
        assert "Nothing would change" in text_of(client_carla.get("/settings/targets/recalculate/"))
        request.getfixturevalue("target")
        forget_targets()
        page = text_of(client_carla.get("/settings/targets/recalculate/"))
        for words in ("2 due times change", "2 clocks start", "Old printer", "Recalculate 1 open ticket"):
            assert words in page
        assert not TicketClock.objects.exists()
        assert "being recalculated" in text_of(
            client_carla.post("/settings/targets/recalculate/", follow=True)
        )
        assert Job.objects.filter(kind="recalculate_targets").exists()

    def test_the_simulator_lists_what_breaches(
        self, client_carla: Browser, target: ServiceTarget, acme: Client, carla: User
    ) -> None:
        assert "Nothing breaches by" in text_of(client_carla.get("/settings/targets/simulate/"))
        open_ticket(new=NewTicket(subject="Printer", client=acme), by=carla, now=timezone.now())
        until = (timezone.now() + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M")
        page = text_of(client_carla.get("/settings/targets/simulate/", {"until": until, "waiting": "on"}))
        assert "1 ticket breaches by" in page
        assert "Printer" in page

    @pytest.mark.parametrize(
        ("day", "offered"),
        [
            (28, ["Today 18:00", "Tomorrow 9:00", "Monday 9:00"]),
            (29, ["Today 18:00", "Monday 9:00"]),
        ],
    )
    def test_the_simulator_offers_each_moment_once(
        self, client_carla: Browser, monkeypatch: pytest.MonkeyPatch, day: int, offered: list[str]
    ) -> None:
        noon = datetime(2026, 11, day, 12, tzinfo=UTC)
        clock = SimpleNamespace(now=lambda: noon, localtime=lambda at=noon: at)
        monkeypatch.setattr("tickets.views.targets.timezone", clock)
        page = text_of(client_carla.get("/settings/targets/simulate/"))
        words = ("Today 18:00", "Tomorrow 9:00", "Monday 9:00")
        assert [label for label in words if label in page] == offered

    def test_the_simulator_wants_a_moment(self, client_carla: Browser) -> None:
        response = client_carla.get("/settings/targets/simulate/", {"until": "soon"})
        assert response.status_code == 422
        assert "Write a day and a time" in text_of(response)

    @pytest.mark.parametrize(
        ("moment", "monday"),
        [
            ("2026-11-23T08:59+00:00", "2026-11-23T09:00+00:00"),
            ("2026-11-23T09:00+00:00", "2026-11-30T09:00+00:00"),
            ("2026-11-29T23:00+00:00", "2026-11-30T09:00+00:00"),
        ],
    )
    def test_monday_is_the_next_one(self, moment: str, monday: str) -> None:
        with timezone.override("UTC"):
            assert next_monday(datetime.fromisoformat(moment)) == datetime.fromisoformat(monday)


class TestLists:
    @pytest.fixture
    def ticket(self, target: ServiceTarget, acme: Client, ada: User) -> Ticket:
        """Opened two weeks ago: its promises are broken."""
        past = timezone.now() - timedelta(days=14)
        return open_ticket(new=NewTicket(subject="Late printer", client=acme, assignee=ada), by=ada, now=past)

    def test_a_late_ticket_stands_on_top_and_says_so(
        self, client_ada: Browser, ticket: Ticket, acme: Client, ada: User
    ) -> None:
        watch_clocks(timezone.now())
        for _ in range(30):
            open_ticket(new=NewTicket(subject="New", client=None), by=ada, now=timezone.now())
        page = text_of(client_ada.get("/tickets/"))
        assert page.index("Late printer") < page.index("New<")
        assert "due--late" in page
        assert 'class="is-lifted"' in page

    def test_what_is_overdue_is_a_view_of_its_own(self, client_ada: Browser, ticket: Ticket) -> None:
        page = text_of(client_ada.get("/tickets/"))
        assert 'href="/tickets/?due=late"' in page
        watch_clocks(timezone.now())
        page = text_of(client_ada.get("/tickets/?due=late"))
        assert "Late printer" in page
        assert "Overdue" in page

    def test_preview_and_page_show_every_clock(self, client_ada: Browser, ticket: Ticket) -> None:
        for address in (f"/tickets/{ticket.pk}/", f"/tickets/{ticket.pk}/peek/"):
            page = text_of(client_ada.get(address))
            assert "First answer" in page
            assert "Solution" in page

    def test_the_time_line_says_what_was_missed(self, client_ada: Browser, ticket: Ticket) -> None:
        watch_clocks(timezone.now())
        assert "The service target was missed: <b>First answer</b>" in text_of(
            client_ada.get(f"/tickets/{ticket.pk}/")
        )
