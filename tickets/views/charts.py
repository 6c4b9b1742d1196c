"""Charts as SVG, drawn on the server: no script, no style of their own, colours by class, so they serve both
themes. Each chart says in words what it shows; the page offers its numbers as a table too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 720, 208
LEFT, RIGHT, TOP, BOTTOM = 38, 8, 14, 22
#: Labels under the axis that a width of 720 has room for.
LABELS = 7


@dataclass(frozen=True, slots=True)
class Series:
    """One line; None where there is nothing to show. `urls` and `tips` have one entry a point."""

    css: str
    values: tuple[float | None, ...]
    urls: tuple[str, ...]
    tips: tuple[str, ...]


def nice(top: float, steps: int = 4) -> tuple[float, float]:
    """(end of the axis, step), both round and whole: half a ticket does not exist."""
    raw = max(top, 1) / steps
    mag = 10 ** (len(str(int(raw))) - 1)
    step = next(s * mag for s in ((1, 2, 2.5, 5, 10) if mag > 1 else (1, 2, 5, 10)) if s * mag >= raw)
    return step * ceil(max(top, 1) / step), step


@dataclass(frozen=True, slots=True)
class _Area:
    """Where the lines are drawn."""

    width: int
    height: int
    count: int
    top: float

    @property
    def bottom(self) -> float:
        return self.height - BOTTOM

    def x(self, index: int) -> float:
        inner = self.width - LEFT - RIGHT
        return round(LEFT + inner * index / max(self.count - 1, 1), 1)

    def y(self, value: float) -> float:
        return round(self.bottom - value / self.top * (self.bottom - TOP), 1)


@lru_cache(maxsize=128)
def lines(
    series: tuple[Series, ...],
    labels: tuple[str, ...],
    *,
    label: str,
    width: int = WIDTH,
    height: int = HEIGHT,
    unit: str = "",
    target: float | None = None,
    target_label: str = "",
) -> SafeString:
    """Lines over days. Each point is a link to what it counts; the first line has its area filled. Drawn once
    for the same numbers: many look at them, and live.
    """
    highest = max([v for one in series for v in one.values if v is not None] + [target or 0], default=0)
    top, step = nice(highest)
    area = _Area(width, height, len(labels), top)
    parts = [*_grid(area, step, unit), *_ticks(area, labels)]
    for number, one in enumerate(series):
        parts += _line(area, one, is_filled=number == 0)
    if target:
        parts.append(
            format_html(
                '<path class="ch-target" d="M{} {}H{}"/><text class="ch-tick ch-tick--target" x="{}" y="{}"'
                ' text-anchor="end">{}</text>',
                *(LEFT, area.y(target), width - RIGHT, width - RIGHT, area.y(target) - 4, target_label),
            )
        )
    for one in series:
        parts.append(_points(area, one))
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="group" aria-label="{}">{}</svg>',
        *(width, height, label, format_html_join("", "{}", ((part,) for part in parts))),
    )


def _grid(area: _Area, step: float, unit: str) -> Iterator[SafeString]:
    for number in range(round(area.top / step) + 1):
        y, text = area.y(number * step), f"{number * step:g}\N{NO-BREAK SPACE}{unit}".rstrip()
        yield format_html(
            '<path class="ch-grid" d="M{} {}H{}"/><text class="ch-tick" x="{}" y="{}" text-anchor="end">{}'
            "</text>",
            *(LEFT, y, area.width - RIGHT, LEFT - 6, y + 3.5, text),
        )


def _ticks(area: _Area, labels: Sequence[str]) -> Iterator[SafeString]:
    every = ceil(len(labels) / (LABELS * area.width / WIDTH))
    for index in range(0, len(labels), every):
        anchor = "start" if index == 0 else "end" if index == len(labels) - 1 else "middle"
        yield format_html(
            '<text class="ch-tick" x="{}" y="{}" text-anchor="{}">{}</text>',
            *(area.x(index), area.height - 6, anchor, labels[index]),
        )


def _line(area: _Area, one: Series, *, is_filled: bool) -> Iterator[SafeString]:
    """A line for each stretch without a gap."""
    for stretch in _stretches(one.values):
        path = "M" + "L".join(f"{area.x(index)} {area.y(value)}" for index, value in stretch)
        if is_filled and len(stretch) > 1:
            ends = area.x(stretch[-1][0]), area.bottom, area.x(stretch[0][0]), area.bottom
            yield format_html('<path class="ch-area {}" d="{}L{} {}L{} {}Z"/>', one.css, path, *ends)
        yield format_html('<path class="ch-line {}" d="{}"/>', one.css, path)


def _stretches(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    found: list[list[tuple[int, float]]] = [[]]
    for index, value in enumerate(values):
        if value is not None:
            found[-1].append((index, value))
        elif found[-1]:
            found.append([])
    return [stretch for stretch in found if stretch]


def _points(area: _Area, one: Series) -> SafeString:
    """Targets for the pointer; by keyboard the same links are in the table."""
    places = ((i, area.x(i), area.y(value)) for i, value in enumerate(one.values) if value is not None)
    return format_html_join(
        "",
        '<a href="{}" tabindex="-1" class="ch-point"><title>{}</title>'
        '<circle class="ch-dot {}" cx="{}" cy="{}" r="2"/><circle class="ch-hit" cx="{}" cy="{}" r="9"/></a>',
        ((one.urls[i], one.tips[i], one.css, x, y, x, y) for i, x, y in places),
    )


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: float
    words: str


def bars(rows: Sequence[Bar], *, label: str) -> SafeString:
    """Lying bars with their names before and their numbers behind them, in letters of the page's own size."""
    longest = max((row.value for row in rows), default=0) or 1
    drawn = format_html_join(
        "",
        '<li><span class="truncate">{}</span><svg class="meter" height="8" aria-hidden="true">'
        '<rect class="m-track" width="100%" height="8" rx="4"/>'
        '<rect class="m-bar c-accent" width="{}%" height="8" rx="2"/></svg><b>{}</b></li>',
        ((row.label, f"{100 * row.value / longest:.1f}", row.words) for row in rows),
    )
    return format_html('<ul class="hbars hbars--named" aria-label="{}">{}</ul>', label, drawn)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a stacked bar; `words` say what it is."""

    words: str
    value: int
    css: str
    url: str


@lru_cache(maxsize=1024)
def stacked(parts: tuple[Part, ...], *, total: int, label: str) -> SafeString:
    """A bar of parts side by side, each a link, as long as its share of the total."""
    x, rects = 0.0, []
    for part in parts:
        width = 100 * part.value / total if total else 0
        if part.value:
            rects.append((part.url, part.words, part.css, f"{x:.2f}%", f"{max(width - 0.5, 0.5):.2f}%"))
        x += width
    return format_html(
        '<svg class="meter" height="8" role="group" aria-label="{}"><rect class="m-track" width="100%"'
        ' height="8" rx="4"/>{}</svg>',
        label,
        format_html_join(
            "",
            '<a href="{}" tabindex="-1"><title>{}</title><rect class="m-bar {}" x="{}" width="{}" height="8"'
            ' rx="2"/></a>',
            rects,
        ),
    )
