LONGEST_SEARCH = 100


def search_text(text: str) -> str:
    """What a search box sent, as databases can look for it: no NUL (PostgreSQL), not endless (SQLite)."""
    return text.replace("\0", "").strip()[:LONGEST_SEARCH].rstrip()
