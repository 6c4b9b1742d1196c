"""Mails taken back, sent once more, come back, and found lying about."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection

from helpdesk.core.domain.backoff import MAX_TRIES
from helpdesk.core.mailbox import when_settled
from helpdesk.core.models import Job, OutgoingMail
from helpdesk.core.services.jobs import LEASE, run_job
from helpdesk.core.services.mail import (
    cancel_mail,
    lease,
    mark_bounced,
    queue_mail,
    queue_mails_bulk,
    rescue_mails,
    resend_mail,
    send_due_mail,
)
from helpdesk.core.services.mail_fate import FORGOTTEN_AFTER, MailIsOut, MailNotToResend
from tests.core.test_mail_queue import spec

Status = OutgoingMail.Status
HOLD = timedelta(seconds=10)


def held(now: datetime, **facts: object) -> OutgoingMail:
    return queue_mails_bulk([spec(hold_until=now + HOLD, **facts)], now=now)[0]


def reread(mail: OutgoingMail) -> OutgoingMail:
    return OutgoingMail.objects.get(pk=mail.pk)


def failed(now: datetime, status: Status = Status.FAILED, **facts: object) -> OutgoingMail:
    mail = held(now, **facts)
    OutgoingMail.objects.filter(pk=mail.pk).update(status=status)
    return reread(mail)


@pytest.mark.django_db
def test_a_mail_that_was_taken_back_never_goes_out(now: datetime) -> None:
    mail = held(now)
    copy = held(now, copy_of=mail)
    cancel_mail(mail=mail)
    assert {mail.status, reread(copy).status} == {Status.CANCELLED}
    assert not reread(mail).is_held
    assert not send_due_mail(mail_id=mail.pk, now=now + HOLD)
    assert run_job(Job.objects.earliest("pk").pk, now + HOLD)


@pytest.mark.django_db
def test_when_one_copy_is_out_none_is_taken_back(now: datetime) -> None:
    mail = held(now)
    copy = held(now, copy_of=mail)
    assert send_due_mail(mail_id=copy.pk, now=now + HOLD)
    with pytest.raises(MailIsOut):
        cancel_mail(mail=mail)
    assert reread(mail).status == Status.QUEUED


@pytest.mark.django_db
def test_a_mail_without_a_hold_cannot_be_taken_back(now: datetime) -> None:
    mail = queue_mail(to="anna@acme.example", subject="Token", text="1", kind="token", now=now)
    with pytest.raises(MailIsOut):
        cancel_mail(mail=mail)


@pytest.mark.django_db(transaction=True)
def test_of_an_undo_and_a_worker_exactly_one_wins(now: datetime) -> None:
    mails = [held(now) for _ in range(12)]
    start = threading.Barrier(2)
    sent: set[int] = set()
    undone: set[int] = set()

    def work() -> None:
        for mail in mails:
            start.wait()
            if send_due_mail(mail_id=mail.pk, now=now + HOLD):
                sent.add(mail.pk)
        connection.close()

    def undo() -> None:
        for mail in mails:
            start.wait()
            try:
                cancel_mail(mail=mail)
                undone.add(mail.pk)
            except MailIsOut:
                pass
        connection.close()

    threads = [threading.Thread(target=run) for run in (work, undo)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sent | undone == {mail.pk for mail in mails}
    assert not sent & undone


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.FAILED, Status.BOUNCED])
def test_a_mail_that_did_not_arrive_is_sent_once_more(now: datetime, status: Status) -> None:
    old = failed(now, status, message_id="t1.m1@desk.example", references=["first@acme.example"])
    new = resend_mail(mail=old, now=now)
    assert (new.resent_from, new.to, new.text, new.status) == (old, old.to, old.text, Status.QUEUED)
    assert new.references == "<first@acme.example> <t1.m1@desk.example>"
    assert new.message_id != old.message_id
    assert new.message_id.endswith("@desk.example>")
    with pytest.raises(MailNotToResend):
        resend_mail(mail=old, now=now)


@pytest.mark.django_db
def test_neither_a_mail_that_is_out_nor_a_wiped_one_is_sent_once_more(now: datetime) -> None:
    for mail in (failed(now, is_secret=True), held(now)):
        with pytest.raises(MailNotToResend):
            resend_mail(mail=mail, now=now)


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.SENT, Status.SENDING, Status.QUEUED])
def test_a_mail_that_came_back_says_why_and_is_told_once(
    now: datetime, status: Status, django_capture_on_commit_callbacks: object
) -> None:
    mail = held(now, kind="tested", ref="7")
    OutgoingMail.objects.filter(pk=mail.pk).update(status=status, sent_at=now)
    told: list[str] = []
    when_settled("tested", told.append)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert mark_bounced(mail=mail, words="550 no such user")
        assert not mark_bounced(mail=mail, words="again")
    mail = reread(mail)
    assert (mail.status, mail.last_error, told) == (Status.BOUNCED, "550 no such user", ["7"])
    assert mail.may_be_resent


@pytest.mark.django_db
def test_a_mail_whose_worker_is_killed_at_every_try_does_not_stay_in_flight(now: datetime) -> None:
    mail = queue_mail(to="anna@acme.example", subject="Bomb", text="1", kind="reply", now=now)
    OutgoingMail.objects.filter(pk=mail.pk).update(
        status=Status.SENDING, tries=MAX_TRIES, lease_until=now + lease()
    )
    job = Job.objects.get()
    Job.objects.update(status=Job.Status.RUNNING, tries=MAX_TRIES, lease_until=now + LEASE)
    now += lease() + LEASE
    assert run_job(job.pk, now)
    assert (Job.objects.get().status, reread(mail).status) == (Job.Status.FAILED, Status.SENDING)
    rescue_mails(now)
    assert Job.objects.count() == 1, "not yet: its lease has only just run out"
    now += FORGOTTEN_AFTER
    rescue_mails(now)
    rescue_mails(now)
    assert run_job(Job.objects.exclude(pk=job.pk).get().pk, now)
    assert (reread(mail).status, reread(mail).last_error) == (Status.FAILED, "The worker died at every try.")


@pytest.mark.django_db
def test_a_mail_without_a_job_gets_one_after_a_while(now: datetime) -> None:
    queue_mail(to="anna@acme.example", subject="Lost", text="1", kind="reply", now=now)
    Job.objects.all().delete()
    rescue_mails(now)
    assert not Job.objects.exists()
    rescue_mails(now + FORGOTTEN_AFTER)
    assert Job.objects.count() == 1
