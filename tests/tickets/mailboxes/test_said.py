"""What the desk says of a mailbox is kept in English and read in one's own language."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.utils.translation import override

from helpdesk.core.models import User
from tests.web.conftest import text_of
from tickets.models import Mailbox
from tickets.models.mailbox_said import _SENTENCES, in_words

WRITERS = [
    *("helpdesk/server/smtp_in.py", "helpdesk/server/imap_in.py", "helpdesk/core/mailbox.py"),
    "tickets/services/mailboxes/imap.py",
]


def test_the_sentences_are_those_that_are_written() -> None:
    sources = [(Path(settings.BASE_DIR) / path).read_text(encoding="utf-8") for path in WRITERS]
    said = {
        node.value for text in sources for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)
    }
    assert set(_SENTENCES) <= said


@pytest.mark.parametrize("sentence", _SENTENCES)
def test_each_is_read_in_another_language_with_its_names(sentence: str) -> None:
    names = {
        "host": "imap.acme.example",
        "port": 993,
        "mb": 12,
        "name": "INBOX",
        "words": "(no)",
        "at": "5 May",
    }
    kept = sentence % names
    with override("de"):
        told = in_words(kept)
    assert told != kept
    assert all(str(value) in told for name, value in names.items() if f"%({name})" in sentence)
    assert in_words(kept) == kept


def test_what_a_server_said_stays_as_it_said_it() -> None:
    with override("de"):
        assert in_words("Login failed.") == "Login failed."


@pytest.mark.django_db
def test_the_page_tells_it_in_the_readers_language(client_carla: Browser, carla: User) -> None:
    User.objects.filter(pk=carla.pk).update(language="de")
    kept = {"state": "unreachable", "state_words": "SMTP_LISTEN is empty"}
    Mailbox.objects.create(address="support@desk.example", created_at=carla.created_at, **kept)
    page = text_of(client_carla.get("/settings/mailboxes/"))
    assert "SMTP_LISTEN ist leer" in page
    assert "SMTP_LISTEN is empty" not in page
