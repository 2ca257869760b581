import datetime
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core.presentation import formats, markup
from core.presentation.differences import marked
from core.presentation.icons import ICONS, icon
from core.presentation.querystring import replaced, without
from core.presentation.vocabulary import WORDS, is_listed, word
from core.states import all_tables


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("62568.6", "GBP", "£62,568.60"),
        ("-956", "GBP", "−£956.00"),
        ("0", "EUR", "€0.00"),
        ("1234567.5", "JPY", "JP¥1,234,567.5"),
        ("900", "JPY", "JP¥900"),
        ("1.25", "BHD", "BHD\N{NO-BREAK SPACE}1.250"),
        ("1E+3", "GBP", "£1,000.00"),
        ("-956", "", "−956.00"),
        ("950.125", "", "950.125"),
    ],
)
def test_money_has_the_minor_unit_of_its_currency_and_never_loses_a_digit(
    amount: str, currency: str, text: str
) -> None:
    assert formats.money(Decimal(amount), currency) == text


def test_money_can_carry_its_code_or_its_sign() -> None:
    assert formats.money(Decimal("12400"), "EUR", code=True) == "EUR\N{NO-BREAK SPACE}12,400.00"
    assert formats.money(Decimal("71940.25"), "GBP", sign=True) == "+£71,940.25"
    assert formats.money(Decimal(0), "GBP", sign=True) == "£0.00"


def test_money_follows_the_readers_language() -> None:
    with translation.override("de"):
        assert formats.money(Decimal("-1234.5"), "EUR") == "−€1.234,50"


@pytest.mark.parametrize("wrong", ["NaN", "Infinity"])
def test_a_figure_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        formats.number(Decimal(wrong))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**14), max_value=10**14))
def test_a_written_number_reads_back_as_the_same_number(value: Decimal) -> None:
    text = formats.number(value, places=2).replace(",", "").replace(formats.MINUS, "-")
    assert Decimal(text) == value


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("12", "d", "12.0 d"),
        ("8.50", "d", "8.5 d"),
        ("7.25", "h", "7.25 h"),
        ("1", "", "1"),
        ("1500", "", "1,500"),
    ],
)
def test_quantities(value: str, unit: str, text: str) -> None:
    assert formats.quantity(Decimal(value), unit) == text.replace(" ", formats.NO_BREAK_SPACE)


def test_dates() -> None:
    day = datetime.date(2026, 11, 8)
    assert [formats.day(day, style) for style in ("long", "short", "month")] == [
        "8 Nov 2026",
        "8 Nov",
        "November 2026",
    ]
    assert formats.moment(datetime.datetime(2026, 11, 20, 14, 5, tzinfo=datetime.UTC)) == "20 Nov 2026 14:05"
    assert formats.age(day, datetime.date(2026, 11, 14)) == "6\N{NO-BREAK SPACE}d"
    assert formats.age(day, datetime.date(2026, 11, 1)) == "0\N{NO-BREAK SPACE}d"


@pytest.mark.parametrize(
    ("end", "text"),
    [
        (datetime.date(2026, 11, 3), "3 Nov 2026"),
        (datetime.date(2026, 11, 14), "3–14 Nov 2026"),
        (datetime.date(2026, 12, 1), "3 Nov–1 Dec 2026"),
        (datetime.date(2027, 1, 2), "3 Nov 2026–2 Jan 2027"),
    ],
)
def test_spans_do_not_repeat_what_is_the_same(end: datetime.date, text: str) -> None:
    assert formats.span(datetime.date(2026, 11, 3), end) == text


def test_markup_keeps_the_exact_figure_and_escapes() -> None:
    assert markup.money(Decimal("-956.00"), "GBP") == (
        '<data class="u-num u-negative" value="-956.00">−£956.00</data>'
    )
    assert markup.money(None) == markup.ABSENT
    assert markup.keys("J", "<") == "<kbd>J</kbd><kbd>&lt;</kbd>"
    assert markup.day(datetime.date(2026, 11, 18), "short") == (
        '<time datetime="2026-11-18" title="18 Nov 2026">18 Nov</time>'
    )


def test_an_overdue_age_says_so_without_colour() -> None:
    opened = datetime.date(2026, 11, 2)
    shown = markup.age(opened, late=True, today=datetime.date(2026, 11, 18))
    assert shown == (
        '<time class="u-late" datetime="2026-11-02" title="since 2 Nov 2026">16\N{NO-BREAK SPACE}d'
        '<span class="u-hidden">, overdue</span></time>'
    )


def test_only_the_differing_figures_are_marked() -> None:
    ours, theirs = "20.0 d × 950.00 = 19,000.00", "20.0 d × 900.00 = 18,000.00"
    assert marked(ours, theirs) == "20.0 d × <mark>950.00</mark> = <mark>19,000.00</mark>"
    assert marked("same", "same") == "same"
    assert marked("<b>", "") == "<mark>&lt;b&gt;</mark>"


def test_every_icon_name_is_drawn_by_the_installed_wheel() -> None:
    drawn = {name: icon(name) for name in ICONS}
    assert {
        name for name, svg in drawn.items() if not svg.startswith('<svg class="c-icon" aria-hidden')
    } == set()
    assert 'role="img" aria-label="&lt;Agrees&gt;"' in icon("passed", 16, "<Agrees>")
    with pytest.raises(KeyError):
        icon("no-such-meaning")


def test_every_state_of_every_table_has_a_word() -> None:
    states = [(state, table.name) for table in all_tables().values() for state in table.moves]
    assert [pair for pair in states if not is_listed(*pair)] == []
    assert len(states) > 20


def test_words_use_known_tones_and_unlisted_states_stay_readable() -> None:
    assert {found.tone for found in WORDS.values()} <= {"ok", "warn", "bad", "info", "hold", "mute"}
    assert word("brand_new").text == "Brand new"


def test_links_replace_and_drop_parameters_and_start_over() -> None:
    query = QueryDict("status=open&status=held&page=3&q=rail")
    assert replaced(query, sort="-amount") == "?q=rail&sort=-amount&status=open&status=held"
    assert replaced(query, q=None) == "?status=open&status=held"
    assert replaced(query, page=2) == "?page=2&q=rail&status=open&status=held"
    assert without(query, "status", "held") == "?q=rail&status=open"
    assert without(query, "status") == "?q=rail"
