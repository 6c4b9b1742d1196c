"""The windows: tk only, everything on the main thread."""
