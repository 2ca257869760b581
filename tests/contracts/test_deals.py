"""Deals from intake to contract: refreshed, completed, converted once, conflicts kept and settled."""

from decimal import Decimal

import pytest

from contracts.actions.converting import DealIncomplete, draft_contract_of_deal
from contracts.actions.deals import UnknownField, complete_deal, settle_conflict
from contracts.actions.judging import DealClosed
from contracts.actions.versions import approve_version, submit_version
from contracts.models import BillingAccount, Contract, Customer, Deal, FieldConflict
from core.actors import Actor
from core.errors import Forbidden, Invalid
from core.models import Event, ExceptionItem, User
from core.reactions import run_reactions
from tests.contracts.builders import approver, preparer
from tests.contracts.deals import INTAKE, delivery_owner, firm, take, taken
from tests.factories import BillingAccountFactory, LegalEntityFactory
from tests.personas import person

pytestmark = pytest.mark.django_db


def events(deal: Deal) -> list[str]:
    return list(Event.objects.filter(aggregate_id=deal.pk).order_by("seq").values_list("type", flat=True))


def item(code: str) -> ExceptionItem:
    return ExceptionItem.objects.get(code=code)


def test_a_complete_deal_becomes_a_contract_ready_for_review() -> None:
    entity = firm()
    deal = taken()
    run_reactions()
    deal.refresh_from_db()

    contract = deal.contract
    assert contract and deal.state == "converted"
    assert (contract.name, contract.legal_entity, contract.currency_id, contract.status) == (
        "Network modernisation",
        entity,
        "GBP",
        "draft",
    )
    assert (contract.owner, contract.customer.name) == (delivery_owner(), "Halden Rail Ltd")
    version = contract.versions.get()
    assert (str(version.effective_from), str(version.ends_on), version.reason) == (
        "2026-12-01",
        "2027-05-31",
        f"From deal {deal.code}",
    )
    line, payer = version.lines.get(), version.payers.get()
    assert (line.key, line.name, line.service_line.code, line.amount) == ("p1", "Advice", "advisory", None)
    assert (payer.percent, payer.purchase_order) == (Decimal(100), "PO-7781")
    account = payer.billing_account
    assert (account.tax_registration, account.email, account.payment_terms_days) == (
        "GB980780684",
        "ap@halden.example",
        30,
    )
    assert events(deal) == ["deal.received", "deal.converted"]
    assert not ExceptionItem.objects.exists()


def test_the_drafted_contract_passes_review_by_two_people() -> None:
    firm()
    deal = taken()
    run_reactions()
    deal.refresh_from_db()
    assert deal.contract
    version = deal.contract.versions.get()
    submit_version(version.pk, actor=preparer())
    approve_version(version.pk, actor=approver())
    deal.contract.refresh_from_db()
    assert deal.contract.status == "active"


def test_a_deal_is_drafted_once_however_often_it_is_asked_for() -> None:
    firm()
    deal = taken()
    run_reactions()
    first = draft_contract_of_deal(deal.pk, actor=preparer())
    taken()
    run_reactions()
    assert (Contract.objects.count(), Customer.objects.count()) == (1, 1)
    assert first.contract == Contract.objects.get()


def test_a_known_customer_and_account_are_used() -> None:
    firm()
    account = BillingAccountFactory.create(country="GB", tax_registration="GB980780684")
    deal = taken()
    run_reactions()
    deal.refresh_from_db()
    assert deal.contract and deal.contract.customer == account.customer
    assert BillingAccount.objects.get() == account


def test_what_is_missing_becomes_one_exception_with_the_money_at_risk() -> None:
    firm()
    deal = taken(legal_entity="", signed_document="")
    run_reactions()
    deal.refresh_from_db()

    assert (deal.state, deal.contract) == ("incomplete", None)
    opened = item("deal_incomplete")
    assert (opened.object_id, opened.money_at_risk, opened.currency, opened.team) == (
        deal.pk,
        Decimal("120000.00"),
        "GBP",
        "pmo",
    )
    assert opened.title == "Network modernisation: 2 things are missing before a contract can be drafted"
    taken(2, legal_entity="", signed_document="")
    assert ExceptionItem.objects.count() == 1


