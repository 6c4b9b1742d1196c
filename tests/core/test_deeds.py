"""The words of the audit log."""

import re
from pathlib import Path

from django.utils.translation import override

from helpdesk.core.models.deeds import DEEDS, deed_words, deeds_like, thing_words

ROOT = Path(__file__).parents[2]
_VERB = re.compile(r"""record\([^()]*?verb="([^"]+)"|^\s+verb = "([^"]+)"(?: if .* else "([^"]+)")?""", re.M)


def test_every_deed_of_the_code_has_words() -> None:
    sources = (path for app in ("agents", "helpdesk", "tickets") for path in (ROOT / app).rglob("*.py"))
    used = {verb for path in sources for found in _VERB.findall(path.read_text()) for verb in found if verb}
    assert len(used) > 80
    assert used - DEEDS.keys() == set()


def test_deeds_are_told_and_found_in_the_readers_language() -> None:
    with override("de"):
        assert deed_words("client.created") == "hat einen Kunden angelegt"
        assert deeds_like("KUNDEN ANGELEGT") == ["client.created"]
        assert (thing_words("savedview"), thing_words("team")) == ("Ansicht", "Team")
    assert (thing_words("savedview"), thing_words("rocket")) == ("view", "rocket")


def test_the_deed_of_another_version_is_read_as_it_stands() -> None:
    assert deed_words("rocket.was-launched") == "rocket was launched"
