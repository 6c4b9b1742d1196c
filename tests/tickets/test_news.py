"""What happens to tickets, told to the people whom it concerns."""

from datetime import datetime, timedelta

import pytest

from agents.models import Contact
from helpdesk.core.models import Notice, OutgoingMail, Role, Team, User
from helpdesk.core.notices import subjects_for
from tests.conftest import make_user
from tests.tickets.rules.conftest import MakeRule, make_rule
from tickets.domain.kinds import Verb
from tickets.domain.status import Status
from tickets.errors import TicketInvalid
from tickets.models import Activity, Message, NewsPlace, Ticket, TicketFollower
from tickets.selectors.followers import followers_of, watch_choices
from tickets.services import news
from tickets.services.add_customer_message import add_customer_message
from tickets.services.add_note import add_note
from tickets.services.change import write_activity
from tickets.services.change_assignee import change_assignee
from tickets.services.change_status import change_status
from tickets.services.follow import follow_ticket, unfollow_ticket
from tickets.services.lost_mail import tell_of_lost_replies
from tickets.services.merge_tickets import merge_tickets
from tickets.services.news import tell_news
from tickets.services.open_ticket import NewTicket, open_ticket
from tickets.services.reply_to_customer import reply_to_customer
from tickets.services.take_ticket import take_ticket

__all__ = ["make_rule"]
pytestmark = pytest.mark.django_db


def told(user: User) -> list[tuple[str, str]]:
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("news", "detail"))


def test_who_is_given_a_ticket_hears_it_and_who_gave_it_does_not(
    ticket: Ticket, ada: User, bob: User, now: datetime
) -> None:
    change_assignee(ticket=ticket, to=bob, by=ada, now=now)
    tell_news(now)
    tell_news(now)
    row = Notice.objects.get()
    assert (row.user, row.news, row.about, row.who) == (bob, "assigned", f"ticket:{ticket.pk}", str(ada))


def test_who_takes_a_ticket_hears_nothing(ticket: Ticket, ada: User, now: datetime) -> None:
    take_ticket(ticket=ticket, by=ada, now=now)
    tell_news(now)
    assert told(ada) == []


def test_what_was_given_on_at_once_is_told_to_the_last_alone(
    ticket: Ticket, ada: User, bob: User, carla: User, now: datetime
) -> None:
    change_assignee(ticket=ticket, to=ada, by=carla, now=now)
    change_assignee(ticket=ticket, to=bob, by=carla, now=now)
    tell_news(now)
    assert (told(ada), told(bob)) == ([], [("assigned", "assignee")])


def test_a_team_hears_that_a_ticket_is_theirs(ticket: Ticket, ada: User, bob: User, now: datetime) -> None:
    team = Team.objects.create(name="First line")
    team.members.set([ada, bob])
    change_assignee(ticket=ticket, to=team, by=ada, now=now)
    tell_news(now)
    assert (told(ada), told(bob)) == ([], [("team", "assignee")])


def test_a_new_ticket_for_nobody_is_news_to_all_who_may_see_it(
    anna: Contact, ada: User, bob: User, gus: User, now: datetime
) -> None:
    open_ticket(new=NewTicket(subject="Printer", contact=anna), by=ada, now=now)
    tell_news(now)
    assert (told(ada), told(bob), told(gus)) == ([], [("new", "opened")], [])


def test_a_new_ticket_for_somebody_is_theirs(anna: Contact, ada: User, bob: User, now: datetime) -> None:
    open_ticket(new=NewTicket(subject="Printer", contact=anna, assignee=bob), by=ada, now=now)
    tell_news(now)
    assert told(bob) == [("assigned", "opened")]


def test_a_new_ticket_for_a_team_is_news_to_its_members(
    anna: Contact, ada: User, bob: User, carla: User, now: datetime
) -> None:
    team = Team.objects.create(name="First line")
    team.members.set([bob])
    open_ticket(new=NewTicket(subject="Printer", contact=anna, team=team), by=ada, now=now)
    tell_news(now)
    assert (told(bob), told(carla)) == ([("new", "opened")], [])