def test_completing_a_deal_closes_its_exception_and_drafts_the_contract() -> None:
    firm()
    deal = taken(legal_entity="", lines__p1__service_line="")

    values = {"legal_entity": "UK", "lines.p1.service_line": "advisory"}
    complete_deal(deal.pk, values=values, actor=Actor.of(person("pmo")))
    run_reactions()

    deal.refresh_from_db()
    assert (deal.state, deal.completed) == ("converted", values)
    assert item("deal_incomplete").state == "resolved"
    assert events(deal) == ["deal.received", "deal.completed", "deal.converted"]


def test_the_same_completion_again_changes_nothing() -> None:
    firm()
    deal = taken(legal_entity="", signed_document="")
    for _ in range(2):
        complete_deal(deal.pk, values={"legal_entity": " UK "}, actor=Actor.of(person("pmo")))
    assert events(deal) == ["deal.received", "deal.completed"]


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"colour": "red"}, UnknownField),
        ({"lines.p9.name": "x"}, UnknownField),
        ({"street": "x" * 241}, Invalid),
    ],
)
def test_bad_completions_are_refused_and_change_nothing(
    values: dict[str, str], error: type[Exception]
) -> None:
    firm()
    deal = taken(legal_entity="")
    before = Deal.objects.values().get()
    with pytest.raises(error):
        complete_deal(deal.pk, values=values, actor=Actor.of(person("pmo")))
    assert Deal.objects.values().get() == before and events(deal) == ["deal.received"]


def test_nobody_completes_a_deal_into_an_entity_that_is_not_theirs() -> None:
    firm()
    deal = taken(legal_entity="")
    stranger = person("pmo", entity=LegalEntityFactory.create(code="DE"))
    before = Deal.objects.values().get()
    for who in (stranger, person("consultant"), person("auditor")):
        with pytest.raises(Forbidden):
            complete_deal(deal.pk, values={"legal_entity": "UK"}, actor=Actor.of(who))
    assert Deal.objects.values().get() == before


def test_an_incomplete_deal_is_not_drafted() -> None:
    firm()
    deal = taken(tax_registration="")
    with pytest.raises(DealIncomplete, match="registration") as refused:
        draft_contract_of_deal(deal.pk, actor=preparer())
    assert (refused.value.code, refused.value.field) == ("tax_registration_missing", "tax_registration")
    assert not Contract.objects.exists() and not Customer.objects.exists()


def test_an_older_state_changes_nothing() -> None:
    firm()
    taken(5, amount="500")
    deal = taken(4, amount="400")
    assert deal.amount == Decimal("500") and events(deal) == ["deal.received"]


def test_a_deal_that_is_not_won_is_none_of_ours_until_it_is() -> None:
    firm()
    assert take(1, won=False) is None
    assert not Deal.objects.exists()
    assert taken(2).source_version == 2


def test_a_lost_deal_is_withdrawn_and_comes_back_when_it_is_won_again() -> None:
    firm()
    deal = taken(1, signed_document="")
    take(2, won=False)
    deal.refresh_from_db()
    assert deal.state == "withdrawn" and item("deal_incomplete").state == "resolved"
    with pytest.raises(DealClosed):
        complete_deal(deal.pk, values={"signed_document": "x"}, actor=Actor.of(person("pmo")))
    with pytest.raises(DealClosed):
        draft_contract_of_deal(deal.pk, actor=preparer())
    taken(3)
    run_reactions()
    deal.refresh_from_db()
    assert deal.state == "converted"


def test_a_refresh_of_what_nobody_touched_is_taken_over() -> None:
    firm()
    deal = taken(1, tax_registration="", amount="100")
    taken(2, tax_registration="", amount="200")
    deal.refresh_from_db()
    assert deal.amount == Decimal(200)
    assert item("deal_incomplete").money_at_risk == Decimal(200)
    assert not FieldConflict.objects.exists()


