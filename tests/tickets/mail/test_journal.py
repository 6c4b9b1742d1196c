"""The journal: nothing is lost, nothing is taken twice."""

import io
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from helpdesk.core import jobs
from helpdesk.core.models import Job, OutgoingMail
from helpdesk.core.services.jobs import run_job
from tests.tickets.mail.conftest import ANNA, SUPPORT, Desk, steps
from tickets.models import Attachment, Mailbox, MailIn, Message, Ticket
from tickets.services.mail import journal, opening, take
from tickets.services.mail.journal import RawMail, claim_due, raw_of, settle, store_many, store_raw, try_again
from tickets.services.mail.reading import Reading
from tickets.services.mail.take import find_forgotten_mails, take_due_mails

pytestmark = pytest.mark.django_db
RAW = b"From: anna@acme.example\r\nMessage-ID: <a@b>\r\nSubject: x\r\n\r\nHello"


class Killed(BaseException):
    """The worker dies here."""


def keep(desk: Desk, raw: bytes = RAW, **more: Any) -> MailIn:
    return store_raw(**{"raw": raw, "source": "smtp", "mailbox": desk.box, "now": desk.now, **more})


def test_a_mail_is_kept_byte_by_byte_before_anybody_reads_it(desk: Desk) -> None:
    raw = RAW + bytes(range(256))
    mail = keep(desk, raw, envelope_from="Anna@acme.example", envelope_to=["Support@desk.example"])
    assert raw_of(mail) == raw
    assert (mail.status, mail.envelope_from, mail.envelope_to) == ("new", ANNA, [SUPPORT])


def test_a_long_mail_lies_in_the_file_store(desk: Desk) -> None:
    raw = RAW + b"x" * journal.MAX_INLINE_BYTES
    mail = MailIn.objects.get(pk=keep(desk, raw).pk)
    assert mail.raw is None
    assert raw_of(mail) == raw


def test_the_same_bytes_for_the_same_mailbox_are_one_mail(desk: Desk) -> None:
    other = Mailbox.objects.create(address="sales@desk.example", created_at=desk.now)
    first = keep(desk)
    assert keep(desk).pk == first.pk
    assert keep(desk, mailbox=other).pk != first.pk
    assert keep(desk, mailbox=None).pk != first.pk


def test_a5_another_mail_with_the_same_message_id_is_another_mail(desk: Desk) -> None:
    early = desk.receive(RAW.replace(b"anna@acme", b"mallory@evil").replace(b"Hello", b"Ha"))
    real = desk.receive(RAW)
    assert (early.outcome, real.outcome) == ("ticket", "ticket")
    assert early.ticket != real.ticket


@pytest.mark.parametrize(("source", "count"), [("smtp", 2), ("pipe", 2), ("imap", 1)])
def test_equal_mails_without_an_id_are_two_unless_a_folder_shows_them_again(
    desk: Desk, source: str, count: int
) -> None:
    for _time in (1, 2):
        keep(desk, b"Subject: alarm\r\n\r\nfire", source=source)
    assert MailIn.objects.count() == count


def test_one_job_is_enough_for_many_mails(desk: Desk) -> None:
    for i in range(3):
        keep(desk, RAW + b"%d" % i)
    assert Job.objects.filter(kind="take_mail").count() == 1


def test_a_job_that_waits_for_a_later_mail_is_woken_for_a_new_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    woken: list[int] = []
    monkeypatch.setattr(jobs, "wake", woken.append)
    keep(desk)
    job = Job.objects.get(kind="take_mail")
    Job.objects.update(run_at=desk.now + timedelta(hours=1))
    with django_capture_on_commit_callbacks(execute=True):
        keep(desk, RAW + b"!")
    job.refresh_from_db()
    assert (job.run_at, woken) == (desk.now, [job.pk])


