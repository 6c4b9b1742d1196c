"""The limit: the least that Django REST framework does for a ticket, on the same bridge and SQLite."""
