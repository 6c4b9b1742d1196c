"""What a mail says once it is read: plain values, ready for the database (no NUL, no lone surrogate)."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import md5
from typing import Any, Literal

Action = Literal["failed", "delayed"]
Authentication = tuple[str, dict[str, str]]
_SEALS = frozenset(
    {"application/pgp-signature", "application/pgp-encrypted"}
    | {f"application/{x}pkcs7-{what}" for x in ("", "x-") for what in ("signature", "mime")}
)


@dataclass(frozen=True, slots=True)
class Address:
    name: str = ""
    email: str = ""

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email


@dataclass(frozen=True, slots=True)
class MailFile:
    name: str
    media_type: str
    content: bytes
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True, slots=True)
class Bounced:
    """One recipient who was not reached; `status` is the enhanced code ("5.1.1") or empty."""

    address: str
    action: Action = "failed"
    status: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedMail:
    """Ids stand without <>; `return_path` is "" for <> and None when unknown; `date` has a time zone.

    `text` stays empty when the mail is HTML only. A complaint (RFC 5965) returns a mail of ours, so it
    is a bounce too: ask for `is_complaint` first. `is_receipt`: a mail was delivered or read, no more.
    `why_no_answer` is "" when a machine may answer. What exceeded the caps is `is_unparsed`, yet holds
    what could be read.
    """

    from_: Address = Address()
    #: Not the one address of the one From header: another reader may see another sender.
    is_author_doubtful: bool = False
    sender: Address = Address()
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    delivered_to: tuple[str, ...] = ()
    return_path: str | None = None
    subject: str = ""
    date: datetime | None = None
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    text: str = ""
    html: str = ""
    files: tuple[MailFile, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    is_bounce: bool = False
    #: Nothing in its header says that a person wrote it by hand.
    is_by_machine: bool = False
    bounced: tuple[Bounced, ...] = ()
    bounce_temporary: bool = False
    returned_ids: tuple[str, ...] = ()
    is_complaint: bool = False
    is_receipt: bool = False
    is_auto_reply: bool = False
    #: Only its words say so: "Out of office: how do I set it up?" is a question to the desk.
    is_auto_guess: bool = False
    is_list: bool = False
    why_no_answer: str = ""
    authentication: tuple[Authentication, ...] = ()
    language: str = ""
    problems: tuple[str, ...] = ()
    is_unparsed: bool = False

    @property
    def is_sealed(self) -> bool:
        """Signed or encrypted (RFC 8551, RFC 3156): of its parts alone nobody can tell whether that holds."""
        return any(file.media_type in _SEALS for file in self.files)

    @property
    def is_surely_automatic(self) -> bool:
        """Its header says so. No machine answers a guess, but people must see it like any mail."""
        return self.is_auto_reply and not self.is_auto_guess

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready: the form that a scorer of mail parsers asks for."""
        return {
            "from": {"name": self.from_.name, "email": self.from_.email},
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "attachments": [
                {
                    "name": file.name,
                    "size": len(file.content),
                    "type": file.media_type,
                    "md5": md5(file.content, usedforsecurity=False).hexdigest(),
                }
                for file in self.files
            ],
            "is_auto_reply": self.is_auto_reply,
            "is_bounce": self.is_bounce,
            "bounced": [entry.address for entry in self.bounced],
            "bounce_temporary": self.bounce_temporary,
            "message_id": self.message_id,
            "in_reply_to": " ".join(self.in_reply_to),
            "references": list(self.references),
        }
