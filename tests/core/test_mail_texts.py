"""The organisation's own words in mails: filled in, escaped, never run; with what no mail can do without."""

from datetime import datetime
from types import SimpleNamespace

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from helpdesk.core.domain.languages import LANGUAGE_NAMES
from helpdesk.core.domain.mail_text import KINDS, as_html, fill, missing_placeholders, wrong_placeholders
from helpdesk.core.errors import Invalid, NotFound
from helpdesk.core.models import AuditEntry, MailText, Organisation, OutgoingMail, User
from helpdesk.core.services.letters import fill_letter, write_letter, write_subject
from helpdesk.core.services.mail_texts import (
    check_words,
    preview,
    restore_mail_text,
    save_mail_text,
    send_test_mail,
    standard_words,
    words_of,
)

pytestmark = pytest.mark.django_db
HOUSE = Organisation(name="Brightwell & Co", support_phone="+49 30 1")
OWN = "Hi {{ name | there }},\n\nyour ticket {{ number }}: {{ subject }}\n{{ house }}, {{ phone }}"


@pytest.fixture
def save(carla: User, now: datetime, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks):  # type: ignore[no-untyped-def]  # noqa: ANN201
    def do(kind: str, body: str, subject: str = "", language: str = "en") -> None:
        with django_capture_on_commit_callbacks(execute=True):
            save_mail_text(kind=kind, language=language, subject=subject, body=body, by=carla, now=now)

    return do


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGE_NAMES)
def test_every_standard_text_could_be_saved_as_it_stands(kind: str, language: str) -> None:
    words = standard_words(kind, language)
    check_words(kind=kind, subject=words.subject, body=words.body)
    assert words == words_of(kind, language)
    assert bool(words.subject) == bool(KINDS[kind].subject_names)


def test_own_words_go_out_in_their_language_alone(save) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    save("confirmation", OWN)
    facts = {"name": "Anna", "number": 7, "subject": "<b>Fire</b> {{ house }}"}
    letter = write_letter("tickets/mails/confirmation", language="en", organisation=HOUSE, facts=facts)
    assert letter.text.startswith("Hi Anna,\n\nyour ticket 7: <b>Fire</b> {{ house }}\nBrightwell & Co, +49")
    assert "&lt;b&gt;Fire&lt;/b&gt; {{ house }}<br>" in letter.html
    other = write_letter("tickets/mails/confirmation", language="de", organisation=HOUSE, facts=facts)
    assert other.text.startswith("Guten Tag Anna,")
    assert words_of("confirmation", "en").is_own


def test_letters_that_are_filled_in_hear_of_it_too(save) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    words = {"name": "", "number": "7", "subject": "<i>"}

    def filled() -> str:
        letter = fill_letter("tickets/mails/confirmation", language="en", organisation=HOUSE, words=words)
        return letter.text + letter.html

    before = filled()
    save("confirmation", OWN)
    assert before != filled()
    assert "Hi there," in filled()
    assert "ticket 7: &lt;i&gt;" in filled()


def test_an_own_subject_stays_on_one_line(save) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    save("survey", "{{ happy }} {{ neutral }} {{ sad }} {{ number }}", "Well? {{ subject }}")
    facts = {"ticket": SimpleNamespace(number=7, subject="a\nBcc: x@evil.example")}
    assert write_subject("tickets/mails/survey", language="en", facts=facts) == "Well? a Bcc: x@evil.example"
    faces = dict.fromkeys(("happy", "neutral", "sad"), "https://desk.example/x")
    letter = write_letter("tickets/mails/survey", language="en", organisation=HOUSE, facts={**faces, **facts})
    assert letter.html.count('<a href="https://desk.example/x">') == 3


@pytest.mark.parametrize(
    ("kind", "subject", "body", "field"),
    [
        ("confirmation", "", " ", "body"),
        ("confirmation", "", "x" * 8001, "body"),
        ("confirmation", "", "{{ password }}", "body"),
        ("confirmation", "", "{% load x %}", "body"),
        ("confirmation", "", "{{ name.__class__ }}", "body"),
        ("token", "Code", "no token", "body"),
        ("token", "", "{{ token }}", "subject"),
        ("token", "{{ token }}", "{{ token }}", "subject"),
        ("token", "a\nb", "{{ token }}", "subject"),
    ],
)
def test_what_no_mail_could_fill_in_is_named(save, kind: str, subject: str, body: str, field: str) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    with pytest.raises(Invalid) as caught:
        save(kind, body, subject)
    assert list(caught.value.fields or {}) == [field]
    assert not MailText.objects.exists()


def test_other_kinds_and_languages_are_not_there(save) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    with pytest.raises(NotFound):
        save("reply", "x")
    with pytest.raises(NotFound):
        words_of("token", "xx")


def test_back_to_the_standard(save, carla: User, now: datetime) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    save("confirmation", OWN)
    save("confirmation", standard_words("confirmation", "en").body)
    assert not MailText.objects.exists(), "the standard typed again is the standard"
    restore_mail_text(kind="confirmation", language="en", by=carla, now=now)
    verbs = list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["changed mail text", "restored mail text"]


def test_a_preview_and_a_test_mail_show_an_example(carla: User, now: datetime) -> None:
    subject, letter = preview(kind="confirmation", language="en", subject="", body=OWN)
    assert subject == "(the ticket's subject)"
    assert "Hi Anna Berg," in letter.text
    what = {"kind": "token", "language": "fr", "subject": "{{ house }}", "body": "{{ token }}"}
    send_test_mail(**what, by=carla, now=now)
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.text, mail.language) == (carla.email, "ABCD-EFGH\n", "fr")


def test_placeholders_are_found_and_filled_once() -> None:
    assert wrong_placeholders("{{ name }} {{x}} }}", ("name",)) == ["{{x}}", "}}"]
    assert missing_placeholders("{{ a }}", ("a", "b")) == ["b"]
    assert fill("{{ a }}{{ b | - }}{{ c }}", {"a": "{{ b }}"}, str.upper) == "{{ B }}-"
    html = as_html("a < {{ u }}\nb\n\n{{ v }}", {"u": "https://x.example/?a=1&b", "v": "javascript:alert(1)"})
    assert html == (
        '<p>a &lt; <a href="https://x.example/?a=1&amp;b">https://x.example/?a=1&amp;b</a><br>\nb</p>\n'
        "<p>javascript:alert(1)</p>"
    )
