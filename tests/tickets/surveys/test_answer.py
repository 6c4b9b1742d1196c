"""What customers say of a solution, and who hears of it."""

from datetime import datetime, timedelta

import pytest

from helpdesk.core.models import OutgoingMail, User
from tests.tickets.rules.conftest import MakeRule
from tests.tickets.rules.conftest import make_rule as make_rule
from tests.tickets.surveys.desk import switch_on, the_survey
from tickets.domain.survey import VALID, Rating
from tickets.errors import SurveyOver, TicketInvalid
from tickets.models import RuleTrace, Survey, Ticket
from tickets.selectors.surveys import last_answer, rated_as
from tickets.services.rate_solution import rate_solution
from tickets.services.rules.dry_run import dry_run
from tickets.services.rules.facts import facts_of

pytestmark = pytest.mark.django_db
SAD = {"field": "rating", "op": "is", "value": "sad"}


def say(rating: Rating, comment: str, now: datetime, *, days: int = 1) -> Survey:
    rate_solution(survey=the_survey(), rating=rating, comment=comment, now=now + timedelta(days=days))
    return the_survey()


def lines(ticket: Ticket) -> list[tuple[str, str, str]]:
    found = ticket.activities.filter(verb="rated").order_by("id")
    return list(found.values_list("field", "before", "after"))


def test_a_face_and_words_stand_on_the_ticket(solved: Ticket, now: datetime) -> None:
    survey = say(Rating.HAPPY, "Quick and kind.\r\n", now)
    assert (survey.rating, survey.comment) == ("happy", "Quick and kind.")
    assert survey.answered_at == now + timedelta(days=1)
    assert lines(solved) == [("rating", "", "happy"), ("comment", "", "Quick and kind.")]
    assert solved.activities.filter(verb="rated", actor_label="Anna Berg", actor=None).count() == 2
    assert last_answer(solved).rating == "happy"
    assert list(rated_as(Rating.HAPPY)) == [solved.pk]
    assert last_answer(solved).comment == "Quick and kind."


def test_without_an_answer_there_is_no_rating(solved: Ticket, now: datetime) -> None:
    assert last_answer(solved).rating == ""
    assert facts_of(solved, now).get("rating") == facts_of(solved, now).get("comment") == ""


def test_an_answer_can_be_corrected_and_the_first_time_counts(solved: Ticket, now: datetime) -> None:
    say(Rating.SAD, "Slow", now)
    survey = say(Rating.HAPPY, "", now, days=2)
    assert (survey.rating, survey.comment, survey.answered_at) == ("happy", "", now + timedelta(days=1))
    assert lines(solved)[2:] == [("rating", "sad", "happy"), ("comment", "Slow", "")]


def test_the_same_answer_again_says_nothing_new(solved: Ticket, now: datetime) -> None:
    say(Rating.HAPPY, "Fine", now)
    say(Rating.HAPPY, "Fine", now, days=2)
    assert len(lines(solved)) == 2


def test_a22_the_link_ends_to_the_second(solved: Ticket, now: datetime) -> None:
    with pytest.raises(SurveyOver):
        say(Rating.SAD, "", now, days=VALID.days)
    assert the_survey().rating == ""
    rate_solution(survey=the_survey(), rating=Rating.SAD, comment="", now=now + VALID - timedelta(seconds=1))
    assert the_survey().rating == "sad"


def test_a_novel_is_refused(solved: Ticket, now: datetime) -> None:
    with pytest.raises(TicketInvalid):
        say(Rating.SAD, "x" * 2001, now)


