"""Every URL says who may call it; a view without a guard never ships."""

import inspect
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver


def walk(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from walk(entry, route)
        else:
            yield route, entry


def guard_of(pattern: URLPattern) -> str:
    view = pattern.callback
    cls = getattr(view, "cls", None) or getattr(view, "view_class", None)
    return getattr(view, "guard", "") or getattr(cls, "guard", "")


def test_every_url_carries_a_guard() -> None:
    urls = list(walk(get_resolver()))
    assert len(urls) > 30
    assert [route for route, pattern in urls if not guard_of(pattern)] == []


def test_what_if_match_guards_is_held_until_it_has_changed() -> None:
    """Else two who read the same both change it, and one of them never learns (a lost update)."""
    held = ("is_locked=True", "hold(", "held(", "select_for_update()")
    loose = set()
    for _route, pattern in walk(get_resolver()):
        door = getattr(pattern.callback, "cls", None)
        for method in ("patch", "put", "delete"):
            handler = vars(door).get(method) if door else None
            source = inspect.getsource(inspect.unwrap(handler)) if handler else ""
            if "check_unchanged" in source and not any(word in source for word in held):
                loose.add((getattr(door, "__name__", ""), method))
    assert loose == set()
