"""The worked figures of the money rules, each as a named test."""

from datetime import date
from decimal import Decimal

import pytest

from billing.models import Charge, Waiver
from core.money import price as price_of
from core.money import split, split_equally
from tests.billing.builders import Agreement

pytestmark = pytest.mark.django_db

D = Decimal


def test_figure_1_amounts_round_half_away_from_zero() -> None:
    assert price_of(D("0.77"), D("48.00"), "GBP") == D("36.96")
    assert price_of(D("1.25"), D("12345"), "JPY") == D("15431")
    assert price_of(D("1.3335"), D("12.3456"), "BHD") == D("16.463")
    assert price_of(D("-0.77"), D("48.00"), "GBP") == D("-36.96")


@pytest.mark.parametrize(
    ("currency", "rate", "hours", "amount"),
    [
        ("GBP", "48.00", "0.77", "36.96"),
        ("JPY", "12345", "1.25", "15431"),
        ("BHD", "12.3456", "1.3335", "16.463"),
    ],
)
def test_figure_1_the_engine_rounds_alike(currency: str, rate: str, hours: str, amount: str) -> None:
    agreement = Agreement(currency=currency)
    agreement.rate(rate)
    agreement.works(hours, date(2026, 3, 2))
    agreement.price()
    assert agreement.charges() == [("", D(hours), D(amount), False)]


def test_figure_1_splits_give_the_remainder_to_a_named_part() -> None:
    thirds = [D("33.3333"), D("33.3334"), D("33.3333")]
    assert split(D("100.00"), thirds, rest_to=1, currency="GBP") == [D("33.33"), D("33.34"), D("33.33")]
    assert split_equally(D("100000.00"), 3, currency="GBP") == [D("33333.33"), D("33333.33"), D("33333.34")]


def test_figure_1_increments_round_the_billed_quantity_never_the_entry() -> None:
    agreement = Agreement(increment=D("0.25"), increment_rounding="up")
    agreement.rate("100")
    agreement.works("0.77", date(2026, 3, 2))
    agreement.price()
    charge = Charge.objects.get(contract=agreement.contract)
    assert (charge.quantity, charge.worked_quantity, charge.amount) == (D("1.00"), D("0.77"), D("100.00"))


def test_figure_1_days() -> None:
    agreement = Agreement(hours_per_day=D(8))
    agreement.card.unit = "day"
    agreement.card.save(update_fields=["unit"])
    agreement.rate("1800")
    agreement.works("6", date(2026, 3, 2))
    agreement.price()
    assert agreement.charges() == [("", D("0.75"), D("1350.00"), False)]


def test_figure_2_dated_and_regional_rates() -> None:
    agreement = Agreement()
    agreement.rate("180", date(2026, 1, 1), date(2026, 3, 15))
    agreement.rate("190", date(2026, 3, 15))
    agreement.rate("205", date(2026, 3, 1), region="DE")
    german = agreement.hire("senior", region="DE")
    french = agreement.hire("senior", region="FR")
    agreement.works("8", date(2026, 3, 14), worker=french)
    agreement.works("8", date(2026, 3, 15), worker=french)
    agreement.works("8", date(2026, 3, 14), worker=german)
    agreement.price()
    assert agreement.open_amounts() == [D("1440.00"), D("1640.00"), D("1520.00")]


def test_figure_2_multiplier_unless_a_row_names_the_work_type() -> None:
    from tests.factories import WorkTypeFactory

    overtime = WorkTypeFactory.create(code="overtime", name="Overtime", multiplier=D("1.5"))
    agreement = Agreement()
    agreement.rate("95.50")
    agreement.works("2.25", date(2026, 3, 2), work_type=overtime)
    agreement.price()
    charge = Charge.objects.get(contract=agreement.contract)
    assert (charge.unit_price, charge.amount) == (D("143.25"), D("322.31"))
    agreement.rate("120", work_type="overtime")
    agreement.price()
    assert agreement.open_amounts() == [D("270.00")]


def test_figure_8_a_write_off_covers_the_source_at_any_later_price() -> None:
    agreement = Agreement()
    agreement.rate("150")
    entry = agreement.works("10", date(2026, 3, 2))
    agreement.price()
    agreement.decide(entry, "write_off")
    agreement.price()
    assert agreement.open_amounts() == []
    agreement.reprice("220", date(2026, 3, 1))
    agreement.price()
    charge = Charge.objects.get(contract=agreement.contract)
    assert (charge.amount, charge.billable, charge.not_billable_reason) == (
        D("2200.00"),
        False,
        "written_off",
    )


