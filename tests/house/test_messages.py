"""The catalogues: complete, compiled, and mails in the language that they claim."""

import re
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation

from helpdesk.core.domain.languages import LANGUAGE_NAMES
from helpdesk.core.models import Organisation
from helpdesk.core.services.letters import write_letter, write_subject

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    loader = SourceFileLoader("messages_script", str(ROOT / "scripts" / "messages"))
    module = ModuleType("messages_script")
    module.__file__ = loader.path
    loader.exec_module(module)
    return module


def test_every_sentence_is_translated_and_compiled(script: ModuleType) -> None:
    assert script.problems() == [], "run scripts/messages"
    assert {"en", *script.LANGUAGES} == set(LANGUAGE_NAMES)
    assert dict(settings.LANGUAGES) == LANGUAGE_NAMES


@pytest.mark.parametrize(
    ("language", "familiar"),
    [
        ("de", r"\b(?:du|Du|dich|dir|deine?[mnrs]?|euch|euer|kannst|hast|musst)\b"),
        ("fr", r"(?i)\b(?:tu|toi|ton|tes|ta|peux|veux)\b"),
        ("it", r"(?i)\b(?:tu|tuo|tua|tuoi|tue|ti|te|hai|puoi|vuoi|devi|vieni)\b"),
    ],
)
def test_everybody_is_addressed_formally(script: ModuleType, language: str, familiar: str) -> None:
    with script.po_of(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    said = (
        text
        for message in catalogue
        if message.id
        for text in ([message.string] if isinstance(message.string, str) else message.string or ())
    )
    assert [text for text in said if re.search(familiar, text)] == []


def test_no_sentence_of_a_mail_goes_past_the_catalogue(script: ModuleType) -> None:
    """What is left of a template without its tags and markup are names, addresses and signs."""
    for path in script.templates():
        left = script.bare_words(path.read_text(encoding="utf-8"))
        assert left == [], path


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "hello", "number"),
    [
        ("de", "Guten Tag Anna,", "Ticketnummer 7"),
        ("fr", "Bonjour Anna,", "ticket 7"),
        ("it", "Buongiorno Anna,", "ticket è 7"),
    ],
)
def test_a_mail_is_in_the_language_of_its_reader(language: str, hello: str, number: str) -> None:
    facts = {"name": "Anna", "number": 7, "subject": "Printer"}
    organisation = Organisation(name="Brightwell", support_phone="+49 30 1")
    letter = write_letter(
        "tickets/mails/confirmation", language=language, organisation=organisation, facts=facts
    )
    assert letter.text.startswith(hello)
    assert number in letter.text
    assert "+49 30 1" in letter.html
    assert hello in letter.html


@pytest.mark.django_db
def test_the_console_stays_english_beside_a_german_mail() -> None:
    subject = write_subject("agents/mails/token", language="de", facts={"name": "Brightwell"})
    assert subject == "Ihr Bestätigungscode für Brightwell"
    assert translation.gettext("Automatic mail is stopped") == "Automatic mail is stopped"
