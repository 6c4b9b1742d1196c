"""The child of `pages-1m`: for every line of its input it asks each page and prints times and queries."""

import json
import os
import sys
import time
from typing import Any

PER_ROUND = 8


def pages(size: int) -> dict[str, str]:
    """Where each page is, on a desk that `benchmarks.pages.fill` filled."""
    from tickets.domain.cursor import Cursor, Direction
    from tickets.models import Ticket

    middle = Ticket.objects.get(pk=size // 2)
    deep = Cursor(Direction.AFTER, middle.updated_at, middle.pk).encode()
    found = {
        "list": "/tickets/",
        "list_all": "/tickets/?status=any",
        "deep": f"/tickets/?status=any&page={deep}",
        "last": "/tickets/?status=any&page=last",
        "search_rare": f"/tickets/?status=any&q=ERR{size // 3 * 7 % 9_999_991:07d}",
        "search_common": "/tickets/?status=any&q=printer",
        "search_common_open": "/tickets/?q=printer",
        "search_two": "/tickets/?status=any&q=printer+restart",
        "search_none": "/tickets/?status=any&q=xyzzynope",
        "ticket_200": f"/tickets/{size - size // 100}/",
        "dashboard": "/dashboard/",
    }
    for status in ("open", "processing", "waiting", "resolved", "closed"):
        found[f"quick_{status}"] = f"/tickets/?status={status}"
    for priority in ("urgent", "high"):
        found[f"quick_{priority}"] = f"/tickets/?priority={priority}"
    return found


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from helpdesk.core.models import User

    call_command("collectstatic", verbosity=0, interactive=False)
    browser = Client(headers={"host": "127.0.0.1"})
    browser.force_login(User.objects.get(email="t1@desk.example"))
    asked: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:  # noqa: ANN401 - Django's
        asked.append(sql)
        return execute(sql, params, many, context)

    def ask(path: str) -> float:
        started = time.perf_counter()
        response = browser.get(path)
        took = (time.perf_counter() - started) * 1000
        assert response.status_code == 200, (path, response.status_code)
        return took

    wanted = pages(int(sys.argv[1]))
    for path in [*wanted.values()] * 2:
        ask(path)
    for line in sys.stdin:
        if not line.strip():
            return
        result = {}
        for name, path in wanted.items():
            asked.clear()
            with connection.execute_wrapper(note):
                ask(path)
            result[name] = ([ask(path) for _ in range(PER_ROUND)], len(asked))
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
