"""The ERP's own side: its companies, customers and months, as its people keep them."""

from config.demo.calendar import Month
from config.demo.firm import entities
from config.demo.firm.entities import EntitySpec
from config.demo.firm.systems import COMPANIES
from config.demo.firm.tables import table
from config.demo.path.stage import Stage
from integrations.sandbox_erp.administration import CompanySettings, TaxCode
from integrations.sandbox_erp.errors import Refused
from integrations.sandbox_erp.requests import NewCustomer

# Tieout creates these itself when their contracts are activated.
_UNKNOWN_THERE = frozenset({"BRIGHT-01", "ORCHARD-01"})
INCOMPLETE = "FENWICK-01"
_LAPSED_REGISTRATION = "GB999999973"


def open_books(stage: Stage) -> None:
    """Enter the companies with their taxes, and the customers known there."""
    for spec in entities.ENTITIES:
        stage.office.put_company(_company(spec))
    currencies = {row["code"]: row["currency"] for row in table("customers")}
    entered = 0
    for row in table("accounts"):
        if row["code"] not in _UNKNOWN_THERE:
            entered += _enter(stage, _customer(row, currencies[row["customer"]]))
    stage.say(f"ERP: {len(COMPANIES)} companies, {entered} customers entered by its own staff.")


def lose_registration(stage: Stage) -> None:
    """Have the ERP's staff take out a tax registration that lapsed: the customer is incomplete now."""
    customer = stage.erp.find_customer(INCOMPLETE)
    if customer and customer.tax_registration == _LAPSED_REGISTRATION:
        stage.erp.update_customer(customer.number, {"tax_registration": None})


def _enter(stage: Stage, customer: NewCustomer) -> int:
    """Enter a customer unless it is known; an activation may have created it, incomplete, a moment ago."""
    try:
        stage.erp.create_customer(customer)
    except Refused:
        known = stage.erp.find_customer(customer.external_reference)
        if known and not known.tax_registration:
            stage.erp.update_customer(known.number, {"tax_registration": customer.tax_registration})
        return 0
    return 1


def close_month(stage: Stage, entity: str, month: Month) -> None:
    """Close a month of a company in the ERP."""
    stage.office.set_period(COMPANIES[entity], f"{month.first:%Y-%m}", "closed")


def _company(spec: EntitySpec) -> CompanySettings:
    used = {rule.code for rule in spec.tax_rules}
    return CompanySettings(
        code=COMPANIES[spec.code],
        name=spec.name,
        country=spec.country,
        currency=spec.currency,
        currencies=spec.currencies,
        number_prefix=spec.invoice_prefix,
        first_number=spec.first_invoice,
        tax_codes=tuple(
            TaxCode(tax.code, tax.name, tax.percent) for tax in entities.TAXES if tax.code in used
        ),
        reference_mode="unique",
    )


def _customer(row: dict[str, str], currency: str) -> NewCustomer:
    return NewCustomer(
        external_reference=row["code"],
        name=row["name"],
        country=row["country"],
        currency=currency,
        tax_registration=row["tax_registration"] or _LAPSED_REGISTRATION,
        address=f"{row['street']}, {row['postal_code']} {row['city']}",
        email=row["email"],
        payment_terms_days=int(row["terms"]),
    )
