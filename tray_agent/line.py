"""The live connection as a WebSocket. The credential travels in a header, never in the address."""

import json
import os
import ssl
from contextlib import ExitStack, suppress
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import requests
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from tray_agent import __version__
from tray_agent.api import CONNECT_SECONDS, ApiError, Offline, problem_of
from tray_agent.ports import LineEnded

PATH = "/api/agent/v1/live"
LARGEST_MESSAGE = 64 * 1024
PING_SECONDS, PONG_SECONDS = 45, 15
"""The desk pings, too; ours find out that the desk is gone without a word."""
LAST_WORDS_SECONDS = 1
ABNORMAL = 1006


class WebSocketLine:
    def __init__(self, server: str, credential: str) -> None:
        """ApiError where the desk, or something before it, refuses; Offline without an answer."""
        self._stack = ExitStack()
        try:
            self._socket: ClientConnection = self._stack.enter_context(
                connect(
                    "ws" + server.removeprefix("http") + PATH,
                    ssl=_trust() if server.startswith("https:") else None,
                    proxy=_proxy_of(server),
                    additional_headers={
                        "Authorization": f"Agent {credential}",
                        "Deskbell-Agent-Version": __version__,
                    },
                    user_agent_header=None,
                    compression=None,
                    max_size=LARGEST_MESSAGE,
                    open_timeout=2 * CONNECT_SECONDS,
                    ping_interval=PING_SECONDS,
                    ping_timeout=PONG_SECONDS,
                    close_timeout=LAST_WORDS_SECONDS,
                )
            )
        except InvalidStatus as refusal:
            no = refusal.response
            raise ApiError(no.status_code, problem_of(bytes(no.body or b""), no.headers)) from None
        except (OSError, EOFError) as error:  # TimeoutError is an OSError
            raise Offline(type(error).__name__) from None
        except WebSocketException as error:
            if isinstance(error.__cause__, EOFError):  # hung up instead of an answer
                raise Offline("no answer") from None
            # An answer, but not of one who speaks WebSockets; HTTP/1.0 is none either.
            raise ApiError(HTTPStatus.BAD_REQUEST, {}) from None

    def hear(self, seconds: float | None = None) -> dict[str, Any]:
        try:
            said = json.loads(self._socket.recv(timeout=seconds))
        except ConnectionClosed as end:
            raise LineEnded(end.rcvd.code if end.rcvd else ABNORMAL) from None
        except TimeoutError:
            raise LineEnded(ABNORMAL) from None
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}

    def say(self, kind: str) -> None:
        try:
            self._socket.send(json.dumps({"t": kind}))
        except ConnectionClosed as end:
            raise LineEnded(end.rcvd.code if end.rcvd else ABNORMAL) from None

    def end(self) -> None:
        with suppress(OSError, WebSocketException):
            self._stack.close()


@cache
def _trust() -> ssl.SSLContext:
    """The certificates that the rest of the API trusts."""
    place = Path(os.environ.get("DESKBELL_CA") or requests.utils.DEFAULT_CA_BUNDLE_PATH)
    if place.is_dir():
        return ssl.create_default_context(capath=place)
    return ssl.create_default_context(cafile=place)


def _proxy_of(server: str) -> str | None:
    """As for the rest of the API: through a proxy only what it cannot read."""
    if not server.startswith("https:"):
        return None
    return requests.utils.select_proxy(server, requests.utils.get_environ_proxies(server))
