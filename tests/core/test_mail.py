import threading
from datetime import datetime

import pytest
from django.core import mail as django_mail
from django.db import connection
from pytest_django import Settings

from helpdesk.core import jobs
from helpdesk.core.domain.backoff import MAX_TRIES
from helpdesk.core.errors import Invalid
from helpdesk.core.models import Job, OutgoingMail
from helpdesk.core.services.jobs import run_job
from helpdesk.core.services.mail import WIPED, lease, queue_mail, send_due_mail, send_mail_job
from tests.core.sink import Sink

Status = OutgoingMail.Status


def queue(now: datetime, **changes: object) -> OutgoingMail:
    values = {
        "to": "anna@acme.example",
        "subject": "Re: printer",
        "text": "It works.",
        "kind": "reply",
        "now": now,
    }
    return queue_mail(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_queued_mail_is_sent_once_with_its_own_message_id(sink: Sink, now: datetime) -> None:
    mail = queue(now, html="<p>It works.</p>", reply_to="help@desk.example")
    assert str(mail) == "reply to anna@acme.example"
    assert send_due_mail(mail_id=mail.pk, now=now)
    assert not send_due_mail(mail_id=mail.pk, now=now + lease())
    mail.refresh_from_db()
    assert (mail.status, mail.sent_at, mail.is_in_doubt, mail.claim) == (Status.SENT, now, False, None)
    (message,) = sink.accepted
    assert message["Message-ID"] == mail.message_id
    assert message["Reply-To"] == "help@desk.example"
    assert message["Auto-Submitted"] == "auto-generated"


@pytest.mark.django_db
def test_the_job_of_a_mail_sends_it(now: datetime) -> None:
    mail = queue(now)
    assert run_job(Job.objects.get(kind="send_mail").pk, now)
    assert [message.subject for message in django_mail.outbox] == ["Re: printer"]
    mail.refresh_from_db()
    assert mail.status == Status.SENT


@pytest.mark.django_db
@pytest.mark.parametrize(
    "subject", ["Hi\r\nBcc: all@acme.example", "Hi\nX: 1", "Hi\x00", "Hi\u2028there", " "]
)
def test_a9_a_subject_cannot_smuggle_in_a_header(now: datetime, subject: str) -> None:
    with pytest.raises(Invalid) as caught:
        queue(now, subject=subject)
    assert set(caught.value.fields or {}) == {"subject"}
    assert not OutgoingMail.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["to", "reply_to"])
@pytest.mark.parametrize(
    "address",
    ["a@acme.example\r\nBcc: b@acme.example", "a@acme.example, b@acme.example", "a@acme.example\n", "anna"],
)
def test_a9_an_address_field_holds_one_address(now: datetime, field: str, address: str) -> None:
    with pytest.raises(Invalid) as caught:
        queue(now, **{field: address})
    assert set(caught.value.fields or {}) == {field}


@pytest.mark.django_db
def test_a9_hostile_text_stays_text(sink: Sink, now: datetime) -> None:
    mail = queue(now, text="\r\n.\r\nRCPT TO:<b@acme.example>\r\nBcc: c@acme.example")
    send_due_mail(mail_id=mail.pk, now=now)
    (message,) = sink.accepted
    assert message["Bcc"] is None
    assert "RCPT TO:<b@acme.example>" in str(message.get_payload())


@pytest.mark.django_db
def test_lines_that_begin_with_a_dot_arrive_whole(sink: Sink, now: datetime) -> None:
    text = ".profile\n..\n.\nThe end"
    mail = queue_mail(to="anna@acme.example", subject="Dots", text=text, kind="x", now=now)
    assert send_due_mail(mail_id=mail.pk, now=now)
    (message,) = sink.accepted
    assert str(message.get_payload()).replace("\r\n", "\n").rstrip("\n") == text


@pytest.mark.django_db
def test_a_greylisting_server_gets_the_mail_again_later(sink: Sink, now: datetime) -> None:
    sink.answers["RCPT"] = ["451 4.7.1 Greylisted, come back"]
    mail = queue(now)
    assert not send_due_mail(mail_id=mail.pk, now=now)
    mail.refresh_from_db()
    assert (mail.status, mail.last_error, mail.doubts) == (
        Status.QUEUED,
        "451 4.7.1 Greylisted, come back",
        0,
    )
    assert not send_due_mail(mail_id=mail.pk, now=now)
    assert send_due_mail(mail_id=mail.pk, now=mail.next_try_at)
    assert len(sink.accepted) == 1


@pytest.mark.django_db
def test_a_job_comes_back_when_its_mail_does(sink: Sink, now: datetime) -> None:
    sink.answers["DATA"] = ["452 4.2.2 Mailbox full"]
    mail = queue(now)
    with pytest.raises(jobs.Later) as later:
        send_mail_job(str(mail.pk), now)
    mail.refresh_from_db()
    assert later.value.at == mail.next_try_at > now


