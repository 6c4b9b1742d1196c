"""Secrets never reach a log line (ATTACKS A17): credentials, keys, tokens and passwords become `[hidden]`."""

import logging
import re

HIDDEN = "[hidden]"

_PREFIXED = re.compile(r"\bdb[a-z]_[A-Za-z0-9_-]{8,}")
_NAMED = re.compile(
    r"""(?ix) \b ( password | passwd | pw | secret | token | credential | enrolment_key | api_key
               | sessionid | deskbell | csrfmiddlewaretoken | csrftoken )
        (["']? \s* [=:] \s* ["']?) (?! \[hidden\] ) [^\s"'&,;)}]+"""
)
_HEADER = re.compile(
    r"(?i)\b(authorization|cookie|set-cookie|x-csrftoken)([\"']?\s*[=:]\s*[\"']?)[^\r\n\"']+"
)
_URL_PASSWORD = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://[^\s:/@]*):[^\s/@]+@")


def redact(text: str) -> str:
    """`text` without secrets; safe to run twice."""
    text = _HEADER.sub(rf"\1\2{HIDDEN}", text)
    text = _PREFIXED.sub(HIDDEN, text)
    text = _NAMED.sub(rf"\1\2{HIDDEN}", text)
    return _URL_PASSWORD.sub(rf"\1:{HIDDEN}@", text)


class RedactFilter(logging.Filter):
    """Redacts the finished message, so that a secret in the arguments cannot slip through either."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redact(record.getMessage())
        record.args = None
        return True


class RedactFormatter(logging.Formatter):
    """One line with time, level and logger; the traceback below it is redacted too."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatException(self, ei: object) -> str:
        return redact(super().formatException(ei))  # type: ignore[arg-type]
