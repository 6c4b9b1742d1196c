"""What the audit log says of a row has words in four languages."""

import ast

from django.conf import settings

from helpdesk.core.models.facts import FACTS


def test_every_part_of_a_row_that_the_desk_writes_down_is_named() -> None:
    """As far as it is written out where a deed is recorded."""
    calls = [
        call
        for top in ("agents", "helpdesk", "sessions", "tickets")
        for path in sorted((settings.BASE_DIR / top).rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "record"
    ]
    told = [each for call in calls for each in ast.walk(call) if isinstance(each, ast.Dict)]
    names = {str(key.value) for each in told for key in each.keys if isinstance(key, ast.Constant)}
    assert len(names) > 20
    assert sorted({name for name in names if name.replace(" ", "_") not in FACTS}) == []
