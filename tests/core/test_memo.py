"""What was drawn once is drawn again only when its key, the language or the day is another."""

import re
from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.utils import timezone, translation
from django.utils.safestring import mark_safe

from helpdesk.core.templatetags import memo

SOURCE = "{% load memo %}{% memo key %}{{ word }}{% endmemo %}"


def drawn(template: Template, key: object, word: str) -> str:
    return template.render(Context({"key": key, "word": word}))


def test_the_same_key_gives_what_was_drawn_before() -> None:
    template = Template(SOURCE)
    assert [drawn(template, key, word) for key, word in ((1, "a"), (1, "b"), (2, "b"))] == ["a", "a", "b"]


def test_without_a_key_it_is_drawn_each_time() -> None:
    template = Template(SOURCE)
    assert [drawn(template, None, word) for word in "ab"] == ["a", "b"]


def test_another_language_zone_or_day_is_another_part(monkeypatch: pytest.MonkeyPatch) -> None:
    template = Template(SOURCE)
    with translation.override("en"), timezone.override("Europe/Zurich"):
        assert drawn(template, 1, "a") == "a"
        with translation.override("de"):
            assert drawn(template, 1, "b") == "b"
        with timezone.override("Asia/Tokyo"):
            assert drawn(template, 1, "c") == "c"
        monkeypatch.setattr(timezone, "now", lambda: datetime(2031, 1, 1, tzinfo=UTC))
        assert drawn(template, 1, "d") == "d"


def test_a21_nobody_gets_the_token_of_a_form_of_somebody_else() -> None:
    template = Template(
        "{% load memo %}{% memo 1 %}<form>{% csrf_token %}</form>{% csrf_token %}{% endmemo %}"
    )
    for token in ("a" * 64, "b" * 64, "c" * 64):
        page = template.render(Context({"csrf_token": token}))
        assert re.findall(r'value="(\w+)"', page) == [token, token]


def test_a21_a_part_with_the_token_of_another_answer_is_not_kept() -> None:
    template = Template("{% load memo %}{% memo 1 %}{{ part }}{% csrf_token %}{% endmemo %}")
    for token in ("a" * 64, "b" * 64):
        part = mark_safe(f'<input name="csrfmiddlewaretoken" value="{token.upper()}">')
        page = template.render(Context({"csrf_token": token, "part": part}))
        assert re.findall(r'value="(\w+)"', page) == [token.upper(), token]


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "MOST", len("01"))
    template = Template(SOURCE)
    for key in range(3):
        drawn(template, key, f"{key}")
    assert drawn(template, 2, "x") == "2"
    assert drawn(template, 0, "y") == "y"
