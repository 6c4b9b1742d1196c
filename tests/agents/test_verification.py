import re
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.conf import settings

from agents.domain import secret
from agents.domain.profile import State
from agents.errors import AgentNotEnabled, NoAttemptsLeft, StateChanged, TokenExpired, WrongToken
from agents.models import Client, Contact, ContactAddress, Profile, VerificationToken
from agents.services import (
    confirm_token,
    disable_profile,
    request_token,
    reset_verification,
    send_token_again,
)
from helpdesk.core.errors import Invalid, TooMany
from helpdesk.core.models import AuditEntry, OutgoingMail, User
from tests.agents.conftest import MakeProfile

HOUR = timedelta(hours=1)


def ask(
    profile: Profile, now: datetime, email: str = "claire@acme.example", name: str = "Claire Fontaine"
) -> str:
    """Ask for a token and read it from the mail that left."""
    request_token(profile=profile, full_name=name, email=email, now=now)
    return token_in(OutgoingMail.objects.latest("pk"))


def token_in(mail: OutgoingMail) -> str:
    found = re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", mail.text, re.MULTILINE)
    assert found
    return found[1]


def test_the_token_leaves_by_mail_on_a_line_of_its_own(make_profile: MakeProfile, now: datetime) -> None:
    profile = make_profile()
    token = ask(profile, now)
    mail = OutgoingMail.objects.get()
    assert mail.to == "claire@acme.example"
    assert mail.subject == "Your confirmation token for Deskbell"
    assert mail.is_secret
    assert profile.state == State.WAITING_FOR_TOKEN
    assert token.replace("-", "") not in repr(list(VerificationToken.objects.values()))


def test_a_new_person_inside_the_mail_domains_is_verified_at_once(
    make_profile: MakeProfile, now: datetime
) -> None:
    profile = make_profile()
    confirm_token(profile=profile, token=ask(profile, now), now=now)
    contact = Contact.objects.get()
    profile.refresh_from_db()
    assert (profile.state, profile.contact, profile.verified_at) == (State.VERIFIED, contact, now)
    assert (contact.client, contact.full_name) == (profile.device.client, "Claire Fontaine")
    assert AuditEntry.objects.filter(verb="profile.verified").count() == 1


def test_however_the_token_is_typed(make_profile: MakeProfile, now: datetime) -> None:
    profile = make_profile()
    typed = " " + ask(profile, now).lower().replace("-", " - ")
    assert confirm_token(profile=profile, token=typed, now=now).state == State.VERIFIED


def test_a_known_contact_of_the_client_is_bound(
    make_profile: MakeProfile, claire: Contact, now: datetime
) -> None:
    profile = make_profile()
    token = ask(profile, now, email="CLAIRE@acme.example")
    assert confirm_token(profile=profile, token=token, now=now).contact == claire


def test_another_address_of_a_contact_binds_the_same_person(
    make_profile: MakeProfile, claire: Contact, now: datetime
) -> None:
    ContactAddress.objects.create(contact=claire, email="claire@home.example")
    profile = make_profile()
    token = ask(profile, now, email="claire@home.example")
    assert confirm_token(profile=profile, token=token, now=now).contact == claire


def test_a_foreign_domain_waits_for_a_technician(make_profile: MakeProfile, now: datetime) -> None:
    profile = make_profile()
    confirm_token(profile=profile, token=ask(profile, now, email="claire@mail.example"), now=now)
    assert (profile.state, profile.contact) == (State.WAITING_FOR_APPROVAL, None)
    assert Contact.objects.count() == 0


@pytest.mark.parametrize("whose", ["globex", "nobody", "left"])
def test_a18_a_contact_of_another_client_is_neither_bound_nor_revealed(
    whose: str, make_profile: MakeProfile, acme: Client, globex: Client, now: datetime
) -> None:
    Contact.objects.create(
        client={"globex": globex, "nobody": None, "left": acme}[whose],
        full_name="Hank Scorpio",
        email="hank@acme.example",
        is_active=whose != "left",
    )
    profile = make_profile()
    stranger = make_profile("paul")
    confirm_token(profile=profile, token=ask(profile, now, email="hank@acme.example"), now=now)
    confirm_token(profile=stranger, token=ask(stranger, now, email="hank@mail.example"), now=now)
    assert profile.state == stranger.state == State.WAITING_FOR_APPROVAL
    assert profile.contact is None


