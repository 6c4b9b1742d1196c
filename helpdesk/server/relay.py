"""The wire between processes: one Redis channel, one subscription per process that has live connections.

Redis carries and keeps nothing. Where it was away, everybody is told that the wire was TORN and looks anew.
"""

import json
import logging
import threading
import time
from functools import cache
from typing import Any

import redis
from django.conf import settings

from helpdesk.core.bus import TORN, Body, Bus, bus

CHANNEL = "deskbell:live"
PATIENCE_SECONDS = 2
CHECK_SECONDS = 10
AWAY_SECONDS = 1
START_SECONDS = 3

logger = logging.getLogger(__name__)


class Relay:
    """`carry` says, in any process. `start` and `stop` bound the hearing."""

    def __init__(self, url: str, bus: Bus, channel: str = CHANNEL) -> None:
        self.bus, self.channel = bus, channel
        self._redis: Any = redis.Redis.from_url(
            url,
            socket_timeout=PATIENCE_SECONDS,
            socket_connect_timeout=PATIENCE_SECONDS,
            health_check_interval=CHECK_SECONDS,
            decode_responses=True,
        )
        self._away_until = 0.0
        self._is_torn = False
        self._ending, self._hearing = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._hear_for_ever, name="relay", daemon=True)

    def carry(self, kind: str, body: Body) -> None:
        """Never fails and hardly ever waits: without Redis this process at least hears itself."""
        if time.monotonic() >= self._away_until:
            try:
                if self._is_torn:  # what was said meanwhile, others have not heard
                    self._redis.publish(self.channel, json.dumps([TORN, {}]))
                    self._is_torn = False
                self._redis.publish(self.channel, json.dumps([kind, body]))
            except redis.RedisError as error:
                logger.warning("Redis is away, other processes hear nothing: %s", type(error).__name__)
            else:
                return
            self._is_torn, self._away_until = True, time.monotonic() + AWAY_SECONDS
        self.bus.hear(kind, body)

    def start(self) -> None:
        self._thread.start()
        if not self._hearing.wait(START_SECONDS):
            logger.warning("Redis does not answer yet; other processes are not heard until it does.")

    def stop(self) -> None:
        self._ending.set()
        self._thread.join(PATIENCE_SECONDS + 1)

    def _hear_for_ever(self) -> None:
        has_heard = False
        while not self._ending.is_set():
            try:
                with self._redis.pubsub() as subscription:
                    subscription.subscribe(self.channel)
                    self._follow(subscription, is_again=has_heard)
            except Exception as error:  # noqa: BLE001 (without this thread nobody else is heard again)
                logger.warning("Redis is away, other processes are not heard: %s", type(error).__name__)
                has_heard = True  # what was said meanwhile is lost
                self._ending.wait(AWAY_SECONDS)

    def _follow(self, subscription: Any, *, is_again: bool) -> None:  # noqa: ANN401 - has no types
        while not self._ending.is_set():
            message = subscription.get_message(timeout=1)
            if message is None:
                continue
            if message["type"] == "subscribe":
                if is_again:
                    self.bus.hear(TORN, {})
                is_again = True
                self._hearing.set()
            elif message["type"] == "message":
                self._hand_over(message["data"])

    def _hand_over(self, text: str) -> None:
        try:
            kind, body = json.loads(text)
        except (TypeError, ValueError):
            kind, body = None, {}
        if not isinstance(kind, str):
            logger.warning("Something else speaks on %s; it is ignored.", self.channel)
            return
        self.bus.hear(kind, body)


@cache
def the_relay() -> Relay | None:
    """The one of this process; None where there is no Redis. From now on it carries what the bus says."""
    if not settings.REDIS_URL:
        return None
    relay = Relay(settings.REDIS_URL, bus)
    bus.use(relay.carry)
    return relay
