"""Headers of the mails that leave, and many of them at once."""

from datetime import datetime, timedelta

import pytest
from django.core import mail as outbox
from django.core.mail import EmailMultiAlternatives
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from helpdesk.core import jobs
from helpdesk.core.domain.mail_headers import (
    KEPT_REFERENCES,
    bracketed,
    domain_of,
    on_the_wire,
    reference_chain,
)
from helpdesk.core.errors import Invalid
from helpdesk.core.models import Job, OutgoingMail
from helpdesk.core.services.jobs import run_job
from helpdesk.core.services.mail import MailSpec, queue_mails_bulk, send_due_mail, send_mail_job
from helpdesk.core.services.mail_message import message_of
from tests.core.sink import Sink

Automatic = OutgoingMail.Automatic
SECOND = timedelta(seconds=1)


def spec(**facts: object) -> MailSpec:
    values = {"to": "anna@acme.example", "subject": "Printer", "text": "It works.", "kind": "reply"}
    return MailSpec(**(values | facts))  # type: ignore[arg-type]


def sent(now: datetime, **facts: object) -> EmailMultiAlternatives:
    return message_of(queue_mails_bulk([spec(**facts)], now=now)[0])


def test_a_domain_with_umlauts_can_be_written_to(db: None, now: datetime) -> None:
    assert sent(now, to="joe@müller.example").message()["To"] == "joe@xn--mller-kva.example"
    assert [on_the_wire(text) for text in ("a@b.example", "nobody", "a@" + "x" * 64)] == [
        "a@b.example",
        "nobody",
        "a@" + "x" * 64,
    ]


def test_a_chain_keeps_its_first_and_its_last_ids() -> None:
    ids = [f"m{n}@desk.example" for n in range(50)]
    chain = reference_chain(ids).split()
    assert len(chain) == KEPT_REFERENCES + 1
    assert (chain[0], chain[1], chain[-1]) == (
        "<m0@desk.example>",
        "<m30@desk.example>",
        "<m49@desk.example>",
    )
    assert reference_chain(["<a@b>", "c@d", "a@b"]) == "<a@b> <c@d>"
    assert domain_of("<a@desk.example>") == "desk.example"


@given(st.text())
def test_a9_no_foreign_id_breaks_out_of_its_header(text: str) -> None:
    made = bracketed(text)
    assert made == "" or (made.isascii() and made.isprintable() and " " not in made and made.count("<") == 1)


@pytest.mark.parametrize("text", ["", "a", "a@b\r\nBcc: c@d", "ä@b", "a b@c", "a<b@c", "x" * 999 + "@a"])
def test_what_is_no_id_is_left_out(text: str) -> None:
    assert bracketed(text) == ""


@pytest.mark.django_db
def test_a_hand_written_mail_carries_none_of_the_marks_of_a_machine(now: datetime) -> None:
    headers = sent(now, automatic=Automatic.NO).message()
    assert not {"Auto-Submitted", "X-Auto-Response-Suppress", "X-Loop", "Precedence"} & set(headers.keys())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("automatic", "precedence"), [(Automatic.NOTICE, None), (Automatic.ANSWER, "auto_reply")]
)
def test_a7_an_automatic_mail_says_so(now: datetime, automatic: Automatic, precedence: str | None) -> None:
    headers = sent(now, automatic=automatic, message_id="<x@desk.example>").message()
    assert headers["Auto-Submitted"] == automatic.value
    assert headers["X-Auto-Response-Suppress"] == "All"
    assert (headers["X-Loop"], headers["Precedence"]) == ("desk.example", precedence)


@pytest.mark.django_db
def test_a_mail_carries_its_thread_and_its_names(now: datetime) -> None:
    message = sent(
        now,
        to_name="Jörg, \r\n'Berg'",
        from_name="Ada at Brightwell",
        from_address="help@brightwell.example",
        message_id="t1.m2@desk",
        in_reply_to="last@acme.example",
        references=["first@acme.example", "last@acme.example"],
    ).message()
    assert message["From"] == "Ada at Brightwell <help@brightwell.example>"
    assert message["To"] == "=?utf-8?b?SsO2cmcsICdCZXJnJw==?= <anna@acme.example>"
    assert message["Message-ID"] == "<t1.m2@desk>"
    assert message["In-Reply-To"] == "<last@acme.example>"
    assert message["References"] == "<first@acme.example> <last@acme.example>"


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["<>", "support+b1@desk.example"])
def test_the_envelope_has_a_sender_of_its_own(sink: Sink, now: datetime, given: str) -> None:
    (mail,) = queue_mails_bulk([spec(envelope_from=given, from_address="help@desk.example")], now=now)
    assert send_due_mail(mail_id=mail.pk, now=now)
    assert sink.envelopes == [(given, ["anna@acme.example"])]
    assert "help@desk.example" in sink.accepted[0]["From"]


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["from_address", "envelope_from"])
def test_a9_the_senders_are_one_address_each(now: datetime, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        queue_mails_bulk([spec(), spec(**{field: "a@b.example\r\nRCPT TO:<c@d.example>"})], now=now)
    assert set(caught.value.fields or {}) == {field}
    assert not OutgoingMail.objects.exists()


@pytest.mark.django_db
def test_many_mails_cost_no_more_queries_than_one(
    now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        mails = queue_mails_bulk([spec(subject=f"Mail {n}") for n in range(30)], now=now)
    job = Job.objects.get()
    assert job.ref == f"{mails[0].pk}-{mails[-1].pk}"
    assert run_job(job.pk, now)
    assert [message.subject for message in outbox.outbox] == [f"Mail {n}" for n in range(30)]
    assert queue_mails_bulk([], now=now) == []


@pytest.mark.django_db
def test_a_refused_mail_does_not_take_its_neighbours_along(sink: Sink, now: datetime) -> None:
    first, second = queue_mails_bulk([spec(), spec()], now=now)
    sink.answers["RCPT"] = ["451 later"]
    ref = f"{first.pk}-{second.pk}"
    with pytest.raises(jobs.Later) as later:
        send_mail_job(ref, now)
    assert later.value.at == now, "the second one is due, and nobody waits for the first"
    with pytest.raises(jobs.Later) as later:
        send_mail_job(ref, now)
    first.refresh_from_db()
    assert (len(sink.accepted), later.value.at) == (1, first.next_try_at)
    send_mail_job(ref, first.next_try_at)
    assert len(sink.accepted) == 2


@pytest.mark.django_db
def test_a_mail_on_hold_waits(now: datetime) -> None:
    (mail,) = queue_mails_bulk([spec(hold_until=now + 10 * SECOND)], now=now)
    assert mail.is_held
    assert not send_due_mail(mail_id=mail.pk, now=now + 9 * SECOND)
    assert Job.objects.get().run_at == now + 10 * SECOND
    assert send_due_mail(mail_id=mail.pk, now=now + 10 * SECOND)
