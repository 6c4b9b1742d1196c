"""The bell, its list and what people choose, as pages."""

import json
from datetime import datetime

import pytest
from django.test import Client as Browser

from agents.models import Client
from helpdesk.core.domain.notices import News
from helpdesk.core.domain.web_push import encode, make_key, point_of, read_key
from helpdesk.core.models import Notice, NoticeChoice, PushDevice, User
from helpdesk.core.services.notices import notice
from tests.tickets.conftest import make_tickets
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
KEY, AUTH = encode(point_of(read_key(make_key()))), encode(b"0" * 16)


@pytest.fixture
def ticket(acme: Client, now: datetime) -> Ticket:
    return make_tickets(1, now, client=acme)[0]


def tell(user: User, ticket: Ticket, now: datetime, times: int = 1) -> list[int]:
    for _time in range(times):
        notice(news=News.ASSIGNED, to=[user], about=f"ticket:{ticket.pk}", who="Bob Kahn", now=now)
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("pk", flat=True))


def test_the_bell_counts_what_is_not_read_on_every_page(
    client_ada: Browser, ada: User, ticket: Ticket, now: datetime
) -> None:
    assert "count--new" not in client_ada.get("/profile/").content.decode()
    tell(ada, ticket, now, 2)
    page = client_ada.get("/profile/").content.decode()
    assert '<span class="count count--new">2<span class="sr"> not read' in page
    assert ">2<" in client_ada.get("/notices/bell/").content.decode()


def test_the_list_says_what_happened_and_to_what(
    client_ada: Browser, ada: User, ticket: Ticket, now: datetime
) -> None:
    tell(ada, ticket, now)
    page = client_ada.get("/notices/").content.decode()
    assert "Bob Kahn gave you this ticket" in page
    assert f'href="/tickets/{ticket.pk}/">{ticket.subject}</a>' in page


def test_all_are_read_and_come_back(client_ada: Browser, ada: User, ticket: Ticket, now: datetime) -> None:
    ids = tell(ada, ticket, now, 2)
    page = client_ada.post("/notices/read/", {"all": "1", "show": "all"}, follow=True).content.decode()
    assert "2 notices are read." in page
    assert page.count('name="id" value=') == 4
    client_ada.post("/notices/unread/", {"id": ids})
    assert not Notice.objects.exclude(read_at=None).exists()


def test_a_list_read_again_in_the_background_leaves_the_undo_to_the_page(
    client_ada: Browser, ada: User, ticket: Ticket, now: datetime
) -> None:
    tell(ada, ticket, now)
    client_ada.post("/notices/read/", {"all": "1"})
    client_ada.get("/notices/", headers={"HX-Request": "true"})
    assert "1 notice is read." in client_ada.get("/notices/").content.decode()


def test_one_is_read_and_nothing_asked_changes_nothing(
    client_ada: Browser, ada: User, ticket: Ticket, now: datetime
) -> None:
    first, second = tell(ada, ticket, now, 2)
    client_ada.post("/notices/read/", {"id": first})
    client_ada.post("/notices/read/", {"id": "x"})
    client_ada.post("/notices/read/", {"id": first})
    assert list(Notice.objects.filter(read_at=None).values_list("pk", flat=True)) == [second]


def test_who_opens_the_ticket_has_read_what_is_about_it(
    client_ada: Browser, ada: User, ticket: Ticket, now: datetime
) -> None:
    tell(ada, ticket, now, 2)
    assert client_ada.post("/notices/read/", {"about": f"ticket:{ticket.pk}"}).status_code == 204
    assert not Notice.objects.filter(read_at=None).exists()


def test_a11_nobody_reads_the_notices_of_another(
    client_bob: Browser, bob: User, ada: User, ticket: Ticket, now: datetime
) -> None:
    ids = tell(ada, ticket, now)
    client_bob.post("/notices/read/", {"id": ids})
    assert Notice.objects.filter(read_at=None).count() == 1
    assert ticket.subject not in client_bob.get("/notices/?show=all").content.decode()


def test_a12_what_is_no_longer_theirs_is_neither_shown_nor_counted(
    client_ada: Browser, ada: User, ticket: Ticket, now: datetime
) -> None:
    tell(ada, ticket, now)
    ada.roles.clear()
    assert ticket.subject not in client_ada.get("/notices/").content.decode()
    assert ">1<" not in client_ada.get("/notices/bell/").content.decode()


def test_older_notices_are_a_page_away(client_ada: Browser, ada: User, ticket: Ticket, now: datetime) -> None:
    ids = tell(ada, ticket, now, 51)
    first = client_ada.get("/notices/").content.decode()
    assert f"before={ids[1]}" in first
    second = client_ada.get(f"/notices/?before={ids[1]}", headers={"HX-Request": "true"}).content.decode()
    assert second.count("<article") == 1
    assert "<html" not in second


def test_what_was_chosen_is_kept(client_ada: Browser, ada: User) -> None:
    assert client_ada.get("/profile/notices/").status_code == 200
    wanted = {"assigned:mail": "on", "quiet_since": "22:00", "quiet_until": "06:30"}
    assert client_ada.post("/profile/notices/", wanted).status_code == 302
    row = NoticeChoice.objects.get(user=ada)
    assert (row.channels["assigned"], row.channels["new"]) == (["mail"], [])
    page = client_ada.get("/profile/notices/").content.decode()
    assert 'value="22:00"' in page


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [("22:00", "", "Enter both times"), ("late", "06:30", "Enter a time, like 22:00.")],
)
def test_half_of_the_quiet_hours_gets_a_sentence(
    client_ada: Browser, since: str, until: str, words: str
) -> None:
    answer = client_ada.post("/profile/notices/", {"quiet_since": since, "quiet_until": until})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_what_is_no_subscription_is_refused(client_ada: Browser) -> None:
    for body in ("", "[]", "{}", '{"endpoint": "https://x.example/", "keys": {}}', '"x"'):
        answer = client_ada.post("/profile/notices/push/", body, content_type="application/json")
        assert answer.status_code == 422
    inside = {"endpoint": "https://127.0.0.1/", "keys": {"p256dh": KEY, "auth": AUTH}}
    answer = client_ada.post("/profile/notices/push/", json.dumps(inside), content_type="application/json")
    assert answer.status_code == 422
    assert "cannot push to" in answer.content.decode()


def test_a_browser_is_added_shown_and_removed(client_ada: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpdesk.core.services.push.address_of", lambda *_where, **_more: "192.0.2.1")
    given = {"endpoint": "https://push.example/1", "keys": {"p256dh": KEY, "auth": AUTH}}
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    body = json.dumps(given)
    answer = client_ada.post(
        "/profile/notices/push/", body, content_type="application/json", headers={"User-Agent": agent}
    )
    assert answer.status_code == 204
    page = client_ada.get("/profile/notices/").content.decode()
    assert "Firefox, Linux" in page
    assert "push.example" not in page
    device = PushDevice.objects.get()
    assert client_ada.post(f"/profile/notices/push/{device.pk}/remove/").status_code == 302
    assert client_ada.post(f"/profile/notices/push/{device.pk}/remove/").status_code == 404


def test_the_service_worker_is_a_script_within_its_scope(mallory: Browser) -> None:
    answer = mallory.get("/notices/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "showNotification" in answer.content.decode()
