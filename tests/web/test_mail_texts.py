"""Settings: texts of mails, logo and colour."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from helpdesk.core.models import MailText, Organisation, OutgoingMail
from tests.core.test_branding import PNG
from tests.web.conftest import text_of
from tests.web.test_settings import ORGANISATION

pytestmark = pytest.mark.django_db
ADDRESS = "/settings/mail-texts/invite/de/"
WORDS = {"subject": "Willkommen bei {{ house }}", "body": "Hallo {{ name }}: {{ url }}"}


def test_a_text_is_looked_at_tried_out_saved_and_restored(client_carla: Browser) -> None:
    assert "Guten Tag {{ name }}," in text_of(client_carla.get(ADDRESS))
    page = text_of(client_carla.post(ADDRESS, {**WORDS, "do": "preview"}))
    assert "Hallo Anna Berg: http" in page
    assert "Hallo {{ name }}" in page, "what was typed stays"
    page = text_of(client_carla.post(ADDRESS, {**WORDS, "do": "test"}))
    assert "A test mail is on its way to carla@deskbell.example." in page
    assert OutgoingMail.objects.get().subject.startswith("Test: Willkommen bei ")
    assert not MailText.objects.exists()
    page = text_of(client_carla.post(ADDRESS, {**WORDS, "do": "save"}, follow=True))
    assert "Saved. It goes out with the next mail." in page
    assert MailText.objects.get().subject == WORDS["subject"]
    page = text_of(client_carla.post(ADDRESS, {**WORDS, "do": "restore"}, follow=True))
    assert "The standard text goes out again." in page
    assert not MailText.objects.exists()


def test_what_is_wrong_stands_beside_its_field(client_carla: Browser) -> None:
    answer = client_carla.post(ADDRESS, WORDS | {"body": "no link"})
    assert answer.status_code == 422
    assert "Without {{ url }} this mail is no use." in text_of(answer)
    for path in ("/settings/mail-texts/reply/de/", "/settings/mail-texts/invite/xx/"):
        assert client_carla.get(path).status_code == 404


def test_the_logo_is_for_everybody_and_no_other_file(client_carla: Browser, mallory: Browser) -> None:
    def send(content: bytes) -> str:
        data = {"logo": SimpleUploadedFile("logo.png", content)}
        return text_of(client_carla.post("/settings/organisation/logo/", data, follow=True))

    assert "Choose a picture: PNG" in send(b"<svg>")
    assert "Saved." in send(PNG)
    address = f"/logo/{Organisation.objects.get().logo_id}/"
    answer = mallory.get(address)
    assert (answer.status_code, answer["Content-Type"], answer.getvalue()) == (200, "image/png", PNG)
    for closer in vars(answer)["_resource_closers"]:  # not close(): that ends the connection of the test
        closer()
    assert address in text_of(client_carla.get("/settings/organisation/"))
    client_carla.post("/settings/organisation/logo/", {"do": "remove"})
    assert mallory.get(address).status_code == 404
    page = text_of(client_carla.post("/settings/organisation/logo/", follow=True))
    assert "Choose a picture first." in page


def test_a_colour_on_which_nobody_could_read_is_refused(client_carla: Browser, mallory: Browser) -> None:
    answer = client_carla.post("/settings/organisation/", ORGANISATION | {"brand_color": "#ffcc00"})
    assert answer.status_code == 422
    assert "White words on it could not be read (contrast 1.5, at least 4.5). Try #" in text_of(answer)
    assert "--accent:light-dark(#0b6a77," in text_of(mallory.get("/brand/0b6a77.css"))
    assert mallory.get("/brand/red;}.css").status_code == 404