def test_a18_the_answer_is_the_same_for_known_and_unknown_addresses(
    make_profile: MakeProfile, claire: Contact, now: datetime, django_assert_num_queries: object
) -> None:
    """The same rows, the same mail and the same number of queries: nothing to read, nothing to time."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    ask(make_profile("first"), now, email="paul@acme.example")  # its words are remembered now
    for user, email in (("a", "claire@acme.example"), ("b", "nobody@acme.example")):
        profile = make_profile(user)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            ask(profile, now, email=email)
        counts.append(len(queries))
        assert (profile.state, profile.contact) == (State.WAITING_FOR_TOKEN, None)
    assert counts[0] == counts[1]


def test_a18_five_wrong_tries_end_a_token(make_profile: MakeProfile, now: datetime) -> None:
    profile = make_profile()
    token = ask(profile, now)
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(WrongToken) as caught:
            confirm_token(profile=profile, token="AAAA-AAAA", now=now)
        assert caught.value.extra == {"attempts_left": left}
    with pytest.raises(NoAttemptsLeft):
        confirm_token(profile=profile, token=token, now=now)
    assert confirm_token(profile=profile, token=ask(profile, now), now=now).state == State.VERIFIED


def test_a18_a_token_works_once(make_profile: MakeProfile, now: datetime) -> None:
    profile = make_profile()
    token = ask(profile, now)
    confirm_token(profile=profile, token=token, now=now)
    with pytest.raises(TokenExpired):
        confirm_token(profile=profile, token=token, now=now)


@pytest.mark.parametrize(("seconds", "works"), [(29 * 60 + 59, True), (30 * 60, False)])
def test_a18_a_token_lives_thirty_minutes(
    seconds: int, works: bool, make_profile: MakeProfile, now: datetime
) -> None:
    profile = make_profile()
    token, later = ask(profile, now), now + timedelta(seconds=seconds)
    if works:
        assert confirm_token(profile=profile, token=token, now=later).state == State.VERIFIED
    else:
        with pytest.raises(TokenExpired):
            confirm_token(profile=profile, token=token, now=later)


def test_only_the_latest_token_counts(make_profile: MakeProfile, now: datetime) -> None:
    profile = make_profile()
    first = ask(profile, now)
    ask(profile, now + timedelta(minutes=1))
    with pytest.raises(WrongToken):
        confirm_token(profile=profile, token=first, now=now + timedelta(minutes=2))


def test_a30_a_token_works_for_its_own_profile_only(make_profile: MakeProfile, now: datetime) -> None:
    mine, theirs = make_profile("claire"), make_profile("paul")
    token = ask(mine, now)
    ask(theirs, now, email="paul@acme.example")
    with pytest.raises(WrongToken):
        confirm_token(profile=theirs, token=token, now=now)


def test_without_a_token_there_is_nothing_to_confirm(make_profile: MakeProfile, now: datetime) -> None:
    with pytest.raises(TokenExpired):
        confirm_token(profile=make_profile(), token="AAAA-AAAA", now=now)


def test_a18_at_most_three_sends_an_hour_and_profile(make_profile: MakeProfile, now: datetime) -> None:
    profile = make_profile()
    for number in range(3):
        ask(profile, now + timedelta(minutes=number), email=f"claire{number}@acme.example")
    with pytest.raises(TooMany) as caught:
        ask(profile, now + timedelta(minutes=10), email="other@acme.example")
    assert caught.value.retry_after_seconds == 50 * 60
    assert Profile.objects.get().email == "claire2@acme.example"
    assert OutgoingMail.objects.count() == 3
    ask(profile, now + HOUR)


def test_a18_at_most_three_sends_an_hour_and_address(make_profile: MakeProfile, now: datetime) -> None:
    """Mallory's three profiles cannot fill a mailbox."""
    for user in ("a", "b", "c"):
        ask(make_profile(user), now)
    with pytest.raises(TooMany):
        ask(make_profile("d"), now)
    assert OutgoingMail.objects.count() == 3


@pytest.mark.parametrize("state", [State.OFF, State.DISABLED])
def test_a_profile_that_is_off_gets_no_token(state: State, make_profile: MakeProfile, now: datetime) -> None:
    profile = make_profile(state=state)
    with pytest.raises(AgentNotEnabled):
        ask(profile, now)
    with pytest.raises(AgentNotEnabled):
        confirm_token(profile=profile, token="AAAA-AAAA", now=now)
    assert OutgoingMail.objects.count() == 0


def test_a_profile_switched_off_meanwhile_gets_no_token(make_profile: MakeProfile, now: datetime) -> None:
    profile = make_profile()
    Profile.objects.update(state=State.OFF.value)
    with pytest.raises(AgentNotEnabled):
        ask(profile, now)
    assert VerificationToken.objects.count() == 0


