"""The ERP's own side: its companies, customers and months, as its people keep them."""

from config.demo.calendar import Month
from config.demo.firm import entities
from config.demo.firm.entities import EntitySpec
from config.demo.firm.systems import COMPANIES
from config.demo.firm.tables import table
from config.demo.path.stage import Stage
from integrations.sandbox_erp.administration import CompanySettings, TaxCode
from integrations.sandbox_erp.requests import NewCustomer

# Tieout creates these itself with their first invoice.
_UNKNOWN_THERE = frozenset({"BRIGHT-01", "ORCHARD-01"})
INCOMPLETE = "FENWICK-01"


def open_books(stage: Stage) -> None:
    """Enter the companies with their taxes, and the customers known there; one of them is incomplete."""
    for spec in entities.ENTITIES:
        stage.office.put_company(_company(spec))
    currencies = {row["code"]: row["currency"] for row in table("customers")}
    entered = 0
    for row in table("accounts"):
        if row["code"] not in _UNKNOWN_THERE and stage.erp.find_customer(row["code"]) is None:
            stage.erp.create_customer(_customer(row, currencies[row["customer"]]))
            entered += 1
    stage.say(f"ERP: {len(COMPANIES)} companies, {entered} customers entered by its own staff.")


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
        tax_registration=row["tax_registration"] or None,
        address=f"{row['street']}, {row['postal_code']} {row['city']}",
        email=row["email"],
        payment_terms_days=int(row["terms"]),
    )
