"""What IMAP servers say, and what is taken out of it."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from helpdesk.server import imap_fetch
from helpdesk.server.imap_fetch import take_new
from tickets.models import Mailbox, MailIn

RAW = b"From: anna@acme.example\r\nSubject: %d\r\nMessage-ID: <%d@acme.example>\r\n\r\nHelp\r\n"
VALIDITY = 77


class Folder:
    """An IMAP client with these mails in its folder."""

    def __init__(self, *uids: int, sizes: dict[int, int] | None = None) -> None:
        self.uids = list(uids)
        self.sizes = sizes or {}
        self.heard: list[tuple[str, ...]] = []
        self.box: Any = SimpleNamespace(client=self)

    def response(self, _name: str) -> tuple[str, list[bytes]]:
        return "UIDNEXT", [str(max(self.uids, default=0) + 1).encode()]

    def uid(self, command: str, *words: str) -> tuple[str, list[Any]]:
        self.heard.append((command, *words))
        if command == "SEARCH":
            return "OK", [" ".join(map(str, self.uids)).encode()]
        if command == "STORE":
            return "NO", [b"read only"]
        wanted = [int(word) for word in words[0].split(",")]
        return "OK", self._sizes(wanted) if "SIZE" in words[1] else self._mails(wanted, words[1])

    def _sizes(self, wanted: list[int]) -> list[Any]:
        return [b"1 (UID %d RFC822.SIZE %d)" % (uid, self.sizes.get(uid, 90)) for uid in wanted]

    def _mails(self, wanted: list[int], parts: str) -> list[Any]:
        data: list[Any] = []
        for uid in wanted:
            raw = RAW % (uid, uid)
            if "HEADER" in parts:
                raw = raw.split(b"\r\n\r\n")[0] + b"\r\nContent-Type: multipart/mixed;\r\n boundary=x\r\n\r\n"
            # The UID before or behind the literal, and flags that changed meanwhile.
            odd = uid % 2
            data += [(b"1 (UID %d BODY[] {9}" % uid if odd else b"1 (BODY[] {9}", raw)]
            data += [b")" if odd else b" UID %d)" % uid, b"3 (FLAGS (\\Seen))"]
        return data


@pytest.fixture
def mailbox(db: None) -> Mailbox:
    return Mailbox.objects.create(
        address="support@desk.example",
        kind="imap",
        host="x",
        uid_validity=VALIDITY,
        last_uid=4,
        created_at=datetime(2026, 11, 22, tzinfo=UTC),
    )


def taken() -> list[str]:
    return list(MailIn.objects.order_by("pk").values_list("message_id", flat=True))


def test_only_what_is_newer_is_taken(mailbox: Mailbox) -> None:
    """`5:*` names mail 4 when there is no 5."""
    folder = Folder(4)
    assert take_new(folder.box, mailbox, VALIDITY) == 0
    assert ("SEARCH", "UID 5:*") in folder.heard


def test_mails_are_kept_as_they_are_whatever_else_the_server_tells(mailbox: Mailbox) -> None:
    take_new(Folder(5, 6, 7).box, mailbox, VALIDITY)
    assert taken() == ["5@acme.example", "6@acme.example", "7@acme.example"]
    assert MailIn.objects.earliest("pk").raw == RAW % (5, 5)
    mailbox.refresh_from_db()
    assert mailbox.last_uid == 7


def test_a10_a_mail_is_marked_only_after_it_is_kept(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(5)

    def fail(**_kwargs: object) -> None:
        raise OSError("disk")

    monkeypatch.setattr(imap_fetch, "store_many", fail)
    with pytest.raises(OSError, match="disk"):
        take_new(folder.box, mailbox, VALIDITY)
    assert not any(command == "STORE" for command, *_words in folder.heard)
    mailbox.refresh_from_db()
    assert mailbox.last_uid == 4


def test_many_mails_come_in_batches(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_fetch, "BATCH_BYTES", 200)
    folder = Folder(5, 6, 7)
    take_new(folder.box, mailbox, VALIDITY)
    assert [words[0] for command, *words in folder.heard if command == "STORE"] == ["5,6", "7"]


def test_of_a_mail_that_is_too_large_the_head_is_taken(mailbox: Mailbox) -> None:
    take_new(Folder(5, sizes={5: 70 * 2**20}).box, mailbox, VALIDITY)
    raw = bytes(MailIn.objects.get().raw or b"")
    assert b"Subject: 5" in raw
    assert b"multipart" not in raw
    assert raw.endswith(b"This mail has 70 MB, more than the desk takes. It is still in the mailbox.\r\n")


def test_a_new_mailbox_gives_what_nobody_has_read(mailbox: Mailbox) -> None:
    Mailbox.objects.update(uid_validity=None, last_uid=0)
    mailbox.refresh_from_db()
    folder = Folder(9)
    take_new(folder.box, mailbox, VALIDITY)
    assert folder.heard[0] == ("SEARCH", "UNSEEN")
    assert (mailbox.uid_validity, mailbox.last_uid) == (VALIDITY, 9)


def test_a_folder_that_counts_anew_gives_all_since_the_mailbox_was_added(mailbox: Mailbox) -> None:
    folder = Folder(2)
    take_new(folder.box, mailbox, 78)
    assert folder.heard[0] == ("SEARCH", "OR UNSEEN SINCE 21-Nov-2026")
    assert (mailbox.uid_validity, mailbox.last_uid) == (78, 2)


def test_a_server_that_says_no_is_an_error(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder(5)
    monkeypatch.setattr(folder, "uid", lambda *_words: ("NO", [b"not now"]))
    with pytest.raises(Exception, match="not now"):
        take_new(folder.box, mailbox, VALIDITY)
