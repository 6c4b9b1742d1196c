"""The fingerprint of a request, to tell a resend from another ticket under the same key."""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any


def request_digest(body: Mapping[str, Any], files: Iterable[tuple[str, str, str]]) -> str:
    """SHA-256 over the fields, in whichever order, and (kind, name, SHA-256) of each file."""
    plain = json.dumps([body, list(files)], sort_keys=True, separators=(",", ":"), default=str)
    return sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()
