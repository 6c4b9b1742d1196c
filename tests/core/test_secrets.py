import pytest
from pytest_django import Settings

from helpdesk.core.services.secrets import SealBroken, seal, unseal


def test_what_was_sealed_is_unsealed() -> None:
    assert unseal(seal("open sesame", purpose="mailbox"), purpose="mailbox") == "open sesame"


def test_nothing_stays_nothing() -> None:
    assert unseal(seal("", purpose="mailbox"), purpose="mailbox") == ""


def test_a27_the_sealed_text_shows_nothing_and_never_the_same_twice() -> None:
    first, second = (seal("open sesame", purpose="mailbox") for _ in range(2))
    assert "sesame" not in first
    assert first != second


def test_a27_another_key_does_not_open_it(settings: Settings) -> None:
    token = seal("open sesame", purpose="mailbox")
    settings.SECRET_KEY = "x" * 40
    with pytest.raises(SealBroken):
        unseal(token, purpose="mailbox")


def test_an_older_key_still_opens_it(settings: Settings) -> None:
    token = seal("open sesame", purpose="mailbox")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "x" * 40
    assert unseal(token, purpose="mailbox") == "open sesame"


def test_a27_a_token_of_one_purpose_is_no_use_for_another() -> None:
    with pytest.raises(SealBroken):
        unseal(seal("open sesame", purpose="mailbox"), purpose="webhook")
