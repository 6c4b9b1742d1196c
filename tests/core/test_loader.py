"""What never changes in a template is drawn once for each language, and looks as before."""

from uuid import UUID

import pytest
from django.template import Context, Template
from django.template.loader import get_template
from django.urls import NoReverseMatch
from django.utils import translation

from helpdesk.core.loader import Fixed, fold

LOAD = "{% load i18n static ui %}"
CONSTANT = (
    "words",
    "{% translate 'Cancel' %}",
    "{% blocktranslate %}Cancel{% endblocktranslate %}",
    "{% url 'web:profile' %}",
    "{% static 'ui/icons.svg' %}",
    "{% icon 'user' %}",
    "{% kbd 'Ctrl' 'K' %}",
    "{% comment %}x{% endcomment %}",
)
CHANGING = (
    "{{ word }}",
    "{% translate word %}",
    "{% translate 'Cancel' as kept %}{{ kept }}",
    "{% blocktranslate %}On {{ word }}{% endblocktranslate %}",
    "{% url 'web:ticket' 7 as kept %}{{ kept }}",
    "{% url 'web:ticket' number %}",
    "{% url 'tickets:split-off' number %}",
    "{% url 'agents:client' uid %}",
    "{% url 'web:remove-push' number|add:1 %}",
    "{% static word %}",
    "{% icon word %}",
    "{% icon 'user' as kept %}{{ kept }}",
    "{% csrf_token %}",
)


def folded(source: str) -> Template:
    template = Template(LOAD + source)
    fold(template.nodelist)
    return template


@pytest.mark.parametrize("source", CONSTANT)
def test_constant_neighbours_become_one_node(source: str) -> None:
    template = folded(f"{source} {source}")
    assert [type(node) for node in template.nodelist] == [Fixed]


@pytest.mark.parametrize("source", [*CONSTANT, *CHANGING])
def test_a_folded_template_says_what_it_said(source: str) -> None:
    inside = (
        f"{{% if word %}}{source}{source}{{% else %}}{{% for x in word %}}{source}{{% endfor %}}{{% endif %}}"
    )
    source = f"<b>{source}{inside}"
    plain, template = Template(LOAD + source), folded(source)
    for language in ("en", "de", "en"):
        for word in ("a", "<b>", ""):
            context = {"word": word, "number": len(word), "uid": UUID(int=len(word)), "csrf_token": word}
            with translation.override(language):
                assert template.render(Context(context)) == plain.render(Context(context))


def test_an_address_that_is_not_there_stays_an_error() -> None:
    for number in (7, -7, "x"):
        with pytest.raises(NoReverseMatch):
            folded("{% url 'web:profile' number %}").render(Context({"number": number}))
    with pytest.raises(NoReverseMatch):
        folded("{% url 'web:ticket' number %}").render(Context({"number": -7}))


def test_what_a_mail_does_not_escape_stays_so() -> None:
    template = folded("{% translate 'Rock & roll' %}{% icon 'x' %}")
    escaped = template.render(Context())
    assert "Rock &amp; roll" not in template.render(Context(autoescape=False))
    assert template.render(Context()) == escaped


def test_each_template_of_the_house_is_folded() -> None:
    assert any(isinstance(node, Fixed) for node in get_template("ui/base.html").template.nodelist)  # type: ignore[attr-defined]
