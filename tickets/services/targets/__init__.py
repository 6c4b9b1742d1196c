"""Service targets: clocks that go with the tickets, promises that are watched, and their settings."""
