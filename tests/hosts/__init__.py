"""What the end-to-end tests stand on: real processes, displays, networks and mail, private to each test.

Nothing here ends a process that it did not start itself.
"""
