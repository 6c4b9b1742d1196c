"""The desk as one process: uvicorn with the front, the embedded worker beside it, one clean end for both."""

import contextlib
import gc
import logging
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

import uvicorn
from django.conf import settings
from django.urls import get_resolver

from helpdesk.core.jobs import set_waker
from helpdesk.server.front import Front, build_application
from helpdesk.server.hook_watch import HookWatch
from helpdesk.server.mail_in import MailIn
from helpdesk.server.protocol import GuardedProtocol
from helpdesk.server.websocket import MAX_MESSAGE_BYTES, PING_SECONDS, PONG_SECONDS, GuardedWebSocket
from helpdesk.server.worker import EmbeddedWorker, wake

GRACE_SECONDS = 1
LEAVE_SECONDS = 0.3
KEEP_ALIVE_SECONDS = 15
MAX_CONNECTIONS = 10_000
OTHER_FILES = 500


class DeskServer(uvicorn.Server):
    """uvicorn that closes the live streams before it waits for connections, and returns after a signal."""

    def __init__(self, config: uvicorn.Config, front: Front, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.front = front
        self.ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.front.close_streams()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        wanted = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in wanted}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The second Ctrl+C does not wait for anybody."""
        self.force_exit = self.should_exit
        self.should_exit = True


def run_desk(listener: socket.socket, *, ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; then end within three seconds with presence written and the job done."""
    front = build_application()
    _ = (
        get_resolver().url_patterns
    )  # a broken page shows now, and the first visitor does not wait for imports
    config = uvicorn.Config(
        front,
        http=GuardedProtocol,
        ws=GuardedWebSocket,
        ws_max_size=MAX_MESSAGE_BYTES,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PONG_SECONDS,
        ws_per_message_deflate=False,
        loop="asyncio",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        # Django and core.web read X-Forwarded-*, from TRUSTED_PROXIES only (A20).
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        limit_concurrency=MAX_CONNECTIONS + settings.AGENT_CONNECTIONS,
    )
    allow_connections(MAX_CONNECTIONS + settings.AGENT_CONNECTIONS)
    for chatty in ("uvicorn", "celery", "kombu"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    stop_worker = start_worker()
    mail_in = MailIn()
    mail_in.start()
    hook_watch = HookWatch()
    hook_watch.start()
    gc.collect()
    gc.freeze()
    try:
        DeskServer(config, front, ready).run(sockets=[listener])
    finally:
        hook_watch.stop()
        mail_in.stop()
        stop_worker()
        leave(front)


def allow_connections(count: int) -> None:
    """As many open files as that, if the system lets this process: many begin with 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + OTHER_FILES if hard == resource.RLIM_INFINITY else min(count + OTHER_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def leave(front: Front) -> None:
    """A request that still runs must not hold up the end: what it has not committed never happened."""
    front.pool.shutdown(wait=False, cancel_futures=True)
    end = time.monotonic() + LEAVE_SECONDS
    while any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        if time.monotonic() > end:
            logging.shutdown()
            sys.stdout.flush()
            os._exit(0)
        time.sleep(0.02)


def start_worker() -> Callable[[], None]:
    """The embedded worker, or in the scaled shape only the waker. Answers what to call at the end."""
    if not settings.EMBEDDED:
        set_waker(wake)
        return lambda: None
    worker = EmbeddedWorker()
    worker.start()
    return worker.stop
