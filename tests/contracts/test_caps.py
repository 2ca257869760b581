"""Caps and order amounts as terms: written, copied, sealed, compared and checked before approval."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from contracts.actions.readiness import shortcomings
from contracts.actions.terms import LineTerms, PayerTerms, content_sha256, lines_of, payers_of
from contracts.actions.versions import draft_version, edit_version
from contracts.models import ContractVersion
from contracts.queries.comparison import changes_between, with_terms
from core.errors import Invalid
from tests.contracts.builders import drafted, preparer, price_list, submitted
from tests.factories import BillingAccountFactory

pytestmark = pytest.mark.django_db

CAPPED = LineTerms(
    "work", "Consulting", "advisory", cap_amount=Decimal("5000.0000"), cap_hours=Decimal("40.0000")
)


def capped(**fields: Any) -> ContractVersion:
    """Draft a contract with caps on its line, on the whole, and on the payer's order."""
    account = BillingAccountFactory.create()
    payer = PayerTerms(account.code, Decimal(100), True, "PO-1", Decimal("4000.0000"))
    return drafted(
        account,
        **{
            "lines": [CAPPED],
            "payers": [payer],
            "cap_amount": Decimal(6000),
            "cap_hours": Decimal(50),
            **fields,
        },
    )


def test_caps_are_stored_and_copied_to_the_next_version() -> None:
    price_list()
    version = capped()
    assert lines_of(version) == [CAPPED]
    assert payers_of(version)[0].purchase_order_amount == Decimal(4000)
    ContractVersion.objects.filter(pk=version.pk).update(status="rejected")
    following = draft_version(version.contract_id, effective_from=date(2026, 3, 1), actor=preparer())
    assert (following.cap_amount, following.cap_hours) == (Decimal(6000), Decimal(50))
    assert (lines_of(following), payers_of(following)) == (lines_of(version), payers_of(version))


def test_a_cap_is_taken_away_by_saying_so() -> None:
    version = edit_version(capped().pk, cap_hours=None, actor=preparer())
    assert (version.cap_amount, version.cap_hours) == (Decimal(6000), None)


@pytest.mark.parametrize("name", ["cap_amount", "cap_hours"])
def test_a_cap_below_nothing_is_refused(name: str) -> None:
    version = capped()
    values: dict[str, Any] = {name: Decimal(-1)}
    with pytest.raises(Invalid):
        edit_version(version.pk, **values, actor=preparer())
    version.refresh_from_db()
    assert (version.cap_amount, version.cap_hours) == (Decimal(6000), Decimal(50))


def test_the_seal_covers_every_cap_and_is_what_it_was_without_any() -> None:
    version = submitted()
    assert version.content_sha256 == content_sha256(version)
    seals = {content_sha256(version)}
    for row, name in (
        (version, "cap_amount"),
        (version.lines.get(), "cap_hours"),
        (version.payers.get(), "purchase_order_amount"),
    ):
        type(row).objects.filter(pk=row.pk).update(**{name: 5})
        seals.add(content_sha256(ContractVersion.objects.get(pk=version.pk)))
    assert len(seals) == 4


def test_the_comparison_names_changed_caps() -> None:
    first = capped()
    ContractVersion.objects.filter(pk=first.pk).update(status="rejected")
    second = draft_version(
        first.contract_id,
        effective_from=date(2026, 3, 1),
        cap_amount=Decimal(9000),
        cap_hours=None,
        lines=[LineTerms("work", "Consulting", "advisory", cap_amount=Decimal(7000))],
        actor=preparer(),
    )
    before, after = with_terms(ContractVersion.objects.filter(pk__in=[first.pk, second.pk])).order_by(
        "number"
    )
    assert [(one.subject, one.before, one.after) for one in changes_between(before, after)] == [
        ("Cap of the contract", "6,000", "9,000"),
        ("Cap of the contract, hours", "50", ""),
        ("Consulting (work): cap", "5,000", "7,000"),
        ("Consulting (work): cap, hours", "40", ""),
    ]


def test_readiness_says_where_caps_cannot_be_meant() -> None:
    price_list()
    account = BillingAccountFactory.create()
    version = drafted(
        account,
        cap_amount=Decimal(800),
        lines=[
            LineTerms(
                "fee",
                "Report",
                "advisory",
                "instalments",
                Decimal(1000),
                cap_amount=Decimal(900),
                cap_hours=Decimal(5),
            )
        ],
        payers=[PayerTerms(account.code, purchase_order_amount=Decimal(10))],
    )
    found = [(one.code, one.blocks) for one in shortcomings(version)]
    assert found == [
        ("no_parts", True),
        ("cap_below_fee", False),
        ("cap_without_hours", True),
        ("cap_above_contract", False),
        ("purchase_order_unnamed", True),
    ]