@pytest.mark.django_db
def test_a_job_waits_for_the_lease_of_another_worker(now: datetime) -> None:
    mail = queue(now)
    OutgoingMail.objects.filter(pk=mail.pk).update(status=Status.SENDING, lease_until=now + lease())
    with pytest.raises(jobs.Later) as later:
        send_mail_job(str(mail.pk), now)
    assert later.value.at == now + lease()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("step", "answer"),
    [("MAIL", "552 5.3.4 Too big"), ("RCPT", "550 5.1.1 No such user"), ("DATA", "554 5.7.1 Spam")],
)
def test_a_final_no_is_final_and_its_words_are_kept(
    sink: Sink, now: datetime, step: str, answer: str
) -> None:
    sink.answers[step] = [answer]
    mail = queue(now)
    send_due_mail(mail_id=mail.pk, now=now)
    mail.refresh_from_db()
    assert (mail.status, mail.last_error) == (Status.FAILED, answer)


@pytest.mark.django_db
def test_a_server_that_is_away_is_tried_eight_times(settings: Settings, now: datetime) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "helpdesk.core.mailbox.SmtpBackend",
        "127.0.0.1",
        9,
    )
    mail = queue(now)
    for _ in range(MAX_TRIES):
        assert mail.status == Status.QUEUED
        send_due_mail(mail_id=mail.pk, now=mail.next_try_at)
        mail.refresh_from_db()
    assert (mail.status, mail.tries, mail.doubts) == (Status.FAILED, MAX_TRIES, 0)
    assert "ConnectionRefusedError" in mail.last_error


@pytest.mark.django_db
def test_a_line_that_drops_in_the_answer_costs_one_repeat(sink: Sink, now: datetime) -> None:
    sink.hang_ups = 1
    mail = queue(now)
    assert not send_due_mail(mail_id=mail.pk, now=now)
    mail.refresh_from_db()
    assert (mail.status, mail.doubts, mail.is_in_doubt) == (Status.QUEUED, 1, False)
    assert send_due_mail(mail_id=mail.pk, now=mail.next_try_at)


@pytest.mark.django_db
def test_a_second_doubt_is_left_to_a_human(sink: Sink, now: datetime) -> None:
    sink.hang_ups = 9
    mail = queue(now)
    for _ in range(3):
        send_due_mail(mail_id=mail.pk, now=mail.next_try_at)
        mail.refresh_from_db()
    assert (mail.status, mail.tries, sink.hang_ups) == (Status.FAILED, 2, 7)


@pytest.mark.django_db
def test_a_worker_that_died_in_doubt_is_not_followed_by_another(sink: Sink, now: datetime) -> None:
    mail = queue(now)
    OutgoingMail.objects.filter(pk=mail.pk).update(
        status=Status.SENDING, lease_until=now, is_in_doubt=True, tries=1
    )
    assert not send_due_mail(mail_id=mail.pk, now=now)
    mail.refresh_from_db()
    assert (mail.status, mail.doubts, sink.accepted) == (Status.FAILED, 1, [])
    assert "may have arrived" in mail.last_error


@pytest.mark.django_db
def test_a_mail_that_kills_every_worker_is_given_up(now: datetime) -> None:
    mail = queue(now)
    OutgoingMail.objects.filter(pk=mail.pk).update(status=Status.SENDING, lease_until=now, tries=MAX_TRIES)
    assert not send_due_mail(mail_id=mail.pk, now=now)
    mail.refresh_from_db()
    assert (mail.status, mail.last_error, django_mail.outbox) == (
        Status.FAILED,
        "The worker died at every try.",
        [],
    )


@pytest.mark.django_db
def test_a_worker_that_overslept_hands_nothing_over(
    sink: Sink, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from helpdesk.core.mailbox import SmtpBackend

    mail = queue(now)
    opened = SmtpBackend.open

    def slow_open(self: SmtpBackend) -> bool | None:
        OutgoingMail.objects.filter(pk=mail.pk).update(
            claim=None
        )  # the lease ran out, another worker took over
        return opened(self)

    monkeypatch.setattr(SmtpBackend, "open", slow_open)
    assert not send_due_mail(mail_id=mail.pk, now=now)
    assert sink.accepted == []


@pytest.mark.django_db
def test_a27_a_secret_text_is_wiped_once_it_is_out(now: datetime) -> None:
    mail = queue(now, text="ABCD-EFGH", html="<b>ABCD-EFGH</b>", is_secret=True)
    send_due_mail(mail_id=mail.pk, now=now)
    assert "ABCD-EFGH" in django_mail.outbox[0].body
    mail.refresh_from_db()
    assert (mail.text, mail.html) == (WIPED, "")


@pytest.mark.django_db
def test_a27_a_secret_text_is_wiped_when_it_is_given_up_but_not_before(sink: Sink, now: datetime) -> None:
    sink.answers["RCPT"] = ["451 later", "550 never"]
    mail = queue(now, text="ABCD-EFGH", is_secret=True)
    send_due_mail(mail_id=mail.pk, now=now)
    mail.refresh_from_db()
    assert mail.text == "ABCD-EFGH"
    send_due_mail(mail_id=mail.pk, now=mail.next_try_at)
    mail.refresh_from_db()
    assert mail.text == WIPED


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_that_race_exactly_one_sends(sink: Sink, now: datetime) -> None:
    ids = [queue(now, subject=f"Mail {number}").pk for number in range(15)]
    start = threading.Barrier(2)
    wins: list[int] = []

    def work() -> None:
        try:
            for mail_id in ids:
                start.wait()
                if send_due_mail(mail_id=mail_id, now=now):
                    wins.append(mail_id)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(wins) == ids
    assert sorted(message["Subject"] for message in sink.accepted) == sorted(f"Mail {n}" for n in range(15))
