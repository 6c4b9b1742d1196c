"""The running desk: ASGI front, live events, heartbeat door, background worker and the `serve` command."""