def test_a_profile_switched_off_before_the_token_came_back_stays_off(
    make_profile: MakeProfile, now: datetime
) -> None:
    profile = make_profile()
    token = ask(profile, now)
    Profile.objects.update(state=State.DISABLED.value)
    with pytest.raises(AgentNotEnabled):
        confirm_token(profile=profile, token=token, now=now)
    assert Profile.objects.get().state == State.DISABLED


@pytest.mark.parametrize("switch", [disable_profile, reset_verification])
def test_a_token_on_its_way_works_no_more_after_disable_or_reset(
    switch: object, make_profile: MakeProfile, carla: User, now: datetime
) -> None:
    profile = make_profile()
    token = ask(profile, now)
    switch(profile=profile, by=carla, now=now)  # type: ignore[operator]
    Profile.objects.update(state=State.WAITING_FOR_TOKEN.value)
    with pytest.raises(TokenExpired):
        confirm_token(profile=Profile.objects.get(), token=token, now=now)


def test_a_verified_person_who_changes_the_address_starts_again(verified: Profile, now: datetime) -> None:
    ask(verified, now, email="claire.f@acme.example")
    verified.refresh_from_db()
    assert (verified.state, verified.contact, verified.verified_at) == (State.WAITING_FOR_TOKEN, None, None)


@pytest.mark.parametrize(
    ("name", "email", "fields"),
    [
        ("", "claire@acme.example", {"full_name"}),
        ("x" * 101, "claire@acme.example", {"full_name"}),
        ("Claire\r\nBcc: mallory@evil.example", "claire@acme.example", {"full_name"}),
        ("Claire", "claire@acme.example\r\nBcc: mallory@evil.example", {"email"}),
        ("Claire", "claire@acme.example\n", {"email"}),
        ("Claire", "claire@acme.exam\u202eple", {"email"}),
        ("Claire", "claire@acme.exam\u200bple", {"email"}),
        ("Claire", "claire@acme.example, mallory@evil.example", {"email"}),
        ("\u202eClaire", "claire", {"full_name", "email"}),
    ],
)
def test_a9_line_breaks_and_second_recipients_are_refused(
    name: str, email: str, fields: set[str], make_profile: MakeProfile, now: datetime
) -> None:
    with pytest.raises(Invalid) as caught:
        request_token(profile=make_profile(), full_name=name, email=email, now=now)
    assert set(caught.value.fields or ()) == fields
    assert OutgoingMail.objects.count() == 0


def test_a_name_that_holds_markup_stays_text(make_profile: MakeProfile, now: datetime) -> None:
    ask(make_profile(), now, name="<b>Claire</b>")
    assert "<b>Claire</b>" in OutgoingMail.objects.get().text
    assert "<b>Claire</b>" not in OutgoingMail.objects.get().html


def test_two_profiles_of_one_new_person_share_the_contact(make_profile: MakeProfile, now: datetime) -> None:
    first, second = make_profile("claire"), make_profile("claire2")
    for profile in (first, second):
        token = ask(profile, now)
        with patch.object(Contact.objects, "with_address", return_value=Contact.objects.none()):
            confirm_token(profile=profile, token=token, now=now)
    assert first.contact == second.contact
    assert Contact.objects.count() == 1


def test_a27_the_stored_hash_is_not_a_plain_hash_of_the_token(
    make_profile: MakeProfile, now: datetime
) -> None:
    profile = make_profile()
    token = secret.normal_token(ask(profile, now))
    stored = VerificationToken.objects.get().token_hash
    assert stored != secret.digest(token)
    assert stored == secret.token_digest(pepper=settings.SECRET_KEY, profile_id=profile.pk, token=token)


def test_a_technician_sends_the_token_again_to_the_address_that_was_typed(
    make_profile: MakeProfile, ada: User, now: datetime
) -> None:
    profile = make_profile()
    ask(profile, now, email="claire@mail.example")
    send_token_again(profile=profile, by=ada, now=now + timedelta(minutes=5))
    first, second = OutgoingMail.objects.order_by("pk")
    assert (first.to, second.to) == ("claire@mail.example", "claire@mail.example")
    assert AuditEntry.objects.filter(verb="profile.token-sent", actor=ada).count() == 1
    confirm_token(profile=profile, token=token_in(second), now=now + timedelta(minutes=6))
    with pytest.raises(StateChanged):
        send_token_again(profile=profile, by=ada, now=now + timedelta(minutes=7))
