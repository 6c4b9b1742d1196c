"""What changes rights or secrets asks for the password once more; what was typed is not lost (A14)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from helpdesk.core.models import ApiToken, Role, User, Webhook
from tests.conftest import PASSWORD, browser_of
from tests.web.conftest import long_ago, text_of

pytestmark = pytest.mark.django_db
NOBODY = "00000000-0000-4000-8000-000000000000"
NIGHT = {"name": "Night", "permissions": ["tickets.view", "tickets.edit"], "all_clients": "on"}


def test_a_role_is_saved_once_the_password_was_shown(client_carla: Browser) -> None:
    long_ago(client_carla)
    assert client_carla.get("/settings/roles/0/").status_code == 200, "reading is free"
    asked = client_carla.post("/settings/roles/0/", NIGHT)
    assert asked.status_code == 403
    assert asked["Cache-Control"] == "no-store, private"
    page = text_of(asked)
    assert "Is it still you?" in page
    assert '<input type="hidden" name="permissions" value="tickets.edit">' in page
    wrong = client_carla.post("/settings/roles/0/", NIGHT | {"password-again": "wrong"})
    assert (wrong.status_code, "This is not your present password." in text_of(wrong)) == (403, True)
    assert not Role.objects.filter(name="Night").exists()
    right = client_carla.post("/settings/roles/0/", NIGHT | {"password-again": PASSWORD})
    assert right["Location"] == "/settings/roles/"
    assert Role.objects.get(name="Night").permissions == ["tickets.view", "tickets.edit"]
    assert client_carla.post("/settings/roles/0/", NIGHT | {"name": "Day"}).status_code == 302, "ten minutes"


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/settings/people/new/", {"full_name": "M", "email": "m@evil.example", "password": PASSWORD}),
        ("/settings/webhooks/", {"name": "x", "url": "https://1.1.1.1/", "events": ["ticket.created"]}),
        ("/settings/providers/", {"name": "x", "issuer": "https://1.1.1.1", "client_id": "x"}),
        ("/settings/mailboxes/new/", {"address": "m@evil.example"}),
        ("/settings/webhooks/1/restore/", {}),
        ("/settings/webhooks/calls/1/again/", {}),
        ("/settings/teams/", {"name": "M"}),
        ("/settings/teams/1/", {"do": "delete"}),
        ("/settings/teams/back/", {"what": "x"}),
        ("/settings/organisation/", {"name": "M"}),
        (f"/clients/{NOBODY}/keys/", {"label": "M"}),
        (f"/clients/{NOBODY}/keys/1/", {"do": "rotate"}),
        ("/settings/mailboxes/1/restore/", {}),
        ("/settings/organisation/logo/", {"do": "remove"}),
        ("/settings/mail-texts/reset/en/", {"subject": "x", "body": "https://evil.example"}),
        ("/settings/mail-texts/reset/en/", {"do": "restore"}),
        ("/rules/new/", {"name": "Send it all to me"}),
        ("/rules/new/", {"command": "save-anyway"}),
        ("/rules/1/switch/", {"on": "1"}),
        ("/rules/1/move/", {"to": "0"}),
        ("/rules/1/delete/", {}),
        ("/rules/1/restore/", {}),
        (f"/contacts/{NOBODY}/data/", {"email": "anna@acme.example"}),
        ("/profile/tokens/", {"name": "x", "days": "never", "scopes": ["users.edit"]}),
    ],
)
def test_a14_a_browser_left_open_gives_nothing_grave_away(
    client_carla: Browser, path: str, data: dict[str, object]
) -> None:
    long_ago(client_carla)
    people = User.objects.count()
    assert "Is it still you?" in text_of(client_carla.post(path, data))
    assert (User.objects.count(), Webhook.objects.count(), ApiToken.objects.count()) == (people, 0, 0)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/rules/new/", {"command": "add"}),
        ("/rules/new/", {"command": "dry-run"}),
        ("/settings/mail-texts/reset/en/", {"do": "preview"}),
    ],
)
def test_what_changes_nothing_asks_for_nothing(
    client_carla: Browser, path: str, data: dict[str, object]
) -> None:
    long_ago(client_carla)
    assert "Is it still you?" not in text_of(client_carla.post(path, data))


def test_a_file_is_chosen_again_after_the_password(client_carla: Browser) -> None:
    long_ago(client_carla)
    logo = SimpleUploadedFile("logo.png", b"x", "image/png")
    page = "/settings/organisation/"
    answer = client_carla.post(f"{page}logo/", {"logo": logo}, headers={"Referer": f"https://desk{page}"})
    assert answer["Location"] == "/sign-in/confirm/?next=%2Fsettings%2Forganisation%2F"
    back = client_carla.post(answer["Location"], {"password": PASSWORD})
    assert (back["Location"], "Choose it once more afterwards." in text_of(client_carla.get(page))) == (
        page,
        True,
    )


def test_what_was_typed_waits_for_a_passkey_too(carla: User) -> None:
    """The script sends it on once the passkey is shown, also of somebody without a password."""
    User.objects.filter(pk=carla.pk).update(password="!")
    browser = browser_of(User.objects.get(pk=carla.pk))
    long_ago(browser)
    page = text_of(browser.post("/settings/teams/", {"name": "Night"}))
    kept = page.partition("data-go-on>")[2].partition("</form>")[0]
    assert '<input type="hidden" name="name" value="Night">' in kept
    assert "password" not in kept


def test_a14_the_password_of_somebody_else_does_not_count(client_carla: Browser, bob: User) -> None:
    bob.set_password("another good sentence")
    bob.save()
    long_ago(client_carla)
    again = {"password-again": "another good sentence", "email": bob.email}
    assert client_carla.post("/settings/roles/0/", NIGHT | again).status_code == 403


def test_a18_the_password_cannot_be_guessed_here_either(client_carla: Browser) -> None:
    long_ago(client_carla)
    guesses = [
        client_carla.post("/settings/roles/0/", NIGHT | {"password-again": f"guess {number}"}).status_code
        for number in range(7)
    ]
    assert guesses == [403] * 5 + [429] * 2
    right = client_carla.post("/settings/roles/0/", NIGHT | {"password-again": PASSWORD})
    assert right.status_code == 429


def test_a18_nor_where_a_new_one_is_chosen(client_carla: Browser, carla: User) -> None:
    """Else a stolen session has all the tries in the world, and then the account."""
    new = {"new_password": "another good sentence"}
    guesses = [
        client_carla.post("/profile/security/", new | {"old_password": f"guess {number}"}).status_code
        for number in range(7)
    ]
    assert guesses == [422] * 5 + [429] * 2
    assert client_carla.post("/profile/security/", new | {"old_password": PASSWORD}).status_code == 429
    assert User.objects.get(pk=carla.pk).check_password(PASSWORD)


def test_who_may_not_reads_so_and_is_asked_nothing(client_ada: Browser) -> None:
    long_ago(client_ada)
    answer = client_ada.post("/settings/roles/0/", NIGHT)
    assert (answer.status_code, "Is it still you?" in text_of(answer)) == (403, False)


def test_a_part_of_a_page_leads_to_where_it_is_shown(client_carla: Browser) -> None:
    long_ago(client_carla)
    htmx = {"HX-Request": "true", "HX-Current-URL": "https://desk.example/settings/roles/0/"}
    answer = client_carla.post("/settings/roles/0/", NIGHT, headers=htmx)
    assert answer["HX-Redirect"] == "/sign-in/confirm/?next=%2Fsettings%2Froles%2F0%2F"
