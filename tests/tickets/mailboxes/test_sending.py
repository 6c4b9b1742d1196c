"""A mailbox with a mail server of its own: what leaves by it, what is said, and who waits."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from django.core import mail as house_server
from pytest_django import DjangoAssertNumQueries, Settings

from helpdesk.core import jobs, mailbox
from helpdesk.core.mailbox import Trouble, WayBlocked
from helpdesk.core.models import AuditEntry, Job, OutgoingMail, User
from helpdesk.core.services.jobs import lane_of, run_job
from helpdesk.core.services.mail import (
    MailSpec,
    queue_mails_bulk,
    rescue_mails,
    resend_mail,
    send_due_mail,
    send_mail_job,
)
from tests.core.sink import Sink, running_sink
from tickets.models import Mailbox, Ticket
from tickets.services.mail_out import queue_automatic
from tickets.services.mailboxes.check import send_trial
from tickets.services.mailboxes.rows import MailboxFields, change_mailbox
from tickets.services.mailboxes.sending import (
    REFUSED_REST,
    OwnSenders,
    check_sending,
    note_sending,
    route_of,
    sealed_password,
    send_again,
)

pytestmark = pytest.mark.django_db
SALES = "sales@desk.example"
AWAY = Trouble(is_refusal=False, words="Connection refused")


def knows_sales(
    _server: object, _session: object, _envelope: object, _mechanism: str, data: object
) -> AuthResult:
    passwords = (b"open sesame", "öpen sésame".encode())
    known = isinstance(data, LoginPassword) and data.login == b"sales" and data.password in passwords
    return AuthResult(success=known, handled=False)


@pytest.fixture(autouse=True)
def own_senders() -> Iterator[None]:
    before = mailbox.own_servers()
    mailbox.use_own_servers(OwnSenders())
    yield
    mailbox.use_own_servers(before)


@pytest.fixture
def server() -> Iterator[tuple[Sink, int]]:
    options = {"authenticator": knows_sales, "auth_require_tls": False}
    with running_sink(**options) as found:
        yield found


@pytest.fixture
def sales(server: tuple[Sink, int], settings: Settings, now: datetime) -> Mailbox:
    settings.MAIL_ALLOWED_HOSTS = ["127.0.0.1"]
    return Mailbox.objects.create(
        address=SALES,
        sends_itself=True,
        send_host="127.0.0.1",
        send_port=server[1],
        send_security="none",
        send_user="sales",
        send_secret_sealed=sealed_password("open sesame"),
        created_at=now,
    )


def letter(sender: Mailbox | None = None, **more: Any) -> MailSpec:
    facts = {"to": "anna@acme.example", "subject": "Offer", "text": "Here.", "kind": "reply"}
    if sender:
        facts |= {"from_address": sender.address, "lane": str(sender.pk)}
    return MailSpec(**(facts | more))


def queue(now: datetime, sender: Mailbox | None = None, **more: Any) -> OutgoingMail:
    return queue_mails_bulk([letter(sender, **more)], now=now)[0]


def set_password(box: Mailbox, password: str) -> None:
    Mailbox.objects.filter(pk=box.pk).update(send_secret_sealed=sealed_password(password))


def test_its_mails_leave_by_its_own_server_with_its_from(
    sales: Mailbox, server: tuple[Sink, int], now: datetime
) -> None:
    assert send_due_mail(mail_id=queue(now, sales).pk, now=now)
    assert send_due_mail(mail_id=queue(now).pk, now=now)
    assert [message["From"] for message in server[0].accepted] == [f"Deskbell <{SALES}>"]
    assert len(house_server.outbox) == 1
    sales.refresh_from_db()
    assert (sales.send_state, sales.send_state_at) == ("ok", now)


def test_the_mails_of_a_ticket_take_the_lane_of_its_mailbox(
    ticket: Ticket, sales: Mailbox, now: datetime
) -> None:
    support = Mailbox.objects.create(address="support@desk.example", created_at=now)
    for box, ref in ((sales, f"@{sales.pk}"), (support, "")):
        ticket.mailbox = box
        made = queue_automatic(ticket=ticket, template="notification", to="ada@desk.example", now=now).mail
        assert made is not None
        assert Job.objects.latest("pk").ref == f"{made.pk}{ref}"


def test_a_batch_of_many_senders_becomes_a_job_for_each_lane(sales: Mailbox, now: datetime) -> None:
    wanted = [letter(sales, subject="1"), letter(subject="2"), letter(sales, subject="3")]
    one, two, three = queue_mails_bulk(wanted, now=now)
    assert [mail.subject for mail in (one, two, three)] == ["1", "2", "3"]
    first, last = sorted([one.pk, three.pk])
    jobs_made = Job.objects.filter(kind="send_mail").order_by("pk")
    assert [job.ref for job in jobs_made] == [str(two.pk), f"{first}-{last}@{sales.pk}"]
    assert [lane_of(job.pk) for job in jobs_made] == ["send_mail", f"send_mail@{sales.pk}"]


def test_a_wrong_password_is_noted_and_the_lane_rests(sales: Mailbox, now: datetime) -> None:
    set_password(sales, "pepper")
    first = queue(now, sales)
    assert not send_due_mail(mail_id=first.pk, now=now)
    sales.refresh_from_db()
    assert sales.send_state == "refused"
    assert sales.send_words.startswith("535")
    assert sales.send_rests_until == now + REFUSED_REST
    second = queue(now, sales)
    with pytest.raises(jobs.Later) as later:
        send_mail_job(f"{second.pk}@{sales.pk}", now + timedelta(minutes=1))
    assert later.value.at == now + REFUSED_REST
    second.refresh_from_db()
    assert second.tries == 0, "what waits in a resting lane uses up no try"


def test_a_mail_waits_five_days_for_a_server_that_takes_nothing(sales: Mailbox, now: datetime) -> None:
    set_password(sales, "pepper")
    mail = queue(now, sales)
    at = now
    for _ in range(20):
        assert not send_due_mail(mail_id=mail.pk, now=at)
        mail.refresh_from_db()
        assert (mail.status, mail.tries, mail.next_try_at) == ("queued", 1, at + REFUSED_REST)
        at += REFUSED_REST
    OutgoingMail.objects.filter(pk=mail.pk).update(tries=7)
    send_due_mail(mail_id=mail.pk, now=now + timedelta(days=5))
    mail.refresh_from_db()
    assert (mail.status, mail.last_error[:3]) == ("failed", "535")


def test_a_lane_that_rests_keeps_nobody_elses_mail(sales: Mailbox, now: datetime) -> None:
    note_sending(mailbox_id=sales.pk, trouble=AWAY, now=now)
    queue_mails_bulk([letter(sales), letter()], now=now)
    for job in Job.objects.filter(kind="send_mail"):
        run_job(job.pk, now)
    assert [mail.status for mail in OutgoingMail.objects.order_by("from_address")] == [
        "sent",
        "queued",
    ]


def test_a_recipient_that_is_refused_says_nothing_of_the_server(
    sales: Mailbox, server: tuple[Sink, int], now: datetime
) -> None:
    server[0].answers["RCPT"] = ["550 no such user"]
    send_due_mail(mail_id=queue(now, sales).pk, now=now)
    sales.refresh_from_db()
    assert sales.send_state == "never"


def test_a_sender_that_is_refused_is_trouble_of_the_mailbox(
    sales: Mailbox, server: tuple[Sink, int], now: datetime
) -> None:
    server[0].answers["MAIL"] = ["553 not your address"]
    send_due_mail(mail_id=queue(now, sales).pk, now=now)
    sales.refresh_from_db()
    assert (sales.send_state, sales.send_words) == ("refused", "553 not your address")


def test_a_server_that_says_later_is_asked_again_soon(
    sales: Mailbox, server: tuple[Sink, int], now: datetime
) -> None:
    server[0].answers["MAIL"] = ["451 busy"]
    mail = queue(now, sales)
    send_due_mail(mail_id=mail.pk, now=now)
    sales.refresh_from_db()
    assert (sales.send_state, sales.send_words) == ("unreachable", "451 busy")
    assert send_due_mail(mail_id=mail.pk, now=now + timedelta(seconds=5))


def test_a_password_with_other_letters_goes_as_utf_8(sales: Mailbox, now: datetime) -> None:
    set_password(sales, "öpen sésame")
    assert send_due_mail(mail_id=queue(now, sales).pk, now=now)
    set_password(sales, "pépper")
    assert not send_due_mail(mail_id=queue(now, sales).pk, now=now)
    sales.refresh_from_db()
    assert sales.send_state == "refused"


def test_a_server_that_is_away_is_asked_less_and_less_often(sales: Mailbox, now: datetime) -> None:
    rests = []
    for _ in range(9):
        note_sending(mailbox_id=sales.pk, trouble=AWAY, now=now)
        sales.refresh_from_db()
        assert sales.send_rests_until is not None
        rests.append((sales.send_rests_until - now).total_seconds())
    assert rests == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    note_sending(mailbox_id=sales.pk, trouble=None, now=now)
    sales.refresh_from_db()
    assert (sales.send_state, sales.send_failures, sales.send_rests_until) == ("ok", 0, None)


def test_since_when_it_fails_stays_while_it_fails(sales: Mailbox, now: datetime) -> None:
    for minutes in (0, 5):
        note_sending(mailbox_id=sales.pk, trouble=AWAY, now=now + timedelta(minutes=minutes))
    sales.refresh_from_db()
    assert sales.send_state_at == now


def test_a23_a_private_server_is_called_only_when_the_operator_named_it(
    sales: Mailbox, server: tuple[Sink, int], settings: Settings, now: datetime
) -> None:
    settings.MAIL_ALLOWED_HOSTS = []
    mail = queue(now, sales)
    assert not send_due_mail(mail_id=mail.pk, now=now)
    mail.refresh_from_db()
    sales.refresh_from_db()
    assert "MAIL_ALLOWED_HOSTS" in mail.last_error
    assert (mail.status, sales.send_state) == ("queued", "unreachable")
    assert server[0].accepted == []


def test_a_name_that_nobody_knows_is_said(sales: Mailbox) -> None:
    sales.send_host = "nowhere.invalid"
    with pytest.raises(WayBlocked, match=r"nowhere\.invalid is not known"):
        check_sending(sales, patience=2)


def test_a27_a_password_under_another_key_asks_to_be_entered_again(
    sales: Mailbox, settings: Settings, now: datetime
) -> None:
    settings.SECRET_KEY = "x" * 40
    mail = queue(now, sales)
    assert not send_due_mail(mail_id=mail.pk, now=now)
    sales.refresh_from_db()
    assert (sales.send_state, "Enter it again" in sales.send_words) == ("refused", True)
    mail.refresh_from_db()
    assert mail.status == "queued"


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_what_asks_for_encryption_never_goes_on_without(
    sales: Mailbox, server: tuple[Sink, int], security: str
) -> None:
    """The server speaks none."""
    sales.send_security = security
    with pytest.raises(OSError, match=r"SSL|STARTTLS"):
        check_sending(sales, patience=2)


def test_signing_in_is_tried_without_a_mail(sales: Mailbox, server: tuple[Sink, int]) -> None:
    assert check_sending(sales, patience=5) == "Signed in to 127.0.0.1 for sending."
    assert server[0].accepted == []


def test_a_test_mail_goes_at_once_and_tells_the_servers_words(
    sales: Mailbox, server: tuple[Sink, int], carla: User, now: datetime
) -> None:
    assert send_trial(mailbox=sales, to=carla, now=now) == (True, "250 OK")
    server[0].answers["DATA"] = ["451 greylisted"]
    assert send_trial(mailbox=sales, to=carla, now=now) == (False, "451 greylisted")
    assert sorted(OutgoingMail.objects.values_list("status", flat=True)) == ["failed", "sent"]


def test_trying_again_ends_the_rest_and_takes_what_waits(
    sales: Mailbox, server: tuple[Sink, int], now: datetime
) -> None:
    set_password(sales, "pepper")
    mail = queue(now, sales)
    send_due_mail(mail_id=mail.pk, now=now)
    set_password(sales, "open sesame")
    held = queue(now, sales, hold_until=now + timedelta(seconds=10))
    queue(now, sales)
    assert send_again(mailbox=sales, now=now) == 2
    assert run_job(Job.objects.latest("pk").pk, now)
    assert len(server[0].accepted) == 2
    held.refresh_from_db()
    assert held.is_held


def test_a_new_password_is_tried_at_once_with_what_waits(
    sales: Mailbox, server: tuple[Sink, int], carla: User, now: datetime
) -> None:
    set_password(sales, "pepper")
    send_due_mail(mail_id=queue(now, sales).pk, now=now)
    given = {name: getattr(sales, name) for name in MailboxFields.__slots__ if hasattr(sales, name)}
    change_mailbox(mailbox=sales, given=MailboxFields(**given, send_secret="open sesame"), by=carla, now=now)
    assert run_job(Job.objects.latest("pk").pk, now)
    assert len(server[0].accepted) == 1
    sales.refresh_from_db()
    assert sales.send_state == "ok"
    assert "sesame" not in sales.send_secret_sealed
    assert AuditEntry.objects.get().after == {"sending_password": "changed"}


def test_a_mail_that_was_lost_or_failed_takes_its_lane_again(sales: Mailbox, now: datetime) -> None:
    mail = queue(now, sales)
    Job.objects.all().delete()
    rescue_mails(now + timedelta(minutes=10))
    rescue_mails(now + timedelta(minutes=11))
    assert [job.ref for job in Job.objects.all()] == [f"{mail.pk}@{sales.pk}"]
    OutgoingMail.objects.update(status="failed")
    mail.refresh_from_db()
    again = resend_mail(mail=mail, now=now)
    assert Job.objects.latest("pk").ref == f"{again.pk}@{sales.pk}"


def test_a_mailbox_of_the_house_has_no_route(sales: Mailbox) -> None:
    sales.sends_itself = False
    assert route_of(sales) is None
    assert OwnSenders().route_of("") is None
    assert OwnSenders().route_of("support@desk.example") is None


def test_a_batch_of_one_lane_costs_no_query_more(
    sales: Mailbox, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):  # the mails and their job
        queue_mails_bulk([letter(sales), letter(sales)], now=now)
