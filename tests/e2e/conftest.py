from tests.hosts.fixtures import (  # noqa: F401
    album,
    browser,
    cable,
    console,
    desktop,
    new_console,
    seeded_desk,
    server,
    sink,
)
