"""What the ERP refuses in a sales document, and what it computes itself. Pure: no store, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from integrations.sandbox_erp.server.amounts import is_rounded, rounded, smallest_unit
from integrations.sandbox_erp.server.companies import Company, TaxCode
from integrations.sandbox_erp.server.customers import Customer
from integrations.sandbox_erp.server.drafts import Draft, DraftLine
from integrations.sandbox_erp.server.refusals import Refusal


@dataclass(frozen=True)
class Totals:
    """What the ERP books, in the document's currency; computed_tax is its own figure, whatever was sent."""

    net: Decimal
    tax: Decimal
    gross: Decimal
    computed_tax: Decimal
    line_taxes: tuple[Decimal, ...]


def refuse_unfit_customer(customer: Customer) -> None:
    """Refuse a customer that is blocked or lacks what an invoice must show."""
    if customer.blocked:
        raise Refusal("customer_blocked", f"Customer {customer.number} is blocked for invoicing.", "customer")
    for name in customer.missing:
        words = name.replace("_", " ")
        sentence = f"Customer {customer.number} ({customer.name}) has no {words}."
        raise Refusal("customer_incomplete", sentence, f"customer.{name}")


def refuse_unfit_content(draft: Draft, company: Company, tax_codes: Mapping[str, TaxCode]) -> None:
    """Refuse an unused currency or tax code, no lines, too many decimals, a negative total."""
    if draft.currency not in company.currencies:
        sentence = f"{company.code} does not invoice in {draft.currency}."
        raise Refusal("currency_not_allowed", sentence, "currency")
    if not draft.lines:
        raise Refusal("no_lines", "A document needs at least one line.", "lines")
    for position, line in enumerate(draft.lines):
        if line.tax_code not in tax_codes:
            sentence = f"{company.code} has no tax code {line.tax_code}."
            raise Refusal("tax_code_unknown", sentence, f"lines[{position}].tax_code")
        _refuse_too_precise(f"lines[{position}].net", line.net, draft.currency)
        _refuse_too_precise(f"lines[{position}].tax", line.tax or Decimal(0), draft.currency)
    for name in ("net", "tax", "gross"):
        _refuse_too_precise(name, getattr(draft, name), draft.currency)
    if draft.gross < 0:
        raise Refusal("negative_total", "A document's total is never negative; send a credit note.", "gross")


def _refuse_too_precise(field: str, amount: Decimal, currency: str) -> None:
    if not is_rounded(amount, currency):
        sentence = f"{amount} has more decimals than {currency}."
        raise Refusal("amount_precision", sentence, field)


def accepted_totals(draft: Draft, tax_codes: Mapping[str, TaxCode]) -> Totals:
    """Compute net, tax and gross from the lines and refuse totals that differ.

    Tax is the rate on the sum of each code's lines, rounded once per code. The tax sent is booked when it is
    within one minor unit per code of the ERP's own (a last credit takes the rest of its invoice's tax).
    """
    own = _own_taxes(draft.lines, draft.currency, tax_codes)
    _refuse_different_tax(draft, own)
    line_taxes = tuple(line.tax for line in draft.lines if line.tax is not None)
    if not line_taxes:
        rest = draft.tax - sum(own.values())
        line_taxes = _spread(draft.lines, draft.currency, tax_codes, rest)
    booked = _summed(draft.lines, line_taxes, own)
    for name in ("net", "tax", "gross"):
        computed, sent = getattr(booked, name), getattr(draft, name)
        if sent != computed:
            sentence = f"The lines sum to {name} {computed} {draft.currency}, but {sent} was sent."
            raise Refusal("totals_mismatch", sentence, name)
    return booked


def computed_totals(lines: tuple[DraftLine, ...], currency: str, tax_codes: Mapping[str, TaxCode]) -> Totals:
    """Compute the totals the ERP would give these lines, whatever tax they carry."""
    own = _own_taxes(lines, currency, tax_codes)
    return _summed(lines, _spread(lines, currency, tax_codes, Decimal(0)), own)


def _summed(
    lines: tuple[DraftLine, ...], line_taxes: tuple[Decimal, ...], own: Mapping[str, Decimal]
) -> Totals:
    net = sum((line.net for line in lines), Decimal(0))
    tax = sum(line_taxes, Decimal(0))
    return Totals(net, tax, net + tax, sum(own.values(), Decimal(0)), line_taxes)


def _own_taxes(
    lines: tuple[DraftLine, ...], currency: str, tax_codes: Mapping[str, TaxCode]
) -> dict[str, Decimal]:
    bases: dict[str, Decimal] = {}
    for line in lines:
        bases[line.tax_code] = bases.get(line.tax_code, Decimal(0)) + line.net
    return {code: rounded(base * tax_codes[code].percent / 100, currency) for code, base in bases.items()}


def _refuse_different_tax(draft: Draft, own: Mapping[str, Decimal]) -> None:
    unit = smallest_unit(draft.currency)
    if abs(draft.tax - sum(own.values())) > unit * len(own):
        sentence = f"Tax of {sum(own.values())} {draft.currency} was computed, but {draft.tax} was sent."
        raise Refusal("tax_mismatch", sentence, "tax")
    for code, computed in own.items():
        sent = [line.tax for line in draft.lines if line.tax_code == code and line.tax is not None]
        if sent and abs(sum(sent) - computed) > unit:
            sentence = f"Tax {code} is {computed} {draft.currency}, but its lines carry {sum(sent)}."
            raise Refusal("tax_mismatch", sentence, "lines")


def _spread(
    lines: tuple[DraftLine, ...], currency: str, tax_codes: Mapping[str, TaxCode], rest: Decimal
) -> tuple[Decimal, ...]:
    """Give each line its tax; a code's last line takes what is left of it, the last line of all the rest."""
    left = _own_taxes(lines, currency, tax_codes)
    last = {line.tax_code: position for position, line in enumerate(lines)}
    taxes = []
    for position, line in enumerate(lines):
        tax = rounded(line.net * tax_codes[line.tax_code].percent / 100, currency)
        if last[line.tax_code] == position:
            tax = left[line.tax_code]
        left[line.tax_code] -= tax
        taxes.append(tax)
    taxes[-1] += rest
    return tuple(taxes)
