"""Any interleaving of people, processes and the clock: the product and a simple model tell the same story."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from agents.models import Client
from helpdesk.core.models import User
from sessions.domain.kinds import Reason
from sessions.models import Lease, Stay, SupportKey
from sessions.selectors.keys import current_key
from sessions.selectors.queue import people_there
from sessions.services.assign import assign_request, take_request
from sessions.services.close import cancel_request, close_request, settle_requests
from sessions.services.create import NewRequest, create_request
from sessions.services.keys import renew_key, use_key, withdraw_key
from sessions.services.lease import begin_lease, renew_lease
from sessions.services.presence import connect_customer, connect_technician, disconnect
from tests.sessions.conftest import agrees, the_request, truth
from tests.sessions.model import Model, Process, Refusal

NAMES = ("Ada Lovelace", "Bob Kahn", "Carla Hayden")
technicians = st.sampled_from(NAMES)
customers = st.sampled_from(("first customer", "second customer"))
processes = st.sampled_from(("left", "right"))
MOMENTS = [timedelta(**each) for each in ({"seconds": 4}, {"seconds": 16}, {"minutes": 7}, {"hours": 3})]
MOMENTS += [timedelta(hours=4), timedelta(hours=23, minutes=59), timedelta(hours=24)]


class Story(RuleBasedStateMachine):
    acme: ClassVar[Client]
    people: ClassVar[dict[str, User]]

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        born = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
        created = create_request(new=NewRequest(client=self.acme), by=self.people["Ada Lovelace"], now=born)
        self.request, self.seen, self.code = created.request, created.request, created.key.code
        self.model = Model(now=born, born=born)
        self.leases: dict[str, Lease] = {}
        self.stays: dict[int, Stay] = {}
        self.guests: dict[str, SupportKey] = {}
        for name in ("left", "right"):
            self.begins(name)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @property
    def now(self) -> datetime:
        return self.model.now

    def tried(self, expected: Refusal, deed: Callable[[], object]) -> bool:
        """Does it come to pass? It is refused exactly when, and as, the model says."""
        if expected is None:
            deed()
            return True
        with pytest.raises(expected) as refused:
            deed()
        assert type(refused.value) is expected
        return False

    def begins(self, process: str) -> None:
        """It starts, perhaps after it was killed: whoever it held is gone."""
        self.leases[process] = begin_lease(owner=process, now=self.now)
        self.model.there = {
            number: (side, by) for number, (side, by) in self.model.there.items() if by != process
        }
        self.model.processes[process] = Process(self.now)
        self.model.note()

    @rule(process=processes)
    def restart(self, process: str) -> None:
        self.begins(process)

    @rule(process=processes)
    def crash(self, process: str) -> None:
        self.model.processes[process].is_alive = False

    @rule(by=st.sampled_from(MOMENTS))
    def time_passes(self, by: timedelta) -> None:
        self.model.later(by)
        for name, process in self.model.processes.items():
            if process.is_alive and by < timedelta(seconds=15):
                renew_lease(lease=self.leases[name], now=self.now)
            elif process.is_alive:  # it has spoken every five seconds
                Lease.objects.filter(pk=self.leases[name].pk).update(heard_at=self.now)

    @rule()
    def beat(self) -> None:
        settle_requests(self.now)
        agrees(self.request, self.now)

    @rule(name=technicians, process=processes)
    def technician_connects(self, name: str, process: str) -> None:
        def deed() -> None:
            stay = connect_technician(
                request=self.request,
                by=self.people[name],
                connection=uuid4(),
                lease=self.leases[process],
                now=self.now,
            )
            self.stays[stay.pk] = stay
            self.model.there[stay.pk] = "technician", process

        self.tried(self.model.join(process), deed)

    @rule(name=customers)
    def customer_joins(self, name: str) -> None:
        def deed() -> None:
            self.guests[name] = use_key(key=current_key(self.request), now=self.now).key
            self.model.key_of = name

        self.tried(self.model.use(), deed)

    @rule(name=customers, process=processes)
    def customer_connects(self, name: str, process: str) -> None:
        if name not in self.guests:
            return

        def deed() -> None:
            stay = connect_customer(
                key=self.guests[name], connection=uuid4(), lease=self.leases[process], now=self.now
            )
            self.stays[stay.pk] = stay
            self.model.there[stay.pk] = "customer", process

        self.tried(self.model.join(process, customer=name), deed)

    @rule(which=st.integers(0, 9))
    def leave(self, which: int) -> None:
        """Perhaps once more, or long after all is over."""
        if self.stays:
            number = sorted(self.stays)[which % len(self.stays)]
            disconnect(stay=self.stays[number], now=self.now)
            self.model.there.pop(number, None)
            self.model.note()

    @rule(name=technicians)
    def take(self, name: str) -> None:
        taken = self.tried(
            self.model.take(name),
            lambda: take_request(request=self.request, by=self.people[name], now=self.now),
        )
        self.model.assignee = name if taken else self.model.assignee

    @rule()
    def look(self) -> None:
        """A page shows the request as it is now, and stays open."""
        self.seen = the_request(self.request)

    @rule(by=technicians, to=st.sampled_from((*NAMES, "")))
    def assign(self, by: str, to: str) -> None:
        expected = self.model.assign(to, str(self.seen.assignee or ""))
        given = self.tried(
            expected,
            lambda: assign_request(
                request=self.seen, to=self.people.get(to), by=self.people[by], now=self.now
            ),
        )
        self.model.assignee = to if given else self.model.assignee

    @rule(by=technicians)
    def renew(self, by: str) -> None:
        def deed() -> None:
            key = renew_key(request=self.request, by=self.people[by], now=self.now)
            assert (key.code != self.code) == self.model.renewed()
            assert key.expires_at == self.model.key_until
            self.code = key.code

        self.tried(self.model.renew(), deed)

    @rule(by=technicians)
    def withdraw(self, by: str) -> None:
        if self.tried(
            self.model.over(),
            lambda: withdraw_key(request=self.request, by=self.people[by], now=self.now),
        ):
            self.model.is_withdrawn = True

    @rule(by=technicians)
    def close(self, by: str) -> None:
        deed = self.tried(
            self.model.over(),
            lambda: close_request(request=self.request, reason=Reason.DONE, by=self.people[by], now=self.now),
        )
        if deed:
            self.model.ended, self.model.there = "closed", {}

    @rule(name=customers)
    def cancel(self, name: str) -> None:
        if self.model.key_of != name or self.model.is_withdrawn:
            return
        key = self.guests[name]
        if self.tried(self.model.over(), lambda: cancel_request(key=key, now=self.now)):
            self.model.ended, self.model.there = "closed", {}

    @invariant()
    def all_agree(self) -> None:
        """As it is read, and as it would be written now."""
        assert truth(self.request, self.now) == self.model.status()
        if not self.model.ended:
            assert {stay.side for stay in people_there(self.request, now=self.now)} == self.model.sides()
        with transaction.atomic():
            settle_requests(self.now)
            agrees(self.request, self.now)
            row = the_request(self.request)
            assert (row.status, str(row.assignee or ""), row.code) == (
                self.model.status(),
                self.model.assignee,
                self.code,
            )
            if row.status == "expired" and row.ended_at:
                assert self.model.end <= row.ended_at <= self.now
                assert self.model.was_live_at_its_end or row.ended_at == self.model.end
            transaction.set_rollback(True)


@pytest.fixture
def story(acme: Client, ada: User, bob: User, carla: User) -> type[Story]:
    Story.acme, Story.people = acme, {user.full_name: user for user in (ada, bob, carla)}
    return Story


@pytest.mark.django_db
def test_whoever_comes_goes_crashes_or_waits_all_tell_one_story(story: type[Story]) -> None:
    run_state_machine_as_test(story, settings=settings(max_examples=2, stateful_step_count=15))


@pytest.mark.slow
@pytest.mark.django_db
def test_many_long_stories_are_one_each(story: type[Story]) -> None:
    run_state_machine_as_test(story, settings=settings(max_examples=20, stateful_step_count=50))
