"""The mail of one person: ignored, and welcome again."""

from datetime import datetime

import pytest
from django.test import Client as Browser

from agents.models import Client, Contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(now: datetime) -> Contact:
    acme = Client.objects.create(name="Acme", created_at=now)
    return Contact.objects.create(client=acme, full_name="Anna Berg", email="anna@acme.example")


def test_the_mail_of_a_person_is_switched_off_and_on(anna: Contact, client_carla: Browser) -> None:
    assert anna.client
    people = f"/clients/{anna.client.public_id}/people/"
    for ignores, words in (("1", "Take mail again"), ("0", "Ignore mail")):
        answer = client_carla.post(f"{people}{anna.public_id}/mail/", {"ignores": ignores}, follow=True)
        anna.refresh_from_db()
        assert anna.ignores_mail is (ignores == "1")
        assert words in answer.content.decode()


def test_a_person_of_another_client_is_not_found_there(anna: Contact, client_carla: Browser) -> None:
    globex = Client.objects.create(name="Globex")
    answer = client_carla.post(f"/clients/{globex.public_id}/people/{anna.public_id}/mail/", {"ignores": "1"})
    assert answer.status_code == 404
