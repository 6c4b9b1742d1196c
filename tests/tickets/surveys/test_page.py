"""The page behind the faces of a mail, as customers, scanners of mail and Mallory meet it (A22)."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from agents.models import Client, Contact
from helpdesk.core.domain.redaction import redact
from helpdesk.core.models import User
from tests.tickets.conftest import make_tickets
from tests.tickets.surveys.desk import link_in, solve, survey_mail, switch_on, the_survey
from tickets.domain.survey import make_survey_key
from tickets.models import Activity, Message, Survey, Ticket
from tickets.views import surveys
from tickets.views.surveys import ANSWERS, WRONG_LINKS

pytestmark = pytest.mark.django_db
WRONG = b"This link does not work"


def chosen_in(page: str) -> list[str]:
    return re.findall(r'value="(\w+)" checked', page)


class TestCustomer:
    def test_a_face_of_the_mail_is_chosen_already(self, mallory: Browser, link: str) -> None:
        page = mallory.get(f"{link}?rating=sad").content.decode()
        assert chosen_in(page) == ["sad"]
        assert "Printer 0 is on fire" in page

    def test_an_odd_face_chooses_nothing(self, mallory: Browser, link: str) -> None:
        assert chosen_in(mallory.get(f"{link}?rating=<b>").content.decode()) == []

    def test_the_answer_is_kept_and_shown_for_correction(self, mallory: Browser, link: str) -> None:
        answer = mallory.post(link, {"rating": "sad", "comment": "Too slow"}, follow=True)
        page = answer.content.decode()
        assert "Thank you for your answer" in page
        assert chosen_in(page) == ["sad"]
        assert "Too slow</textarea>" in page
        assert "Change the answer" in page
        mallory.post(link, {"rating": "happy", "comment": ""})
        assert (the_survey().rating, the_survey().comment) == ("happy", "")

    def test_thanks_are_for_who_has_answered(self, mallory: Browser, link: str) -> None:
        assert b"Thank you" not in mallory.get(f"{link}?done=1").content

    def test_a_missing_face_is_asked_for_and_the_words_stay(self, mallory: Browser, link: str) -> None:
        answer = mallory.post(link, {"comment": "Too slow"})
        assert answer.status_code == 422
        assert b"Choose one of the three faces." in answer.content
        assert b"Too slow</textarea>" in answer.content

    def test_a_novel_is_too_long_and_stays(self, mallory: Browser, link: str) -> None:
        answer = mallory.post(link, {"rating": "sad", "comment": "x" * 2001})
        assert answer.status_code == 422
        assert b"Write at most 2,000 characters." in answer.content
        assert chosen_in(answer.content.decode()) == ["sad"]

    @pytest.mark.parametrize(
        ("language", "words"), [("de", "Wie lief es?"), ("fr", "Pas bien"), ("it", "Invia la risposta")]
    )
    def test_it_speaks_as_the_contact(
        self, mallory: Browser, ticket: Ticket, ada: User, language: str, words: str
    ) -> None:
        Contact.objects.update(language=language)
        switch_on("survey")
        solve(ticket, ada, timezone.now())
        page = mallory.get(link_in(survey_mail()), headers={"Accept-Language": "en"}).content.decode()
        assert words in page
        assert f'<html lang="{language}">' in page

    @pytest.mark.parametrize(
        ("accepts", "words"), [("de-CH,fr;q=0.8", "Dieser Link"), ("xx, fr", "Ce lien"), ("", "This link")]
    )
    def test_a_wrong_link_speaks_as_the_browser(self, mallory: Browser, accepts: str, words: str) -> None:
        page = mallory.get("/survey/x/", headers={"Accept-Language": accepts}).content.decode()
        assert words in page

    def test_technicians_see_who_was_asked(self, client_ada: Browser, link: str, ticket: Ticket) -> None:
        assert "asked, no answer yet" in client_ada.get(f"/tickets/{ticket.pk}/").content.decode()

    def test_technicians_see_it_on_the_ticket(self, client_ada: Browser, link: str, ticket: Ticket) -> None:
        Browser().post(link, {"rating": "sad", "comment": "<script>x</script>"})
        page = client_ada.get(f"/tickets/{ticket.pk}/").content.decode()
        assert "<b>Anna Berg</b> said how it went: <b>Not good</b>" in page
        assert "wrote about it: <b>&lt;script&gt;x" in page
        assert '<dd class="cut">&lt;script&gt;' in page
        Browser().post(link, {"rating": "happy"})
        page = client_ada.get(f"/tickets/{ticket.pk}/").content.decode()
        assert "corrected how it went from <b>Not good</b> to <b>Good</b>" in page
        assert "took back the words about it" in page

    def test_no_fold_hides_what_was_said(self, client_ada: Browser, link: str, ticket: Ticket) -> None:
        for n in range(5):
            Activity.objects.create(
                ticket=ticket,
                at=timezone.now(),
                actor_label="Ada",
                verb="changed",
                field="type",
                after=f"{n}",
            )
        Browser().post(link, {"rating": "sad", "comment": "Slow"})
        page = client_ada.get(f"/tickets/{ticket.pk}/").content.decode()
        assert page.index("6 changes") < page.index("</details>") < page.index("said how it went")


class TestAttacks:
    def test_a22_scanners_of_mail_open_links_and_record_nothing(self, mallory: Browser, link: str) -> None:
        before = Survey.objects.values().get()
        for face in ("happy", "neutral", "sad"):
            assert mallory.get(f"{link}?rating={face}&done=1").status_code == 200
            assert mallory.head(f"{link}?rating={face}").status_code == 200
        assert mallory.options(link).status_code == mallory.put(link).status_code == 405
        assert Survey.objects.values().get() == before
        assert not Activity.objects.filter(verb="rated").exists()

    def test_a22_a_link_is_guessed_nowhere(self, mallory: Browser, link: str) -> None:
        for forged in (
            make_survey_key(), "1", str(the_survey().pk), the_survey().key_hash, link[8:-2], link[8:-1] + "A",
            link[8:-1].swapcase(), "dbs_" + "A" * 43, "dbs_" + "A" * 5000, "%00", "dbs_%E2%80%AE", "..",
        ):  # fmt: skip
            for answer in (
                mallory.get(f"/survey/{forged}/"),
                mallory.post(f"/survey/{forged}/", {"rating": "sad"}),
            ):
                assert answer.status_code == 404
                assert b"Printer" not in answer.content
        assert the_survey().rating == ""

    def test_a22_every_link_has_256_bit_of_its_own(self) -> None:
        keys = {make_survey_key() for _one in range(500)}
        assert len(keys) == 500
        assert {len(key) for key in keys} == {47}

    def test_a22_a_link_rates_its_own_ticket_alone(
        self, mallory: Browser, link: str, acme: Client, ada: User
    ) -> None:
        other = make_tickets(1, timezone.now(), client=acme, contact_email="bert@acme.example")[0]
        solve(other, ada, timezone.now())
        mallory.post(
            f"{link}?ticket={other.pk}", {"rating": "sad", "ticket": other.pk, "survey": the_survey().pk}
        )
        assert Survey.objects.get(ticket=other).rating == ""
        assert Survey.objects.exclude(ticket=other).get().rating == "sad"

    def test_a22_an_old_link_gets_the_same_plain_page(self, mallory: Browser, link: str) -> None:
        Survey.objects.update(expires_at=timezone.now())
        old, forged = mallory.get(link), mallory.get(f"/survey/{make_survey_key()}/")
        assert (old.status_code, forged.status_code) == (410, 404)
        assert old.content == forged.content
        assert WRONG in old.content
        assert mallory.post(link, {"rating": "sad"}).status_code == 410
        assert the_survey().rating == ""

    def test_a22_a_newer_question_ends_the_older_link(
        self, mallory: Browser, link: str, ticket: Ticket, ada: User
    ) -> None:
        later = timezone.now() + timedelta(seconds=1)
        Survey.objects.update(asked_at=later - timedelta(days=15))
        Ticket.objects.update(status="open", resolved_at=None)
        solve(ticket, ada, later)
        Survey.objects.filter(expires_at=later).update(expires_at=timezone.now())
        assert mallory.get(link).status_code == 410
        assert mallory.get(link_in(survey_mail())).status_code == 200

    def test_a22_whoever_tries_links_is_stopped_and_customers_are_not(self, link: str) -> None:
        thief, anna = Browser(REMOTE_ADDR="203.0.113.9"), Browser(REMOTE_ADDR="198.51.100.7")
        wrong = f"/survey/{make_survey_key()}/"
        statuses = [
            thief.get(wrong, headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code  # A20
            for n in range(WRONG_LINKS + 1)
        ]
        assert statuses == [404] * WRONG_LINKS + [429]
        assert b"Too many tries" in thief.get(wrong).content
        assert anna.get(link).status_code == 200

    def test_a22_a_flood_of_answers_is_stopped(self, mallory: Browser, link: str, ticket: Ticket) -> None:
        statuses = [
            mallory.post(link, {"rating": "sad", "comment": f"{n}"}).status_code for n in range(ANSWERS + 2)
        ]
        assert statuses == [302] * ANSWERS + [429] * 2
        assert the_survey().comment == f"{ANSWERS - 1}"

    def test_a22_a_flood_of_looks_is_stopped(
        self, mallory: Browser, link: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(surveys, "LOOKS", 3)
        assert [mallory.get(link).status_code for _look in range(4)][-2:] == [200, 429]

    def test_a22_the_page_tells_of_the_ticket_its_number_and_subject_alone(
        self, mallory: Browser, link: str, ticket: Ticket, ada: User
    ) -> None:
        Ticket.objects.update(assignee=ada, description="Password is hunter2", contact_phone="+49 30 999")
        Message.objects.create(
            ticket=ticket, kind="note", author_name="Ada", body="He is a pest", created_at=ticket.created_at
        )
        page = mallory.get(link).content.decode()
        for secret in ("hunter2", "pest", "Ada", "999", "anna@", "Anna", "Acme", "Resolved"):
            assert secret not in page

    def test_a17_nothing_of_the_link_leaks(self, mallory: Browser, link: str) -> None:
        for answer in (mallory.get(link), mallory.get("/survey/x/"), mallory.post(link, {"rating": "sad"})):
            assert answer["Referrer-Policy"] == "same-origin"
            assert answer["X-Robots-Tag"] == "noindex, nofollow"
            assert answer["Cache-Control"] == "no-store"
            assert "script-src" not in answer["Content-Security-Policy"]
            assert answer["Content-Security-Policy"].startswith("default-src 'none'")
            assert b"//" not in answer.content.replace(b"http://www.w3.org", b"")

    def test_a17_logs_hide_the_link(self, link: str) -> None:
        assert link[8:-1] not in redact(f"GET {link}?rating=sad from 203.0.113.9")

    def test_a19_a_forged_host_changes_no_link(
        self, client_ada: Browser, ticket: Ticket, settings: object
    ) -> None:
        settings.ALLOWED_HOSTS = ["*"]  # type: ignore[attr-defined]
        switch_on("survey")
        forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
        answer = client_ada.post(
            f"/tickets/{ticket.pk}/status/", {"status": "resolved", "seen": "open"}, headers=forged
        )
        assert answer.status_code in {200, 302}
        assert "evil" not in survey_mail().text + survey_mail().html
        assert link_in(survey_mail())

    def test_a21_an_answer_needs_the_token_of_its_page(self, link: str) -> None:
        strict = Browser(enforce_csrf_checks=True)
        refused = strict.post(link, {"rating": "sad"}, headers={"Accept-Language": "fr"})
        assert refused.status_code == 403
        assert "Votre réponse n’est pas arrivée" in refused.content.decode()
        assert refused["Cache-Control"] == "no-store"
        assert the_survey().rating == ""
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', strict.get(link).content.decode())
        assert token
        good = {"rating": "sad", "csrfmiddlewaretoken": token[1]}
        assert strict.post(link, good, headers={"Origin": "https://evil.example"}).status_code == 403
        assert strict.post(link, good).status_code == 302
        assert the_survey().rating == "sad"

    def test_a1_subjects_are_text(self, mallory: Browser, link: str) -> None:
        Ticket.objects.update(subject="<img src=x onerror=alert(1)>")
        page = mallory.get(link).content.decode()
        assert "<img" not in page
        assert "&lt;img" in page
