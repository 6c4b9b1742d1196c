"""Every URL says who may call it; a view without a guard never ships."""

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
