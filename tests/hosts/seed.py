"""python -m tests.hosts.seed < JSON: makes what Server.seed asks for and prints the keys as JSON."""

import json
import os
import sys
from typing import TypedDict

import django


class User(TypedDict):
    email: str
    full_name: str
    role: str


class Client(TypedDict):
    name: str
    mail_domain: str


class Wanted(TypedDict):
    users: list[User]
    clients: list[Client]


def main() -> None:
    wanted: Wanted = json.load(sys.stdin)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    django.setup()
    print(json.dumps(make(wanted)))


def make(wanted: Wanted) -> dict[str, str]:
    from django.utils import timezone

    from agents.services.clients import create_client
    from agents.services.keys import create_key
    from helpdesk.core.models import Role
    from helpdesk.core.models import User as DeskUser
    from tests.hosts.server import PASSWORD

    now = timezone.now()
    people = []
    for person in wanted["users"]:
        user = DeskUser.objects.create_user(person["email"], person["full_name"], PASSWORD)
        user.roles.set([Role.objects.get(name=person["role"])])
        people.append(user)
    keys = {}
    for firm in wanted["clients"]:
        client = create_client(name=firm["name"], mail_domains=firm["mail_domain"], by=people[-1], now=now)
        _, keys[firm["name"]] = create_key(client=client, label="Test", by=people[-1], now=now)
    return keys


if __name__ == "__main__":
    main()
