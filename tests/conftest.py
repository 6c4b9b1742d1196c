"""The cast: Ada and Bob (technicians), Carla (administrator), Mallory (a stranger); Acme and Globex."""

import gc
import os
import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from _pytest.runner import runtestprotocol
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.template import Template
from django.test import Client as Browser
from django.test.client import ClientHandler
from django.utils import timezone, translation
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from agents.models import Client
from helpdesk.core.domain.permissions import ADMINISTRATOR, TECHNICIAN, StandardRole
from helpdesk.core.models import Role, User
from helpdesk.core.web import CONFIRMED

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium

    from tests.hosts.console import Album

gc.disable()  # until pytest_collection_finish: an import leaves little behind
PASSWORD = "correct horse battery"
SLOW = 0.2  # seconds
_RENDER = Template._render  # type: ignore[attr-defined]

# The fast part tries a few examples of each property, `scripts/test slow` many (--hypothesis-profile=many).
hypothesis_settings.register_profile("few", max_examples=10, deadline=None, derandomize=True)
hypothesis_settings.register_profile("many", max_examples=200, deadline=None)
hypothesis_settings.load_profile("few")


def pytest_configure(config: pytest.Config) -> None:
    """Runs before Django starts: a data folder of this run alone, and passwords that are quick to hash."""
    folder = tempfile.TemporaryDirectory(prefix="deskbell-tests-")
    config.add_cleanup(folder.cleanup)
    data_dir = Path(folder.name)
    for name in ("files", "static"):
        (data_dir / name).mkdir()
    django_settings.DATA_DIR = data_dir
    django_settings.STATIC_ROOT = data_dir / "static"
    django_settings.STORAGES = {
        **django_settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    django_settings.WHITENOISE_USE_FINDERS = True
    django_settings.WHITENOISE_AUTOREFRESH = True
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


IS_SQLITE = django_settings.DATABASES["default"]["ENGINE"] == "helpdesk.sqlite"


@pytest.fixture(scope="session")
def _migrated(request: pytest.FixtureRequest) -> Path:
    """Where an empty desk on SQLite is kept between runs: making it takes two seconds in each worker. Another
    file for other migrations, or other words that they take from a domain.
    """
    from django import VERSION

    root = Path(__file__).parents[1]
    told = sha256(f"{VERSION} {sqlite3.sqlite_version}".encode())
    for top in ("helpdesk", "agents", "tickets", "sessions"):
        for path in sorted((root / top).rglob("*.py")):
            if {"migrations", "domain", "sqlite"}.intersection(path.parts):
                told.update(path.read_bytes())
    return Path(request.config.cache.mkdir("desk")) / f"{told.hexdigest()[:16]}.sqlite3"


@pytest.fixture(scope="session")
def django_db_keepdb(_migrated: Path) -> bool:
    return IS_SQLITE and _migrated.exists()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, _migrated: Path, django_db_keepdb: bool
) -> None:
    """In a file, since threads that race need connections of their own; on PostgreSQL one for each worker."""
    if IS_SQLITE:
        from django.db import connections

        name = django_settings.DATA_DIR / "test.sqlite3"
        connections["default"].settings_dict["TEST"] |= {"NAME": str(name), "MIGRATE": not django_db_keepdb}
        if django_db_keepdb:
            copyfile(_migrated, name)
    else:
        request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--only-database",
        action="store_true",
        help="leave out what never asks the database: it behaves alike with every one",
    )


#: What starts a whole desk or builds a package is not for the fast part.
_HEAVY = {"started_once", "wheel", "wheel_names"}


#: Through one of these a test reaches the database, if it has no mark that says so.
_DATABASE = {"db", "transactional_db", "django_db_setup"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    others = []
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if _HEAVY.intersection(fixtures):
            item.add_marker(pytest.mark.slow)
        if not item.get_closest_marker("django_db") and _DATABASE.isdisjoint(fixtures):
            others.append(item)
    if config.getoption("only_database"):
        config.hook.pytest_deselected(items=others)
        unneeded = set(others)
        items[:] = [item for item in items if item not in unneeded]


_MARKS_OF_ALL = re.compile(r"^pytestmark = .*", re.MULTILINE)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A module whose every test `-m "not (a or b)"` leaves out is not imported, nor what only it needs."""
    left_out = re.fullmatch(r"not \((\w+(?: or \w+)*)\)", config.option.markexpr)
    if left_out is None or not collection_path.match("test_*.py"):
        return None
    marks = _MARKS_OF_ALL.search(collection_path.read_text(encoding="utf-8"))
    named = re.findall(r"pytest\.mark\.(\w+)", marks[0]) if marks else []
    return bool(set(left_out[1].split(" or ")) & set(named)) or None


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was imported stays; the collector need not look at it again and again."""
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """As pytest's own, without reports of what went well and fast before or after: they cost seconds."""
    if not hasattr(item.config, "workerinput"):
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in runtestprotocol(item, log=False, nextitem=nextitem):
        if report.when == "call" or not report.passed or report.duration > SLOW:
            item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


@pytest.fixture(scope="session", autouse=True)
def _plain_templates(django_test_environment: None) -> None:
    """No copy of the context at each include: no test looks at contexts, all look at pages."""
    Template._render = _RENDER  # type: ignore[attr-defined]


_SEEDS: list[str] = []
_BLOCKERS: list[DjangoDbBlocker] = []


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, _migrated: Path, django_db_keepdb: bool
) -> None:
    """Remembers the rows that the migrations made: roles, organisation, rules, a calendar."""
    from django.apps import apps
    from django.core import serializers
    from django.db import connection

    ours = ("core", "agents", "tickets")
    models = [
        model for label in ours for model in apps.get_app_config(label).get_models(include_auto_created=True)
    ]
    with django_db_blocker.unblock():
        if IS_SQLITE and not django_db_keepdb:
            made = _migrated.with_suffix(f".{os.getpid()}")
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(made)])
            made.replace(_migrated)
        if connection.vendor == "postgresql":
            connection.ops.sql_flush = _empty_filled  # type: ignore[assignment, method-assign]
        rows = [row for model in models for row in model._base_manager.order_by("pk")]
        _SEEDS.append(serializers.serialize("json", rows))
    _BLOCKERS.append(django_db_blocker)