def test_a_field_both_sides_changed_becomes_a_conflict_and_ours_holds_until_it_is_settled() -> None:
    firm()
    deal = taken(1, tax_registration="", signed_document="")
    by_us = {"tax_registration": "GB980780684"}
    complete_deal(deal.pk, values=by_us, actor=Actor.of(person("pmo")))
    taken(2, tax_registration="GB243609761", signed_document="")

    conflict = FieldConflict.objects.get()
    assert (conflict.field, conflict.ours, conflict.theirs) == (
        "tax_registration",
        "GB980780684",
        "GB243609761",
    )
    deal.refresh_from_db()
    assert deal.completed == by_us
    assert item("ownership_conflict").title == f"The CRM says otherwise about {deal.code}: tax registration"

    settle_conflict(conflict.pk, kept="theirs", actor=Actor.of(person("finance")))
    deal.refresh_from_db()
    assert (deal.completed, item("ownership_conflict").state) == ({}, "resolved")


def test_when_both_sides_come_to_say_the_same_the_conflict_is_gone() -> None:
    firm()
    deal = taken(1, tax_registration="", signed_document="")
    complete_deal(deal.pk, values={"tax_registration": "GB980780684"}, actor=Actor.of(person("pmo")))
    taken(2, tax_registration="GB243609761", signed_document="")
    taken(3, signed_document="")
    deal.refresh_from_db()
    assert (deal.completed, FieldConflict.objects.get().kept) == ({}, "ours")
    assert item("ownership_conflict").state == "resolved"


def test_a_change_behind_the_contract_is_a_conflict_and_leaves_the_contract_alone() -> None:
    firm()
    deal = taken(1)
    run_reactions()
    taken(2, ends_on="2027-12-31")
    taken(3, ends_on="2028-12-31")
    deal.refresh_from_db()
    conflict = FieldConflict.objects.get()
    assert (conflict.field, conflict.ours, conflict.theirs) == ("ends_on", "2027-05-31", "2028-12-31")
    assert deal.contract and str(deal.contract.versions.get().ends_on) == "2027-05-31"
    assert item("ownership_conflict").contract_id == deal.contract_id

    settle_conflict(conflict.pk, kept="theirs", actor=Actor.of(person("finance")))
    taken(4, ends_on="2028-12-31", amount="1")
    assert list(FieldConflict.objects.filter(kept="").values_list("field", flat=True)) == ["amount"]


def test_a_deal_lost_behind_the_contract_is_a_conflict() -> None:
    firm()
    deal = taken(1)
    run_reactions()
    for _ in range(2):
        take(2, won=False)
    deal.refresh_from_db()
    assert deal.state == "converted" and FieldConflict.objects.get().field == "stage"
    taken(3)
    assert item("ownership_conflict").state == "resolved"


def test_a_conflict_is_settled_once_by_somebody_who_may() -> None:
    firm()
    deal = taken(1)
    run_reactions()
    taken(2, amount="7")
    conflict = FieldConflict.objects.get()
    auditor: User = person("auditor")
    with pytest.raises(Forbidden):
        settle_conflict(conflict.pk, kept="ours", actor=Actor.of(auditor))
    with pytest.raises(Invalid):
        settle_conflict(conflict.pk, kept="both", actor=INTAKE)
    for kept in ("ours", "theirs"):
        settle_conflict(conflict.pk, kept=kept, actor=Actor.of(person("finance")))
    conflict.refresh_from_db()
    assert conflict.kept == "ours"
    assert events(deal).count("deal.conflict_settled") == 1


def test_a_price_that_arrives_lets_a_waiting_deal_go_on() -> None:
    firm()
    from tests.contracts.builders import price_list

    deal = taken(currency="EUR")
    assert deal.state == "incomplete"
    price_list("EUR")
    run_reactions()
    deal.refresh_from_db()
    assert deal.state == "converted"
