"""The mail servers of mailboxes that send by themselves, as the outbox asks for them."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from helpdesk.core.domain.redaction import redact
from helpdesk.core.events import publish
from helpdesk.core.mailbox import Route, Trouble, WayBlocked, way_out
from helpdesk.core.services.mail import retry_mails
from helpdesk.core.services.secrets import SealBroken, seal, unseal
from tickets.models import Mailbox

PURPOSE = "mailbox-sending"
MAX_WORDS = 500
REFUSED_REST = timedelta(minutes=15)  # servers lock out who knocks too often with a wrong password
FIRST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=5)
Sending = Mailbox.Sending
FAILED = (Sending.REFUSED, Sending.UNREACHABLE)


def sealed_password(password: str) -> str:
    return seal(password, purpose=PURPOSE)


def lane_of(mailbox: Mailbox) -> str:
    """Empty: it sends through the server of the house."""
    return str(mailbox.pk) if mailbox.sends_itself else ""


def route_of(mailbox: Mailbox) -> Route | None:
    """None: the server of the house. WayBlocked when its password cannot be read."""
    if not mailbox.sends_itself:
        return None
    try:
        password = unseal(mailbox.send_secret_sealed, purpose=PURPOSE)
    except SealBroken as error:
        raise WayBlocked(str(error), lane=lane_of(mailbox)) from None
    return Route(
        lane=lane_of(mailbox),
        host=mailbox.send_host,
        port=mailbox.send_port,
        security=mailbox.send_security,
        user=mailbox.send_user,
        password=password,
    )


class OwnSenders:
    """`helpdesk.core.mailbox.OwnServers`: a mail leaves by the mailbox that stands in its From."""

    def route_of(self, from_address: str) -> Route | None:
        row = _own().filter(address=from_address).first() if from_address else None
        return route_of(row) if row else None

    def lanes_of(self, addresses: Collection[str]) -> dict[str, str]:
        return {row.address: lane_of(row) for row in _own().filter(address__in=list(filter(None, addresses)))}

    def rests_until(self, lane: str) -> datetime | None:
        return _own().filter(pk=int(lane)).values_list("send_rests_until", flat=True).first()

    def heard(self, lane: str, trouble: Trouble | None, now: datetime) -> None:
        note_sending(mailbox_id=int(lane), trouble=trouble, now=now)


def _own() -> QuerySet[Mailbox]:
    """One that is off sends what was written before."""
    return Mailbox.objects.filter(sends_itself=True, deleted_at=None)


def note_sending(*, mailbox_id: int, trouble: Trouble | None, now: datetime) -> None:
    """Writes what became of a try to send, and after a failure until when the next one waits; open pages hear
    of what is new. `send_state_at` stays the time when it began.
    """
    rows = Mailbox.objects.filter(pk=mailbox_id, sends_itself=True)
    if trouble is None:
        well = {"send_words": "", "send_failures": 0, "send_rests_until": None}
        is_news = rows.exclude(send_state=Sending.OK).update(send_state=Sending.OK, send_state_at=now, **well)
    else:
        state = Sending.REFUSED if trouble.is_refusal else Sending.UNREACHABLE
        rows.update(send_failures=F("send_failures") + 1)
        failures = rows.values_list("send_failures", flat=True).first() or 1
        is_news = rows.exclude(send_state=state).update(send_state=state, send_state_at=now)
        words = redact(trouble.words)[:MAX_WORDS]
        rows.update(send_words=words, send_rests_until=now + _rest(trouble, failures))
    if is_news:
        publish("mailbox", str(mailbox_id))


def _rest(trouble: Trouble, failures: int) -> timedelta:
    if trouble.is_refusal:
        return REFUSED_REST
    return min(FIRST_REST * (1 << min(failures - 1, 10)), LONGEST_REST)


def send_again(*, mailbox: Mailbox, now: datetime) -> int:
    """Ends the rest of its way out and tries what waits, at once; how many mails that is."""
    Mailbox.objects.filter(pk=mailbox.pk, send_state__in=FAILED).update(send_rests_until=None)
    return retry_mails(from_address=mailbox.address, now=now)


def check_sending(mailbox: Mailbox, *, patience: float) -> str:
    """Signs in and leaves again. A sentence of success; OSError says what went wrong."""
    way = way_out(route_of(mailbox), patience=patience)
    try:
        way.open()
    finally:
        way.close()
    return _("Signed in to %(host)s for sending.") % {"host": mailbox.send_host}
