"""python -m benchmarks.bare.serve PORT: the bare project behind the desk's own bridge; /thin is bare ASGI."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import uvicorn

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.bare.settings")

THIN = b'{"state": "verified", "me_version": "0123456789abcdef", "heartbeat_seconds": 30}'


def main() -> None:
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    from helpdesk.server.answers import Receive, Scope, Send, answer
    from helpdesk.server.bridge import WsgiBridge

    bridge = WsgiBridge(get_wsgi_application(), ThreadPoolExecutor(8))
    call_command("migrate", run_syncdb=True, verbosity=0)
    from benchmarks.bare.models import Token

    Token.objects.bulk_create([Token(key=f"token-{number:04d}") for number in range(1000)])

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/thin":
            while (await receive()).get("more_body"):
                pass
            await answer(send, status=200, body=THIN)
        else:
            await bridge(scope, receive, send)

    uvicorn.run(
        application,
        port=int(sys.argv[1]),
        http="httptools",
        loop="asyncio",
        lifespan="off",
        access_log=False,
        log_level="error",
        server_header=False,
        proxy_headers=False,
    )


if __name__ == "__main__":
    main()
