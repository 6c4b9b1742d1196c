"""Row A17: no secret in a log line."""

import io
import logging
from typing import Any

import pytest
from django.conf import settings

from helpdesk.core.domain.redaction import RedactFilter, RedactFormatter, redact


@pytest.mark.parametrize(
    "line",
    [
        "Authorization: Agent dba_abcdefghijklmnop",
        "key dbk_ABCDEFGHIJKLMNOPQRSTUVWXYZ234567 was used",
        "POST /x?token=s3cr3t&next=/",
        '{"password": "s3cr3t", "a": 1}',
        "{'enrolment_key': 's3cr3t'}",
        "Cookie: deskbell=s3cr3t; csrftoken=s3cr3t",
        "smtp://desk:s3cr3t@mail.example:25",
        "postgres://desk:s3cr3t@db/desk",
    ],
)
def test_a17_secrets_are_hidden(line: str) -> None:
    clean = redact(line)
    assert "[hidden]" in clean
    for secret in ("s3cr3t", "dba_", "dbk_"):
        assert secret not in clean
    assert redact(clean) == clean


def test_a17_harmless_lines_stay_as_they_are() -> None:
    line = "GET /tickets/17/ 200 in 12 ms; the token was wrong"
    assert redact(line) == line


def test_a17_arguments_and_tracebacks_are_covered_too() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(RedactFilter())
    handler.setFormatter(RedactFormatter())
    logger = logging.getLogger("tests.redaction")
    logger.addHandler(handler)
    try:
        raise ValueError("password=s3cr3t")
    except ValueError:
        logger.exception("agent %s failed", "dba_abcdefghijklmnop")
    finally:
        logger.removeHandler(handler)
    assert "s3cr3t" not in stream.getvalue()
    assert "dba_abc" not in stream.getvalue()
    assert "ValueError" in stream.getvalue()


def test_a17_every_handler_of_the_product_has_the_filter() -> None:
    handlers: Any = settings.LOGGING["handlers"]
    assert all(handler["filters"] == ["redact"] for handler in handlers.values())
