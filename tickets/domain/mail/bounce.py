"""Is this a mail server that says a mail did not arrive? One structural sign, or two signs at least."""

import logging
import re
from dataclasses import dataclass
from email import message_from_bytes

from tickets.domain.mail import bounce_words as words
from tickets.domain.mail import delivery
from tickets.domain.mail.addresses import read_addresses
from tickets.domain.mail.headers import Hints
from tickets.domain.mail.mime import Part
from tickets.domain.mail.parsed import Action, Address, Bounced
from tickets.domain.mail.tags import without_tags

LOOKED_AT = 16 * 1024
FLUFL_LINES = 5_000
_EMAIL = re.compile(r"([\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24})")
_FIELD_ADDRESS = re.compile(
    r"^[ \t]*(?:original|final)-recipient:[ \t]*(?:rfc822;)?[ \t]*<?([^\s<>]+@[^\s<>;]+)",
    re.IGNORECASE | re.MULTILINE,
)
_TAGGED = re.compile(
    r"(?:^|[\s:;(\"'])(?:<|mailto:|(?:to|rcpt to|recipients?|user|for|address):?\s+<?)" + _EMAIL.pattern,
    re.IGNORECASE | re.MULTILINE,
)
_READ = re.compile(rb"\b(?:displayed|dispatched|processed)\b", re.IGNORECASE)
_LOCAL = re.compile(r"[\\@%]")
_MARKS = (b"x-failed-recipients", b"x-bounce-tracking-info", b"x-ms-embedded-report", b"x-mxl-notehash")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`has_arrived`: a report that tells only of success."""

    is_bounce: bool = False
    has_arrived: bool = False
    is_complaint: bool = False
    bounced: tuple[Bounced, ...] = ()
    is_temporary: bool = False
    returned_ids: tuple[str, ...] = ()


NO_BOUNCE = Verdict()


@dataclass(slots=True)
class Mail:
    """What is looked at."""

    root: Part
    author: Address
    return_path: str | None
    subject: str
    text: str
    html: str
    raw: bytes
    hints: Hints = ()

    def words(self) -> str:
        """The beginning of what the mail says, without tags."""
        text = self.text[:LOOKED_AT]
        if self.html and len(text.strip()) < 200:
            text += "\n" + without_tags(self.html[: 4 * LOOKED_AT])[:LOOKED_AT]
        return text


def judge(mail: Mail) -> Verdict:
    parts = mail.root.walk() if mail.root.children else [mail.root]
    if any(part.media_type in delivery.RECEIPT_TYPES and _READ.search(part.body) for part in parts):
        return NO_BOUNCE
    complaint = _complaint(mail, parts)
    if complaint:
        return complaint
    report = delivery.read_report(delivery.status_parts(parts))
    if report.has_recipients and not report.bounced and _only_arrived(parts):
        return Verdict(has_arrived=True)
    if not (report.bounced or _is_structural(mail) or _has_signs(mail, parts)):
        return NO_BOUNCE
    text = mail.words()
    ids = delivery.returned_ids(parts, mail.text[: 4 * LOOKED_AT])
    bounced = report.bounced or _guess_recipients(mail, text, ids, parts)
    return Verdict(
        is_bounce=True,
        bounced=_once(bounced),
        is_temporary=_is_temporary(bounced, mail.subject, text),
        returned_ids=ids,
    )


def is_by_machine(root: Part, author: Address) -> bool:
    """Does it call itself the mail of a mail server? What a person tells of a bounce does not."""
    local = author.email.partition("@")[0]
    names = (words.MAILER, words.PERHAPS_MAILER)
    shown = (words.MAILER_NAME, words.PERHAPS_MAILER_NAME)
    return (
        root.media_type == "multipart/report"
        or any(root.get(name) is not None for name in _MARKS)
        or any(pattern.match(local) for pattern in names)
        or any(pattern.search(author.name) for pattern in shown)
    )


def _complaint(mail: Mail, parts: list[Part]) -> Verdict | None:
    """RFC 5965, and the older form of some providers: a subject and the mail that displeased."""
    reports = [part for part in parts if part.media_type == delivery.FEEDBACK_TYPE]
    is_old_form = bool(words.COMPLAINT.match(mail.subject)) and _has_mail(parts)
    if not reports and not is_old_form:
        return None
    ids = delivery.returned_ids(parts, "")
    return Verdict(
        is_bounce=True, is_complaint=True, bounced=delivery.read_complaint(reports), returned_ids=ids
    )


def _only_arrived(parts: list[Part]) -> bool:
    """The report names nobody who failed although it can be read: mail arrived."""
    status = b"\n".join(part.body for part in delivery.status_parts(parts)).lower()
    return not re.search(rb"action:\s*(?:failed|delayed)|status:\s*[45]\.", status)


def _is_structural(mail: Mail) -> bool:
    root = mail.root
    if any(root.get(name) is not None for name in _MARKS):
        return True
    if root.params.get("report-type", "").lower().replace(" ", "-") == "delivery-status":
        return True
    if root.get(b"x-amz-sns-message-type") is not None and words.NOTIFICATION.search(mail.text):
        return True
    return "inal-" in mail.text and _is_report_in_text(mail)


def _is_report_in_text(mail: Mail) -> bool:
    """The fields of RFC 3464 in a plain text that nobody forwards or answers."""
    text = mail.text[:LOOKED_AT]
    if words.PERSONAL_PREFIX.match(mail.subject) or mail.root.get(b"in-reply-to") is not None:
        return False
    return bool(_FIELD_ADDRESS.search(text) and words.FIELD_FAILED.search(text))


def _has_signs(mail: Mail, parts: list[Part]) -> bool:
    """A bounce says so and comes from a machine; a person who forwards one does not count."""
    local, name = _LOCAL.split(mail.author.email.replace('"', ""))[0], mail.author.name
    is_mailer = not local or bool(words.MAILER.match(local) or words.MAILER_NAME.search(name))
    is_mailer = is_mailer or mail.return_path == ""
    is_perhaps = bool(words.PERHAPS_MAILER.match(local) or words.PERHAPS_MAILER_NAME.search(name))
    is_personal = bool(words.PERSONAL_PREFIX.match(mail.subject))
    says_subject = not is_personal and bool(words.SUBJECT.search(mail.subject))
    if not (is_mailer or is_perhaps or says_subject):
        return False
    text = mail.words()
    says_body = bool(words.BODY.search(text) or words.FIELD_FAILED.search(text))
    has_code = bool(words.REPLY_CODE.search(text))
    returns = _returns_mail(parts, text)
    if is_mailer:
        says = says_subject or (says_body and not is_personal)
        return says and (has_code or returns or (says_subject and says_body))
    if is_perhaps:
        return says_body and returns and not is_personal
    return says_subject and returns and (has_code or says_body) and mail.root.get(b"in-reply-to") is None


def _returns_mail(parts: list[Part], text: str) -> bool:
    return _has_mail(parts) or bool(words.HEADER_BLOCK.search(text) or words.ORIGINAL.search(text))


def _has_mail(parts: list[Part]) -> bool:
    kinds = delivery.MAIL_TYPES + delivery.HEADER_TYPES
    return any(part.media_type in kinds for part in parts[1:])


def _guess_recipients(mail: Mail, text: str, ids: tuple[str, ...], parts: list[Part]) -> tuple[Bounced, ...]:
    """Without a readable report: the header of Exim, flufl.bounce's many formats, then the text itself."""
    status = delivery.status_of(text)
    failed = read_addresses(mail.root.get_all(b"x-failed-recipients"), mail.hints)
    if any("@" in entry.email for entry in failed):
        return tuple(Bounced(entry.email.lower(), "failed", status) for entry in failed if "@" in entry.email)
    others = _not_recipients(mail, ids)
    temporary, permanent = (found - others for found in _by_flufl(mail.raw))
    if temporary or permanent:
        lost = [Bounced(address, "failed", status) for address in sorted(permanent)]
        return (*lost, *(Bounced(address, "delayed", status) for address in sorted(temporary - permanent)))
    addresses = _FIELD_ADDRESS.findall(text) or _in_text(text, others) or delivery.returned_to(parts)
    action: Action = "delayed" if words.DELAYED.search(mail.subject) or status[:1] == "4" else "failed"
    return tuple(Bounced(address.lower().strip("."), action, status) for address in addresses)


