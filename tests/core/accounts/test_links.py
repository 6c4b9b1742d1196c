"""Links by mail to a password (A18): for one person, once, for a while; nobody learns who has an account."""

import re
from datetime import datetime, timedelta

import pytest

from helpdesk.core.domain.account_key import account_key_hash
from helpdesk.core.errors import Conflict, Invalid, Refused, TooMany
from helpdesk.core.models import AccountKey, AuditEntry, Job, OutgoingMail, Role, User
from helpdesk.core.services.accounts.links import (
    LinkDead,
    ask_for_link,
    choose_password,
    invite,
    invite_again,
    mail_link_job,
    owner_of_link,
    withdraw_invitation,
)
from helpdesk.core.services.people import AlreadyTaken
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "seven blue herons"
MINUTE = timedelta(minutes=1)


def key_of(mail: OutgoingMail) -> str:
    found = re.search(r"/sign-in/link/([^/\s]+)/", mail.text)
    assert found
    return found[1]


def reset_key(user: User, now: datetime) -> str:
    mail_link_job(user.email, now)
    return key_of(OutgoingMail.objects.filter(kind="account-reset").latest("pk"))


def dora(by: User, now: datetime, *roles: Role, **changes: str) -> User:
    values = {"email": "Dora@Deskbell.example", "full_name": "Dora Marr", "language": "de"} | changes
    return invite(**values, roles=roles, by=by, now=now)


def test_a_forgotten_password_is_chosen_anew(ada: User, now: datetime) -> None:
    key = reset_key(ada, now)
    assert choose_password(key=key, password=NEW, now=now) == ada
    assert User.objects.get(pk=ada.pk).check_password(NEW)
    assert AuditEntry.objects.get().verb == "reset password"
    assert OutgoingMail.objects.filter(kind="account-account", to=ada.email).exists()


def test_a18_known_and_unknown_addresses_leave_the_same_behind(ada: User, now: datetime) -> None:
    ask_for_link(email=" ADA@deskbell.example", address="192.0.2.1", now=now)
    ask_for_link(email="mallory@evil.example", address="192.0.2.1", now=now)
    assert [job.kind for job in Job.objects.order_by("pk")] == ["mail_link", "mail_link"]
    assert OutgoingMail.objects.count() == 0
    mail_link_job("mallory@evil.example", now)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    mail_link_job(ada.email, now)
    assert OutgoingMail.objects.count() == 0


def test_a18_asking_is_throttled_per_network_and_mails_per_person(ada: User, now: datetime) -> None:
    for _ in range(20):
        ask_for_link(email=ada.email, address="192.0.2.1", now=now)
    with pytest.raises(TooMany):
        ask_for_link(email=ada.email, address="192.0.2.1", now=now)
    for _ in range(5):
        mail_link_job(ada.email, now)
    assert OutgoingMail.objects.count() == 3


def test_a18_a_link_counts_once(ada: User, now: datetime) -> None:
    key = reset_key(ada, now)
    choose_password(key=key, password=NEW, now=now)
    with pytest.raises(LinkDead):
        choose_password(key=key, password="another blue heron", now=now)


def test_a18_of_two_at_once_one_wins(ada: User, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    key = reset_key(ada, now)
    link = owner_of_link(key, now=now)
    AccountKey.objects.update(used_at=now)
    monkeypatch.setattr("helpdesk.core.services.accounts.links.owner_of_link", lambda *_a, **_k: link)
    with pytest.raises(LinkDead):
        choose_password(key=key, password=NEW, now=now)


def test_a18_a_new_link_an_hour_or_a_new_password_or_address_kill_the_old_one(
    ada: User, now: datetime
) -> None:
    first, second = reset_key(ada, now), reset_key(ada, now)
    with pytest.raises(LinkDead):
        owner_of_link(first, now=now)
    assert owner_of_link(second, now=now + 59 * MINUTE).user == ada
    with pytest.raises(LinkDead):
        owner_of_link(second, now=now + 60 * MINUTE)
    User.objects.filter(pk=ada.pk).update(email="ada@elsewhere.example")
    with pytest.raises(LinkDead):
        owner_of_link(second, now=now)
    User.objects.filter(pk=ada.pk).update(email=ada.email)
    ada.set_password(NEW)
    ada.save()
    with pytest.raises(LinkDead):
        owner_of_link(second, now=now)


@pytest.mark.parametrize("key", ["", "x", "dba_short", f"dba_{'A' * 43}"])
def test_a18_a_guessed_link_opens_nothing(now: datetime, key: str) -> None:
    with pytest.raises(LinkDead):
        owner_of_link(key, now=now)


def test_a17_the_desk_keeps_no_link(ada: User, now: datetime) -> None:
    key = reset_key(ada, now)
    assert AccountKey.objects.get().key_hash == account_key_hash(key)
    assert OutgoingMail.objects.get().is_secret
    assert key not in str(list(AuditEntry.objects.values()))


def test_a_weak_password_does_not_spend_the_link(ada: User, now: datetime) -> None:
    key = reset_key(ada, now)
    with pytest.raises(Invalid):
        choose_password(key=key, password="short", now=now)
    assert choose_password(key=key, password=NEW, now=now) == ada


def test_old_links_are_swept_away(ada: User, now: datetime) -> None:
    reset_key(ada, now)
    reset_key(ada, now + timedelta(days=60))
    assert AccountKey.objects.count() == 1


def test_somebody_is_invited_in_their_language_and_chooses_a_password(
    carla: User, role_technician: Role, now: datetime
) -> None:
    user = dora(carla, now, role_technician)
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.language) == ("dora@deskbell.example", "de")
    assert "Carla Hayden hat für Sie ein Konto" in mail.text
    assert not user.has_usable_password()
    choose_password(key=key_of(mail), password=NEW, now=now + timedelta(days=6))
    assert AuditEntry.objects.latest("pk").verb == "accepted invitation"
    assert User.objects.get(pk=user.pk).check_password(NEW)


def test_an_invitation_can_be_sent_again_and_withdrawn(carla: User, now: datetime) -> None:
    user = dora(carla, now)
    old = key_of(OutgoingMail.objects.get())
    invite_again(user=user, by=carla, now=now)
    new = key_of(OutgoingMail.objects.latest("pk"))
    with pytest.raises(LinkDead):
        owner_of_link(old, now=now)
    assert owner_of_link(new, now=now).user == user
    withdraw_invitation(user=user, by=carla, now=now)
    assert not User.objects.filter(email="dora@deskbell.example").exists()
    with pytest.raises(LinkDead):
        owner_of_link(new, now=now)


def test_who_has_a_password_is_no_longer_invited(carla: User, ada: User, now: datetime) -> None:
    with pytest.raises(Conflict):
        withdraw_invitation(user=ada, by=carla, now=now)
    with pytest.raises(Conflict):
        invite_again(user=ada, by=carla, now=now)


def test_a14_nobody_invites_somebody_who_may_do_more(ada: User, role_admin: Role, now: datetime) -> None:
    with pytest.raises(Refused):
        dora(ada, now, role_admin)
    assert not OutgoingMail.objects.exists()


def test_what_is_wrong_in_an_invitation_is_named(carla: User, ada: User, now: datetime) -> None:
    with pytest.raises(Invalid):
        dora(carla, now, email="dora")
    with pytest.raises(AlreadyTaken):
        dora(carla, now, email=ada.email)
    assert ada.check_password(PASSWORD)