def test_a_customers_answer_goes_to_whose_ticket_it_is_and_to_followers(
    ticket: Ticket, ada: User, bob: User, now: datetime
) -> None:
    take_ticket(ticket=ticket, by=ada, now=now)
    follow_ticket(ticket=ticket, user=ada, by=ada, now=now)
    follow_ticket(ticket=ticket, user=bob, by=bob, now=now)
    add_customer_message(ticket=ticket, body="It burns again.", now=now)
    tell_news(now)
    assert told(ada) == [("answered", "wrote")]
    assert told(bob) == [("followed", "taken"), ("followed", "wrote")]
    assert Notice.objects.get(user=ada).text == "It burns again."


def test_notes_and_status_reach_the_assignee_and_the_followers(
    ticket: Ticket, ada: User, bob: User, carla: User, now: datetime
) -> None:
    change_assignee(ticket=ticket, to=ada, by=ada, now=now)
    now += news.SETTLES
    tell_news(now)
    follow_ticket(ticket=ticket, user=bob, by=bob, now=now)
    add_note(ticket=ticket, body="Called them.", by=carla, now=now)
    change_status(ticket=ticket, to=Status.WAITING, by=carla, now=now)
    tell_news(now)
    assert told(ada) == [("followed", "noted")]
    assert told(bob) == [("followed", "noted"), ("followed", "status")]


def test_who_is_mentioned_in_a_note_hears_it_once(
    ticket: Ticket, ada: User, bob: User, now: datetime
) -> None:
    follow_ticket(ticket=ticket, user=bob, by=bob, now=now)
    add_note(ticket=ticket, body="@Bob Kahn look", by=ada, now=now)
    tell_news(now)
    assert told(bob) == [("mentioned", "")]


def test_a_missed_target_is_told_by_its_kind(ticket: Ticket, ada: User, now: datetime) -> None:
    change_assignee(ticket=ticket, to=ada, by=ada, now=now)
    write_activity(ticket=ticket, verb=Verb.MISSED, by=None, now=now, field="target", after="answer")
    tell_news(now)
    assert told(ada) == [("target", "missed")]


def test_what_rules_change_is_no_news_to_followers(ticket: Ticket, ada: User, now: datetime) -> None:
    follow_ticket(ticket=ticket, user=ada, by=ada, now=now)
    write_activity(ticket=ticket, verb=Verb.CHANGED, by=None, now=now, field="status", after="open")
    tell_news(now)
    assert told(ada) == []


def test_a12_a_follower_who_may_no_longer_see_the_ticket_hears_nothing(
    ticket: Ticket, ada: User, bob: User, now: datetime
) -> None:
    follow_ticket(ticket=ticket, user=bob, by=bob, now=now)
    bob.roles.clear()
    add_note(ticket=ticket, body="Secret", by=ada, now=now)
    tell_news(now)
    assert told(bob) == []


def test_history_is_no_news(ticket: Ticket, ada: User, bob: User, now: datetime) -> None:
    change_assignee(ticket=ticket, to=bob, by=ada, now=now - timedelta(days=1))
    tell_news(now)
    assert told(bob) == []
    assert NewsPlace.objects.get().activity == Activity.objects.latest("pk").pk


def test_many_activities_are_read_in_parts(
    ticket: Ticket, ada: User, bob: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "LIMIT", 2)
    for to in (bob, ada, bob, ada, bob):
        change_assignee(ticket=ticket, to=to, by=ada, now=now)
    tell_news(now + news.SETTLES)
    assert told(bob) == [("assigned", "assignee")] * 3
    assert NewsPlace.objects.get().activity == Activity.objects.latest("pk").pk


def test_on_postgresql_what_is_young_is_looked_at_again(
    ticket: Ticket, ada: User, bob: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "LAX_VENDOR", "none")
    change_assignee(ticket=ticket, to=bob, by=ada, now=now)
    tell_news(now)
    assert NewsPlace.objects.get().activity == 0
    tell_news(now + news.SETTLES)
    assert NewsPlace.objects.get().activity > 0
    assert told(bob) == [("assigned", "assignee")]


def test_a_merge_takes_the_followers_along(
    ticket: Ticket, anna: Contact, ada: User, bob: User, now: datetime
) -> None:
    other = open_ticket(new=NewTicket(subject="Toner", contact=anna), by=ada, now=now)
    follow_ticket(ticket=ticket, user=bob, by=bob, now=now)
    merge_tickets(sources=[ticket], target=other, by=ada, now=now)
    assert followers_of(other) == [bob]
    tell_news(now)
    assert ("followed", "merged") in told(bob)


