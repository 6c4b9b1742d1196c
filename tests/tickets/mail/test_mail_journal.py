"""The page "What happened to this mail?"."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client as Browser

from agents.models import Client, RoleScope
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.errors import NotFound
from helpdesk.core.models import Role, User
from tests.conftest import browser_of, make_user
from tests.tickets.mail.conftest import MALLORY, SUPPORT, Desk
from tickets.models import MailIn
from tickets.selectors import mail_journal
from tickets.selectors.mail_journal import mail_for, mail_page, mails_visible_to
from tickets.views.mail_journal import REASONS, sentence

pytestmark = pytest.mark.django_db


def found(user: User, text: str = "", **more: str) -> list[str]:
    return [mail.subject for mail in mail_page(user, text=text, **more).mails]  # type: ignore[arg-type]


def test_a_mail_is_found_by_sender_subject_and_id(desk: Desk, carla: User) -> None:
    desk.receive(desk.letter(MALLORY, subject="Money", message_id="<secret@evil.example>"))
    desk.receive(desk.letter(subject="Printer"))
    assert found(carla) == ["Printer", "Money"]
    for text in ("mallory", "mone", "<secret@evil.example>", " secret@evil.example "):
        assert found(carla, text) == ["Money"]
    assert found(carla, "nothing") == []


def test_a_search_without_nul_and_an_outcome_that_is_none_show_all(desk: Desk, carla: User) -> None:
    desk.receive(desk.letter(MALLORY, subject="Money"))
    assert found(carla, "money\0") == found(carla, outcome="x\0") == ["Money"]


def test_mails_are_found_by_what_became_of_them(desk: Desk, carla: User) -> None:
    desk.receive(desk.letter(subject="new"))
    desk.receive(desk.letter(MALLORY, subject="held", in_reply_to=desk.marked()))
    desk.receive(desk.letter(subject="failed"))
    MailIn.objects.filter(subject="failed").update(status="failed", outcome="")
    assert found(carla, outcome="held") == ["held"]
    assert found(carla, outcome="failed") == ["failed"]
    assert found(carla, outcome="waiting") == []


def test_the_pages_go_back_and_forth(desk: Desk, carla: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_journal, "PAGE", 2)
    for number in range(5):
        desk.receive(desk.letter(subject=f"{number}"))
    first = mail_page(carla)
    second = mail_page(carla, before=first.older)
    third = mail_page(carla, before=second.older)
    assert [mail.subject for page in (first, second, third) for mail in page.mails] == list("43210")
    assert (first.newer, third.older) == (None, None)
    assert [mail.subject for mail in mail_page(carla, after=third.newer).mails] == list("21")
    back = mail_page(carla, after=second.newer)
    assert ([mail.subject for mail in back.mails], back.newer) == (list("43"), None)
    assert mail_page(carla, after=10**9).mails == []


def test_only_who_keeps_the_settings_sees_the_journal(desk: Desk, carla: User) -> None:
    mail = desk.receive(desk.letter())
    for stranger in (desk.ada, AnonymousUser()):
        assert not mails_visible_to(stranger).exists()
        with pytest.raises(NotFound):
            mail_for(stranger, mail.pk)
    assert mail_for(carla, mail.pk) == mail


def test_a12_who_sees_the_tickets_of_one_client_reads_no_mail(desk: Desk, acme: Client) -> None:
    """It may be of anybody, also what became no ticket; a mailbox reaches all of it."""
    mail = desk.receive(desk.letter(subject="Printer"))
    may = [Permission.MAIL_EDIT, Permission.TICKETS_VIEW]
    keeps = Role.objects.create(name="Mail", permissions=may[:1], all_clients=True)
    of_acme = Role.objects.create(name="Of Acme", permissions=may)
    RoleScope.objects.create(role=of_acme, client=acme)
    eve = make_user("eve@desk.example", "Eve", keeps, of_acme)
    paths = [
        f"/settings/mail/{mail.pk}/",
        "/settings/mail/",
        "/settings/mailboxes/",
        "/settings/mail/blocked/",
    ]
    assert found(eve) == []
    assert {browser_of(eve).get(path).status_code for path in paths} == {403}
    Role.objects.filter(pk=of_acme.pk).update(all_clients=True)
    assert found(User.objects.get(pk=eve.pk)) == ["Printer"]
    assert {browser_of(eve).get(path).status_code for path in paths} == {200}


def test_every_decision_has_its_sentence(desk: Desk, client_carla: Browser) -> None:
    mail = desk.receive(desk.letter(MALLORY, in_reply_to=desk.marked()))
    page = client_carla.get(f"/settings/mail/{mail.pk}/").content.decode()
    assert "takes no part in the ticket: a technician decides." in page
    assert f"#{desk.own.number}" in page
    assert {reason["step"] for reason in mail.reasons} <= REASONS.keys()


def test_a1_a_decision_shows_the_words_of_strangers_as_text() -> None:
    assert "<script" not in sentence({"step": "blocked", "words": "<script>alert(1)</script>"})
    assert "&lt;" in sentence({"step": "unknown step", "words": "<b>"})


def test_a2_the_original_is_a_download_and_never_a_page(desk: Desk, client_carla: Browser) -> None:
    raw = desk.letter(body="<script>alert(1)</script>")
    mail = desk.receive(raw)
    answer = client_carla.get(f"/settings/mail/{mail.pk}/raw/")
    assert answer.content == raw
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"


def test_a_failed_mail_is_tried_again_by_hand(desk: Desk, client_carla: Browser) -> None:
    mail = desk.receive(desk.letter())
    MailIn.objects.update(status="failed", outcome="", last_error="ValueError: no")
    page = client_carla.get(f"/settings/mail/{mail.pk}/").content.decode()
    assert "ValueError: no" in page
    for words in ("The mail is tried again.", "being tried again already"):
        answer = client_carla.post(f"/settings/mail/{mail.pk}/again/", follow=True)
        assert words in answer.content.decode()
    assert MailIn.objects.get().status == "new"


@pytest.mark.parametrize("query", ["", "?q=anna", "?outcome=held", "?before=5", "?after=x", "?q=nothing"])
def test_the_list_shows_whatever_is_asked(desk: Desk, client_carla: Browser, query: str) -> None:
    desk.receive(desk.letter())
    desk.receive(desk.letter(SUPPORT))
    MailIn.objects.filter(outcome="dropped").update(status="working", outcome="")
    assert client_carla.get(f"/settings/mail/{query}").status_code == 200
