"""The ERP's own arithmetic."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as some

from integrations.sandbox_erp.server.amounts import is_decimal_text, rounded, written
from integrations.sandbox_erp.server.companies import TaxCode
from integrations.sandbox_erp.server.drafts import Draft, DraftLine
from integrations.sandbox_erp.server.rules import Totals, accepted_totals, computed_totals

TAX_CODES = {code: TaxCode(code, code, Decimal(code)) for code in ("0", "7", "19", "20")}
DRAFT = Draft(
    kind="invoice",
    company="DE01",
    customer="C-1",
    external_reference=None,
    purchase_order=None,
    currency="EUR",
    document_date=date(2026, 11, 18),
    credits=None,
    lines=(),
    net=Decimal(0),
    tax=Decimal(0),
    gross=Decimal(0),
)


def _line(net: str | Decimal, tax_code: str) -> DraftLine:
    return DraftLine("Work", Decimal(1), Decimal(net), Decimal(net), tax_code, None)


def test_tax_is_rounded_once_per_code() -> None:
    lines = (_line("93.06", "20"), _line("10.05", "7"), _line("93.06", "20"), _line("93.06", "20"))

    assert computed_totals(lines, "EUR", TAX_CODES) == Totals(
        net=Decimal("289.23"),
        tax=Decimal("56.54"),
        gross=Decimal("345.77"),
        computed_tax=Decimal("56.54"),
        line_taxes=(Decimal("18.61"), Decimal("0.70"), Decimal("18.61"), Decimal("18.62")),
    )


def test_a_tax_within_one_unit_is_booked_and_the_own_figure_kept() -> None:
    draft = replace(
        DRAFT,
        lines=(_line("93.06", "20"),),
        net=Decimal("93.06"),
        tax=Decimal("18.62"),
        gross=Decimal("111.68"),
    )

    assert accepted_totals(draft, TAX_CODES) == Totals(
        net=Decimal("93.06"),
        tax=Decimal("18.62"),
        gross=Decimal("111.68"),
        computed_tax=Decimal("18.61"),
        line_taxes=(Decimal("18.62"),),
    )


@given(
    some.lists(
        some.tuples(
            some.decimals(-10_000, 10_000, places=2, allow_nan=False), some.sampled_from(list(TAX_CODES))
        ),
        min_size=1,
        max_size=8,
    )
)
def test_line_taxes_always_sum_to_the_tax(rows: list[tuple[Decimal, str]]) -> None:
    totals = computed_totals(tuple(_line(net, code) for net, code in rows), "EUR", TAX_CODES)

    assert sum(totals.line_taxes) == totals.tax == totals.computed_tax
    assert totals.net + totals.tax == totals.gross
    assert totals.net == sum(net for net, _ in rows)


def test_rounding_is_half_away_from_zero_in_the_currency() -> None:
    assert (written(Decimal("0.125"), "EUR"), written(Decimal("-0.125"), "EUR")) == ("0.13", "-0.13")
    assert (written(Decimal("2932.5"), "JPY"), written(Decimal("16.46283"), "BHD")) == ("2933", "16.463")
    assert rounded(Decimal("1"), "EUR").as_tuple().exponent == -2


def test_decimal_text_is_plain() -> None:
    assert [
        text
        for text in ("1", "-1.5", "0.000001", "1e3", "1,5", "", " 1", "NaN", "\u0661")
        if is_decimal_text(text)
    ] == [
        "1",
        "-1.5",
        "0.000001",
    ]
    assert not is_decimal_text(5)
