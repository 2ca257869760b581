"""The life of a contract, and what freezes when it becomes active."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from contracts.actions.contracts import change_contract
from contracts.actions.lifecycle import (
    ReasonRequired,
    cancel_contract,
    complete_contract,
    hold_contract,
    resume_contract,
    terminate_contract,
)
from contracts.actions.versions import draft_version
from contracts.models import Contract
from contracts.policies import ContractEnded, FrozenFact
from core.errors import Forbidden, Invalid
from core.models import Event
from core.states import IllegalMove
from tests.contracts.builders import active, approver, drafted, preparer, submitted, told
from tests.factories import ContractFactory, CustomerFactory, LegalEntityFactory

pytestmark = pytest.mark.django_db


def state() -> list[Any]:
    return [list(Contract.objects.order_by("pk").values()), Event.objects.count()]


def test_a_contract_is_held_resumed_and_completed() -> None:
    contract = ContractFactory.create(status="active")
    hold_contract(contract.pk, reason="Customer asked", actor=preparer())
    resume_contract(contract.pk, actor=preparer())
    complete_contract(contract.pk, actor=preparer())
    assert told() == [
        ("contract.held", {"code": contract.code, "previous": "active"}),
        ("contract.resumed", {"code": contract.code, "previous": "on_hold"}),
        ("contract.completed", {"code": contract.code, "previous": "active"}),
    ]
    assert Contract.objects.get().status == "completed"
    assert (
        Event.objects.filter(type="contract.held").values_list("reason", flat=True).get() == "Customer asked"
    )


@pytest.mark.parametrize(
    ("status", "verb"),
    [
        ("draft", hold_contract),
        ("in_review", resume_contract),
        ("draft", complete_contract),
        ("draft", terminate_contract),
        ("active", cancel_contract),
        ("completed", hold_contract),
        ("terminated", resume_contract),
    ],
)
def test_a_move_the_table_does_not_list_is_refused(status: str, verb: Callable[..., Contract]) -> None:
    contract = ContractFactory.create(status=status)
    before = state()
    with pytest.raises(IllegalMove):
        verb(contract.pk, reason="Because", actor=preparer())
    assert state() == before


@pytest.mark.parametrize("verb", [hold_contract, terminate_contract])
def test_some_moves_need_a_reason(verb: Callable[..., Contract]) -> None:
    contract = ContractFactory.create(status="active")
    before = state()
    with pytest.raises(ReasonRequired):
        verb(contract.pk, reason="  ", actor=preparer())
    assert state() == before


def test_reaching_the_same_state_twice_changes_nothing() -> None:
    contract = ContractFactory.create(status="on_hold")
    before = state()
    hold_contract(contract.pk, reason="Again", actor=preparer())
    assert state() == before


def test_nobody_moves_the_contract_of_another_entity() -> None:
    contract = ContractFactory.create(status="active")
    before = state()
    with pytest.raises(Forbidden):
        hold_contract(contract.pk, reason="No", actor=preparer(LegalEntityFactory.create()))
    assert state() == before


def test_parties_and_currency_change_until_the_first_activation() -> None:
    version = drafted()
    customer, entity = CustomerFactory.create(), LegalEntityFactory.create()
    contract = change_contract(
        version.contract_id,
        customer_id=customer.pk,
        legal_entity_id=entity.pk,
        currency_id="EUR",
        actor=preparer(),
    )
    assert (contract.customer, contract.legal_entity, contract.currency_id) == (customer, entity, "EUR")
    fields = ["currency_id", "customer_id", "legal_entity_id"]
    assert told("contract.changed") == [("contract.changed", {"code": contract.code, "fields": fields})]


@pytest.mark.parametrize("field", ["customer_id", "legal_entity_id", "currency_id"])
@pytest.mark.parametrize("status", ["active", "on_hold", "completed", "terminated"])
def test_parties_and_currency_freeze_at_activation(field: str, status: str) -> None:
    contract = ContractFactory.create(status=status)
    values: dict[str, Any] = {
        "customer_id": CustomerFactory.create().pk,
        "legal_entity_id": LegalEntityFactory.create().pk,
        "currency_id": "EUR",
    }
    before = state()
    with pytest.raises(FrozenFact) as refusal:
        change_contract(contract.pk, actor=preparer(), **{field: values[field]})
    assert (refusal.value.field, state()) == (field.removesuffix("_id"), before)


def test_an_active_contract_keeps_its_name_free_and_its_policy_to_approvers() -> None:
    contract = active()
    assert change_contract(contract.pk, name="Platform 2", actor=preparer()).name == "Platform 2"
    before = state()
    with pytest.raises(Forbidden):
        change_contract(contract.pk, retroactivity="rebill", actor=preparer())
    assert state() == before
    author = approver()
    changed = change_contract(contract.pk, retroactivity="rebill", actor=author)
    assert changed.retroactivity == "rebill"


def test_a_parent_is_a_master_agreement_with_the_same_customer() -> None:
    contract = drafted().contract
    statement = ContractFactory.create(customer=contract.customer)
    foreign = ContractFactory.create(kind="master")
    before = state()
    for parent in (statement, foreign):
        with pytest.raises(Invalid):
            change_contract(contract.pk, parent_id=parent.pk, actor=preparer())
    assert state() == before
    master = ContractFactory.create(kind="master", customer=contract.customer)
    assert change_contract(contract.pk, parent_id=master.pk, actor=preparer()).parent == master


def test_a_contract_in_review_can_be_cancelled_and_takes_no_terms_afterwards() -> None:
    contract = submitted().contract
    cancel_contract(contract.pk, reason="Lost", actor=preparer())
    with pytest.raises(ContractEnded):
        draft_version(contract.pk, effective_from=date(2026, 1, 1), actor=preparer())
    assert Contract.objects.get().status == "cancelled"
