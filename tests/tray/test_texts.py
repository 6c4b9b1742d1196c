"""The agent's catalogues: complete, compiled, and in the language of the person."""

import os
import subprocess
import sys

import pytest

from tests.hosts.process import PROJECT
from tray_agent import texts


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"DESKBELL_LANGUAGE": "de"}, "Strg+Umschalt+F9 Senden"),
        ({"DESKBELL_LANGUAGE": "fr_CH"}, "Ctrl+Maj+F9 Envoyer"),
        ({"LANGUAGE": "it"}, "Ctrl+Maiusc+F9 Invia"),
        ({"LANGUAGE": "cs"}, "Ctrl+Shift+F9 Send"),
    ],
)
def test_it_speaks_the_language_of_the_person(facts: dict[str, str], said: str) -> None:
    code = """
from tray_agent.combination import Combination
from tray_agent.texts import _
print(Combination.parse("ctrl+shift+f9").shown(), _("Send"))
"""
    environment = {name: value for name, value in os.environ.items() if name != "DESKBELL_LANGUAGE"} | facts
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == said


def test_without_a_wish_the_system_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESKBELL_LANGUAGE")
    assert texts.languages() is None
