"""The bulk dialog with and without scripts, its result and Undo; the device page and approvals."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.utils import timezone

from agents.domain.profile import INACTIVE, State
from agents.models import ActivationRun, Client, Device, Profile, VerificationToken
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import User
from tests.conftest import browser_of, make_user
from tests.web.conftest import HTMX, MakeDevice, role_of, text_of

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=11)


def states(device: Device) -> set[str]:
    return set(device.profiles.values_list("state", flat=True))


class TestBulk:
    @pytest.fixture
    def fleet(self, make_device: MakeDevice) -> list[Device]:
        long_ago = timezone.now() - timedelta(days=2)
        return [
            make_device("PC-1", "claire", "paul"),
            make_device("PC-2", "nadia", last_seen_at=long_ago),
            make_device("NAS", kind="server"),
            make_device("PC-3", "tom", state=State.VERIFIED, every_profile=True),
        ]

    def ids(self, fleet: list[Device]) -> dict[str, object]:
        return {"device": [str(device.public_id) for device in fleet], "action": "enable"}

    @pytest.mark.parametrize("headers", [HTMX, {}])
    def test_the_preview_says_for_each_what_will_happen_and_changes_nothing(
        self, client_ada: Browser, acme: Client, fleet: list[Device], headers: dict[str, str]
    ) -> None:
        page = text_of(client_ada.post(f"/clients/{acme.public_id}/agent/", self.ids(fleet), headers=headers))
        for line in (
            "Helpdesk agent on 4 devices", "1 device gets it within a minute", "1 is offline and gets it",
            "1 is skipped, not a Windows", "1 is skipped, already enabled", "Enable on 2 devices",
        ):  # fmt: skip
            assert line in page
        assert ("<dialog" in page.partition("palette")[0]) is bool(headers)
        assert ("<noscript>" in page) is not bool(headers)
        assert states(fleet[0]) == {"off"}
        assert not ActivationRun.objects.exists()

    def test_apply_shows_a_row_for_each_and_undo_puts_all_back(
        self, client_ada: Browser, acme: Client, fleet: list[Device]
    ) -> None:
        response = client_ada.post(f"/clients/{acme.public_id}/agent/apply/", self.ids(fleet), follow=True)
        page, address = text_of(response), response.redirect_chain[0][0]
        assert "Helpdesk agent enabled on 2 devices" in page
        assert page.count('<a class="medium" href="/devices/') == 4
        assert states(fleet[0]) == states(fleet[1]) == {"enabled"}
        page = text_of(client_ada.post(f"{address}undo/", follow=True))
        assert "Undone. What somebody changed meanwhile was left alone." in page
        assert "/undo/" not in page
        assert states(fleet[0]) == {"off"}
        assert states(fleet[3]) == {"verified"}

    def test_the_second_undo_is_told_that_it_is_too_late(
        self, client_ada: Browser, acme: Client, fleet: list[Device]
    ) -> None:
        client_ada.post(f"/clients/{acme.public_id}/agent/apply/", self.ids(fleet))
        run = ActivationRun.objects.get()
        client_ada.post(f"/agent-runs/{run.public_id}/undo/", follow=True)
        page = text_of(client_ada.post(f"/agent-runs/{run.public_id}/undo/", follow=True))
        assert 'role="alert"' in page
        assert "Undone. What" not in page

    def test_after_ten_minutes_there_is_no_undo(
        self, client_ada: Browser, acme: Client, fleet: list[Device]
    ) -> None:
        client_ada.post(f"/clients/{acme.public_id}/agent/apply/", self.ids(fleet))
        ActivationRun.objects.update(undo_until=timezone.now() - LATER)
        run = ActivationRun.objects.get()
        assert "/undo/" not in text_of(client_ada.get(f"/agent-runs/{run.public_id}/"))
        client_ada.post(f"/agent-runs/{run.public_id}/undo/")
        assert states(fleet[0]) == {"enabled"}

    def test_disable_is_the_other_way(self, client_ada: Browser, acme: Client, fleet: list[Device]) -> None:
        data = self.ids(fleet) | {"action": "disable"}
        assert "Disable on 1 device" in text_of(client_ada.post(f"/clients/{acme.public_id}/agent/", data))
        page = text_of(client_ada.post(f"/clients/{acme.public_id}/agent/apply/", data, follow=True))
        assert "Helpdesk agent disabled on 1 device" in page
        assert states(fleet[3]) == {"disabled"}

    def test_devices_of_others_and_nonsense_are_left_out_A11(
        self, client_carla: Browser, acme: Client, globex: Client, make_device: MakeDevice
    ) -> None:
        own, foreign = make_device("PC-1", "claire"), make_device("GX-1", "gina", client=globex)
        data = {"device": [str(own.public_id), str(foreign.public_id), "nonsense", str(uuid4()), ""]}
        page = text_of(client_carla.post(f"/clients/{acme.public_id}/agent/", data))
        assert "Helpdesk agent on 1 device<" in page
        assert "GX-1" not in page
        client_carla.post(f"/clients/{acme.public_id}/agent/apply/", data)
        assert (states(own), states(foreign)) == ({"enabled"}, {"off"})

    @pytest.mark.parametrize("tail", ["", "apply/"])
    def test_with_nothing_ticked_it_says_so_and_makes_no_run(
        self, client_ada: Browser, acme: Client, tail: str
    ) -> None:
        address = f"/clients/{acme.public_id}/agent/{tail}"
        page = text_of(client_ada.post(address, {"device": "nonsense"}, follow=True))
        assert "Tick the devices first" in page
        response = client_ada.post(address, headers=HTMX)
        assert response["HX-Redirect"] == f"/clients/{acme.public_id}/"
        assert not ActivationRun.objects.exists()

    def test_when_all_is_done_already_there_is_nothing_to_press(
        self, client_ada: Browser, acme: Client, fleet: list[Device]
    ) -> None:
        page = text_of(client_ada.post(f"/clients/{acme.public_id}/agent/", self.ids(fleet[2:])))
        assert "Nothing to change" in page

    def test_long_lists_are_cut_short(
        self, client_ada: Browser, acme: Client, make_device: MakeDevice
    ) -> None:
        fleet = [make_device(f"PC-{number}", "claire") for number in range(7)]
        page = text_of(client_ada.post(f"/clients/{acme.public_id}/agent/", self.ids(fleet)))
        assert "PC-4 +2" in page

    def test_a_run_of_another_client_does_not_exist_A11(
        self, client_ada: Browser, client_gil: Browser, acme: Client, fleet: list[Device]
    ) -> None:
        client_ada.post(f"/clients/{acme.public_id}/agent/apply/", self.ids(fleet))
        address = f"/agent-runs/{ActivationRun.objects.get().public_id}/"
        assert client_gil.get(address).status_code == 404
        assert client_gil.post(f"{address}undo/").status_code == 404
        assert states(fleet[0]) == {"enabled"}

    def test_a_link_changes_nothing_A21(self, client_ada: Browser, acme: Client, ada: User) -> None:
        for tail in ("agent/", "agent/apply/"):
            assert client_ada.get(f"/clients/{acme.public_id}/{tail}").status_code == 405
        strict = Browser(enforce_csrf_checks=True)
        strict.force_login(ada)
        assert strict.post(f"/clients/{acme.public_id}/agent/apply/").status_code == 403


class TestDevicePage:
    def test_it_shows_each_profile_with_its_next_step(
        self, client_ada: Browser, make_device: MakeDevice
    ) -> None:
        device = make_device("PC-1", "claire", state=State.ENABLED)
        page = text_of(client_ada.get(f"/devices/{device.public_id}/"))
        assert "has not confirmed an address" in page
        assert "stay off" in page

    @pytest.mark.parametrize("state", [*State])
    def test_the_menu_enables_only_who_is_not(
        self, client_ada: Browser, make_device: MakeDevice, state: State
    ) -> None:
        page = text_of(client_ada.get(f"/devices/{make_device('PC-1', 'claire', state=state).public_id}/"))
        assert ("Enable for claire" in page) is (state in INACTIVE)

    @pytest.mark.parametrize(("minutes", "words"), [(20, "valid 19 min"), (-1, "the token has expired")])
    def test_it_tells_how_long_a_token_is_good(
        self, client_ada: Browser, make_device: MakeDevice, minutes: int, words: str
    ) -> None:
        device, now = make_device("PC-1", "claire", state=State.WAITING_FOR_TOKEN), timezone.now()
        assert "the token has expired" in text_of(client_ada.get(f"/devices/{device.public_id}/"))
        VerificationToken.objects.create(
            profile=device.profiles.get(), email="c@acme.example", full_name="C", token_hash="x" * 64,
            sent_at=now - LATER, expires_at=now + timedelta(minutes=minutes), attempts_left=5,
        )  # fmt: skip
        assert words in text_of(client_ada.get(f"/devices/{device.public_id}/"))

    def test_a_device_without_profiles_says_so(self, client_ada: Browser, make_device: MakeDevice) -> None:
        device = make_device("PC-1", last_seen_at=None)
        page = text_of(client_ada.get(f"/devices/{device.public_id}/"))
        assert "Nobody has signed in on this device" in page
        assert "Enable for " not in page.replace("Enable for every", "")

    @pytest.mark.parametrize(
        ("do", "then"),
        [
            ("enable_signed_in", ["enabled", "off"]),
            ("enable_every_profile", ["enabled", "enabled"]),
            ("disable", ["off", "off"]),
            ("dance", ["off", "off"]),
        ],
    )
    def test_the_manage_menu(
        self, client_ada: Browser, make_device: MakeDevice, do: str, then: list[str]
    ) -> None:
        device = make_device("PC-1", "claire", "paul")
        device.profiles.filter(user_name="paul").update(last_seen_at=timezone.now() - LATER)
        response = client_ada.post(f"/devices/{device.public_id}/agent/", {"do": do})
        place = f"/devices/{device.public_id}/" if do == "dance" else "/agent-runs/"
        assert response["Location"].startswith(place)
        assert list(device.profiles.order_by("user_name").values_list("state", flat=True)) == then

    @pytest.mark.parametrize(
        ("state", "do", "then"),
        [
            (State.OFF, "enable", "enabled"),
            (State.ENABLED, "disable", "disabled"),
            (State.VERIFIED, "reset", "enabled"),
            (State.ENABLED, "enable", "enabled"),
            (State.OFF, "dance", "off"),
        ],
    )
    def test_one_profile(
        self, client_ada: Browser, make_device: MakeDevice, state: State, do: str, then: str
    ) -> None:
        device = make_device("PC-1", "claire", state=state, profile={"credential_hash": "x" * 64})
        profile = device.profiles.get()
        response = client_ada.post(f"/profiles/{profile.public_id}/", {"do": do}, follow=True)
        assert response.redirect_chain == [(f"/devices/{device.public_id}/", 302)]
        assert states(device) == {then}
        assert ('role="alert"' in text_of(response)) is (state == then and do == "enable")

    def test_who_may_only_look_gets_no_buttons(self, make_device: MakeDevice) -> None:
        device = make_device("PC-1", "claire")
        look = browser_of(make_user("dan@deskbell.example", "Dan", role_of("Look", Permission.CLIENTS_VIEW)))
        for address in (f"/devices/{device.public_id}/", f"/clients/{device.client.public_id}/"):
            page = text_of(look.get(address))
            assert "PC-1" in page
            assert "popovertarget" not in page
            assert "Helpdesk agent…" not in page
        assert look.post(f"/devices/{device.public_id}/agent/", {"do": "disable"}).status_code == 403
        assert look.post(f"/profiles/{device.profiles.get().public_id}/").status_code == 403

    def test_of_another_client_it_does_not_exist_A11_A30(
        self, client_gil: Browser, make_device: MakeDevice
    ) -> None:
        device = make_device("PC-1", "claire", state=State.WAITING_FOR_APPROVAL)
        profile = device.profiles.get()
        assert client_gil.get(f"/devices/{device.public_id}/").status_code == 404
        for address in (
            f"/devices/{device.public_id}/agent/", f"/profiles/{profile.public_id}/",
            f"/approvals/{profile.public_id}/",
        ):  # fmt: skip
            assert client_gil.post(address, {"do": "disable"}).status_code == 404
        assert states(device) == {"waiting_for_approval"}
        assert "PC-1" not in text_of(client_gil.get("/devices/")) + text_of(client_gil.get("/approvals/"))


class TestDeviceLists:
    def test_filters_and_search(self, client_ada: Browser, acme: Client, make_device: MakeDevice) -> None:
        make_device("PC-ON", "claire")
        make_device("PC-OFF", "paul", last_seen_at=timezone.now() - LATER, state=State.WAITING_FOR_TOKEN)
        for place in ("/devices/", f"/clients/{acme.public_id}/"):
            for query, on, off in (
                ("", True, True), ("?show=online", True, False), ("?show=waiting", False, True),
                ("?q=claire", True, False), ("?q=pc-off", False, True), ("?show=nonsense", True, True),
            ):  # fmt: skip
                page = text_of(client_ada.get(place + query))
                assert (">PC-ON<" in page, ">PC-OFF<" in page) == (on, off), place + query
            assert "No device matches" in text_of(client_ada.get(f"{place}?q=nothing"))

    def test_empty_lists_say_what_to_do(self, client_carla: Browser, acme: Client) -> None:
        assert "Go to clients" in text_of(client_carla.get("/devices/"))
        page = text_of(client_carla.get(f"/clients/{acme.public_id}/"))
        assert "Make an enrolment key" in page
        assert "Helpdesk agent…" not in page

    def test_the_chip_tells_what_needs_an_eye_first(
        self, client_ada: Browser, make_device: MakeDevice
    ) -> None:
        make_device("PC-1", "a", state=State.WAITING_FOR_APPROVAL)
        make_device("PC-2", "b", state=State.VERIFIED)
        make_device("PC-3", every_profile=True)
        make_device("NAS", kind="server")
        page = text_of(client_ada.get("/devices/"))
        for text in (
            "Waiting for approval",
            "1 of 1 verified",
            "Enabled for later profiles",
            "not a workstation",
        ):
            assert text in page

    def test_of_very_many_the_first_are_shown(
        self, client_ada: Browser, make_device: MakeDevice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("helpdesk.web.clients.rows.SHOWN", 2)
        for number in range(3):
            make_device(f"PC-{number}")
        page = text_of(client_ada.get("/devices/"))
        assert (">PC-1<" in page, ">PC-2<" in page, "Search to find" in page) == (
            True,
            False,
            True,
        )


class TestApprovals:
    @pytest.fixture
    def stranger(self, make_device: MakeDevice) -> Profile:
        facts = {"full_name": "Xavier", "email": "xavier@mail.example"}
        return make_device("PC-1", "xavier", state=State.WAITING_FOR_APPROVAL, profile=facts).profiles.get()

    def test_who_waits_is_shown_and_counted(self, client_ada: Browser, stranger: Profile) -> None:
        page = text_of(client_ada.get("/approvals/"))
        assert "xavier@mail.example" in page
        assert '<span class="count">1</span>' in page

    @pytest.mark.parametrize(
        ("do", "then", "sentence"),
        [
            ("approve", "verified", "Xavier may open tickets now."),
            ("refuse", "enabled", "Refused. Xavier can confirm another address."),
        ],
    )
    def test_a_decision_is_taken_once(
        self, client_ada: Browser, stranger: Profile, do: str, then: str, sentence: str
    ) -> None:
        address = f"/approvals/{stranger.public_id}/"
        page = text_of(client_ada.post(address, {"do": do}, follow=True))
        assert sentence in page
        assert "Nobody is waiting" in page
        stranger.refresh_from_db()
        assert stranger.state == then
        assert 'role="alert"' in text_of(client_ada.post(address, {"do": do}, follow=True))

    def test_nonsense_decides_nothing(self, client_ada: Browser, stranger: Profile) -> None:
        assert client_ada.post(f"/approvals/{stranger.public_id}/", {"do": "dance"}).status_code == 302
        stranger.refresh_from_db()
        assert stranger.state == State.WAITING_FOR_APPROVAL
