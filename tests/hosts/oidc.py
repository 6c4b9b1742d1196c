"""A small OpenID Connect provider over real HTTP, with keys of its own and a bad character on demand."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "deskbell", "s3cret: of the desk"
ANNA = {"sub": "anna-1", "email": "ada@deskbell.example", "email_verified": True, "name": "Ada L."}


class Provider(ThreadingHTTPServer):
    """`person` signs in without a question; `twist` changes claims, `told` what the user info says, None
    takes one away, "" all of it. `asked` counts.
    """

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Answer)
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.person: dict[str, Any] = dict(ANNA)
        self.twist: dict[str, Any] = {}
        self.told: dict[str, Any] = {}
        self.about: dict[str, Any] = {}
        self.token = ""
        self.email_in_token = True
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.forms: list[dict[str, str]] = []

    def rotate(self, kid: str = "") -> None:
        kid = kid or secrets.token_hex(4)
        self.key = RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})

    def discovery(self) -> dict[str, Any]:
        names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo", "end_session": "out"}
        found = {f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in names.items()}
        return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks", **found, **self.about}

    def code_for(self, asked: dict[str, str]) -> str:
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return code

    def id_token(self, nonce: str) -> str:
        at = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": at,
            "exp": at + 300,
            "nonce": nonce,
            "auth_time": at,
        }
        claims |= self.person if self.email_in_token else {"sub": self.person["sub"]}
        claims = {name: value for name, value in (claims | self.twist).items() if value is not None}
        return self.token or jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def unsigned(self, nonce: str) -> str:
        """alg none"""
        return f"{_b64(json.dumps({'alg': 'none', 'kid': 'one'}))}.{self.id_token(nonce).split('.')[1]}."

    def by_public_key(self, nonce: str) -> str:
        """HS256, with the public key as the shared one"""
        words = f"{_b64(json.dumps({'alg': 'HS256', 'kid': 'one'}))}.{self.id_token(nonce).split('.')[1]}"
        mark = hmac.new(self.key.as_pem(private=False), words.encode(), hashlib.sha256).digest()
        return f"{words}.{_b64(mark)}"


def _b64(words: str | bytes) -> str:
    raw = words.encode() if isinstance(words, str) else words
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class _Answer(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.server.asked.append(parts.path)
        match parts.path:
            case "/.well-known/openid-configuration":
                self._json(self.server.discovery())
            case "/jwks":
                self._json({"keys": [self.server.key.as_dict(private=False)]})
            case "/userinfo":
                token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                told = {**(own := self.server.tokens.get(token, {})), **self.server.twist}
                told |= {"sub": own.get("sub"), **self.server.told}
                self._json(
                    {name: each for name, each in told.items() if each is not None}, 500 * ("" in told) or 200
                )
            case "/authorize":
                back = {"code": self.server.code_for(asked), "state": asked["state"]}
                self.send_response(302)
                self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(back)}")
                self.end_headers()
            case _:
                self._page("<!doctype html><title>Out</title><h1>Signed out of Ring</h1>")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        self.server.asked.append(self.path)
        self.server.forms.append(form)
        asked = self.server.codes.pop(form.get("code", ""), None)
        proof = _b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        is_right = (
            asked is not None
            and proof == asked["code_challenge"]
            and form["redirect_uri"] == asked["redirect_uri"]
            and self._client(form) == (CLIENT, SECRET)
        )
        if asked is None or not is_right:
            self._json({"error": "invalid_grant"}, status=400)
            return
        access = secrets.token_urlsafe(16)
        self.server.tokens[access] = self.server.person
        answer = {"access_token": access, "token_type": "Bearer"}
        self._json(answer | {"id_token": self.server.id_token(asked["nonce"])})

    def _client(self, form: dict[str, str]) -> tuple[str, str]:
        words = self.headers.get("Authorization", "")
        if not words:
            return form.get("client_id", ""), form.get("client_secret", "")
        name, _colon, secret = base64.b64decode(words.removeprefix("Basic ")).decode().partition(":")
        return unquote(name), unquote(secret)

    def _json(self, found: dict[str, Any], status: int = 200) -> None:
        self._send(json.dumps(found).encode(), "application/json", status)

    def _page(self, html: str) -> None:
        self._send(html.encode(), "text/html; charset=utf-8", 200)

    def _send(self, body: bytes, kind: str, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Tests are quiet."""


@contextmanager
def oidc_provider() -> Iterator[Provider]:
    server = Provider()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
