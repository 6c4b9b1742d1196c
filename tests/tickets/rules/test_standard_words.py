"""Standard rules are stored in English and told in the reader's language."""

import pytest
from django.test import Client as Browser
from django.utils.translation import override

from helpdesk.core.models import User
from tickets.domain.rule_presets import PRESETS
from tickets.models import Rule
from tickets.models.standard import STANDARD, doer_words, standard_text, standard_words


def test_every_standard_rule_has_its_words() -> None:
    assert {rule[name] for rule in PRESETS for name in ("name", "description")} == STANDARD


def test_they_go_there_and_back() -> None:
    with override("de"):
        assert standard_words("Default rule") == "Standardregel"
        assert standard_text("Standardregel") == "Default rule"
        assert standard_words("My rule") == standard_text("My rule") == "My rule"
        assert doer_words("Rule “Default rule”") == "Regel „Standardregel“"
        assert doer_words("Ada Lovelace") == "Ada Lovelace"


@pytest.mark.django_db
def test_a_german_sees_them_in_german(client_carla: Browser, carla: User) -> None:
    User.objects.filter(pk=carla.pk).update(language="de")
    assert "Standardregel" in client_carla.get("/rules/").content.decode()
    rule = Rule.objects.get(is_default=True)
    assert 'value="Standardregel"' in client_carla.get(f"/rules/{rule.pk}/").content.decode()
    assert rule.name == "Default rule"
