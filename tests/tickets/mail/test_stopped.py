"""Who complained gets no automatic mail; somebody of the desk finds the address and lifts that again."""

import pytest
from django.test import Client as Browser

from helpdesk.core.models import AuditEntry, User
from tests.conftest import browser_of
from tests.tickets.mail.conftest import ANNA, Desk
from tests.tickets.mail.reports import complaint
from tickets.models import StoppedAddress
from tickets.selectors.mail import stopped_addresses
from tickets.selectors.mail_journal import stopped_visible_to
from tickets.services.mail.stopped import lift_stop

pytestmark = pytest.mark.django_db
PAGE = "/settings/mail/blocked/"


@pytest.fixture
def stopped(desk: Desk) -> StoppedAddress:
    desk.sent()
    desk.receive(complaint(desk))
    return StoppedAddress.objects.get()


@pytest.fixture
def client_carla(carla: User) -> Browser:
    return browser_of(carla)


def test_the_page_names_who_complained(stopped: StoppedAddress, client_carla: Browser) -> None:
    page = client_carla.get(PAGE).content.decode()
    assert "No automatic mail" in page
    assert ANNA in page


def test_nobody_complained_and_nothing_is_said(client_carla: Browser) -> None:
    assert "No automatic mail" not in client_carla.get(PAGE).content.decode()


def test_a_button_lifts_it(stopped: StoppedAddress, client_carla: Browser) -> None:
    answer = client_carla.post(f"/settings/mail/stopped/{stopped.pk}/resume/", follow=True)
    assert f"{ANNA} gets automatic mail again." in answer.content.decode()
    assert not stopped_addresses([ANNA])
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.before) == ("address.resumed", {"email": ANNA})


def test_lifting_twice_is_one_deed(stopped: StoppedAddress, desk: Desk) -> None:
    for _time in (1, 2):
        lift_stop(stopped=stopped, by=desk.ada, now=desk.now)
    assert AuditEntry.objects.filter(verb="address.resumed").count() == 1


def test_only_who_keeps_the_settings_sees_them(stopped: StoppedAddress, desk: Desk) -> None:
    assert not stopped_visible_to(desk.ada).exists()
