"""Which technicians are there."""

from datetime import datetime, timedelta

from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from helpdesk.core.models import User
from helpdesk.core.services.presence import note_seen, set_away
from helpdesk.server.readers import rights_of_cookies


def test_an_open_page_says_that_its_reader_is_there(client_ada: Browser, ada: User) -> None:
    cookie = client_ada.cookies["deskbell"].value
    before = timezone.now()
    assert rights_of_cookies(f"deskbell={cookie}")
    ada.refresh_from_db()
    assert ada.seen_at
    assert ada.seen_at >= before


def test_many_pages_write_once_a_minute(
    ada: User, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    note_seen(user=ada, now=now)
    with django_assert_num_queries(0):
        note_seen(user=ada, now=now + timedelta(seconds=50))
    note_seen(user=ada, now=now + timedelta(seconds=51))
    ada.refresh_from_db()
    assert ada.seen_at == now + timedelta(seconds=51)


def test_the_profile_page_says_so(client_ada: Browser, ada: User) -> None:
    told = {"full_name": "Ada Lovelace", "language": "en", "is_away": "on"}
    page = client_ada.post("/profile/", told, follow=True)
    assert "<small>Away</small>" in page.content.decode()
    assert User.objects.get(pk=ada.pk).is_away
    client_ada.post("/profile/", told | {"is_away": ""})
    assert not User.objects.get(pk=ada.pk).is_away


def test_somebody_may_be_away(ada: User) -> None:
    set_away(user=ada, is_away=True)
    assert ada.is_away
    assert User.objects.get(pk=ada.pk).is_away
