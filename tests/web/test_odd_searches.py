import pytest
from django.test import Client as Browser

from agents.models import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/clients/", "/devices/", "/settings/audit/", "/find/", "/tickets/"])
@pytest.mark.parametrize("text", ["x" * 60_000, "a\0b", "%", "\\", "\u202e😀"])
def test_a25_no_search_is_too_long_or_too_odd(client_carla: Browser, path: str, text: str) -> None:
    """SQLite refuses a LIKE of 50,000 bytes, PostgreSQL every NUL. A form says what is right (422)."""
    assert client_carla.get(path, {"q": text}).status_code in {200, 422}


def test_a25_nor_on_the_page_of_a_client(client_carla: Browser) -> None:
    acme = Client.objects.create(name="Acme")
    assert client_carla.get(f"/clients/{acme.public_id}/", {"q": "x" * 60_000}).status_code == 200
