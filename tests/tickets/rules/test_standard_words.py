"""Standard rules are stored in English and told in the reader's language."""

from datetime import datetime

import pytest
from django.test import Client as Browser
from django.utils.translation import gettext, override

from helpdesk.core.models import Notice, User
from helpdesk.core.selectors.notices import sentence_of
from tests.tickets.conftest import make_tickets
from tests.tickets.rules.conftest import MakeRule
from tests.tickets.rules.desk import CREATED
from tickets.domain.rule_presets import PRESETS
from tickets.models import Rule
from tickets.models.standard import STANDARD, doer_words, rule_label, standard_text, standard_words
from tickets.services.rules import run_on_ticket


def test_every_standard_rule_has_its_words() -> None:
    assert {rule[name] for rule in PRESETS for name in ("name", "description")} == STANDARD


def test_they_go_there_and_back() -> None:
    with override("de"):
        assert standard_words("Default rule") == "Standardregel"
        assert standard_text("Standardregel") == "Default rule"
        assert standard_words("My rule") == standard_text("My rule") == "My rule"
        assert doer_words("Rule “Default rule”") == "Regel „Standardregel“"
        assert doer_words("Ada Lovelace") == "Ada Lovelace"


@pytest.mark.parametrize("language", ["en", "de", "fr", "it"])
def test_a_rule_is_kept_the_same_whoever_set_it_off(language: str) -> None:
    with override(language):
        older = gettext("Rule “%(name)s”") % {"name": "VIP"}
        assert rule_label("VIP") == "Rule “VIP”"
    with override("it"):
        assert doer_words(older) == "Regola «VIP»"
        assert doer_words(rule_label("Default rule")) == "Regola «Regola predefinita»"


@pytest.mark.django_db
def test_page_and_notice_name_the_rule_in_the_readers_language(
    client_ada: Browser, ada: User, now: datetime, make_rule: MakeRule
) -> None:
    make_rule({"do": "add_tags", "value": "vip"}, {"do": "add_note", "value": "Hello"}, name="VIP")
    User.objects.filter(pk=ada.pk).update(language="fr")
    ticket = make_tickets(1, now)[0]
    with override("de"):
        run_on_ticket(ticket=ticket, trigger=CREATED, now=now)
    page = client_ada.get(f"/tickets/{ticket.number}/").content.decode()
    assert page.count("Règle « VIP »") == 3  # two entries, and the note beside the ticket
    assert "“VIP”" not in page
    with override("it"):
        assert (
            sentence_of(Notice(news="rule", who="Default rule"))
            == "La regola «Regola predefinita» La informa"
        )


@pytest.mark.django_db
def test_a_german_sees_them_in_german(client_carla: Browser, carla: User) -> None:
    User.objects.filter(pk=carla.pk).update(language="de")
    assert "Standardregel" in client_carla.get("/rules/").content.decode()
    rule = Rule.objects.get(is_default=True)
    assert 'value="Standardregel"' in client_carla.get(f"/rules/{rule.pk}/").content.decode()
    assert rule.name == "Default rule"
