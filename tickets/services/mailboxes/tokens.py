"""An access token for a mailbox without a password (OAuth 2.0, RFC 6749 sections 4.4 and 6)."""

import http.client
import json
import socket
import ssl
from urllib.parse import SplitResult, urlencode, urlsplit

from django.conf import settings

from helpdesk.core.domain.hang_up import at_most
from helpdesk.core.domain.reach import address_of
from tickets.models import Mailbox
from tickets.services.mailboxes.secret import keep_refresh_token, secrets_of

MAX_ANSWER = 64 * 1024
TIMEOUT_SECONDS = 20


class NoToken(Exception):
    """The token server said no, in its own words."""


def access_token(mailbox: Mailbox) -> str:
    """Asks the token server. NoToken when it refuses; OSError or NotAllowed when it cannot be asked."""
    secrets = secrets_of(mailbox)
    fields = {"client_id": mailbox.client_id, "client_secret": secrets.get("secret", "")}
    if mailbox.scope:
        fields["scope"] = mailbox.scope
    if mailbox.auth == Mailbox.Auth.OAUTH_REFRESH:
        fields |= {"grant_type": "refresh_token", "refresh_token": secrets.get("refresh", "")}
    else:
        fields |= {"grant_type": "client_credentials"}
    answer = _post(mailbox.token_url, {name: value for name, value in fields.items() if value})
    token = answer.get("access_token")
    if not isinstance(token, str) or not token:
        words = answer.get("error_description") or answer.get("error") or ""
        raise NoToken(str(words).split("\r")[0][:300])
    renewed = answer.get("refresh_token")
    if mailbox.auth == Mailbox.Auth.OAUTH_REFRESH and isinstance(renewed, str) and renewed:
        keep_refresh_token(mailbox, renewed)
    return token


def _post(url: str, fields: dict[str, str]) -> dict[str, object]:
    """One form, no redirects, to the address that was checked (A23)."""
    parts = urlsplit(url)
    connection = _connection(parts)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        path = f"{parts.path or '/'}?{parts.query}".rstrip("?")
        with at_most(TIMEOUT_SECONDS, connection):
            connection.request("POST", path, urlencode(fields), headers)
            with connection.getresponse() as response:
                answer = json.loads(response.read(MAX_ANSWER))
    except (ValueError, http.client.HTTPException):
        raise NoToken("The token server's answer cannot be understood.") from None
    finally:
        connection.close()
    return answer if isinstance(answer, dict) else {}


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    host = str(parts.hostname)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = address_of(host, port, allowed=settings.MAIL_ALLOWED_HOSTS)
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
    connection.sock = socket.create_connection((address, port), TIMEOUT_SECONDS)
    if parts.scheme == "https":
        connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=host)
    return connection
