"""docs/openapi.yaml is what the code says. To renew it: manage.py spectacular --file docs/openapi.yaml"""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

WRITTEN = Path(__file__).parents[2] / "docs" / "openapi.yaml"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="other databases have other largest numbers")
def test_the_written_description_is_current(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = tmp_path / "openapi.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(made))
    assert made.read_text() == WRITTEN.read_text()
