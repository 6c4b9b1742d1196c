"""What the doctor finds; the mail that goes round is in tests/servers."""

from datetime import datetime
from io import StringIO

import pytest
from django.core.management import call_command
from pytest_django import Settings

from helpdesk.core.models import Organisation
from helpdesk.server import doctor
from helpdesk.server.doctor import (
    look_at_dns,
    look_at_room,
    look_at_sending,
    look_at_the_brake,
    look_at_the_way_out,
    send_round,
)
from tickets.models import Mailbox

RECORDS = {
    "acme.com": ["v=spf1 mx -all"],
    "_dmarc.acme.com": ["v=DMARC1; p=reject"],
    "default._domainkey.acme.com": ["v=DKIM1; p=x"],
}


@pytest.fixture
def dns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "texts_of", lambda name: RECORDS.get(name, []))


def levels(domain: str) -> list[str]:
    return [finding.level for finding in look_at_dns({domain})]


def test_a_domain_with_its_records_is_well(dns: None) -> None:
    assert levels("acme.com") == ["ok", "ok", "ok"]


def test_a_domain_without_spf_is_a_problem(dns: None) -> None:
    assert levels("globex.com") == ["problem", "warning", "warning"]


def test_names_that_are_in_no_dns_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(_name: str) -> list[str]:
        raise AssertionError

    monkeypatch.setattr(doctor, "texts_of", asked)
    assert levels("brightwell.example") == levels("localhost") == ["warning"]


def test_where_there_is_no_dns_that_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(_name: str) -> list[str]:
        raise OSError("no answer")

    monkeypatch.setattr(doctor, "texts_of", silent)
    found = list(look_at_dns({"acme.com", "globex.com"}))
    assert [finding.words for finding in found] == [
        "DNS does not answer here; SPF and DMARC were not checked."
    ]


def test_a_full_disk_is_a_problem(settings: Settings) -> None:
    settings.MAIL_RESERVE_MB = 2**40
    assert look_at_room().level == "problem"


def test_a_desk_whose_mails_become_files_is_told(settings: Settings, now: datetime) -> None:
    settings.EMAIL_BACKEND = "helpdesk.core.mailbox.FileBackend"
    assert look_at_the_way_out().level == "warning"
    assert send_round(Mailbox(address="support@desk.example", kind="imap")).level == "warning"


@pytest.mark.django_db
def test_a_brake_that_caught_is_a_problem(now: datetime) -> None:
    Organisation.objects.update_or_create(pk=1, defaults={"automatic_stopped_at": now})
    boxes = [Mailbox(address="a@desk.example", automatic_stopped_at=now), Mailbox(address="b@desk.example")]
    found = [finding.words for finding in look_at_the_brake(boxes)]
    assert len(found) == 2
    assert found[0].startswith("All automatic mail is stopped (22 Nov")
    assert found[1].startswith("a@desk.example: automatic mail is stopped (22 Nov")


@pytest.mark.django_db
def test_a_mailbox_that_cannot_send_is_a_problem(settings: Settings, now: datetime) -> None:
    settings.MAIL_ALLOWED_HOSTS = ["127.0.0.1"]
    box = Mailbox.objects.create(
        address="sales@desk.example", sends_itself=True, send_host="127.0.0.1", send_port=9,
        send_security="none", send_state="refused", send_words="535 no", send_state_at=now, created_at=now,
    )  # fmt: skip
    said, tried = [finding.words for finding in look_at_sending(box)]
    assert said.startswith("sales@desk.example: Sending was refused.")
    assert "Since 22 Nov" in said
    assert "535 no. Enter the user" in said
    assert tried == "sales@desk.example: 127.0.0.1 does not answer at port 9: Connection refused"


def test_a_mail_server_that_is_away_is_a_problem(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "helpdesk.core.mailbox.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert "Connection refused" in look_at_the_way_out().words


@pytest.mark.django_db
def test_a_desk_without_a_mailbox_ends_with_one(settings: Settings) -> None:
    out = StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command("doctor", "--no-mail", "--no-dns", stdout=out)
    assert "no active mailbox" in out.getvalue()


@pytest.mark.django_db
def test_a_mailbox_in_trouble_is_named_with_what_was_said(settings: Settings, now: datetime) -> None:
    settings.SMTP_LISTEN = None
    Mailbox.objects.create(
        address="support@desk.example", state="full", state_words="no room", state_at=now, created_at=now
    )
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", "--no-mail", "--no-dns", stdout=out)
    assert "PROBLEM  support@desk.example: The disk of the desk is full." in out.getvalue()
    assert "SMTP_LISTEN is empty" in out.getvalue()
