"""The list of the rules: sentences, order, switches, undo."""

import pytest
from django.test import Client as Browser

from tests.web.conftest import text_of
from tickets.models import Rule

pytestmark = pytest.mark.django_db


def rule_of(preset: str) -> Rule:
    return Rule.objects.get(preset=preset)


def test_rules_read_as_sentences_with_the_default_rule_locked_at_the_end(client_carla: Browser) -> None:
    page = text_of(client_carla.get("/rules/"))
    assert page.index("Reopen on reply") < page.index("We have it") < page.index("Default rule")
    assert "Anything no rule above has caught becomes a ticket:" in page
    assert '<span class="pill">Medium</span>' in page
    default = page[page.index(f'id="rule-{rule_of("default").pk}"') :]
    assert "always last" in default
    assert "Move up" not in default