def _empty_filled(_style: object, tables: Iterable[str], **_options: bool) -> list[str]:
    """PostgreSQL's TRUNCATE makes a file anew for each table and index, 400 of them; few hold a row. Without
    triggers, as with TRUNCATE: the role of a replica heeds no foreign key.
    """
    from django.db import connection

    named = [connection.ops.quote_name(table) for table in tables]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{each}' WHERE EXISTS (TABLE {each})" for each in named))
        filled = [f"DELETE FROM {each}" for (each,) in cursor.fetchall()]
    return ["SET LOCAL session_replication_role = replica", *filled]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A test with real transactions empties all tables behind it; the next one finds the first rows again."""
    result = yield
    marker = item.get_closest_marker("django_db")
    is_real = bool(marker and marker.kwargs.get("transaction"))
    if nextitem and _SEEDS and (is_real or "transactional_db" in getattr(item, "fixturenames", ())):
        from django.core import serializers
        from django.db import transaction

        from tickets.models import FigureChange, SearchChange

        with _BLOCKERS[0].unblock(), transaction.atomic():
            for row in serializers.deserialize("json", _SEEDS[0]):
                row.save()
            for notes in (FigureChange, SearchChange):  # SQLite's triggers noted each ticket that went
                notes.objects.all().delete()
    return result


@pytest.fixture(autouse=True)
def _fresh_start() -> Iterator[None]:
    """Throttles count in the cache, and a request leaves its language behind; no test sees another's."""
    cache.clear()
    yield
    cache.clear()
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


_ROLES: dict[str, Role] = {}


def standard_role(role: StandardRole) -> Role:
    """The seeded row: each test finds it as the migrations made it."""
    if role.name not in _ROLES:
        _ROLES[role.name] = Role.objects.get(name=role.name)
    return deepcopy(_ROLES[role.name])


@pytest.fixture
def role_technician(db: None) -> Role:
    return standard_role(TECHNICIAN)


@pytest.fixture
def role_admin(db: None) -> Role:
    return standard_role(ADMINISTRATOR)


def make_user(email: str, full_name: str, *roles: Role) -> User:
    user = User.objects.create_user(email, full_name, PASSWORD)
    User.roles.through.objects.bulk_create(User.roles.through(user=user, role=role) for role in roles)
    return user


@pytest.fixture
def acme(db: None) -> Client:
    return Client.objects.create(name="Acme", mail_domains=["acme.example"])


@pytest.fixture
def globex(db: None) -> Client:
    return Client.objects.create(name="Globex", mail_domains=["globex.example"])


@pytest.fixture
def ada(role_technician: Role) -> User:
    return make_user("ada@deskbell.example", "Ada Lovelace", role_technician)


@pytest.fixture
def bob(role_technician: Role) -> User:
    return make_user("bob@deskbell.example", "Bob Kahn", role_technician)


@pytest.fixture
def carla(role_admin: Role) -> User:
    return make_user("carla@deskbell.example", "Carla Hayden", role_admin)


SOON = datetime(2100, 1, 1, tzinfo=UTC).timestamp()


def browser_of(user: User) -> Browser:
    """Signed in a moment ago as `force_login` does it, with one statement in place of fifteen."""
    signed_in = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: django_settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
        CONFIRMED: SOON,
    }
    key = uuid4().hex
    ends = datetime.now(UTC) + timedelta(days=1)
    Session.objects.bulk_create(
        [Session(session_key=key, session_data=SessionStore().encode(signed_in), expire_date=ends)]
    )
    browser = Browser()
    browser.handler = _handler()
    browser.cookies[django_settings.SESSION_COOKIE_NAME] = key
    return browser


@lru_cache(maxsize=1)
def _handler() -> ClientHandler:
    """The middleware is put together once, not for each browser."""
    return ClientHandler(enforce_csrf_checks=False)


@pytest.fixture
def client_ada(ada: User) -> Browser:
    return browser_of(ada)


@pytest.fixture
def client_bob(bob: User) -> Browser:
    return browser_of(bob)


@pytest.fixture
def client_carla(carla: User) -> Browser:
    return browser_of(carla)


@pytest.fixture
def mallory() -> Browser:
    """A visitor who is not signed in."""
    return Browser()


@pytest.fixture(scope="session")
def browser() -> Iterator["Chromium"]:
    """One for all folders: a process can drive it only once at a time."""
    from tests.hosts.browser import chromium

    with chromium() as browser:
        yield browser


@pytest.fixture
def album(request: pytest.FixtureRequest) -> "Album":
    """Pictures are kept in $ARTEFACTS or var/e2e, in a folder named after the test."""
    from tests.hosts.console import Album
    from tests.hosts.process import PROJECT

    return Album(Path(os.environ.get("ARTEFACTS") or PROJECT / "var/e2e") / request.node.name)
