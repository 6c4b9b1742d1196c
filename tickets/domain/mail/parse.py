"""One mail as bytes becomes one ParsedMail. Nothing that a mail holds makes it raise."""

from tickets.domain.mail.parsed import ParsedMail


def parse(raw: bytes) -> ParsedMail:
    """Read a mail; what cannot be read comes back as `is_unparsed` with `problems`."""
    return ParsedMail(text=raw.decode("utf-8", "replace"), is_unparsed=True, problems=("not written yet",))