class TestRules:
    @pytest.mark.parametrize(("rating", "times"), [(Rating.SAD, 1), (Rating.NEUTRAL, 1), (Rating.HAPPY, 0)])
    def test_they_hear_when_somebody_is_not_content(
        self, solved: Ticket, make_rule: MakeRule, now: datetime, rating: Rating, times: int
    ) -> None:
        make_rule({"do": "add_tags", "value": ["call back"]}, trigger="low-rating")
        say(rating, "", now)
        assert solved.tags.count() == times

    def test_they_ask_for_the_face_and_the_words(
        self, solved: Ticket, make_rule: MakeRule, now: datetime
    ) -> None:
        slow = {"field": "comment", "op": "has_word", "value": ["slow"]}
        make_rule({"do": "set_priority", "value": "urgent"}, trigger="low-rating", if_=[SAD, slow])
        say(Rating.SAD, "Far too slow!", now)
        solved.refresh_from_db()
        assert solved.priority == "urgent"

    def test_they_hear_once_however_often_it_is_corrected(
        self, solved: Ticket, make_rule: MakeRule, now: datetime
    ) -> None:
        make_rule({"do": "add_note", "value": "Call back"}, trigger="low-rating")
        for rating in (Rating.HAPPY, Rating.SAD, Rating.NEUTRAL, Rating.SAD):
            say(rating, "", now)
        assert RuleTrace.objects.filter(trigger="low-rating").count() == 1

    def test_they_hear_when_it_gets_worse(self, solved: Ticket, make_rule: MakeRule, now: datetime) -> None:
        make_rule({"do": "add_tags", "value": ["call back"]}, trigger="low-rating", if_=[SAD])
        for rating in (Rating.NEUTRAL, Rating.SAD, Rating.NEUTRAL, Rating.SAD):
            say(rating, "", now)
        assert solved.tags.count() == 1
        assert RuleTrace.objects.filter(trigger="low-rating").count() == 2

    def test_they_set_off_no_rules(self, solved: Ticket, make_rule: MakeRule, now: datetime) -> None:
        make_rule({"do": "set_status", "value": "open"}, trigger="low-rating")
        make_rule({"do": "set_priority", "value": "low"}, trigger="status-changed")
        say(Rating.SAD, "", now)
        solved.refresh_from_db()
        assert (solved.status, solved.priority) == ("open", "medium")

    def test_the_assignee_hears_what_was_said(self, solved: Ticket, ada: User, now: datetime) -> None:
        switch_on("low-rating")
        Ticket.objects.update(assignee=ada)
        say(Rating.SAD, "It broke again", now)
        mail = OutgoingMail.objects.get(to=ada.email)
        assert "Anna Berg rated the help: Not good\n\nIt broke again" in mail.text

    def test_without_words_the_notice_ends_with_the_face(
        self, solved: Ticket, ada: User, now: datetime
    ) -> None:
        switch_on("low-rating")
        Ticket.objects.update(assignee=ada)
        say(Rating.NEUTRAL, "", now)
        assert "rated the help: It was okay\n\nhttp" in OutgoingMail.objects.get(to=ada.email).text

    def test_other_rules_may_ask_for_it_later(
        self, solved: Ticket, make_rule: MakeRule, now: datetime
    ) -> None:
        say(Rating.SAD, "Slow", now)
        assert facts_of(solved, now).get("rating") == "sad"
        assert facts_of(solved, now).get("comment") == "Slow"

    def test_a_dry_run_meets_the_low_ratings_of_the_past(
        self, solved: Ticket, carla: User, now: datetime
    ) -> None:
        say(Rating.SAD, "Slow", now)
        draft = {
            "name": "Sad", "trigger": "low-rating", "conditions": {"mode": "all", "items": [SAD]},
            "actions": [{"do": "set_status", "value": "open"}], "stops_here": False,
        }  # fmt: skip
        result = dry_run(draft=draft, rule=None, by=carla, now=now + timedelta(days=3))
        assert (result.looked_at, result.matches, result.changing("status")) == (1, 1, 1)
        draft["conditions"] = {"items": [{**SAD, "value": "neutral"}]}
        assert dry_run(draft=draft, rule=None, by=carla, now=now + timedelta(days=3)).matches == 0
