"""A message that only one browser can read (RFC 8291), and proof of who sends it (RFC 8292)."""

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey

RECORD: Final = 4096
#: RFC 8291, 4: what fits into the one record of a push, with room for header, padding and tag.
MAX_WORDS: Final = 3993
PROOF_LASTS: Final = timedelta(hours=12)
_AUTH_BYTES: Final = 16


class BadSubscription(ValueError):
    """The browser's keys are none."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a browser gives of itself: where to send, and its keys, in unpadded base64url."""

    endpoint: str
    p256dh: str
    auth: str


def encode(data: bytes) -> str:
    """base64url without its padding, as all of these RFCs want it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """BadSubscription for what is no base64url."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise BadSubscription(text[:20]) from None


def check(subscription: Subscription) -> None:
    """Raises BadSubscription unless it could be sent to: https, a point of P-256, 16 secret bytes."""
    parts = urlsplit(subscription.endpoint)
    if parts.scheme != "https" or not parts.hostname or parts.username is not None:
        raise BadSubscription("endpoint")
    _point(decode(subscription.p256dh))
    if len(decode(subscription.auth)) != _AUTH_BYTES:
        raise BadSubscription("auth")


def seal(
    words: bytes, to: Subscription, *, salt: bytes = b"", key: "EllipticCurvePrivateKey | None" = None
) -> bytes:
    """The body of the request, `aes128gcm` with one record. `salt` and `key` are chosen anew for each
    message; tests give those of the RFC.
    """
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(words) > MAX_WORDS:
        raise ValueError("Too long for one push.")
    salt = salt or secrets.token_bytes(16)
    key = key or ec.generate_private_key(ec.SECP256R1())
    theirs, ours = decode(to.p256dh), point_of(key)
    shared = key.exchange(ec.ECDH(), _point(theirs))
    secret = _hkdf(shared, salt=decode(to.auth), info=b"WebPush: info\0" + theirs + ours, length=32)
    content_key = _hkdf(secret, salt=salt, info=b"Content-Encoding: aes128gcm\0", length=16)
    nonce = _hkdf(secret, salt=salt, info=b"Content-Encoding: nonce\0", length=12)
    header = salt + RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return header + AESGCM(content_key).encrypt(nonce, words + b"\x02", None)


def authorization(endpoint: str, *, key: "EllipticCurvePrivateKey", contact: str, now: datetime) -> str:
    """The `Authorization` header: a token for this push service alone, signed by the desk's key."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + PROOF_LASTS).timestamp()),
        "sub": contact,
    }
    signed = f"{_part({'typ': 'JWT', 'alg': 'ES256'})}.{_part(claims)}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    signature = encode(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{signature}, k={encode(point_of(key))}"


def make_key() -> str:
    """A new key of the desk, as text."""
    from cryptography.hazmat.primitives.asymmetric import ec

    return encode(ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32, "big"))


def read_key(text: str) -> "EllipticCurvePrivateKey":
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.derive_private_key(int.from_bytes(decode(text), "big"), ec.SECP256R1())


def point_of(key: "EllipticCurvePrivateKey") -> bytes:
    """Its public half, uncompressed: 65 bytes."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _point(data: bytes) -> "EllipticCurvePublicKey":
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data)
    except ValueError:
        raise BadSubscription("p256dh") from None


def _hkdf(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def _part(content: dict[str, Any]) -> str:
    return encode(json.dumps(content, separators=(",", ":")).encode())
