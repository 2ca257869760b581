"""Draft a contract from a deal that lacks nothing."""

import uuid
from dataclasses import asdict

from contracts.actions.drafting import draft
from contracts.actions.entering import enter_billing_account, enter_customer
from contracts.actions.judging import OPEN, DealClosed, about, judge, tell_what_is_missing
from contracts.actions.terms import LineTerms, PayerTerms
from contracts.deals.rules import Finding
from contracts.deals.surroundings import Surroundings, surroundings_of
from contracts.deals.terms import DealLine, DealTerms, terms_of
from contracts.events import ContractCreated, DealConverted
from contracts.models import BillingAccount, Contract, Customer, Deal
from contracts.states import DEAL, BillingMethod, DealState
from core.actors import Actor
from core.errors import Refusal
from core.events import record
from core.models import User
from core.permissions import require
from core.rows import check_fields, code_for, locked
from core.verbs import verb


class DealIncomplete(Refusal):
    """The deal lacks something; the code is that of the first finding, the sentence names all."""

    def __init__(self, found: list[Finding]) -> None:
        super().__init__(" ".join(one.sentence for one in found), field=found[0].field)
        self.code = found[0].code


@verb
def draft_contract_of_deal(deal_id: uuid.UUID, *, actor: Actor, reason: str = "") -> Deal:
    """Draft the contract of a deal, with customer and billing account where we hold none yet.

    A deal that has its contract is returned as it is: there is one contract per deal. The delivery owner
    owns the contract, and prepared its first version where a part of the system acts. Refuses a deal that
    lacks something, naming all of it. Records deal.converted beside the events of what was entered.
    """
    deal = locked(Deal, deal_id)
    require(actor, "contract.edit", deal.legal_entity_id)
    if deal.state == DealState.CONVERTED:
        return deal
    if deal.state not in OPEN:
        raise DealClosed(f"{deal.code} is {deal.state}: no contract is drafted from it.", field="state")
    blocking = [one for one in judge(deal) if one.blocks]
    if blocking:
        raise DealIncomplete(blocking)
    DEAL.check(deal.state, DealState.CONVERTED, label=deal.code)
    terms = terms_of(deal.given, deal.completed)
    ours = surroundings_of(terms)
    customer, account, is_new = _parties(terms, ours)
    deal.contract = _contract(deal, terms, ours, customer, account, actor.user)
    deal.state, deal.agreed = DealState.CONVERTED, {**deal.given, **deal.completed}
    deal.save()
    tell_what_is_missing(deal, actor=actor)
    told = DealConverted(
        **asdict(about(deal)),
        contract_id=deal.contract.pk,
        contract=deal.contract.code,
        customer=customer.code,
        new_customer=is_new,
    )
    record(deal, told, legal_entity_id=deal.legal_entity_id)
    return deal


def _parties(terms: DealTerms, ours: Surroundings) -> tuple[Customer, BillingAccount, bool]:
    """Return customer and billing account, entered where they are new, and whether the customer is."""
    if ours.match:
        customer = locked(Customer, ours.match.customer.pk)
        return customer, ours.match.account or _account(customer, terms), False
    customer = enter_customer("", {"name": terms.customer_name, "currency_id": terms.currency})
    return customer, _account(customer, terms), True


def _account(customer: Customer, terms: DealTerms) -> BillingAccount:
    fields: dict[str, object] = {
        "name": terms.customer_name or customer.name,
        "street": terms.street,
        "postal_code": terms.postal_code,
        "city": terms.city,
        "country": terms.country,
        "tax_registration": terms.tax_registration,
        "email": terms.contact_email,
        "purchase_order_required": terms.purchase_order_required,
    }
    if terms.payment_terms_days is not None:
        fields["payment_terms_days"] = terms.payment_terms_days
    return enter_billing_account(customer, "", fields)


def _contract(
    deal: Deal,
    terms: DealTerms,
    ours: Surroundings,
    customer: Customer,
    account: BillingAccount,
    author: User | None,
) -> Contract:
    # The checks passed: an owner, an entity and a first day are there.
    assert ours.owner and ours.entity and terms.starts_on
    contract = Contract(
        code=code_for(Contract, "", prefix="C", sequence="contracts_contract_number"),
        name=terms.name[:160],
        customer=customer,
        legal_entity=ours.entity,
        currency_id=terms.currency,
        owner=ours.owner,
    )
    check_fields(contract)
    contract.save(force_insert=True)
    created = ContractCreated(contract.code, contract.kind, customer.pk, contract.currency_id)
    record(contract, created, legal_entity_id=ours.entity.pk, effective_on=terms.starts_on)
    draft(
        contract,
        author or ours.owner,
        effective_from=terms.starts_on,
        ends_on=terms.ends_on,
        reason=f"From deal {deal.code}",
        lines=[_line(line) for line in terms.lines],
        payers=[PayerTerms(account.code, takes_rounding=True, purchase_order=terms.purchase_order[:40])],
        expenses=(),
    )
    return contract


def _line(line: DealLine) -> LineTerms:
    """Return the line as terms; milestones and instalments are agreed by whoever reviews the draft."""
    by_time = line.billing_method == BillingMethod.TIME_AND_MATERIALS
    return LineTerms(
        key=line.key.lower(),
        name=line.name[:160] or line.key,
        service_line=line.service_line,
        billing_method=line.billing_method,
        amount=None if by_time else line.amount,
    )
