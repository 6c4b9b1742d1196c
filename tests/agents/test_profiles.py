"""Enable, disable, reset, approve, refuse: one conditional UPDATE each."""

from datetime import datetime

import pytest

from agents.domain.profile import State
from agents.errors import AddressNotPossible, StateChanged
from agents.models import Client, Contact, Profile
from agents.services import (
    approve_contact,
    disable_profile,
    enable_profile,
    refuse_contact,
    reset_verification,
)
from helpdesk.core.events import hub
from helpdesk.core.models import AuditEntry, User
from tests.agents.conftest import MakeProfile


def waiting(make: MakeProfile, now: datetime, email: str = "paul@mail.example") -> Profile:
    return make(
        "paul", state=State.WAITING_FOR_APPROVAL, full_name="Paul Renard", email=email, verified_at=now
    )


def test_enabling_shows_the_icon_and_says_who_did_it(
    make_profile: MakeProfile, ada: User, now: datetime, django_capture_on_commit_callbacks: object
) -> None:
    profile = make_profile(state=State.OFF)
    before = hub.last_id
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        enable_profile(profile=profile, by=ada, now=now)
    profile.refresh_from_db()
    assert (profile.state, profile.state_changed_at) == (State.ENABLED, now)
    entry = AuditEntry.objects.get(verb="profile.enabled")
    assert (entry.actor, entry.before, entry.after) == (ada, {"state": "off"}, {"state": "enabled"})
    [event] = hub.since(before) or []
    assert (event.name, event.ref, event.client_id) == (
        "profile",
        str(profile.public_id),
        profile.device.client_id,
    )


def test_the_second_technician_learns_that_somebody_was_faster(
    make_profile: MakeProfile, ada: User, bob: User, now: datetime
) -> None:
    profile = make_profile(state=State.OFF)
    stale = Profile.objects.get(pk=profile.pk)
    enable_profile(profile=profile, by=ada, now=now)
    with pytest.raises(StateChanged):
        enable_profile(profile=stale, by=bob, now=now)
    assert AuditEntry.objects.filter(verb="profile.enabled").count() == 1


def test_a_pause_does_not_cost_the_verification(verified: Profile, ada: User, now: datetime) -> None:
    disable_profile(profile=verified, by=ada, now=now)
    assert verified.state == State.DISABLED
    enable_profile(profile=verified, by=ada, now=now)
    verified.refresh_from_db()
    assert (verified.state, verified.contact is None) == (State.VERIFIED, False)


def test_what_is_off_cannot_be_disabled_twice(verified: Profile, ada: User, now: datetime) -> None:
    disable_profile(profile=verified, by=ada, now=now)
    with pytest.raises(StateChanged):
        disable_profile(profile=verified, by=ada, now=now)


def test_a30_a_reset_forgets_person_and_credential(verified: Profile, ada: User, now: datetime) -> None:
    Profile.objects.update(credential_hash="0" * 64)
    verified.refresh_from_db()
    reset_verification(profile=verified, by=ada, now=now)
    verified.refresh_from_db()
    assert (verified.state, verified.contact, verified.credential_hash) == (State.ENABLED, None, None)


@pytest.mark.parametrize("state", [State.OFF, State.DISABLED])
def test_a_reset_does_not_switch_on_what_is_off(
    state: State, make_profile: MakeProfile, ada: User, now: datetime
) -> None:
    profile = make_profile(state=state)
    reset_verification(profile=profile, by=ada, now=now)
    assert Profile.objects.get().state == state


def test_a_reset_of_something_that_moved_is_refused(verified: Profile, ada: User, now: datetime) -> None:
    Profile.objects.update(state=State.DISABLED.value)
    with pytest.raises(StateChanged):
        reset_verification(profile=verified, by=ada, now=now)


def test_an_approved_person_becomes_a_contact(make_profile: MakeProfile, ada: User, now: datetime) -> None:
    profile = waiting(make_profile, now)
    contact = approve_contact(profile=profile, by=ada, now=now)
    profile.refresh_from_db()
    assert (contact.full_name, contact.client) == ("Paul Renard", profile.device.client)
    assert (profile.state, profile.contact) == (State.VERIFIED, contact)


@pytest.mark.parametrize("belongs", ["nowhere", "left", "here"])
def test_somebody_without_a_home_or_who_had_left_is_taken_in(
    belongs: str, make_profile: MakeProfile, acme: Client, ada: User, now: datetime
) -> None:
    known = Contact.objects.create(
        client=None if belongs == "nowhere" else acme,
        full_name="Paul",
        email="paul@mail.example",
        is_active=belongs != "left",
    )
    assert approve_contact(profile=waiting(make_profile, now), by=ada, now=now) == known
    known.refresh_from_db()
    assert (known.client, known.is_active) == (acme, True)


def test_a18_a_contact_of_another_client_cannot_be_approved(
    make_profile: MakeProfile, globex: Client, ada: User, now: datetime
) -> None:
    theirs = Contact.objects.create(client=globex, full_name="Hank Scorpio", email="paul@mail.example")
    profile = waiting(make_profile, now)
    with pytest.raises(AddressNotPossible) as caught:
        approve_contact(profile=profile, by=ada, now=now)
    assert "Globex" not in str(caught.value)
    assert "Hank" not in str(caught.value)
    theirs.refresh_from_db()
    profile.refresh_from_db()
    assert (theirs.client, profile.state) == (globex, State.WAITING_FOR_APPROVAL)


def test_a_contact_made_in_the_same_moment_is_used(
    make_profile: MakeProfile, acme: Client, ada: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Contact.objects.create(client=acme, full_name="Paul", email="paul@mail.example")
    monkeypatch.setattr(Contact.objects, "with_address", lambda _email: Contact.objects.none())
    assert approve_contact(profile=waiting(make_profile, now), by=ada, now=now) == known


def test_the_first_decision_counts(make_profile: MakeProfile, ada: User, bob: User, now: datetime) -> None:
    profile = waiting(make_profile, now)
    stale = Profile.objects.select_related("device__client").get()
    refuse_contact(profile=profile, by=ada, now=now)
    with pytest.raises(StateChanged):
        approve_contact(profile=stale, by=bob, now=now)
    profile.refresh_from_db()
    assert (profile.state, profile.email, profile.full_name) == (State.ENABLED, "", "")
    assert Contact.objects.count() == 0
