"""Charts as server-side SVG: geometry in attributes, colour by class (strict CSP), a sentence for everyone.

Every mark has a `<title>`; marks with an address are links. Positions are exact tenths, never floats.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

Length = Decimal | int

_ids = count(1)
STRIP_WIDTH = 1000
GAP = Decimal("2")


@dataclass(frozen=True)
class Band:
    """One slice of a strip or bar: an amount, its words (used as title), and the list behind it."""

    label: str
    amount: Decimal
    title: str = ""
    href: str = ""
    count: int | None = None
    series: int = 1


@dataclass(frozen=True)
class Bar:
    """One bar of a stacked chart; `total_text` stands above it."""

    label: str
    bands: tuple[Band, ...]
    total_text: str = ""


@dataclass(frozen=True)
class Stretch:
    """A range of days on a gap bar, end excluded: in force (`solid`), missing (`gap`) or `draft`."""

    kind: str
    start: datetime.date
    end: datetime.date
    label: str = ""


@dataclass(frozen=True)
class GapBar:
    """A gap bar as data, for read models; `svg` draws it."""

    stretches: tuple[Stretch, ...]
    description: str
    work: tuple[datetime.date, datetime.date, str] | None = None
    ticks: tuple[tuple[datetime.date, str], ...] = ()

    @property
    def svg(self) -> SafeString:
        return gap_bar(self.stretches, self.description, work=self.work, ticks=self.ticks)


def aging_strip(bands: Sequence[Band], description: str) -> SafeString:
    """Draw amounts by age as one strip whose widths are the shares; bands of nothing are left out."""
    shown = [band for band in bands if band.amount > 0]
    total = sum((band.amount for band in shown), Decimal(0))
    room = STRIP_WIDTH - GAP * max(len(shown) - 1, 0)
    marks, left = [], Decimal(0)
    for band in shown:
        width = _tenth(room * band.amount / total)
        marks.append(_linked(band, _rect(left, 0, width, 10, f"is-{band.series}", band.title or band.label)))
        left += width + GAP
    return _svg("is-strip", f"0 0 {STRIP_WIDTH} 10", "By age", description, marks, stretch=True)


def stacked_bar(bars: Sequence[Bar], title: str, description: str) -> SafeString:
    """Draw bars of stacked bands on one scale, with labels below and totals above."""
    height, width, base = Decimal(160), Decimal(max(len(bars), 1) * 72), Decimal(184)
    highest = max((sum((b.amount for b in bar.bands), Decimal(0)) for bar in bars), default=Decimal(0))
    marks: list[SafeString] = [format_html('<path class="is-axis" d="M0 {}H{}"/>', base, width)]
    for index, bar in enumerate(bars):
        left, top = Decimal(index * 72 + 14), base
        for band in bar.bands:
            size = _tenth(height * band.amount / highest) if highest else Decimal(0)
            top -= size
            drawn = _rect(left, top, Decimal(44), max(size - 1, Decimal(0)), f"is-{band.series}", band.title)
            marks.append(_linked(band, drawn))
        marks.append(_text(left + 22, top - 6, bar.total_text, strong=True, anchor="middle"))
        marks.append(_text(left + 22, base + 16, bar.label, anchor="middle"))
    return _svg("", f"0 0 {width} 206", title, description, marks)


def sparkline(values: Sequence[Decimal], title: str, description: str) -> SafeString:
    """Draw a run of values as a line, lowest at the bottom; a flat run lies in the middle."""
    low, high = min(values, default=Decimal(0)), max(values, default=Decimal(0))
    steps = max(len(values) - 1, 1)

    def point(index: int, value: Decimal) -> str:
        share = (value - low) / (high - low) if high != low else Decimal("0.5")
        return f"{_tenth(Decimal(96 * index) / steps)},{_tenth(22 - 20 * share)}"

    points = " ".join(point(index, value) for index, value in enumerate(values))
    line = format_html('<polyline class="is-line" points="{}"/>', points)
    return _svg("is-spark", "0 0 96 24", title, description, [line])


def gap_bar(
    stretches: Sequence[Stretch],
    description: str,
    *,
    work: tuple[datetime.date, datetime.date, str] | None = None,
    ticks: Sequence[tuple[datetime.date, str]] = (),
) -> SafeString:
    """Draw what is in force over time, the hole in it, and the work done in the hole (end excluded)."""
    scale = _Scale(min(s.start for s in stretches), max(s.end for s in stretches), 376)
    hatch = f"hatch-{next(_ids)}"
    marks: list[SafeString] = [_hatch(hatch)]
    for stretch in stretches:
        left, width = scale.place(stretch.start, stretch.end)
        marks.append(_stretch(stretch, left, width, hatch))
        if stretch.label:
            marks.append(_text(left + 8, 37, stretch.label, strong=True))
    if work:
        left, width = scale.place(work[0], work[1])
        marks.append(_rect(left, 51, width, 6, "is-ink", work[2]))
        marks.append(_text(left + width + 7, 58, work[2]))
    for on, label in ticks:
        left = scale.place(on, on)[0]
        # What begins at the far end is written before it, not out of the picture.
        marks.append(_text(left, 14, label, anchor="end" if left > scale.width - 40 else "start"))
    return _svg("is-gap-bar", "0 0 376 62", "Validity", description, marks)


class _Scale:
    """Days to tenths of a unit."""

    def __init__(self, start: datetime.date, end: datetime.date, width: int) -> None:
        self.start, self.days, self.width = start, max((end - start).days, 1), width

    def place(self, start: datetime.date, end: datetime.date) -> tuple[Decimal, Decimal]:
        left = Decimal(self.width * (start - self.start).days) / self.days
        return _tenth(left), _tenth(Decimal(self.width * (end - start).days) / self.days)


def _stretch(stretch: Stretch, left: Decimal, width: Decimal, hatch: str) -> SafeString:
    if stretch.kind == "gap":
        drawing = '<rect class="is-gap" x="{}" y="22" width="{}" height="22" fill="url(#{})"/>'
        return format_html(drawing, left, width, hatch)
    inset = Decimal("0.5") if stretch.kind == "draft" else Decimal(0)
    return _rect(left + inset, 22 + inset, width - 2 * inset, 22 - 2 * inset, f"is-{stretch.kind}", "", 2)


def _hatch(name: str) -> SafeString:
    pattern = (
        '<defs><pattern id="{}" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="is-hatch" width="1.6" height="6"/></pattern></defs>'
    )
    return format_html(pattern, name)


def _rect(
    x: Length, y: Length, width: Length, height: Length, css: str, title: str, corner: int = 0
) -> SafeString:
    inside = format_html("<title>{}</title>", title) if title else ""
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="{}">{}</rect>',
        css,
        x,
        y,
        width,
        height,
        corner,
        inside,
    )


def _text(x: Length, y: Length, text: str, *, strong: bool = False, anchor: str = "start") -> SafeString:
    css = "is-strong" if strong else ""
    return format_html('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>', css, x, y, anchor, text)


def _linked(band: Band, drawing: SafeString) -> SafeString:
    return format_html('<a href="{}">{}</a>', band.href, drawing) if band.href else drawing


def _tenth(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"))


def _svg(
    css: str, box: str, title: str, description: str, marks: Sequence[SafeString], *, stretch: bool = False
) -> SafeString:
    name = f"chart-{next(_ids)}"
    return format_html(
        '<svg class="c-chart {}" viewBox="{}"{} role="{}" aria-labelledby="{}-title {}-text">'
        '<title id="{}-title">{}</title><desc id="{}-text">{}</desc>{}</svg>',
        css,
        box,
        mark_safe(' preserveAspectRatio="none"') if stretch else "",
        # A picture hides what is inside from assistive technology; links must stay reachable.
        "group" if any("<a " in mark for mark in marks) else "img",
        name,
        name,
        name,
        title,
        name,
        description,
        format_html_join("", "{}", ((mark,) for mark in marks)),
    )
