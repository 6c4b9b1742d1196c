from tests.hosts.fixtures import (  # noqa: F401
    cable,
    console,
    desktop,
    new_console,
    seeded_desk,
    server,
    sink,
)
