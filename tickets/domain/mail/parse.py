"""One mail as bytes becomes one ParsedMail. Nothing that a mail holds makes it raise."""

from tickets.domain.mail import addresses, headers
from tickets.domain.mail.authentication import read_authentication
from tickets.domain.mail.automatic import look_at
from tickets.domain.mail.body import read_body
from tickets.domain.mail.bounce import Mail, is_by_machine, judge
from tickets.domain.mail.charset import STATEFUL, begin_mail, known
from tickets.domain.mail.delivery import RECEIPT_TYPES
from tickets.domain.mail.language import guess_language
from tickets.domain.mail.mime import MAX_HEADER_BYTES, Caps, Part, read_tree
from tickets.domain.mail.parsed import Address, ParsedMail

MAX_BYTES = 25 * 1024 * 1024
MAX_KEPT_HEADERS = 200
MAX_SUBJECT = 2_000
LOOKED_AT_SUBJECT = 300  # the signs of machines stand at its beginning
_REPORT = "it reports a delivery"


def parse(raw: bytes, *, max_bytes: int = MAX_BYTES) -> ParsedMail:
    """Read a mail; what cannot be read whole comes back as `is_unparsed` with `problems`."""
    try:
        return _parse(raw, max_bytes)
    except Exception as error:  # noqa: BLE001 — the promise: a mail is never lost for what it holds
        return ParsedMail(is_unparsed=True, problems=(f"{type(error).__name__}: {error}",))


def _parse(raw: bytes, max_bytes: int) -> ParsedMail:
    begin_mail()
    caps = Caps()
    if len(raw) > max_bytes:
        caps.exceeded("mail too large")
        raw = raw[:MAX_HEADER_BYTES]
    root = read_tree(raw, caps)
    hints = _hints(root)
    body = read_body(root, hints)
    author, return_path = _author(root, hints), _return_path(root)
    subject = headers.decode(root.get(b"subject"), hints)[:MAX_SUBJECT]
    begin = subject[:LOOKED_AT_SUBJECT]
    verdict = judge(Mail(root, author, return_path, begin, body.text, body.html, raw, hints))
    automatic = look_at(root, author, return_path, begin, body.text)
    is_receipt = verdict.has_arrived or (not verdict.is_bounce and _is_receipt(root))
    return ParsedMail(
        from_=author,
        is_author_doubtful=not addresses.is_plain(root.get_all(b"from"), author.email),
        sender=addresses.first_address(root.get_all(b"sender"), hints),
        reply_to=addresses.read_addresses(root.get_all(b"reply-to"), hints),
        to=addresses.read_addresses(root.get_all(b"to"), hints),
        cc=addresses.read_addresses(root.get_all(b"cc"), hints),
        delivered_to=_delivered_to(root),
        return_path=return_path,
        subject=subject,
        date=headers.date(root.get(b"date")),
        message_id=headers.message_id(root.get(b"message-id")),
        in_reply_to=headers.message_ids(root.get_all(b"in-reply-to")),
        references=headers.message_ids(root.get_all(b"references")),
        text=body.text,
        html=body.html,
        files=tuple(body.files),
        headers=_kept_headers(root, hints),
        is_bounce=verdict.is_bounce,
        is_by_machine=bool(automatic.why_no_answer) or is_by_machine(root, author),
        bounced=verdict.bounced,
        bounce_temporary=verdict.is_temporary,
        returned_ids=verdict.returned_ids,
        is_complaint=verdict.is_complaint,
        is_receipt=is_receipt,
        is_auto_reply=is_receipt or (automatic.is_auto_reply and not verdict.is_bounce),
        is_auto_guess=automatic.is_guess and not (is_receipt or verdict.is_bounce),
        is_list=automatic.is_list,
        why_no_answer=(_REPORT if verdict.is_bounce or is_receipt else "") or automatic.why_no_answer,
        authentication=read_authentication(root.get_all(b"authentication-results")),
        language=guess_language(body.text, headers.decode(root.get(b"content-language"))),
        problems=tuple(dict.fromkeys(caps.problems)),
        is_unparsed=bool(caps.problems),
    )


def _is_receipt(root: Part) -> bool:
    return any(part.media_type in RECEIPT_TYPES for part in root.walk())


def _kept_headers(root: Part, hints: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    kept = root.headers[:MAX_KEPT_HEADERS]
    return tuple((name.decode("ascii"), headers.decode(value, hints)) for name, value in kept)


def _hints(root: Part) -> tuple[str, ...]:
    """Charsets declared anywhere in the mail: good guesses for what declares none."""
    found: dict[str, None] = {}
    for part in root.walk():
        codec = known(part.params.get("charset", ""))
        if codec and codec != "utf-8" and not codec.startswith(STATEFUL):
            found[codec] = None
    return tuple(found)


def _author(root: Part, hints: tuple[str, ...]) -> Address:
    """From; if it names nobody, the others that do (the order of Zammad)."""
    author = addresses.first_address(root.get_all(b"from"), hints)
    for name in (b"reply-to", b"return-path", b"sender"):
        if "@" in author.email:
            break
        other = addresses.first_address(root.get_all(name), hints)
        if "@" in other.email:
            author = Address(author.name or other.name, other.email)
    return author


def _delivered_to(root: Part) -> tuple[str, ...]:
    names = (b"delivered-to", b"x-original-to", b"envelope-to", b"x-envelope-to")
    found = addresses.read_addresses([value for name in names for value in root.get_all(name)])
    return tuple(dict.fromkeys(address.email.lower() for address in found if address.email))


def _return_path(root: Part) -> str | None:
    value = root.get(b"return-path")
    if value is None:
        return None
    return addresses.first_address([value]).email