def test_figure_8_a_write_down_is_an_amount_of_its_own() -> None:
    agreement = Agreement()
    agreement.rate("150")
    entry = agreement.works("10", date(2026, 3, 2))
    agreement.price()
    agreement.decide(entry, "write_down", "300.00")
    agreement.price()
    assert agreement.open_amounts() == [D("-300.00"), D("1500.00")]


@pytest.mark.parametrize(
    ("policy", "march"),
    [
        ("delta", [D("200.00")]),
        ("rebill", [D("-2000.00"), D("2200.00")]),
        ("prospective", []),
    ],
)
def test_figure_9_back_dated_rate_under_each_policy(policy: str, march: list[Decimal]) -> None:
    agreement = Agreement(policy=policy)
    agreement.rate("200")
    agreement.works("10", date(2026, 3, 10))
    agreement.price()
    agreement.fix()
    agreement.works("5", date(2026, 4, 10))
    agreement.price()
    assert agreement.open_amounts() == [D("1000.00")]
    agreement.reprice("220", date(2026, 3, 1))
    agreement.price()
    assert agreement.open_amounts() == [*march, D("1100.00")]
    assert Waiver.objects.filter(contract=agreement.contract).count() == (policy == "prospective")
    again = agreement.price()
    assert again.changes == []


@pytest.mark.parametrize(
    ("policy", "slices"),
    [
        ("delta", [D("-300.00")]),
        ("prospective", [D("-300.00")]),
        ("rebill", [D("-1200.00"), D("900.00")]),
    ],
)
def test_figure_11_a_corrected_line_touches_exactly_that_source(policy: str, slices: list[Decimal]) -> None:
    agreement = Agreement(policy=policy)
    agreement.rate("150")
    agreement.works("4", date(2026, 3, 2))
    wrong = agreement.works("8", date(2026, 3, 3))
    agreement.works("5", date(2026, 3, 4))
    agreement.price()
    agreement.fix()
    agreement.correct(wrong, "6")
    agreement.price()
    assert agreement.open_amounts() == slices
    open_charges = Charge.objects.filter(contract=agreement.contract, fixed_at=None)
    assert {charge.source_id for charge in open_charges} == {wrong.root_id}


def test_figure_11_each_credit_takes_its_tax_and_the_last_one_the_residue() -> None:
    agreement = Agreement()
    agreement.rate("93.06")
    entries = [agreement.works("1", date(2026, 3, day)) for day in (2, 3, 4)]
    agreement.price()
    agreement.fix()
    invoice = agreement.contract.proposals.get()
    assert (invoice.net, invoice.tax, invoice.gross) == (D("279.18"), D("55.84"), D("335.02"))
    taxes = []
    for entry in entries:
        agreement.correct(entry, None)
        agreement.price()
        agreement.fix()
        credit = agreement.contract.proposals.filter(kind="credit_note").order_by("created_at").last()
        assert credit is not None
        assert (credit.credits_id, credit.net) == (invoice.pk, D("-93.06"))
        taxes.append(credit.tax)
    assert taxes == [D("-18.61"), D("-18.61"), D("-18.62")]


def test_figure_2_no_row_two_equal_rows_or_another_currency_are_gaps_never_zero() -> None:
    from core.models import ExceptionItem
    from tests.factories import RateCardFactory

    agreement = Agreement()
    agreement.works("8", date(2026, 3, 2))
    agreement.price()
    euro = RateCardFactory.create(currency_id="EUR")
    agreement.rate("90", card=euro)
    agreement.price()
    open_items = ExceptionItem.objects.filter(state="open").order_by("code")
    assert [item.code for item in open_items] == ["rate_currency"]
    standard = RateCardFactory.create()
    agreement.rate("100", card=standard)
    agreement.price()
    assert agreement.open_amounts() == [D("800.00")]
    agreement.rate("110", card=RateCardFactory.create())
    agreement.price()
    assert [item.code for item in open_items.all()] == ["rate_ambiguous"]
    assert agreement.open_amounts() == []
    agreement.rate("120", region="GB", card=standard)
    agreement.price()
    assert agreement.open_amounts() == [D("960.00")]
    assert not open_items.all().exists()
