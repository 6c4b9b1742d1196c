"""The intake: due mails become tickets, messages, or a line in the journal that says why not.

A batch is one transaction. When it fails, each of its mails is taken alone, so that one bad mail costs the
others nothing; a mail that fails MAX_TRIES times becomes a ticket with the original attached.
"""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction

from helpdesk.core import jobs
from helpdesk.core.domain.backoff import delay_after
from helpdesk.core.domain.redaction import redact
from tickets.domain.mail.ids import read_reply_address, subject_numbers
from tickets.domain.mail.parsed import ParsedMail
from tickets.domain.mail.threading import Arrival, Decision, Known, Outcome, Reason, decide, thread_ids
from tickets.models import MailIn
from tickets.selectors.mail import known_for, own_addresses, people_for
from tickets.services.mail import journal
from tickets.services.mail.arrivals import act_on
from tickets.services.mail.identity import desk_domain, mail_secret
from tickets.services.mail.opening import open_from_mail
from tickets.services.mail.reading import Reading, read_mails, unreadable, write_blobs

BATCH = 50
JOINED_AT_ONCE = 10
MAX_ADDRESSES = 50
MAX_TRIES = 3
#: One run of the job; then others have their turn.
MAILS_PER_RUN = 1_000
LONGEST_RUN = timedelta(minutes=1)
HOUSE_PAUSE = timedelta(seconds=30)
#: The house's trouble, not the mail's: a full disk must not make unreadable tickets.
_HOUSE = (OperationalError, InterfaceError, OSError)

logger = logging.getLogger(__name__)


@jobs.handler(journal.JOB)
def take_mail_job(_ref: str, now: datetime) -> None:
    """Takes what is due; sees to it that the rest is taken, too."""
    taken = 0
    while taken < MAILS_PER_RUN and (count := take_due_mails(now=now)):
        taken += count
    following = journal.next_due(now)
    if following and following <= now + LONGEST_RUN:
        with transaction.atomic():  # what came in since this job began is due by now, though not at `now`
            journal.wake_worker(now=following)
    elif following:
        raise jobs.Later(following)


@jobs.each_minute
def find_forgotten_mails(now: datetime) -> None:
    """A job for mails whose own job is gone."""
    following = journal.next_due(now)
    if following and following <= now:
        journal.wake_worker(now=now)


def take_due_mails(*, now: datetime, limit: int = 4 * BATCH) -> int:
    """Claim up to `limit` due mails and settle them; how many were settled. Safe to call from many workers,
    and to be killed in at any statement: a mail is settled in the transaction that acts on it, once.

    The next batch is read while this one is settled: reading is the work of another process.
    """
    taken = 0
    with ThreadPoolExecutor(1, "mail-reader") as reader:
        following = _begin(reader, now, limit)
        while following:
            rows, reading = following
            following = _begin(reader, now, limit - taken - len(rows))
            try:
                readings = reading.result()
            except _HOUSE as error:
                _house_trouble(rows, error, now)
                continue
            for part in (part for wave in _waves(readings) for part in _parts(wave)):
                _take(part, now)
            taken += len(rows)
    return taken


def _begin(reader: Executor, now: datetime, room: int) -> tuple[list[MailIn], Future[list[Reading]]] | None:
    """Claims the next batch and has it read; None when there is none. No query in the other thread."""
    rows = journal.claim_due(now=now, limit=min(BATCH, room)) if room > 0 else []
    return (rows, reader.submit(_read, rows, now)) if rows else None


def _read(rows: Sequence[MailIn], now: datetime) -> list[Reading]:
    return _given_up(rows, now) or read_mails(rows, now=now)


def _waves(readings: Sequence[Reading]) -> Iterator[list[Reading]]:
    """A mail that answers another one of the batch comes in a later wave, when that one is known."""
    waiting = list(readings)
    while waiting:
        wave: list[Reading] = []
        later: list[Reading] = []
        seen: set[str] = set()
        for reading in waiting:
            is_answer = not seen.isdisjoint(thread_ids(reading.mail))
            (later if is_answer else wave).append(reading)
            seen.add(reading.mail.message_id or f"{reading.row.pk}")
        yield wave
        waiting = later


