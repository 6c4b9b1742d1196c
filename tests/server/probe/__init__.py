"""A small app that only the tests' server process has: it lets a test act inside that process."""
