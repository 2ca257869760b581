import datetime
from decimal import Decimal
from xml.etree import ElementTree

from django.utils.safestring import SafeString

from core.presentation.charts import Band, Bar, GapBar, Stretch, aging_strip, sparkline, stacked_bar


def parsed(drawing: SafeString) -> ElementTree.Element:
    """Parse the SVG, which also proves that it is well formed and has neither style nor script."""
    assert "style" not in drawing
    assert "<script" not in drawing
    return ElementTree.fromstring(drawing)


def texts(root: ElementTree.Element, tag: str) -> list[str]:
    return [element.text or "" for element in root.iter(tag)]


def rectangles(root: ElementTree.Element) -> list[tuple[str, str, str]]:
    return [(r.get("class", ""), r.get("x", ""), r.get("width", "")) for r in root.iter("rect")]


def test_the_strip_shares_its_width_by_amount_and_leaves_out_nothing_bands() -> None:
    bands = [
        Band("new", Decimal(300), series=1),
        Band("none", Decimal(0), series=2),
        Band("old", Decimal(100), series=4),
    ]
    root = parsed(aging_strip(bands, "£400.00 by age"))
    assert rectangles(root) == [("is-1", "0", "748.5"), ("is-4", "750.5", "249.5")]
    assert texts(root, "desc") == ["£400.00 by age"]
    assert root.get("role") == "img"


def test_a_strip_of_nothing_is_empty() -> None:
    assert rectangles(parsed(aging_strip([Band("new", Decimal(0))], "nothing"))) == []


def test_bars_are_scaled_to_the_highest_and_link_to_their_lists() -> None:
    bars = [
        Bar("Oct", (Band("a", Decimal(50), "October £50", "/october/", series=1),), "£50"),
        Bar("Nov", (Band("a", Decimal(75), series=1), Band("b", Decimal(25), series=2)), "£100"),
    ]
    root = parsed(stacked_bar(bars, "Billed", "Billed by month"))
    assert [rect.get("height") for rect in root.iter("rect")] == ["79.0", "119.0", "39.0"]
    assert [link.get("href") for link in root.iter("a")] == ["/october/"]
    assert texts(root, "text") == ["£50", "Oct", "£100", "Nov"]
    assert root.get("role") == "group"


def test_a_flat_sparkline_lies_in_the_middle() -> None:
    flat = parsed(sparkline([Decimal(5), Decimal(5)], "Flat", "Always 5"))
    rising = parsed(sparkline([Decimal(0), Decimal(1), Decimal(2)], "Rising", "0 to 2"))
    assert [line.get("points") for line in flat.iter("polyline")] == ["0.0,12.0 96.0,12.0"]
    assert [line.get("points") for line in rising.iter("polyline")] == ["0.0,22.0 48.0,12.0 96.0,2.0"]


def test_the_gap_bar_places_days_and_escapes_labels() -> None:
    bar = GapBar(
        (
            Stretch("solid", datetime.date(2026, 10, 1), datetime.date(2026, 11, 1), "v3 <&>"),
            Stretch("gap", datetime.date(2026, 11, 1), datetime.date(2026, 12, 1)),
        ),
        "Nothing in force in November",
        work=(datetime.date(2026, 11, 3), datetime.date(2026, 11, 15), "14 entries"),
        ticks=((datetime.date(2026, 11, 1), "1 Nov"),),
    )
    root = parsed(bar.svg)
    assert rectangles(root)[1:] == [
        ("is-solid", "0.0", "191.1"),
        ("is-gap", "191.1", "184.9"),
        ("is-ink", "203.4", "74.0"),
    ]
    assert texts(root, "text") == ["v3 <&>", "14 entries", "1 Nov"]


def test_two_charts_on_a_page_share_no_id() -> None:
    ids = [
        e.get("id")
        for svg in (sparkline([], "a", "a"), sparkline([], "b", "b"))
        for e in parsed(svg).iter()
        if e.get("id")
    ]
    assert len(ids) == len(set(ids)) == 4