def _by_flufl(raw: bytes) -> tuple[set[str], set[str]]:
    from flufl.bounce import all_failures

    logging.getLogger("flufl.bounce").disabled = True
    try:
        lines = raw[: 256 * 1024].split(b"\n", FLUFL_LINES)[:FLUFL_LINES]  # dozens of patterns look at each
        temporary, permanent = all_failures(message_from_bytes(b"\n".join(lines)))
    except Exception:  # noqa: BLE001 — a foreign parser of foreign bytes; our own reading follows
        return set(), set()
    return _plain(temporary), _plain(permanent)


def _plain(addresses: frozenset[bytes]) -> set[str]:
    found = (address.decode("utf-8", "replace").strip("<> ").lower() for address in addresses)
    return {address for address in found if "@" in address and len(address) < 255}


def _not_recipients(mail: Mail, ids: tuple[str, ...]) -> set[str]:
    """The one who reports, the one who is told, and ids of mails that look like addresses."""
    told = read_addresses(mail.root.get_all(b"to"))
    return {
        mail.author.email.lower(),
        *(entry.email.lower() for entry in told),
        *(name.lower() for name in ids),
    }


def _in_text(text: str, others: set[str]) -> list[str]:
    """The first address before the returned mail, tagged ones (`<ann@x>:`, `to ann@x`) first."""
    end = words.HEADER_BLOCK.search(text) or words.ORIGINAL.search(text, 200)
    said = text[: end.start()] if end else text
    found = _TAGGED.findall(said) + _EMAIL.findall(said)
    return [address for address in found if address.lower() not in others][:1]


def _once(bounced: tuple[Bounced, ...]) -> tuple[Bounced, ...]:
    return tuple({entry.address: entry for entry in reversed(bounced)}.values())[::-1]


def _is_temporary(bounced: tuple[Bounced, ...], subject: str, text: str) -> bool:
    if bounced:
        return all(entry.action == "delayed" for entry in bounced)
    return bool(words.DELAYED.search(subject)) and not words.REPLY_CODE.search(text)
