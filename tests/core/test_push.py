"""Pushes to browsers: told what is due, as it may be seen now; what is gone is forgotten."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from helpdesk.core import notices as doors
from helpdesk.core.domain.notices import News
from helpdesk.core.domain.reach import NotAllowed
from helpdesk.core.domain.web_push import Subscription, encode, point_of
from helpdesk.core.errors import Invalid
from helpdesk.core.models import Notice, Organisation, PushDevice, User
from helpdesk.core.notices import Subject
from helpdesk.core.services import push
from helpdesk.core.services.notices import mark_read, notice
from helpdesk.core.services.post import NotDelivered
from helpdesk.core.services.push import (
    MOST_FAILURES,
    add_push_device,
    public_key,
    push_notices,
    remove_push_device,
)

pytestmark = pytest.mark.django_db
KEY = encode(point_of(ec.generate_private_key(ec.SECP256R1())))
BROWSER = Subscription("https://push.example/1", KEY, encode(b"0" * 16))


@dataclass
class Maker:
    """The server of a browser's maker. `seal` is opened here, so that tests read what was said."""

    heard: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)
    problem: Exception | None = None

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, allowed: Sequence[str] = ()) -> int:
        if self.problem:
            raise self.problem
        self.heard.append((url, json.loads(body)))
        self.headers = headers
        return 201


@pytest.fixture(autouse=True)
def maker(monkeypatch: pytest.MonkeyPatch) -> Maker:
    maker = Maker()
    monkeypatch.setattr(push, "post", maker.post)
    monkeypatch.setattr(push, "seal", lambda message, to: message)
    monkeypatch.setattr(push, "address_of", lambda host, port, *, allowed: "192.0.2.1")
    monkeypatch.setattr(doors, "_doors", {})

    @doors.door("ticket")
    def tickets(user: User, refs: object) -> dict[str, Subject]:
        return {"7": Subject("#7", "Printer", "/tickets/7/")}

    return maker


@pytest.fixture
def device(ada: User, now: datetime) -> PushDevice:
    return add_push_device(user=ada, subscription=BROWSER, name="Firefox, Linux", now=now)


def tell(ada: User, now: datetime, times: int = 1, about: str = "ticket:7") -> None:
    for _time in range(times):
        notice(news=News.ASSIGNED, to=[ada], who="Bob Kahn", about=about, text="secret words", now=now)


def test_a_notice_is_pushed_once_and_without_the_customers_words(
    ada: User, device: PushDevice, maker: Maker, now: datetime
) -> None:
    tell(ada, now)
    push_notices(str(ada.pk), now)
    push_notices(str(ada.pk), now)
    said = {
        "title": "#7 Printer",
        "body": "Bob Kahn gave you this ticket",
        "url": "/tickets/7/",
        "tag": "ticket:7",
    }
    assert maker.heard == [("https://push.example/1", said)]
    assert maker.headers["TTL"] == "86400"
    assert maker.headers["Authorization"].startswith("vapid t=")
    assert maker.headers["Authorization"].endswith(f"k={public_key()}")
    device.refresh_from_db()
    assert device.told_at == now


def test_many_at_once_are_one_push(ada: User, device: PushDevice, maker: Maker, now: datetime) -> None:
    tell(ada, now, times=4)
    push_notices(str(ada.pk), now)
    assert [said["title"] for _url, said in maker.heard] == ["4 notices from the helpdesk"]


def test_what_is_about_nothing_with_a_door_has_a_tag_of_its_own(
    ada: User, device: PushDevice, maker: Maker, now: datetime
) -> None:
    notice(news=News.RULE, to=[ada], title="Look", url="/rules/", who="Night", now=now)
    push_notices(str(ada.pk), now)
    assert maker.heard[0][1]["tag"] == f"notice:{Notice.objects.get().pk}"


def test_what_was_read_meanwhile_is_not_pushed(
    ada: User, device: PushDevice, maker: Maker, now: datetime
) -> None:
    tell(ada, now)
    mark_read(user=ada, now=now)
    push_notices(str(ada.pk), now)
    assert maker.heard == []


def test_a12_what_may_no_longer_be_seen_is_not_pushed(
    ada: User, device: PushDevice, maker: Maker, now: datetime
) -> None:
    tell(ada, now, about="ticket:8")
    push_notices(str(ada.pk), now)
    assert maker.heard == []


def test_who_left_is_told_nothing(ada: User, device: PushDevice, maker: Maker, now: datetime) -> None:
    tell(ada, now)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    push_notices(str(ada.pk), now)
    push_notices("0", now)
    assert maker.heard == []


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(
    ada: User, device: PushDevice, maker: Maker, now: datetime, status: int
) -> None:
    maker.problem = NotDelivered("gone", status)
    tell(ada, now)
    push_notices(str(ada.pk), now)
    assert not PushDevice.objects.exists()


def test_a_browser_that_fails_is_forgotten_after_ten_times(
    ada: User, device: PushDevice, maker: Maker, now: datetime
) -> None:
    maker.problem = NotDelivered("busy", 503)
    tell(ada, now)
    push_notices(str(ada.pk), now)
    assert PushDevice.objects.get().failures == 1
    PushDevice.objects.update(failures=MOST_FAILURES - 1)
    tell(ada, now)
    push_notices(str(ada.pk), now)
    assert not PushDevice.objects.exists()


def test_the_key_of_the_desk_is_made_once_and_sealed(db: None) -> None:
    first = public_key()
    assert public_key() == first
    assert first not in Organisation.objects.get().push_key


def test_a_browser_that_changes_hands_tells_the_new_one_alone(
    ada: User, bob: User, device: PushDevice, now: datetime
) -> None:
    add_push_device(user=bob, subscription=BROWSER, name="Firefox, Linux", now=now)
    assert PushDevice.objects.get().user == bob
    assert not remove_push_device(user=ada, device=device.pk)
    assert remove_push_device(user=bob, device=device.pk)


def test_only_the_newest_browsers_are_kept(ada: User, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "MOST_DEVICES", 2)
    for number in range(3):
        endpoint = f"https://push.example/{number}"
        add_push_device(user=ada, subscription=Subscription(endpoint, KEY, BROWSER.auth), name="", now=now)
    assert sorted(PushDevice.objects.values_list("endpoint", flat=True)) == [
        "https://push.example/1",
        "https://push.example/2",
    ]


def test_a23_an_address_inside_is_refused(ada: User, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def inside(host: str, port: int, *, allowed: Sequence[str]) -> str:
        raise NotAllowed(host)

    monkeypatch.setattr(push, "address_of", inside)
    with pytest.raises(Invalid):
        add_push_device(user=ada, subscription=BROWSER, name="", now=now)
    assert not PushDevice.objects.exists()


def test_a23_an_address_that_leads_inside_later_is_not_called(
    ada: User, device: PushDevice, maker: Maker, now: datetime
) -> None:
    maker.problem = NotAllowed("push.example")
    tell(ada, now)
    push_notices(str(ada.pk), now)
    assert PushDevice.objects.get().failures == 1
