"""Pushes to browsers: the example of RFC 8291, the token of RFC 8292, and what is no subscription."""

import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from helpdesk.core.domain.web_push import (
    MAX_WORDS,
    BadSubscription,
    Subscription,
    authorization,
    check,
    decode,
    make_key,
    point_of,
    read_key,
    seal,
)

# RFC 8291, appendix A
RECEIVER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
BROWSER = Subscription(
    "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV", RECEIVER, "BTBZMqHH6r4Tts7J_aSIgg"
)
SENDER_KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6"
    "PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_a_message_is_sealed_as_the_rfc_shows_it() -> None:
    words = b"When I grow up, I want to be a watermelon"
    assert seal(words, BROWSER, salt=decode(SALT), key=read_key(SENDER_KEY)) == decode(BODY)


def test_each_message_has_a_salt_and_a_key_of_its_own() -> None:
    assert seal(b"x", BROWSER)[:86] != seal(b"x", BROWSER)[:86]


def test_what_is_too_long_for_one_record_is_refused() -> None:
    assert len(seal(b"x" * MAX_WORDS, BROWSER)) <= 4096
    with pytest.raises(ValueError, match="Too long"):
        seal(b"x" * (MAX_WORDS + 1), BROWSER)


def test_the_token_is_for_this_push_service_and_signed_by_the_desk() -> None:
    key = read_key(make_key())
    header = authorization(
        BROWSER.endpoint, key=key, contact="mailto:desk@example.com", now=datetime(2026, 11, 22, tzinfo=UTC)
    )
    token, public = header.removeprefix("vapid t=").split(", k=")
    head, claims, signature = token.split(".")
    raw = decode(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(public)).verify(
        der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256())
    )
    assert decode(public) == point_of(key)
    assert json.loads(decode(claims)) == {
        "aud": "https://push.example.net",
        "exp": 1795348800,
        "sub": "mailto:desk@example.com",
    }


@pytest.mark.parametrize(
    ("endpoint", "p256dh", "auth"),
    [
        ("http://push.example.net/1", RECEIVER, BROWSER.auth),
        ("https://user@push.example.net/1", RECEIVER, BROWSER.auth),
        ("https:///1", RECEIVER, BROWSER.auth),
        (BROWSER.endpoint, "AAAA", BROWSER.auth),
        (BROWSER.endpoint, "not base64!", BROWSER.auth),
        (BROWSER.endpoint, RECEIVER, "AAAA"),
    ],
)
def test_what_could_not_be_sent_to_is_no_subscription(endpoint: str, p256dh: str, auth: str) -> None:
    with pytest.raises(BadSubscription):
        check(Subscription(endpoint, p256dh, auth))


def test_a_real_subscription_is_one() -> None:
    check(BROWSER)
