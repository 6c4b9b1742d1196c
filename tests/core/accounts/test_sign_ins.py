"""Where somebody is signed in, and out again from elsewhere."""

from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.models import Session

from helpdesk.core.models import AuditEntry, SignIn, User
from helpdesk.core.selectors.accounts import sign_ins_of
from helpdesk.core.services.accounts.sign_ins import (
    end_all,
    end_others,
    end_sign_in,
    forget_old_sign_ins,
    note_session,
    note_sign_in,
)

pytestmark = pytest.mark.django_db


def sign_in(user: User, key: str, now: datetime, *, days: int = 1) -> SignIn:
    Session.objects.create(session_key=key, session_data="", expire_date=now + timedelta(days=days))
    return note_sign_in(
        user=user, session_key=key, browser="Firefox " * 99, address="192.0.2.1", factor="", now=now
    )


def test_the_list_shows_browsers_that_are_still_in(ada: User, bob: User, now: datetime) -> None:
    here, there = sign_in(ada, "here", now), sign_in(ada, "there", now)
    sign_in(bob, "his", now)
    assert list(sign_ins_of(ada)) == [there, here]
    Session.objects.filter(session_key="there").delete()
    assert list(sign_ins_of(ada)) == [here]


def test_a_browser_is_signed_out_from_elsewhere(ada: User, now: datetime) -> None:
    row = sign_in(ada, "there", now)
    assert end_sign_in(user=ada, sign_in=row.pk, now=now)
    assert not end_sign_in(user=ada, sign_in=row.pk, now=now)
    assert not Session.objects.exists()
    assert AuditEntry.objects.get().verb == "signed out elsewhere"


def test_a11_nobody_signs_out_somebody_else(ada: User, bob: User, now: datetime) -> None:
    row = sign_in(ada, "hers", now)
    assert not end_sign_in(user=bob, sign_in=row.pk, now=now)
    assert Session.objects.count() == 1


def test_all_others_go_and_this_one_stays(ada: User, bob: User, now: datetime) -> None:
    for user, key in ((ada, "here"), (ada, "there"), (ada, "far"), (bob, "his")):
        sign_in(user, key, now)
    assert end_others(user=ada, keep="here", now=now) == 2
    assert end_others(user=ada, keep="here", now=now) == 0
    assert set(Session.objects.values_list("session_key", flat=True)) == {"here", "his"}
    end_all(user=ada)
    assert SignIn.objects.get().user == bob


def test_the_row_follows_the_session(ada: User, now: datetime) -> None:
    row, later = sign_in(ada, "old", now), now + timedelta(minutes=11)
    note_session(sign_in=row.pk, session_key="new", now=later)
    note_session(sign_in=row.pk, session_key="new", factor="totp", now=later)
    row.refresh_from_db()
    assert (row.session_key, row.seen_at, row.factor) == ("new", later, "totp")
    assert str(row)


def test_what_has_run_out_is_forgotten(ada: User, now: datetime) -> None:
    old, young = sign_in(ada, "old", now, days=1), sign_in(ada, "young", now, days=9)
    forget_old_sign_ins(now + timedelta(days=2))
    assert list(SignIn.objects.all()) == [young]
    assert old.pk != young.pk
