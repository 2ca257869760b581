"""Caps and purchase orders: worked figures of the money rules, told end to end in the database."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from billing.actions.decisions import hold_source
from billing.models import Charge
from contracts.models import ContractLine, ContractVersion, Payer, Rate
from core.actors import Actor
from reporting.invariants import offenders
from tests import factories
from tests.billing.builders import Agreement, person

pytestmark = pytest.mark.django_db

MARCH = date(2026, 3, 2)
Part = tuple[str, str, str, bool]


def capped(
    policy: str = "delta", *, cap: str | None = "100", hours: str | None = None, **line: Any
) -> Agreement:
    """Agree 150 an hour on a line with a cap."""
    agreement = Agreement(
        policy=policy, cap_amount=cap and Decimal(cap), cap_hours=hours and Decimal(hours), **line
    )
    agreement.rate("150")
    return agreement


def parts(agreement: Agreement) -> list[Part]:
    """Return (component, quantity, amount, billable) of every charge, the oldest service date first."""
    rows = Charge.objects.filter(contract=agreement.contract)
    ordered = rows.order_by("service_on", "source_id", "fixed_at", "component", "amount")
    return [(row.component, f"{row.quantity:f}", f"{row.amount:.2f}", row.billable) for row in ordered]


def recap(agreement: Agreement, cap: str | None, on: date = MARCH) -> None:
    """Approve a version with another cap on the line."""
    agreement.amend(on, cap_amount=cap and Decimal(cap))
    agreement.price()


def test_the_straddling_item_is_split() -> None:
    agreement = capped()
    agreement.works("1", MARCH)
    agreement.price()
    assert parts(agreement) == [
        ("base", "0.6667", "100.00", True),
        ("over_cap", "0.3333", "50.00", False),
    ]
    assert set(Charge.objects.values_list("component", "not_billable_reason")) == {
        ("base", ""),
        ("over_cap", "over_cap"),
    }
    assert agreement.price().changes == []
    assert offenders() == {}


@pytest.mark.parametrize("policy", ["delta", "rebill", "prospective"])
def test_a_raise_opens_the_rest_by_itself_also_when_the_base_is_invoiced(policy: str) -> None:
    agreement = capped(policy)
    agreement.works("1", MARCH)
    agreement.price()
    agreement.fix()
    recap(agreement, "1000")
    assert parts(agreement) == [
        ("base", "0.6667", "100.00", True),
        ("base", "0.3333", "50.00", True),
    ]
    assert agreement.open_amounts() == [Decimal("50.00")]
    assert offenders() == {}


@pytest.mark.parametrize(
    ("policy", "open_amounts"), [("delta", ["-40.00"]), ("rebill", ["-40.00"]), ("prospective", [])]
)
def test_a_cut_follows_the_policy_of_the_contract(policy: str, open_amounts: list[str]) -> None:
    agreement = capped(policy)
    agreement.works("1", MARCH)
    agreement.price()
    agreement.fix()
    recap(agreement, "60")
    assert agreement.open_amounts() == [Decimal(amount) for amount in open_amounts]
    assert offenders() == {}


def test_open_charges_claim_by_pricing_date_and_what_is_fixed_keeps_its_room() -> None:
    agreement = capped(cap="300")
    agreement.works("1", date(2026, 3, 9))
    agreement.works("1", date(2026, 3, 10))
    agreement.price()
    agreement.fix()
    agreement.works("1", MARCH)
    agreement.price()
    assert parts(agreement) == [
        ("over_cap", "1.0000", "150.00", False),
        ("base", "1.0000", "150.00", True),
        ("base", "1.0000", "150.00", True),
    ]
    assert offenders() == {}


def test_discounts_count_net_and_are_split_with_their_work() -> None:
    agreement = capped(discount_percent=Decimal(10))
    agreement.works("1", MARCH)
    agreement.price()
    assert parts(agreement) == [
        ("base", "0.7407", "111.11", True),
        ("discount", "1.0000", "-11.11", True),
        ("over_cap", "0.2593", "35.00", False),
    ]
    assert offenders() == {}


def test_a_cap_in_hours_splits_by_hours() -> None:
    agreement = capped(cap=None, hours="2.5")
    agreement.works("2", MARCH)
    agreement.works("1", date(2026, 3, 3))
    agreement.price()
    assert parts(agreement) == [
        ("base", "2.0000", "300.00", True),
        ("base", "0.5000", "75.00", True),
        ("over_cap", "0.5000", "75.00", False),
    ]
    assert offenders() == {}


@pytest.mark.parametrize(
    ("line", "contract", "order", "billed", "kept_back"),
    [
        ("200", "100", "300", "100.00", "over_cap"),
        ("100", "200", "300", "100.00", "over_cap"),
        ("200", "300", "100", "100.00", "over_order"),
    ],
)
def test_the_smallest_room_decides(line: str, contract: str, order: str, billed: str, kept_back: str) -> None:
    agreement = capped(cap=line)
    ContractVersion.objects.update(cap_amount=Decimal(contract))
    Payer.objects.update(purchase_order="PO-1", purchase_order_amount=Decimal(order))
    agreement.works("2", MARCH)
    agreement.price()
    rows = parts(agreement)
    assert rows[0] == ("base", "0.6667", billed, True)
    assert rows[-1][0] == kept_back
    assert sum(Decimal(row[2]) for row in rows) == 300
    assert sum(Charge.objects.values_list("worked_quantity", flat=True)) == 2
    assert offenders() == {}


def test_a_purchase_order_limits_the_share_of_its_payer_only() -> None:
    agreement = capped(cap=None)
    Payer.objects.update(
        percent=Decimal(40), takes_rounding=False, purchase_order="PO-1", purchase_order_amount=Decimal(50)
    )
    factories.PayerFactory.create(
        contract_version=agreement.version,
        percent=Decimal(60),
        takes_rounding=True,
        billing_account=factories.BillingAccountFactory.create(customer=agreement.contract.customer),
    )
    agreement.works("1", MARCH)
    agreement.price()
    assert parts(agreement) == [
        ("base", "0.3333", "50.00", True),
        ("base", "0.6000", "90.00", True),
        ("over_order", "0.0667", "10.00", False),
    ]
    assert offenders() == {}


def test_write_downs_free_no_room_and_write_ups_use_it() -> None:
    agreement = capped(cap="300")
    first = agreement.works("1", MARCH)
    second = agreement.works("1", date(2026, 3, 3))
    agreement.works("1", date(2026, 3, 4))
    agreement.price()
    agreement.decide(first, "write_down", "100")
    agreement.decide(second, "write_up", "30")
    agreement.price()
    assert sorted(parts(agreement)) == sorted(
        [
            ("base", "1.0000", "150.00", True),
            ("write_down", "1.0000", "-100.00", True),
            ("base", "1.0000", "150.00", True),
            ("over_cap", "1.0000", "30.00", False),
            ("over_cap", "1.0000", "150.00", False),
        ]
    )
    assert offenders() == {}


def test_a_correction_downwards_gives_its_room_to_the_next() -> None:
    agreement = capped(cap="150")
    first = agreement.works("1", MARCH)
    agreement.works("1", date(2026, 3, 3))
    agreement.price()
    agreement.fix()
    agreement.correct(first, "0.4")
    agreement.price()
    assert agreement.open_amounts() == [Decimal("-90.00"), Decimal("90.00")]
    assert offenders() == {}


def test_a_source_being_rebilled_keeps_its_room_between_credit_and_new_invoice() -> None:
    agreement = capped("rebill", cap="200")
    agreement.works("1", date(2026, 3, 9))
    agreement.price()
    agreement.fix()
    agreement.works("1", MARCH)
    agreement.reprice("180", date(2026, 1, 2))
    agreement.price()
    assert sorted(agreement.open_amounts()) == [Decimal("-150.00"), Decimal("50.00"), Decimal("150.00")]
    agreement.price()
    agreement.fix()
    billed = Charge.objects.filter(billable=True).exclude(fixed_at=None)
    assert sorted(billed.values_list("amount", flat=True)) == [-150, 50, 150, 150]
    assert agreement.price().changes == []
    assert offenders() == {}


def test_a_limited_pass_looks_at_everything_under_a_cap() -> None:
    agreement = capped(cap="150")
    agreement.works("1", date(2026, 3, 9))
    agreement.price()
    early = agreement.works("1", MARCH)
    agreement.price(early)
    assert [(row[0], row[2]) for row in parts(agreement)] == [("base", "150.00"), ("over_cap", "150.00")]


def test_without_a_cap_any_more_everything_is_billed() -> None:
    agreement = capped()
    agreement.works("1", MARCH)
    agreement.price()
    ContractLine.objects.update(cap_amount=None)
    agreement.price()
    assert parts(agreement) == [("base", "1.0000", "150.00", True)]


def test_days_count_by_their_hours() -> None:
    agreement = Agreement(cap_hours=Decimal(12))
    agreement.rate("800")
    agreement.card.unit = "day"
    agreement.card.save()
    agreement.works("8", MARCH)
    agreement.works("8", date(2026, 3, 3))
    agreement.price()
    assert parts(agreement) == [
        ("base", "1.0000", "800.00", True),
        ("base", "0.5000", "400.00", True),
        ("over_cap", "0.5000", "400.00", False),
    ]
    assert offenders() == {}


def test_a_write_down_takes_no_more_than_what_the_cap_leaves() -> None:
    agreement = capped(cap="150")
    entry = agreement.works("1", MARCH)
    agreement.price()
    agreement.decide(entry, "write_down", "120")
    recap(agreement, "100")
    assert [(row[0], row[2]) for row in parts(agreement)] == [
        ("base", "100.00"),
        ("over_cap", "50.00"),
        ("write_down", "-100.00"),
    ]
    assert offenders() == {}


def test_work_that_lost_its_price_keeps_its_room() -> None:
    agreement = capped(cap="150")
    agreement.works("1", MARCH)
    agreement.price()
    agreement.fix()
    agreement.works("1", date(2026, 3, 3))
    Rate.objects.update(valid=DateRange(date(2026, 3, 3), None))
    agreement.price()
    assert [(row[0], row[2]) for row in parts(agreement)] == [("base", "150.00"), ("over_cap", "150.00")]


def test_a_held_charge_keeps_its_place() -> None:
    agreement = capped(cap="150")
    first = agreement.works("1", MARCH)
    agreement.works("1", date(2026, 3, 3))
    agreement.price()
    hold_source(
        agreement.contract.pk, source_id=first.root_id, reason="Asked", actor=Actor.of(person("finance"))
    )
    agreement.price()
    assert [(row[0], row[2]) for row in parts(agreement)] == [("base", "150.00"), ("over_cap", "150.00")]