def _parts(wave: Sequence[Reading]) -> Iterator[Sequence[Reading]]:
    """First mails go together; mails that may join a ticket have more statements each and go in small parts,
    so that nobody else waits long for the database.
    """
    first = [reading for reading in wave if not _may_join(reading)]
    others = [reading for reading in wave if _may_join(reading)]
    if first:
        yield first
    for start in range(0, len(others), JOINED_AT_ONCE):
        yield others[start : start + JOINED_AT_ONCE]


def _may_join(reading: Reading) -> bool:
    return bool(
        thread_ids(reading.mail)
        or subject_numbers(reading.mail.subject)
        or any(read_reply_address(address) for address in reading.arrival.addressed_to[:MAX_ADDRESSES])
    )


def _take(wave: Sequence[Reading], now: datetime) -> None:
    try:
        _settle(wave, now)
    except journal.ClaimLost:
        logger.warning("Another worker has taken over %d mails.", len(wave))
    except Exception as error:  # noqa: BLE001 - whatever a stranger's mail breaks, the others must not wait
        for reading in wave:
            reading.row.claim = reading.claim  # what failed may have let go of it already
        if len(wave) > 1:
            logger.warning("A batch of %d mails failed (%s); each is taken alone.", len(wave), error)
            for reading in wave:
                _take([reading], now)
        elif isinstance(error, _HOUSE):
            _house_trouble([wave[0].row], error, now)
        else:
            _mail_trouble(wave[0], error, now)


def _settle(wave: Sequence[Reading], now: datetime) -> None:
    with transaction.atomic():
        arrivals = [reading.arrival for reading in wave]
        people = people_for(arrivals)
        known = known_for(arrivals, people, secret=mail_secret(), domain=desk_domain(), own=own_addresses())
        for reading in wave:
            reading.begin(_decision(reading, known))
        write_blobs(wave)
        new = [r for r in wave if r.decision.outcome in {Outcome.TICKET, Outcome.UNPARSED}]
        open_from_mail(new, people, known, now=now)
        for reading in wave:
            if reading not in new:
                act_on(reading, known, now=now)
            reading.tell()
        journal.settle([reading.row for reading in wave], now=now)


def _decision(reading: Reading, known: Known) -> Decision:
    if reading.row.tries > MAX_TRIES:
        return Decision(Outcome.UNPARSED, (Reason("gave-up", reading.row.last_error[:500]),))
    return decide(reading.arrival, known)


def _given_up(rows: Sequence[MailIn], now: datetime) -> list[Reading]:
    """A mail whose worker died at every try: nobody reads it again."""
    return [_blank(row, ParsedMail(), now) for row in rows if row.tries > MAX_TRIES]


def _blank(row: MailIn, mail: ParsedMail, now: datetime) -> Reading:
    """Only who wrote and about what; the original is attached."""
    bare = ParsedMail(from_=mail.from_, subject=mail.subject, message_id=mail.message_id, is_unparsed=True)
    return unreadable(row, Arrival(mail=bare, mailbox=row.mailbox_id), journal.raw_of(row), now)


def _mail_trouble(reading: Reading, error: Exception, now: datetime) -> None:
    """Once more later; after the last try as an unreadable one; if even that fails, somebody must look."""
    row, words = reading.row, redact(f"{type(error).__name__}: {error}")[:2000]
    logger.error("Mail %d failed at try %d", row.pk, row.tries, exc_info=error)
    row.last_error = words
    if row.tries < MAX_TRIES:
        journal.put_back(row, words=words, run_at=now + (delay_after(row.tries) or HOUSE_PAUSE), counts=True)
    elif row.tries == MAX_TRIES:
        row.tries += 1
        _take([_blank(row, reading.mail, now)], now)
    else:
        journal.fail(row, words=words, now=now)


def _house_trouble(rows: Sequence[MailIn], error: Exception, now: datetime) -> None:
    """The disk is full, the database is away: the mails wait, and it counts against none of them."""
    logger.warning("%d mails wait: %s", len(rows), error)
    words = redact(f"{type(error).__name__}: {error}")[:2000]
    for row in rows:
        with suppress(*_HOUSE):  # else the lease runs out
            journal.put_back(row, words=words, run_at=now + HOUSE_PAUSE, counts=False)
