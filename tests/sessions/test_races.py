"""At once, on connections of their own: one winner, and in the end one story."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from uuid import uuid4

import pytest

from agents.models import Client
from helpdesk.core.errors import DeskbellError
from helpdesk.core.models import Organisation, User
from sessions.domain.kinds import Reason
from sessions.errors import AlreadyAssigned, KeyUsed, RequestOver, TooManySessions
from sessions.models import Lease, ServiceRequest, Stay, SupportKey
from sessions.selectors.keys import current_key, key_of_guest
from sessions.services.assign import assign_request, take_request
from sessions.services.close import cancel_request, close_request, settle_requests
from sessions.services.create import NewRequest, create_request
from sessions.services.keys import Joined, renew_key, use_key, withdraw_key
from sessions.services.lease import begin_lease, renew_lease
from sessions.services.presence import connect_customer, connect_technician, disconnect
from tests.agents.test_races import at_once
from tests.sessions.conftest import agrees, customer_comes, technician_comes, the_request
from tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True)
SECOND = timedelta(seconds=1)


def ask(acme: Client, by: User, now: datetime) -> ServiceRequest:
    return create_request(new=NewRequest(client=acme), by=by, now=now).request


def test_both_sides_come_in_the_same_moment_and_it_is_in_progress(
    transactional_db: None, acme: Client, ada: User, now: datetime
) -> None:
    lease = begin_lease(owner="desk", now=now)
    for _round in range(5):
        both_come_and_go(ask(acme, ada, now), ada, lease, now)


def both_come_and_go(row: ServiceRequest, user: User, lease: Lease, now: datetime) -> None:
    key = use_key(key=current_key(row), now=now).key

    def come(number: int) -> Stay:
        return customer_comes(key, lease, now) if number else technician_comes(row, user, lease, now)

    stays = [stay for stay in at_once(2, come) if isinstance(stay, Stay)]
    assert the_request(row).status == "in_progress"
    at_once(2, lambda number: disconnect(stay=stays[number], now=now))
    assert the_request(row).status == "new"
    agrees(row, now)


def test_a_code_typed_twice_at_once_lets_one_in(
    transactional_db: None, acme: Client, ada: User, now: datetime
) -> None:
    key = current_key(ask(acme, ada, now))
    answers = at_once(4, lambda _number: use_key(key=key, now=now))
    assert sum(isinstance(answer, Joined) for answer in answers) == 1
    assert sum(isinstance(answer, KeyUsed) for answer in answers) == 3


def test_a_ticket_has_one_open_request_however_often_it_is_asked_for(
    transactional_db: None, acme: Client, ada: User, now: datetime
) -> None:
    ticket = Ticket.objects.create(subject="Printer", client=acme, created_at=now, updated_at=now)
    new = NewRequest(ticket=ticket)
    answers = at_once(4, lambda _number: create_request(new=new, by=ada, now=now).request.pk)
    assert len(set(answers)) == 1


def test_the_last_place_of_a_technician_is_given_once(
    transactional_db: None, acme: Client, ada: User, now: datetime
) -> None:
    Organisation.objects.filter(pk=1).update(sessions_at_once=2)
    rows, lease = [ask(acme, ada, now) for _ in range(4)], begin_lease(owner="desk", now=now)
    answers = at_once(4, lambda number: technician_comes(rows[number], ada, lease, now))
    assert sum(isinstance(answer, TooManySessions) for answer in answers) == 2
    assert Stay.objects.count() == 2


def test_it_is_closed_once_and_cancelled_never_besides(
    transactional_db: None, acme: Client, ada: User, now: datetime
) -> None:
    row = ask(acme, ada, now)
    key = use_key(key=current_key(row), now=now).key

    def end(number: int) -> None:
        if number:
            cancel_request(key=key, now=now)
        else:
            close_request(request=row, reason=Reason.DONE, by=ada, now=now)

    assert sum(isinstance(answer, RequestOver) for answer in at_once(2, end)) == 1
    agrees(row, now)


@pytest.mark.slow
def test_two_take_at_the_same_moment_five_hundred_times(
    transactional_db: None, acme: Client, ada: User, bob: User, now: datetime
) -> None:
    for _round in range(500):
        both_take(ask(acme, ada, now), (ada, bob), now)


def both_take(row: ServiceRequest, pair: tuple[User, User], now: datetime) -> None:
    answers = at_once(2, lambda number: take_request(request=row, by=pair[number], now=now))
    lost = [answer for answer in answers if isinstance(answer, AlreadyAssigned)]
    assert answers.count(None) == len(lost) == 1
    winner = pair[answers.index(None)]
    assert the_request(row).assignee == winner
    assert str(lost[0].detail) == f"{winner.full_name} took this service request first."
    agrees(row, now)


class Crowd:
    """Three technicians, two customers and the clock, each in a thread; whatever is refused is refused."""

    def __init__(self, row: ServiceRequest, people: tuple[User, ...], now: datetime, seed: int) -> None:
        self.row, self.people, self.begun, self.seed = row, people, now, seed
        self.mine: dict[int, list[Stay]] = {}
        self.ticks = count()
        self.lease = begin_lease(owner="desk", now=now)

    def now(self) -> datetime:
        return self.begun + next(self.ticks) * SECOND / 4

    def __call__(self, number: int) -> list[str]:
        """Thread `number` does 30 random things; the names of errors that nobody foresaw."""
        chance, wrong = random.Random(10 * self.seed + number), []
        deeds = self.of_clock if number == 5 else self.of_customer if number > 2 else self.of_technician
        for _turn in range(30):
            try:
                chance.choice(deeds(number, chance))()
            except DeskbellError:
                continue
            except Exception as error:  # noqa: BLE001 - a deadlock, a broken constraint, anything
                wrong.append(repr(error))
        return wrong

    def of_technician(self, number: int, chance: random.Random) -> list[Callable[[], object]]:
        me, row = self.people[number], self.row
        return [
            lambda: self.keep(
                number,
                connect_technician(request=row, by=me, connection=uuid4(), lease=self.lease, now=self.now()),
            ),
            lambda: self.leave(number, chance),
            lambda: take_request(request=row, by=me, now=self.now()),
            lambda: assign_request(
                request=the_request(row), to=chance.choice((*self.people, None)), by=me, now=self.now()
            ),
            lambda: renew_key(request=row, by=me, now=self.now()),
            lambda: chance.random() < 0.2 and withdraw_key(request=row, by=me, now=self.now()),
        ]

    def of_customer(self, number: int, chance: random.Random) -> list[Callable[[], object]]:
        def come() -> None:
            key = SupportKey.objects.filter(request=self.row, used_at__isnull=False).last()
            if key:
                self.keep(
                    number,
                    connect_customer(key=key, connection=uuid4(), lease=self.lease, now=self.now()),
                )

        def join() -> None:
            key_of_guest(use_key(key=current_key(self.row), now=self.now()).guest_key)

        return [join, come, come, lambda: self.leave(number, chance)]

    def of_clock(self, _number: int, chance: random.Random) -> list[Callable[[], object]]:
        def crash() -> None:
            if chance.random() < 0.3:
                self.lease = begin_lease(owner="desk", now=self.now())

        return [
            crash,
            lambda: renew_lease(lease=self.lease, now=self.now()),
            lambda: settle_requests(self.now()),
        ]

    def keep(self, number: int, stay: Stay) -> None:
        self.mine.setdefault(number, []).append(stay)

    def leave(self, number: int, chance: random.Random) -> None:
        if stays := self.mine.get(number):
            disconnect(stay=chance.choice(stays), now=self.now())


def test_a_crowd_in_threads_leaves_one_story(
    transactional_db: None, acme: Client, ada: User, bob: User, carla: User, now: datetime
) -> None:
    crowd_in_threads(acme, (ada, bob, carla), now, seed=0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 11))
def test_ten_crowds_leave_one_story_each(
    transactional_db: None, acme: Client, ada: User, bob: User, carla: User, now: datetime, seed: int
) -> None:
    crowd_in_threads(acme, (ada, bob, carla), now, seed=seed)


def crowd_in_threads(acme: Client, people: tuple[User, ...], now: datetime, *, seed: int) -> None:
    crowd = Crowd(ask(acme, people[0], now), people, now, seed)
    assert at_once(6, crowd) == [[]] * 6
    end = crowd.now()
    settle_requests(end)
    agrees(crowd.row, end)
    last = begin_lease(owner="desk", now=end)
    assert last.owner == "desk"
    agrees(crowd.row, end)
    assert the_request(crowd.row).status == "new"
    assert Stay.objects.exclude(left_at=None).count() == Stay.objects.count() > 0
    assert Lease.objects.filter(ended_at=None).count() == 1
