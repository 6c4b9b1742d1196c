"""Administration for programs, under /api/v1/: what the pages below Settings do, by the same services."""
