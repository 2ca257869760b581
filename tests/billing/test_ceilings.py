"""What is said and shown about ceilings: their use, thresholds, exceptions, the pages."""

from datetime import date
from decimal import Decimal

import pytest

from billing.models import CeilingUse, Charge, Proposal
from billing.queries.checks import look_at_facts
from billing.queries.explanations import explain_charge
from contracts.models import ContractVersion, Payer
from core.actors import Actor
from core.models import Event, ExceptionItem
from tests.billing.builders import Agreement, person
from tests.billing.documents import run_to, tax_rule
from tests.billing.test_caps import MARCH, capped, recap
from tests.personas import page_client

pytestmark = pytest.mark.django_db


def announced() -> list[int]:
    """Return the thresholds that were announced, in order."""
    events = Event.objects.filter(type="ceiling.near").order_by("seq")
    return [event.payload["percent"] for event in events]


def exceptions() -> list[tuple[str, str, Decimal | None, Decimal | None, str]]:
    """Return the exceptions about ceilings, oldest first."""
    rows = ExceptionItem.objects.filter(flow="caps").order_by("opened_at")
    return [(row.code, row.state, row.money_at_risk, row.quantity_at_risk, row.team) for row in rows]


def test_each_threshold_is_announced_once_per_ceiling() -> None:
    agreement = capped(cap="1500")
    told = []
    for day, hours in enumerate(("7", "1", "1.5", "0.4"), start=2):
        agreement.works(hours, date(2026, 3, day))
        agreement.price()
        agreement.price()
        told.append(announced())
    assert told == [[], [80], [80, 95], [80, 95]]
    recap(agreement, "1600")
    assert announced() == [80, 95, 80]


def test_work_over_a_cap_is_an_exception_of_the_project_manager_and_closes_by_itself() -> None:
    agreement = capped()
    agreement.works("1", MARCH)
    agreement.price()
    agreement.price()
    assert exceptions() == [("over_cap", "open", Decimal("50.00"), Decimal("0.3333"), "project_manager")]
    recap(agreement, "1000")
    assert [row[:2] for row in exceptions()] == [("over_cap", "resolved")]
    assert not Charge.objects.filter(billable=False).exists()


def test_work_over_a_purchase_order_is_an_exception_of_its_own() -> None:
    agreement = capped(cap=None)
    Payer.objects.update(purchase_order="PO-1", purchase_order_amount=Decimal(100))
    agreement.works("1", MARCH)
    agreement.price()
    assert [row[:3] for row in exceptions()] == [("po_exceeded", "open", Decimal("50.00"))]


def test_the_use_of_a_ceiling_goes_with_the_ceiling() -> None:
    agreement = capped(hours="8")
    agreement.works("1", MARCH)
    agreement.price()
    rows = CeilingUse.objects.values_list("level", "line_key", "ceiling", "used", "over_amount")
    assert list(rows) == [
        (1, "work", Decimal(8), Decimal("0.6667"), Decimal(0)),
        (2, "work", Decimal(100), Decimal(100), Decimal(50)),
    ]
    recap(agreement, None)
    assert not CeilingUse.objects.exists()


def explained_parts(agreement: Agreement) -> list[str]:
    """Return the explanations of the contract's charges, what is billed first."""
    rows = Charge.objects.filter(contract=agreement.contract).order_by("-billable")
    return [explain_charge(row).sentence for row in rows]


def test_explanations_say_which_ceiling_decided() -> None:
    agreement = capped()
    agreement.works("1", MARCH)
    agreement.price()
    base, over = explained_parts(agreement)
    said = "the cap of the line (100.00) leaves room for 100.00 of 150.00"
    assert said in base and said in over
    assert over.endswith("; over cap")


def test_the_pages_show_room_and_what_is_over() -> None:
    agreement = capped()
    ContractVersion.objects.update(cap_amount=Decimal(400))
    agreement.works("1", MARCH)
    agreement.price()
    client = page_client(person("finance"))
    page = client.get(f"/contracts/{agreement.contract.code}/").content.decode()
    assert "Caps and purchase orders" in page
    assert "25 %" in page and "100 %" in page
    listed = client.get("/billing/unbilled/").content.decode()
    assert "Over caps" in listed and "£50.00" in listed
    narrowed = client.get("/billing/charges/", {"over": "yes"}).content.decode()
    assert "Over cap" in narrowed


def test_the_review_of_a_run_marks_what_is_over() -> None:
    agreement = capped()
    agreement.works("1", MARCH)
    agreement.price()
    tax_rule(agreement.contract)
    run_to(agreement.contract, MARCH, Actor.of(person("finance")))
    proposal = Proposal.objects.get()
    found = [finding for _, key, finding in look_at_facts([proposal]) if key == "within_ceilings"]
    assert [(one.text, one.tag, one.holds_up) for one in found] == [
        ("1 entry worth 50.00 GBP over a cap or purchase order", "Over cap", False)
    ]