def test_the_job_takes_everything_and_is_done(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(take, "BATCH", 2)
    for i in range(5):
        keep(desk, RAW + b"%d" % i)
    run_job(Job.objects.get(kind="take_mail").pk, desk.now)
    assert set(MailIn.objects.values_list("status", flat=True)) == {"done"}
    assert Job.objects.get(kind="take_mail").status == "done"


def test_a_job_leaves_the_rest_to_the_next_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(take, "MAILS_PER_RUN", 0)
    keep(desk)
    run_job(Job.objects.get(kind="take_mail").pk, desk.now)
    jobs_left = Job.objects.filter(kind="take_mail").order_by("pk")
    assert list(jobs_left.values_list("status", flat=True)) == ["done", "queued"]


def test_a_job_waits_for_the_lease_of_a_worker_that_may_have_died(desk: Desk) -> None:
    keep(desk)
    claim_due(now=desk.now, limit=5)
    run_job(Job.objects.get(kind="take_mail").pk, desk.now)
    assert Job.objects.get(kind="take_mail").run_at == desk.now + journal.LEASE


def test_a_mail_without_a_job_is_found_again(desk: Desk) -> None:
    find_forgotten_mails(desk.now)
    assert not Job.objects.exists()
    keep(desk)
    Job.objects.all().delete()
    find_forgotten_mails(desk.now)
    assert Job.objects.get().kind == "take_mail"


def test_two_workers_never_have_the_same_mail(desk: Desk) -> None:
    keep(desk)
    assert len(claim_due(now=desk.now, limit=5)) == 1
    assert claim_due(now=desk.now, limit=5) == []
    assert take_due_mails(now=desk.now) == 0


def test_who_overslept_his_lease_changes_nothing(desk: Desk) -> None:
    keep(desk)
    (mine,) = claim_due(now=desk.now, limit=5)
    late = desk.now + journal.LEASE
    assert take_due_mails(now=late) == 1
    with pytest.raises(journal.ClaimLost):
        settle([mine], now=late)


def test_a_lost_claim_takes_the_tickets_of_its_batch_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(desk)
    before = Ticket.objects.count()
    real = journal.settle

    def late(mails: list[MailIn], *, now: datetime) -> None:
        MailIn.objects.update(claim=None)  # somebody else's by now
        real(mails, now=now)

    monkeypatch.setattr(journal, "settle", late)
    take_due_mails(now=desk.now)
    assert Ticket.objects.count() == before


def _die_at(number: int) -> Callable[..., Any]:
    seen = SimpleNamespace(count=0)

    def wrapper(execute: Callable[..., object], *args: object) -> object:
        seen.count += 1
        if seen.count == number:
            raise Killed
        return execute(*args)

    return wrapper


@pytest.mark.slow
def test_a_worker_killed_at_any_statement_loses_and_doubles_nothing(desk: Desk) -> None:
    before = Ticket.objects.count()
    for number in range(1, 200):
        raws = [
            desk.letter(f"x{number}@new.example", subject=f"new {number}", cc="cc@new.example"),
            desk.letter(in_reply_to=desk.marked(), body=f"joined {number}"),
        ]
        store_many(mails=[RawMail(raw=raw, source="smtp", mailbox=desk.box) for raw in raws], now=desk.now)
        try:
            with connection.execute_wrapper(_die_at(number)):
                take_due_mails(now=desk.now)
        except Killed:
            journal.release_claims(now=desk.now)
            while take_due_mails(now=desk.now):
                pass
        else:
            break
    assert number > 30
    assert Ticket.objects.count() == before + number
    assert Message.objects.filter(body__startswith="joined").count() == number
    assert OutgoingMail.objects.filter(kind="ticket-confirmation").count() == number
    assert not MailIn.objects.exclude(status="done").exists()


def _break(monkeypatch: pytest.MonkeyPatch, error: Exception, subject: str) -> None:
    """Whatever is done about mails of this subject fails."""
    real = opening.open_from_mail

    def failing(readings: list[Reading], *args: Any, **more: Any) -> object:
        if any(reading.mail.subject == subject and reading.mail.text for reading in readings):
            raise error
        return real(readings, *args, **more)

    monkeypatch.setattr(take, "open_from_mail", failing)


def test_one_bad_mail_costs_the_others_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    _break(monkeypatch, ValueError("no"), "bad")
    for subject in ("good", "bad", "fine"):
        keep(desk, desk.letter(subject=subject))
    take_due_mails(now=desk.now)
    assert set(MailIn.objects.values_list("subject", "status")) == {
        ("good", "done"),
        ("", "new"),
        ("fine", "done"),
    }
    assert MailIn.objects.get(status="new").last_error == "ValueError: no"


def test_a_mail_that_fails_three_times_becomes_a_ticket_with_the_original(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _break(monkeypatch, ValueError("no"), "bad")
    raw = desk.letter(subject="bad")
    keep(desk, raw)
    for hours in range(3):
        take_due_mails(now=desk.now + timedelta(hours=hours))
    mail = MailIn.objects.get()
    assert (mail.status, mail.outcome, steps(mail)) == ("done", "unparsed", ["gave-up", "contact"])
    assert mail.ticket
    assert mail.ticket.subject == "bad"
    attachment = Attachment.objects.get(ticket=mail.ticket)
    assert (attachment.filename, attachment.size) == ("mail.eml", len(raw))
    assert not OutgoingMail.objects.exists()


def test_a_mail_whose_worker_dies_at_every_try_becomes_a_ticket(desk: Desk) -> None:
    keep(desk)
    for _try in range(3):
        assert claim_due(now=desk.now, limit=5)
        journal.release_claims(now=desk.now)
    take_due_mails(now=desk.now)
    mail = MailIn.objects.get()
    assert (mail.outcome, mail.ticket and mail.ticket.subject) == ("unparsed", "A mail that cannot be read")


def test_mails_tried_before_come_alone(desk: Desk) -> None:
    for i in range(3):
        keep(desk, RAW + b"%d" % i)
    claim_due(now=desk.now, limit=2)
    journal.release_claims(now=desk.now)
    assert [len(claim_due(now=desk.now, limit=5)) for _time in range(4)] == [1, 1, 1, 0]


def test_what_cannot_even_be_kept_as_unreadable_waits_for_a_person(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_more: Any) -> None:
        raise ValueError

    monkeypatch.setattr(take, "open_from_mail", fail)
    keep(desk)
    for hours in range(3):
        take_due_mails(now=desk.now + timedelta(hours=hours))
    mail = MailIn.objects.get()
    assert mail.status == "failed"
    monkeypatch.undo()
    assert try_again(mail=mail, now=desk.now)
    assert not try_again(mail=mail, now=desk.now)
    take_due_mails(now=desk.now)
    assert MailIn.objects.get().outcome == "ticket"


@pytest.mark.parametrize("error", [OSError(28, "No space left"), OperationalError("locked")])
def test_the_troubles_of_the_house_count_against_no_mail(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    _break(monkeypatch, error, "x")
    keep(desk)
    for minutes in range(5):
        take_due_mails(now=desk.now + timedelta(minutes=minutes))
    mail = MailIn.objects.get()
    assert (mail.status, mail.tries) == ("new", 0)


def test_a_mail_whose_last_statement_failed_waits_for_half_a_minute_only(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line in the journal comes last: by then the mail had let go of its claim."""

    def locked(*_args: Any) -> int:
        raise OperationalError("database is locked")

    monkeypatch.setattr(journal, "_update_many", locked)
    keep(desk)
    take_due_mails(now=desk.now)
    monkeypatch.undo()
    mail = MailIn.objects.get()
    assert (mail.status, mail.next_try_at, mail.tries) == ("new", desk.now + take.HOUSE_PAUSE, 0)


def test_a_full_disk_while_reading_lets_the_mails_wait(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: Any, **_more: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(take, "read_mails", full)
    keep(desk)
    assert take_due_mails(now=desk.now) == 0
    assert "No space left" in MailIn.objects.get().last_error


def test_a_pipe_hands_its_mail_over(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(RAW)))
    call_command("receive_mail", mailbox=SUPPORT, sender=ANNA, recipient=[SUPPORT], stdout=io.StringIO())
    mail = MailIn.objects.get()
    assert (mail.source, mail.mailbox, mail.envelope_to) == ("pipe", desk.box, [SUPPORT])


@pytest.mark.parametrize(("raw", "mailbox"), [(b" \n", ""), (RAW, "nobody@desk.example")])
def test_a_pipe_without_a_mail_or_a_mailbox_fails(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, raw: bytes, mailbox: str
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    with pytest.raises(CommandError):
        call_command("receive_mail", mailbox=mailbox)
    assert not MailIn.objects.exists()


def test_a_pipe_asks_the_mail_server_to_try_again_when_the_disk_is_full(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: Any, **_more: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(RAW)))
    monkeypatch.setattr("tickets.management.commands.receive_mail.store_raw", full)
    with pytest.raises(CommandError) as failed:
        call_command("receive_mail")
    assert failed.value.returncode == 75


def test_mails_that_may_join_go_in_small_parts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(take, "JOINED_AT_ONCE", 2)
    sizes: list[int] = []
    real = take._settle

    def counting(wave: list[Reading], now: datetime) -> None:
        sizes.append(len(wave))
        real(wave, now)

    monkeypatch.setattr(take, "_settle", counting)
    letters = [desk.letter(in_reply_to=desk.marked()) for _letter in range(3)]
    letters += [desk.letter(), desk.letter(), desk.letter(to=desk.address())]
    store_many(mails=[RawMail(raw=raw, source="smtp", mailbox=desk.box) for raw in letters], now=desk.now)
    assert take_due_mails(now=desk.now) == 6
    assert sizes == [2, 2, 2]


def test_a_mail_that_came_in_meanwhile_wakes_its_own_job_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    """The job's clock stood still at its start; ten seconds until the sweep would be long."""
    keep(desk, now=desk.now + timedelta(seconds=1))
    Job.objects.update(status="running")
    woken: list[int] = []
    monkeypatch.setattr(jobs, "wake", woken.append)
    with django_capture_on_commit_callbacks(execute=True):
        take.take_mail_job("", desk.now)
    assert woken == [Job.objects.get(status="queued").pk]
