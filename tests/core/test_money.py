"""Rounding: half away from zero, in each currency's own minor unit, the same in Python and SQL."""

from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from core.models import Currency
from core.money import minor_unit, price, round_money, round_quantity, split, split_equally

AMOUNTS = st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=6)


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.005", "EUR", "0.01"),
        ("-0.005", "EUR", "-0.01"),
        ("0.0049", "EUR", "0.00"),
        ("2.675", "GBP", "2.68"),
        ("0.5", "JPY", "1"),
        ("-0.5", "JPY", "-1"),
        ("1.0005", "BHD", "1.001"),
    ],
)
def test_half_is_rounded_away_from_zero(amount: str, currency: str, rounded: str) -> None:
    assert round_money(Decimal(amount), currency) == Decimal(rounded)


@given(AMOUNTS)
def test_a_negative_amount_mirrors_the_positive_one(amount: Decimal) -> None:
    assert round_money(-amount, "EUR") == -round_money(amount, "EUR")


@given(AMOUNTS, st.lists(st.integers(1, 97), min_size=1, max_size=4))
def test_a_split_adds_up_exactly(amount: Decimal, weights: list[int]) -> None:
    amount = round_money(amount, "EUR")
    shares = [Decimal(weight * 100) / sum(weights) for weight in weights[:-1]]
    shares = [round_quantity(share) for share in shares]
    shares.append(Decimal(100) - sum(shares, Decimal(0)))
    parts = split(amount, shares, rest_to=0, currency="EUR")
    assert sum(parts) == amount
    assert all(part == round_money(part, "EUR") for part in parts)


@given(AMOUNTS, st.integers(1, 60))
def test_equal_parts_add_up_and_the_last_takes_the_rest(amount: Decimal, count: int) -> None:
    amount = round_money(amount, "JPY")
    parts = split_equally(amount, count, currency="JPY")
    assert (sum(parts), len(parts), len(set(parts[:-1])) <= 1) == (amount, count, True)


def test_shares_that_are_no_whole_are_refused() -> None:
    with pytest.raises(ValueError, match="100 %"):
        split(Decimal(10), [Decimal(50), Decimal(49)], rest_to=0, currency="EUR")


def test_a_price_is_rounded_once() -> None:
    assert price(Decimal("7.25"), Decimal("123.4567"), "EUR") == Decimal("895.06")


@pytest.mark.django_db
def test_every_currency_row_has_the_minor_unit_python_uses() -> None:
    rows = dict(Currency.objects.values_list("code", "minor_unit"))
    assert {"EUR": 2, "GBP": 2, "USD": 2, "JPY": 0, "BHD": 3}.items() <= rows.items()
    assert {code: minor_unit(code) for code in rows} == rows


@pytest.mark.django_db
@pytest.mark.parametrize("amount", ["0.005", "-0.005", "2.675", "1.115", "-1.115", "123456789.125"])
def test_sql_rounds_the_same_way(amount: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT round(%s::numeric, 2)", [amount])
        assert (cursor.fetchone() or [None])[0] == round_money(Decimal(amount), "EUR")
