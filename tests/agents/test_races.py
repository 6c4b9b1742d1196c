"""Two at once, on connections of their own: the row count decides, nobody else."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.db import connection

from agents.domain.profile import State
from agents.errors import NoAttemptsLeft, StateChanged, WrongToken
from agents.models import Device, Profile, VerificationToken
from agents.services import (
    Machine,
    WindowsUser,
    confirm_token,
    enable_profile,
    register_profile,
    request_token,
)
from helpdesk.core.errors import DeskbellError, TooMany
from helpdesk.core.models import OutgoingMail, User
from tests.agents.conftest import MakeProfile
from tests.agents.test_registration import MINE

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count: int, deed: Callable[[int], object]) -> list[object]:
    """Start `count` threads together; each answers what the deed returned, or the error it raised."""
    barrier = Barrier(count)

    def one(number: int) -> object:
        barrier.wait(timeout=20)
        try:
            return deed(number)
        except DeskbellError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_of_many_technicians_one_enables(
    transactional_db: None, make_profile: MakeProfile, ada: User, now: datetime
) -> None:
    profile = make_profile(state=State.OFF)
    copies = [Profile.objects.select_related("device").get(pk=profile.pk) for _ in range(6)]
    answers = at_once(6, lambda number: enable_profile(profile=copies[number], by=ada, now=now))
    assert [answer for answer in answers if answer is None] == [None]
    assert sum(isinstance(answer, StateChanged) for answer in answers) == 5


def test_a18_guessing_in_parallel_gets_no_more_than_five_tries(
    transactional_db: None, make_profile: MakeProfile, now: datetime
) -> None:
    profile = make_profile()
    request_token(profile=profile, full_name="Claire", email="claire@acme.example", now=now)
    answers = at_once(8, lambda _number: confirm_token(profile=profile, token="AAAA-AAAA", now=now))
    assert sum(isinstance(answer, WrongToken) for answer in answers) == 5
    assert sum(isinstance(answer, NoAttemptsLeft) for answer in answers) == 3
    assert VerificationToken.objects.get().attempts_left == 0


def test_a18_asking_in_parallel_sends_no_more_than_three_mails(
    transactional_db: None, make_profile: MakeProfile, now: datetime
) -> None:
    pk = make_profile().pk

    def ask(number: int) -> object:
        profile = Profile.objects.select_related("device__client").get(pk=pk)
        return request_token(profile=profile, full_name="C", email=f"c{number}@acme.example", now=now)

    answers = at_once(6, ask)
    assert sum(isinstance(answer, TooMany) for answer in answers) == 3
    assert OutgoingMail.objects.count() == 3


def test_the_same_registration_sent_twice_at_once_makes_one_profile(
    transactional_db: None, acme_key: str, now: datetime
) -> None:
    def register(_number: int) -> object:
        return register_profile(
            enrolment_key=acme_key,
            credential=MINE,
            machine=Machine("machine-1", "PC-1"),
            user=WindowsUser("S-1-5-21-1", "claire"),
            agent_version="0.1.0",
            now=now,
        ).profile.pk

    assert len(set(at_once(4, register))) == 1
    assert (Device.objects.count(), Profile.objects.count()) == (1, 1)
