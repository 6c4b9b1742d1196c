"""New mail out of an IMAP folder into the journal. It is marked as seen only once it is kept (A10).

UIDs are what counts, not the seen flag: people read the mailbox in their mail programs too. A folder is read
whole only when its UIDVALIDITY changed; what is in the journal already is not taken again.
"""

import imaplib
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from helpdesk.server.smtp_in import MAX_BYTES, check_room
from tickets.models import Mailbox, MailIn
from tickets.services.mail.journal import RawMail, store_many
from tickets.services.mailboxes.states import note_progress

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

BATCH_MAILS = 50
BATCH_BYTES = 8 * 1024 * 1024
_UID = re.compile(rb"\bUID (\d+)", re.IGNORECASE)
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)", re.IGNORECASE)
_TOO_LARGE = (
    "Content-Type: text/plain\r\n\r\n"
    "This mail has {} MB, more than the desk takes. It is still in the mailbox.\r\n"
)
_BODY_HEADERS = re.compile(
    rb"^(?:content-[a-z-]+|mime-version):.*(?:\r?\n[ \t].*)*\r?\n", re.IGNORECASE | re.MULTILINE
)


def take_new(box: "BaseMailBox", mailbox: Mailbox, validity: int) -> int:
    """Takes every new mail of the chosen folder and remembers how far it came. Answers how many."""
    client = box.client
    is_known = mailbox.uid_validity == validity
    end = max(int(client.response("UIDNEXT")[1][0] or 1) - 1, mailbox.last_uid if is_known else 0)
    uids = _uids_after(client, mailbox.last_uid) if is_known else _uids_at_first(client, mailbox)
    for batch in _batches(_sizes(client, uids)):
        _keep(client, mailbox, batch)
        if is_known:
            _remember(mailbox, validity, batch[-1][0])
    if not is_known:  # only now: a first reading that broke off begins again, and finds what is unseen
        _remember(mailbox, validity, max([end, *uids]))
    return len(uids)


def _uids_after(client: imaplib.IMAP4, last: int) -> list[int]:
    """`n:*` names the last mail even when it is older than n, so look again."""
    return sorted(uid for uid in _search(client, f"UID {last + 1}:*") if uid > last)


def _uids_at_first(client: imaplib.IMAP4, mailbox: Mailbox) -> list[int]:
    """A mailbox that is new to us: what nobody has read yet. One that counts anew: all since it was added."""
    if mailbox.uid_validity is None:
        return sorted(_search(client, "UNSEEN"))
    since = imaplib.Time2Internaldate(mailbox.created_at - timedelta(days=1)).split()[0].strip('"')
    return sorted(_search(client, f"OR UNSEEN SINCE {since}"))


def _search(client: imaplib.IMAP4, criteria: str) -> list[int]:
    data = _checked(client.uid("SEARCH", criteria))
    return [int(word) for part in data if part for word in part.split()]


def _sizes(client: imaplib.IMAP4, uids: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(UID, bytes), in order."""
    for at in range(0, len(uids), 500):
        data = _checked(client.uid("FETCH", _set(uids[at : at + 500]), "(UID RFC822.SIZE)"))
        sizes = {}
        for line in data:
            uid, size = (pattern.search(line or b"") for pattern in (_UID, _SIZE))
            if uid and size:
                sizes[int(uid[1])] = int(size[1])
        yield from sorted(sizes.items())


def _batches(sizes: Iterable[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Many small mails or one large one at a time."""
    batch: list[tuple[int, int]] = []
    for uid, size in sizes:
        if batch and (len(batch) == BATCH_MAILS or sum(n for _uid, n in batch) + size > BATCH_BYTES):
            yield batch
            batch = []
        batch.append((uid, size))
    if batch:
        yield batch


def _keep(client: imaplib.IMAP4, mailbox: Mailbox, batch: list[tuple[int, int]]) -> None:
    check_room()
    small = [uid for uid, size in batch if size <= MAX_BYTES]
    found = _fetch(client, small, "(UID BODY.PEEK[])")
    for uid, size in batch:
        if size > MAX_BYTES:
            found |= {
                uid: _BODY_HEADERS.sub(b"", head).rstrip()
                + b"\r\n"
                + _TOO_LARGE.format(size // 2**20).encode()
                for uid, head in _fetch(client, [uid], "(UID BODY.PEEK[HEADER])").items()
            }
    mails = [RawMail(raw=raw, source=MailIn.Source.IMAP, mailbox=mailbox) for raw in found.values()]
    if mails:
        store_many(mails=mails, now=timezone.now())
        client.uid("STORE", _set(found), "+FLAGS.SILENT", r"(\Seen)")  # a read-only folder says no: no matter


def _fetch(client: imaplib.IMAP4, uids: Sequence[int], parts: str) -> dict[int, bytes]:
    """The mails as they are on the server. Flags that it tells in between are left out."""
    if not uids:
        return {}
    data = _checked(client.uid("FETCH", _set(uids), parts))
    found = {}
    for at, item in enumerate(data):
        if isinstance(item, tuple):
            tail = data[at + 1] if at + 1 < len(data) and isinstance(data[at + 1], bytes) else b""
            if uid := _UID.search(item[0]) or _UID.search(tail):
                found[int(uid[1])] = item[1]
    return dict(sorted(found.items()))


def _remember(mailbox: Mailbox, validity: int, uid: int) -> None:
    mailbox.uid_validity, mailbox.last_uid = validity, uid
    note_progress(mailbox_id=mailbox.pk, uid_validity=validity, last_uid=uid)


def _set(uids: Iterable[int]) -> str:
    return ",".join(map(str, uids))


def _checked(answer: tuple[str, list[Any]]) -> list[Any]:
    if answer[0] != "OK":
        raise imaplib.IMAP4.error(answer[1][0] if answer[1] else answer[0])
    return answer[1]
