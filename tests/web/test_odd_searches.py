import pytest
from django.test import Client as Browser

from agents.models import Client
from helpdesk.core.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/clients/", "/devices/", "/settings/audit/", "/find/", "/tickets/"])
@pytest.mark.parametrize("text", ["x" * 60_000, "a\0b", "%", "\\", "\u202e😀"])
def test_a25_no_search_is_too_long_or_too_odd(client_carla: Browser, path: str, text: str) -> None:
    """SQLite refuses a LIKE of 50,000 bytes, PostgreSQL every NUL. A form says what is right (422)."""
    assert client_carla.get(path, {"q": text}).status_code in {200, 422}


@pytest.mark.parametrize(
    "query",
    [
        "tag=a%00b",
        "q=client:a%00b",
        "q=assignee:a%00b+tag:a%00b+file:%00",
        "f=field-cost.over.1e1000000",
        "f=opened.after.0001-01-01",
        "f=opened.before.9999-12-31",
        "created=0001-01-01..9999-12-31",
        "assignee=999999999999999999",
        "q=%23999999999999999999999",
        "q=%27+%7C+%21%28+%26+a:*B+%3C-%3E+NEAR(a+b,+1)+%22+AND+%5E",
        "f=tag.is.a&any=yes&f=assignee.is.team-999999999",
    ],
)
def test_a25_no_address_of_a_list_is_too_odd(client_carla: Browser, query: str) -> None:
    assert client_carla.get(f"/tickets/?{query}").status_code == 200
    assert client_carla.get(f"/api/v1/tickets/?{query}").status_code in {200, 422}


@pytest.mark.parametrize("zone", ["Europe/Zurich", "America/New_York"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a25_no_day_is_too_far_away(client_carla: Browser, carla: User, day: str, zone: str) -> None:
    User.objects.filter(pk=carla.pk).update(time_zone=zone)
    for name in ("since", "until"):
        assert client_carla.get(f"/settings/audit/?{name}={day}").status_code == 422
        for clock in ("00:00", "23:59"):
            assert client_carla.get(f"/api/v1/audit/?{name}={day}T{clock}").status_code == 422
    for clock in ("00:00", "23:59"):
        assert client_carla.get(f"/settings/targets/simulate/?until={day}T{clock}").status_code == 422


@pytest.mark.parametrize("name", ["clients", "notices"])
@pytest.mark.parametrize("after", ["9" * 19, "9" * 5000, "\u0661", "\u00b2", "-1"])
def test_a25_no_page_is_too_far_away(client_carla: Browser, name: str, after: str) -> None:
    assert client_carla.get(f"/api/v1/{name}/", {"after": after}).status_code == 422


def test_a25_nor_on_the_page_of_a_client(client_carla: Browser) -> None:
    acme = Client.objects.create(name="Acme")
    assert client_carla.get(f"/clients/{acme.public_id}/", {"q": "x" * 60_000}).status_code == 200
