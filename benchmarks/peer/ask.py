"""python ask.py TICKETS: for every line of its input it asks django-helpdesk for each page; prints times.

A page that takes more than three seconds is asked once. What its list shows comes from the call that its
table makes; the page around it is not counted.
"""

import json
import os
import sys
import time

import django

SLOW = 3_000


def main() -> None:
    size = int(sys.argv[1])
    os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
    django.setup()
    from django.contrib.auth.models import User
    from django.test import Client
    from helpdesk.query import query_to_base64  # type: ignore[attr-defined]

    browser = Client()
    browser.force_login(User.objects.get(username="admin"))

    def rows(start: int = 0, **query: object) -> tuple[str, dict[str, str]]:
        asked = {"filtering": {}, "filtering_null": {}, "sorting": "created", "sortreverse": True}
        text = query_to_base64({**asked, "search_string": "", **query})
        table = {
            "draw": "1",
            "start": str(start),
            "length": "25",
            "order[0][column]": "5",
            "order[0][dir]": "desc",
        }
        return f"/datatables_ticket_list/{text}", table

    pages = {
        "list": rows(filtering={"status__in": [1, 2]}),
        "list_all": rows(),
        "deep": rows(size // 2),
        "last": rows(size - 25),
        "search_rare": rows(search_string=f"ERR{size // 3 * 7 % 9_999_991:07d}"),
        "search_common": rows(search_string="printer"),
        "search_two": rows(search_string="printer restart"),
        "search_none": rows(search_string="xyzzynope"),
        "ticket_200": (f"/tickets/{size - size // 100}/", {}),
        "dashboard": ("/dashboard/", {}),
    }

    def ask(path: str, table: dict[str, str]) -> float:
        started = time.perf_counter()
        response = browser.get(path, table)
        took = (time.perf_counter() - started) * 1000
        assert response.status_code == 200, (path, response.status_code)
        return took

    for line in sys.stdin:
        if not line.strip():
            return
        result = {}
        for name, page in pages.items():
            first = ask(*page)
            result[name] = [first] if first > SLOW else [ask(*page) for _ in range(5)]
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