def test_following_twice_changes_nothing_and_unfollowing_ends_it(
    ticket: Ticket, ada: User, now: datetime
) -> None:
    assert follow_ticket(ticket=ticket, user=ada, by=ada, now=now)
    assert not follow_ticket(ticket=ticket, user=ada, by=ada, now=now)
    assert unfollow_ticket(ticket=ticket, user=ada)
    assert not unfollow_ticket(ticket=ticket, user=ada)


def test_who_is_made_to_watch_is_told(ticket: Ticket, ada: User, bob: User, now: datetime) -> None:
    follow_ticket(ticket=ticket, user=bob, by=ada, now=now)
    assert told(bob) == [("followed", "watch")]
    assert followers_of(ticket) == [bob]


def test_a11_nobody_watches_what_they_may_not_see(
    ticket: Ticket, ada: User, bob: User, gus: User, now: datetime
) -> None:
    with pytest.raises(TicketInvalid):
        follow_ticket(ticket=ticket, user=gus, by=ada, now=now)
    follow_ticket(ticket=ticket, user=bob, by=bob, now=now)
    assert watch_choices(ticket) == [ada]
    assert TicketFollower.objects.count() == 1


def test_a12_notices_open_only_the_doors_of_tickets_that_their_reader_may_see(
    ticket: Ticket, ada: User, gus: User
) -> None:
    about = f"ticket:{ticket.pk}"
    found = subjects_for(ada, [about, "ticket:x"])
    assert found[about].title == ticket.subject
    assert found[about].url == f"/tickets/{ticket.pk}/"
    assert subjects_for(gus, [about]) == {}


def test_a_technician_without_tickets_is_told_of_none(
    anna: Contact, ada: User, role_admin: Role, now: datetime
) -> None:
    clerk = make_user("clerk@deskbell.example", "Clerk", Role.objects.create(name="Clients", permissions=[]))
    open_ticket(new=NewTicket(subject="Printer", contact=anna), by=ada, now=now)
    tell_news(now)
    assert told(clerk) == []


class TestLostMail:
    def lose(self, ticket: Ticket, ada: User, now: datetime, status: str = "failed") -> Message:
        message = reply_to_customer(ticket=ticket, body="Try this.", by=ada, now=now)
        sent_at = now if status == "sent" else None
        OutgoingMail.objects.update(status=status, sent_at=sent_at)
        return message

    @pytest.mark.parametrize("status", ["failed", "bounced"])
    def test_its_author_hears_once(self, ticket: Ticket, ada: User, now: datetime, status: str) -> None:
        self.lose(ticket, ada, now, status)
        assert tell_of_lost_replies(ref=str(ticket.pk), now=now) == 1
        assert tell_of_lost_replies(ref=str(ticket.pk), now=now) == 0
        row = Notice.objects.get()
        assert (row.user, row.news, row.about, row.text) == (
            ada,
            "mail-failed",
            f"ticket:{ticket.pk}",
            "Try this.",
        )

    def test_an_answer_that_arrived_is_no_news(self, ticket: Ticket, ada: User, now: datetime) -> None:
        self.lose(ticket, ada, now, "sent")
        assert tell_of_lost_replies(ref=str(ticket.pk), now=now) == 0

    def test_after_a_merge_it_leads_to_where_the_answer_stands(
        self, ticket: Ticket, anna: Contact, ada: User, now: datetime
    ) -> None:
        message = self.lose(ticket, ada, now)
        other = open_ticket(new=NewTicket(subject="Toner", contact=anna), by=ada, now=now)
        Message.objects.filter(pk=message.pk).update(ticket=other)
        tell_of_lost_replies(ref=str(ticket.pk), now=now)
        assert Notice.objects.get().about == f"ticket:{other.pk}"


def test_a_rule_that_tells_people_rings_their_bell(
    ticket: Ticket, ada: User, gus: User, make_rule: MakeRule, now: datetime
) -> None:
    tells = {"do": "notify", "to": [f"user:{ada.pk}", f"user:{gus.pk}"], "value": "Look at this"}
    make_rule(tells, trigger="status-changed", name="Night watch")
    change_status(ticket=ticket, to=Status.PROCESSING, by=ada, now=now)
    row = Notice.objects.get()
    assert (row.user, row.news, row.who, row.text) == (ada, "rule", "Night watch", "Look at this")
