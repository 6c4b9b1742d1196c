"""Saved views: a name for a list; one's own, a team's, everybody's."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client as Browser

from helpdesk.core.errors import Invalid, Refused
from helpdesk.core.models import AuditEntry, Team, User
from tests.tickets.conftest import make_tickets
from tickets.domain.columns import ListColumn
from tickets.domain.views import MAX_VIEWS
from tickets.models import ListLook, SavedView
from tickets.selectors.frame import frame_of
from tickets.selectors.views import may_change_view, shelf_of, views_visible_to
from tickets.services.views import ViewDraft, delete_view, keep_look, move_view, restore_view, save_view

pytestmark = pytest.mark.django_db
MaxQueries = Callable[[int], Any]


def look_of(user: User) -> ListLook:
    """As the next page reads it."""
    return frame_of(User.objects.get(pk=user.pk)).look


def keep(by: User, now: datetime, name: str = "Acme", **facts: object) -> SavedView:
    draft = ViewDraft(**{"name": name, "query": "status=open", "owner": by, **facts})  # type: ignore[arg-type]
    return save_view(view=None, draft=draft, by=by, now=now)


@pytest.fixture
def night(ada: User) -> Team:
    team = Team.objects.create(name="Night")
    team.members.add(ada)
    return team


class TestRights:
    def test_a15_ones_own_view_is_nobody_elses(
        self, ada: User, bob: User, carla: User, now: datetime
    ) -> None:
        view = keep(ada, now)
        assert list(views_visible_to(ada)) == [view]
        assert not views_visible_to(bob).exists()
        assert not views_visible_to(carla).exists()
        assert not may_change_view(carla, view)
        with pytest.raises(Refused):
            delete_view(view=view, by=carla, now=now)

    def test_a_team_keeps_its_own(self, ada: User, bob: User, night: Team, now: datetime) -> None:
        view = keep(ada, now, owner=None, team=night)
        assert list(views_visible_to(ada)) == [view]
        assert not views_visible_to(bob).exists()
        with pytest.raises(Refused):
            save_view(view=view, draft=ViewDraft(name="Mine", owner=bob), by=bob, now=now)

    def test_everybodys_are_changed_by_who_sets_up_the_desk(
        self, ada: User, carla: User, now: datetime
    ) -> None:
        with pytest.raises(Refused):
            keep(ada, now, owner=None)
        view = keep(carla, now, owner=None)
        assert list(views_visible_to(ada)) == [view]
        assert not may_change_view(ada, view)
        assert AuditEntry.objects.filter(verb="saved view").count() == 1


class TestKeeping:
    @pytest.mark.parametrize("draft", [{"name": " "}, {"name": "x" * 61}, {"query": "q=" + "x" * 1000}])
    def test_a_bad_name_or_list_is_told(self, ada: User, now: datetime, draft: dict[str, str]) -> None:
        with pytest.raises(Invalid):
            keep(ada, now, **draft)

    def test_there_are_enough_at_some_point(self, ada: User, now: datetime) -> None:
        SavedView.objects.bulk_create(
            SavedView(name="x", owner=ada, created_at=now, updated_at=now) for _ in range(MAX_VIEWS)
        )
        with pytest.raises(Invalid):
            keep(ada, now)

    def test_an_odd_colour_becomes_the_first(self, ada: User, now: datetime) -> None:
        assert keep(ada, now, colour="evil").colour == "open"

    def test_it_can_be_changed_deleted_and_brought_back(self, ada: User, now: datetime) -> None:
        view = keep(ada, now)
        save_view(view=view, draft=ViewDraft(name="Better", query="q=x", owner=ada), by=ada, now=now)
        assert (view.name, view.query) == ("Better", "q=x")
        for _ in range(2):
            delete_view(view=view, by=ada, now=now)
        assert not list(shelf_of(ada))
        for _ in range(2):
            restore_view(view=view, by=ada, now=now)
        assert [row[2] for row in shelf_of(ada)] == ["Better"]
        assert not AuditEntry.objects.filter(verb__contains="view").exists()

    def test_what_everybody_sees_stands_in_the_audit_log(self, carla: User, now: datetime) -> None:
        view = keep(carla, now, owner=None)
        delete_view(view=view, by=carla, now=now)
        restore_view(view=view, by=carla, now=now)
        verbs = set(AuditEntry.objects.values_list("verb", flat=True))
        assert {"saved view", "deleted view", "brought back view"} <= verbs

    def test_they_are_put_in_order(self, ada: User, now: datetime) -> None:
        a, b, c = (keep(ada, now, name) for name in "abc")
        move_view(view=c, by=ada, up=True)
        move_view(view=a, by=ada, up=True)
        assert [view.name for view in views_visible_to(ada)] == ["a", "c", "b"]
        move_view(view=a, by=ada, up=False)
        move_view(view=b, by=ada, up=False)
        assert [view.name for view in views_visible_to(ada)] == ["c", "a", "b"]
        delete_view(view=b, by=ada, now=now)
        move_view(view=b, by=ada, up=True)
        assert [view.name for view in views_visible_to(ada).filter(deleted_at=None)] == ["c", "a"]

    def test_moving_a_teams_view_moves_nobody_elses(
        self, ada: User, bob: User, carla: User, night: Team, now: datetime
    ) -> None:
        a, b = (keep(ada, now, name, owner=None, team=night) for name in "ab")
        others = [keep(bob, now, "bob's"), keep(carla, now, "all", owner=None)]
        SavedView.objects.update(position=10)  # made at once
        move_view(view=b, by=ada, up=True)
        assert [view.name for view in views_visible_to(ada).filter(team=night)] == ["b", "a"]
        assert {SavedView.objects.get(pk=view.pk).position for view in others} == {10}
        move_view(view=b, by=ada, up=True)
        move_view(view=a, by=ada, up=False)
        assert [view.name for view in views_visible_to(ada).filter(team=night)] == ["b", "a"]

    def test_the_look_of_the_list_is_remembered(self, ada: User) -> None:
        assert look_of(ada).has_preview
        keep_look(by=ada, has_preview=False)
        keep_look(by=ada, columns=["number", "subject"])
        assert (look_of(ada).has_preview, look_of(ada).columns) == (False, "number,subject")


class TestPages:
    def test_a_list_gets_a_name_and_stands_at_the_side(self, client_ada: Browser, ada: User) -> None:
        page = client_ada.get("/tickets/views/new/?status=open&evil=1&page=x")
        assert '?status=open"' in page.content.decode()
        answer = client_ada.post(
            "/tickets/views/new/?status=open&evil=1", {"name": "Mine", "scope": "own", "colour": "wait"}
        )
        assert answer["Location"] == "/tickets/?status=open"
        html = client_ada.get("/tickets/?status=open").content.decode()
        view = SavedView.objects.get()
        assert view.owner == ada
        assert f'id="view-count-{view.pk}"' in html
        assert 'href="/tickets/?status=open" aria-current="page"' in html

    def test_a_missing_name_is_told_and_the_rest_stays(self, client_ada: Browser) -> None:
        answer = client_ada.post("/tickets/views/new/", {"name": "", "scope": "own", "colour": "danger"})
        assert answer.status_code == 422
        assert "Name the view" in answer.content.decode()
        assert 'value="danger" checked' in answer.content.decode()

    def test_with_script_it_is_a_dialog(self, client_ada: Browser) -> None:
        htmx = {"HX-Request": "true"}
        assert b"data-modal" in client_ada.get("/tickets/views/new/", headers=htmx).content
        answer = client_ada.post("/tickets/views/new/?q=x", {"name": "X", "scope": "own"}, headers=htmx)
        assert answer["HX-Redirect"] == "/tickets/?q=x"

    def test_a_technician_cannot_share_with_everybody(self, client_ada: Browser) -> None:
        answer = client_ada.post("/tickets/views/new/", {"name": "X", "scope": "all"})
        assert answer.status_code == 422

    def test_the_page_changes_orders_and_deletes(self, client_ada: Browser, ada: User, now: datetime) -> None:
        assert "No view yet" in client_ada.get("/tickets/views/").content.decode()
        a, b = keep(ada, now, "Aaa"), keep(ada, now, "Bbb")
        client_ada.post(f"/tickets/views/{b.pk}/move/", {"to": "up"})
        html = client_ada.get("/tickets/views/").content.decode()
        main = html[html.index("<main") :]
        assert main.index("Bbb") < main.index("Aaa")
        assert "Aaa" in client_ada.get(f"/tickets/views/{a.pk}/").content.decode()
        client_ada.post(f"/tickets/views/{a.pk}/", {"name": "Ccc", "scope": "own"})
        html = client_ada.post(f"/tickets/views/{a.pk}/delete/", follow=True).content.decode()
        assert "“Ccc” is deleted." in html
        html = client_ada.post(f"/tickets/views/{a.pk}/restore/", follow=True).content.decode()
        assert "“Ccc” is back." in html

    def test_what_is_everybodys_is_only_read(self, client_ada: Browser, carla: User, now: datetime) -> None:
        view = keep(carla, now, "Shared", owner=None)
        assert "Shared" in client_ada.get("/tickets/views/").content.decode()
        assert client_ada.get(f"/tickets/views/{view.pk}/").status_code == 404
        html = client_ada.post(f"/tickets/views/{view.pk}/delete/", follow=True).content.decode()
        assert "who sets up the desk" in html

    def test_each_view_is_counted_as_its_list_shows(
        self, client_ada: Browser, ada: User, now: datetime
    ) -> None:
        make_tickets(2, now, assignee=ada)
        make_tickets(1, now, status="waiting", subject="Lamp")
        kept = [
            keep(ada, now, query=query) for query in ("q=lamp", "priority=high", "status=odd", "sort=number")
        ]
        html = client_ada.get("/tickets/views/counts/").content.decode()
        assert 'id="view-count-mine">2</span>' in html
        assert 'id="view-count-waiting">1</span>' in html
        assert f'id="view-count-{kept[0].pk}">1</span>' in html
        assert f'id="view-count-{kept[1].pk}"></span>' in html
        assert f"view-count-{kept[2].pk}" not in html
        assert f'id="view-count-{kept[3].pk}">3</span>' in html

    def test_the_preview_stays_closed(self, client_ada: Browser, ada: User) -> None:
        answer = client_ada.post("/tickets/views/look/", {"preview": "off", "back": "q=x&evil=1"})
        assert answer["Location"] == "/tickets/?q=x"
        assert not look_of(ada).has_preview
        answer = client_ada.post(
            "/tickets/views/look/", {"preview": "on"}, headers={"Sec-Fetch-Mode": "cors"}
        )
        assert answer.status_code == 204
        assert look_of(ada).has_preview


class TestColumns:
    def test_each_person_chooses_columns(self, client_ada: Browser, ada: User, now: datetime) -> None:
        ticket = make_tickets(1, now, description="It drips on the floor")[0]
        ticket.tags.create(name="water")
        html = client_ada.get("/tickets/").content.decode()
        assert "water" not in html
        assert "drips" not in html
        chosen = {"columns": "1", "column": ["tags", "description", "evil"], "back": ""}
        assert client_ada.post("/tickets/views/look/", chosen)["Location"] == "/tickets/"
        html = client_ada.get("/tickets/").content.decode()
        assert ">water</span>" in html
        assert "It drips on the floor" in html
        assert '<td class="tight num">' not in html
        client_ada.post("/tickets/views/look/", {"columns": "usual"})
        assert "drips" not in client_ada.get("/tickets/").content.decode()

    def test_nothing_chosen_leaves_the_subject(self, client_ada: Browser, ada: User) -> None:
        client_ada.post("/tickets/views/look/", {"columns": "1"})
        assert look_of(ada).columns == "subject"

    def test_with_every_column_it_still_costs_at_most_9_queries(
        self, client_ada: Browser, ada: User, now: datetime, django_assert_max_num_queries: MaxQueries
    ) -> None:
        for ticket in make_tickets(5, now, assignee=ada):
            ticket.tags.get_or_create(name=f"t{ticket.pk}")
        client_ada.post("/tickets/views/look/", {"columns": "1", "column": list(ListColumn)})
        with django_assert_max_num_queries(9):
            client_ada.get("/tickets/?sort=-priority")

    def test_a_second_click_on_a_head_turns_the_order_round(self, client_ada: Browser, now: datetime) -> None:
        make_tickets(1, now)
        html = client_ada.get("/tickets/?sort=due").content.decode()
        assert 'aria-sort="ascending"' in html
        assert "sort=-due" in html
        html = client_ada.get("/tickets/?sort=-subject").content.decode()
        assert 'aria-sort="descending"' in html
        assert "The other way round" in html


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("", "All open tickets"),
        ("?priority=high,urgent&sort=due", "Hot ones"),
        ("?sort=due&priority=high%2Curgent", "Hot ones"),
        ("?priority=high", "All open tickets"),
        ("?assignee=nobody", "Unassigned"),
        ("?held=yes", "Held mail"),
    ],
)
def test_a_list_that_stands_at_the_side_is_called_as_there(
    client_ada: Browser, ada: User, now: datetime, address: str, title: str
) -> None:
    keep(ada, now, "Hot ones", query="priority=high,urgent&sort=due")
    page = client_ada.get(f"/tickets/{address}").content.decode()
    assert f'<h1 id="list-title">{title}</h1>' in page
    assert page.count('aria-current="page"') == (2 if address and title != "All open tickets" else 1)
