"""The atoms of the interface."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone, translation

from agents.domain.profile import State
from helpdesk.core.templatetags import ui
from tickets.domain.priority import Priority
from tickets.domain.status import Status

EVIL = '"><script>alert(1)</script>'


def render(text: str, **context: object) -> str:
    return Template("{% load ui %}" + text).render(Context(context))


def test_an_icon_is_silent_unless_it_has_a_label() -> None:
    assert 'class="icon" aria-hidden="true"' in ui.icon("x")
    assert 'class="icon icon--sm" role="img" aria-label="Close"' in ui.icon("x", "icon--sm", "Close")


@pytest.mark.parametrize("status", Status)
def test_every_status_has_a_chip_and_an_icon(status: Status) -> None:
    assert "chip--" in ui.status(status)
    assert 'role="img"' in ui.status_icon(status.value)


@pytest.mark.parametrize("priority", Priority)
def test_every_priority_says_its_name_in_words_or_in_its_label(priority: Priority) -> None:
    assert f">{priority.value.title()}" in ui.prio(priority).replace("</svg>", ">")
    assert f'aria-label="{priority.value.title()} priority"' in ui.prio(priority, False)


@pytest.mark.parametrize("state", State)
def test_every_state_of_a_profile_has_a_chip(state: State) -> None:
    assert "</svg>" in ui.agent_state(state)


def test_a_chip_has_an_icon_if_it_is_named() -> None:
    assert "<svg" not in ui.chip("new")
    assert "#i-ok" in ui.chip("new", "chip--done", "ok")


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Ada Lovelace", "AL"),
        ("ada", "A"),
        ("Grace Brewster Hopper", "GB"),
        ("Smith & Sons", "SS"),
        (" ", ""),
    ],
)
def test_an_avatar_shows_initials(name: str, initials: str) -> None:
    assert ui.avatar(name).endswith(f'aria-hidden="true">{initials}</span>')


def test_an_avatar_keeps_its_colour_and_shows_who_is_there() -> None:
    assert ui.avatar("Ada") == ui.avatar("Ada")
    assert "presence presence--on" in ui.avatar("Ada", "avatar--sm", "on")
    assert 'aria-label="Nobody"' in ui.avatar("")


def test_keys_are_pictures() -> None:
    assert ui.kbd("Ctrl", "K") == '<span class="kbd" aria-hidden="true"><kbd>Ctrl</kbd><kbd>K</kbd></span>'


def test_a_meter_stacks_its_parts_and_stands_a_total_of_nothing() -> None:
    bar = ui.meter("7 of 10", 10, "c-done", 5, "c-wait", 2)
    assert 'aria-label="7 of 10"' in bar
    assert 'c-wait" x="50.00%" width="20.00%"' in bar
    assert 'width="0.00%"' in ui.meter("nothing", 0, "c-done", 0)


@pytest.mark.parametrize(
    "text",
    ["{% icon e e e %}", "{% chip e e e %}", "{% avatar e e e %}", "{% kbd e %}", "{% meter e 1 e 1 %}"],
)
def test_markup_in_any_argument_stays_text_A28(text: str) -> None:
    assert "<script>" not in render(text, e=EVIL)


class Sample(forms.Form):
    name = forms.CharField(help_text="Your name")
    about = forms.CharField(widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(choices=[("a", "A")], required=False)
    kinds = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=False)
    agrees = forms.BooleanField(required=False)


@pytest.mark.parametrize(
    ("field", "css"),
    [("name", "input"), ("about", "textarea"), ("kind", "select"), ("kinds", "")],
)
def test_a_control_has_the_class_of_its_kind(field: str, css: str) -> None:
    html = ui.control(Sample()[field])
    assert (f'class="{css}"' in html) is bool(css)
    assert "class=" in html or not css


def test_a_control_is_described_by_its_hint_and_its_error() -> None:
    html = ui.control(Sample({})["name"])
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Sunday, 22 November 2026"), ("de", "Sonntag, 22. November 2026"),
        ("fr", "dimanche 22 novembre 2026"), ("it", "domenica 22 novembre 2026"),
    ],
)  # fmt: skip
def test_a_day_is_written_as_its_readers_write_it(now: datetime, language: str, text: str) -> None:
    with translation.override(language):
        assert ui.say_day(now, "l, j F Y").lower() == text.lower()


@pytest.mark.parametrize(
    ("language", "text"), [("en", "22 Nov"), ("de", "22. Nov"), ("fr", "22 nov"), ("it", "22 nov")]
)
def test_a_short_day_too(now: datetime, language: str, text: str) -> None:
    with translation.override(language):
        assert ui.say_day(now, "j M") == text


@pytest.mark.parametrize(
    ("past", "text"),
    [
        (-MINUTE, ">now<"), (59 * MINUTE / 60, ">now<"), (MINUTE, ">1 m<"), (59 * MINUTE, ">59 m<"),
        (HOUR, ">1 h<"), (23 * HOUR, ">23 h<"), (DAY, ">1 d<"), (6 * DAY, ">6 d<"), (7 * DAY, ">15 Nov<"),
    ],
)  # fmt: skip
def test_ago_is_short(monkeypatch: pytest.MonkeyPatch, now: datetime, past: timedelta, text: str) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    assert text in ui.ago(now - past)


@pytest.mark.parametrize(
    ("past", "text"),
    [
        (HOUR, ">9:00<"), (DAY, ">Sat 10:00<"), (-2 * DAY, ">Tue 10:00<"), (30 * DAY, ">23 Oct<"),
        (400 * DAY, ">18 Oct 2025<"),
    ],
)  # fmt: skip
def test_when_is_as_exact_as_one_needs(
    monkeypatch: pytest.MonkeyPatch, now: datetime, past: timedelta, text: str
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    with timezone.override(UTC):
        assert text in ui.when(now - past)


def test_no_time_is_no_text() -> None:
    assert (ui.ago(None), ui.when(None)) == ("", "")


def test_when_is_told_on_the_clock_and_the_day_of_who_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    at = datetime(2026, 9, 12, 9, 41, tzinfo=UTC)
    said = []
    for now in (at, at + timedelta(days=1), at + timedelta(days=200)):
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        for zone in ("UTC", "Asia/Tokyo"):
            with timezone.override(zone):
                said.append(re.sub("<[^>]+>", "", ui.when(at)))
    assert said == ["9:41", "18:41", "Sat 9:41", "Sat 18:41", "12 Sep 2026", "12 Sep 2026"]


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("token-sent", "token sent"), ("mail_domains", "mail domains"), (True, "yes"),
        ("promo.example", "promo.example"), ([{"do": "set_type", "value": "incident"}], "set type incident"),
        (False, "no"), ([], "–"), (3, "3"), (["a.example", "b.example"], "a.example, b.example"), (None, "–"),
        ("", "–"), ("Ada.Lovelace", "Ada.Lovelace"), ("ada@acme.example", "ada@acme.example"),
        ("changed name", "changed name"), ({}, "–"),
    ],
)  # fmt: skip
def test_stored_values_are_shown_in_words(stored: object, shown: str) -> None:
    assert ui.plain(stored) == shown


def test_a_deed_and_its_thing_are_words() -> None:
    assert (ui.deed("profile.token-sent"), ui.deed("x.no-such")) == ("sent a token", "x no such")
    assert (ui.thing("blockedsender"), ui.thing("no-more")) == ("blocked sender", "no-more")
