"""From the CRM's words to ours. Pure: the tables are versioned data, tried on samples before they hold."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils.text import slugify

from contracts.deals.terms import DealLine, DealTerms
from integrations.sandbox_erp.errors import Malformed
from integrations.sandbox_erp.reading import Reading

Rules = Mapping[str, Mapping[str, str]]
TABLES = ("selling_company", "family", "billing")


class CannotRead(Exception):
    """The deal has not the shape we know: the CRM changed, or the mapping is for something else."""


def terms_of_deal(body: Mapping[str, object], rules: Rules) -> DealTerms:
    """Return what a deal says in our words; a word that no table knows stays unsaid."""
    try:
        return _terms(Reading(body, "deal"), rules)
    except Malformed as error:
        raise CannotRead(str(error)) from error


def _terms(deal: Reading, rules: Rules) -> DealTerms:
    account, contact = _part(deal, "account"), _part(deal, "billing_contact")
    return DealTerms(
        name=_text(deal, "name"),
        customer_name=_text(account, "legal_name") or _text(account, "name"),
        country=_text(account, "country").upper(),
        tax_registration=_text(account, "tax_id"),
        street=_text(account, "street"),
        postal_code=_text(account, "postal_code"),
        city=_text(account, "city"),
        contact_name=_text(contact, "name"),
        contact_email=_text(contact, "email"),
        legal_entity=_ours(rules, "selling_company", _text(deal, "selling_company")),
        currency=_text(deal, "currency").upper(),
        amount=_amount(deal),
        closed_on=_day(deal, "close_date"),
        starts_on=_day(deal, "starts_on"),
        ends_on=_day(deal, "ends_on"),
        purchase_order=_text(deal, "purchase_order"),
        purchase_order_required=deal.flag("purchase_order_required"),
        payment_terms_days=deal.whole("payment_terms_days") if deal.data.get("payment_terms_days") else None,
        delivery_owner=_text(deal, "delivery_owner_email"),
        signed_document=_text(_part(deal, "signed_document"), "name"),
        lines=tuple(_line(product, rules) for product in deal.children("products")),
    )


def _line(product: Reading, rules: Rules) -> DealLine:
    return DealLine(
        key=slugify(product.text("id"))[:40] or "line",
        name=_text(product, "name"),
        service_line=_ours(rules, "family", _text(product, "family")),
        billing_method=_ours(rules, "billing", _text(product, "billing")),
        amount=_amount(product),
    )


def _ours(rules: Rules, table: str, theirs: str) -> str:
    return rules.get(table, {}).get(theirs, "")


def _part(deal: Reading, name: str) -> Reading:
    value = deal.data.get(name)
    if value is not None and not isinstance(value, dict):
        raise CannotRead(f"{deal.path}.{name} is not an object: {value!r}")
    return Reading(value or {}, f"{deal.path}.{name}")


def _text(part: Reading, name: str) -> str:
    return (part.optional_text(name) or "").strip()


def _amount(part: Reading) -> Decimal | None:
    return part.amount("amount") if part.data.get("amount") else None


def _day(part: Reading, name: str) -> date | None:
    return part.optional_day(name)
