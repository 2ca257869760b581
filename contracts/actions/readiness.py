"""What a version still lacks before it can be approved, each with its own sentence and code. Steps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange

from contracts.actions.expense_rules import expense_faults
from contracts.models import ANY, Contract, ContractLine, ContractVersion, Payer, Rate
from contracts.models.customers import Customer
from contracts.policies import TaxRegistrationInvalid, check_tax_registration
from contracts.queries import cards_for
from contracts.queries.expenses import expense_rules_read
from contracts.states import BillingMethod
from core.errors import Refusal
from core.presentation.formats import money


@dataclass(frozen=True)
class Shortcoming:
    """One thing to put right; what does not block is only worth knowing before one approves."""

    code: str
    sentence: str
    field: str
    blocks: bool = True


class NotReady(Refusal):
    """The version lacks something; the code is that of the first shortcoming, the sentence names all."""

    code = "not_ready"

    def __init__(self, shortcomings: list[Shortcoming]) -> None:
        super().__init__(" ".join(one.sentence for one in shortcomings), field=shortcomings[0].field)
        self.code = shortcomings[0].code
        self.shortcomings = shortcomings


def check_ready(version: ContractVersion) -> None:
    """Refuse a version with shortcomings that block, naming all of them."""
    blocking = [one for one in shortcomings(version) if one.blocks]
    if blocking:
        raise NotReady(blocking)


def shortcomings(version: ContractVersion) -> list[Shortcoming]:
    """Return what the version lacks, and what is worth knowing about it."""
    contract = version.contract
    found = [*_of_customer(contract.customer)]
    if contract.kind == Contract.Kind.MASTER:
        return found
    payers = list(version.payers.select_related("billing_account"))
    rows = version.lines.select_related("service_line").prefetch_related("milestones", "instalments")
    lines = list(rows)
    return [
        *found,
        *_of_lines(version, lines),
        *_of_caps(version, lines),
        *_of_shares(payers),
        *_of_accounts(contract, payers),
        *_of_expenses(version, {line.key for line in lines}),
    ]


def _of_customer(customer: Customer) -> Iterator[Shortcoming]:
    if customer.status != Customer.Status.ACTIVE:
        yield Shortcoming("customer_inactive", f"{customer.name} is no active customer.", "customer")
    if customer.credit_hold:
        sentence = f"{customer.name} is on credit hold: finance should agree before work begins."
        yield Shortcoming("customer_on_credit_hold", sentence, "customer", blocks=False)


def _of_lines(version: ContractVersion, lines: Sequence[ContractLine]) -> Iterator[Shortcoming]:
    if not lines:
        yield Shortcoming("no_lines", "There is no line: nothing could be billed.", "lines")
    priced = _priced_service_lines(version)
    for line in lines:
        yield from _of_fee(line, version.contract.currency_id)
        if line.billing_method != BillingMethod.TIME_AND_MATERIALS:
            continue
        if ANY not in priced and line.service_line.code not in priced:
            yield Shortcoming(
                "no_rate_card",
                f"No rate card in {version.contract.currency_id} has a price for {line.service_line.name}"
                " in the time of these terms.",
                "lines",
            )


def _of_fee(line: ContractLine, currency: str) -> Iterator[Shortcoming]:
    """Say where the fee of a line is not the sum of the parts its method bills."""
    parts = {
        BillingMethod.MILESTONES.value: ("milestones", [term.amount for term in line.milestones.all()]),
        BillingMethod.INSTALMENTS.value: ("instalments", [term.amount for term in line.instalments.all()]),
    }
    for method, (words, amounts) in parts.items():
        if amounts and method != line.billing_method:
            sentence = f"{line.name} has {words} but is not billed by them: remove them or change its method."
            yield Shortcoming("parts_without_method", sentence, "lines")
    if line.billing_method not in parts:
        return
    words, amounts = parts[line.billing_method]
    if not amounts:
        yield Shortcoming("no_parts", f"{line.name} is billed by {words} and has none.", "lines")
    elif line.amount is None:
        yield Shortcoming("fee_missing", f"{line.name} has {words} but no fee they sum to.", "lines")
    elif sum(amounts) != line.amount:
        total, fee = money(sum(amounts, Decimal(0)), currency), money(line.amount, currency)
        sentence = f"The {words} of {line.name} sum to {total}, and its fee is {fee}."
        yield Shortcoming("fee_does_not_add_up", sentence, "lines")


def _of_caps(version: ContractVersion, lines: Sequence[ContractLine]) -> Iterator[Shortcoming]:
    """Say where caps contradict each other or what they are on."""
    for line in lines:
        if line.amount is not None and line.cap_amount is not None and line.cap_amount < line.amount:
            sentence = (
                f"{line.name} is capped at {money(line.cap_amount, version.contract.currency_id)}, below its"
                f" fee of {money(line.amount, version.contract.currency_id)}: the rest would never be billed."
            )
            yield Shortcoming("cap_below_fee", sentence, "lines", blocks=False)
        if line.cap_hours is not None and line.billing_method != BillingMethod.TIME_AND_MATERIALS:
            sentence = f"{line.name} has a cap in hours but is not billed by hours: remove it."
            yield Shortcoming("cap_without_hours", sentence, "lines")
        for name, words in (("cap_amount", "cap"), ("cap_hours", "cap in hours")):
            own, whole = getattr(line, name), getattr(version, name)
            if own is not None and whole is not None and own > whole:
                sentence = f"The {words} of {line.name} is above that of the contract, which decides."
                yield Shortcoming("cap_above_contract", sentence, "lines", blocks=False)


def _of_shares(payers: list[Payer]) -> Iterator[Shortcoming]:
    total = sum((payer.percent for payer in payers), Decimal(0))
    if total != 100:
        yield Shortcoming(
            "payers_not_whole", f"The payers' shares sum to {total.normalize():f} %, not to 100 %.", "payers"
        )
    if payers and sum(payer.takes_rounding for payer in payers) != 1:
        yield Shortcoming(
            "no_rounding_payer", "No payer takes what rounding leaves over: choose one.", "payers"
        )


def _of_accounts(contract: Contract, payers: list[Payer]) -> Iterator[Shortcoming]:
    for payer in payers:
        account = payer.billing_account
        if account.customer_id != contract.customer_id:
            sentence = f"{account} is no billing account of {contract.customer.name}."
            yield Shortcoming("foreign_billing_account", sentence, "payers")
        if account.purchase_order_required and not payer.purchase_order:
            sentence = f"{account} wants a purchase order number on its invoices."
            yield Shortcoming("purchase_order_missing", sentence, "payers")
        if payer.purchase_order_amount is not None and not payer.purchase_order:
            sentence = f"{account} has an order amount but no purchase order number."
            yield Shortcoming("purchase_order_unnamed", sentence, "payers")
        try:
            check_tax_registration(account.tax_registration, account.country)
        except TaxRegistrationInvalid as refusal:
            yield Shortcoming(refusal.code, refusal.sentence, "payers")


def _of_expenses(version: ContractVersion, keys: set[str]) -> Iterator[Shortcoming]:
    for code, sentence, blocks in expense_faults(expense_rules_read(version), keys):
        yield Shortcoming(code, sentence, "expenses", blocks=blocks)


def _priced_service_lines(version: ContractVersion) -> set[str]:
    """Return the service lines (or 'any') priced in the contract currency in the time of the terms."""
    days = DateRange(version.effective_from, version.ends_on and version.ends_on + timedelta(days=1))
    cards = cards_for(version.contract).filter(currency=version.contract.currency_id)
    prices = Rate.objects.filter(card__in=cards, known__upper_inf=True, valid__overlap=days)
    return set(prices.values_list("service_line", flat=True))
