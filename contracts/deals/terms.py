"""What a deal says, field by field as text, and the same read into terms. Pure.

A field that is empty was not said. Fields of a line are called `lines.<key>.<name>`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

Said = Mapping[str, str]
CRM, TIEOUT = "CRM", "Tieout"
# Whose word counts for a field; what is not listed here the CRM owns.
OURS = frozenset(
    {"legal_entity", "customer", "delivery_owner", "payment_terms_days", "service_line", "billing_method"}
)
LABELS = {
    "customer_name": "customer's legal name",
    "tax_registration": "tax registration",
    "contact_email": "e-mail for invoices",
    "contact_name": "billing contact",
    "starts_on": "first day",
    "ends_on": "last day",
    "closed_on": "close date",
    "payment_terms_days": "payment terms in days",
    "purchase_order": "purchase order number",
    "purchase_order_required": "purchase order required",
}
LINE = "lines."


@dataclass(frozen=True)
class DealLine:
    """One thing sold; `amount` in the deal's currency."""

    key: str
    name: str = ""
    service_line: str = ""
    billing_method: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True)
class DealTerms:
    """What the deal says in our words: codes of ours, amounts in `currency`; empty is unsaid."""

    name: str = ""
    customer_name: str = ""
    customer: str = ""
    country: str = ""
    tax_registration: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    contact_name: str = ""
    contact_email: str = ""
    legal_entity: str = ""
    currency: str = ""
    amount: Decimal | None = None
    closed_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    purchase_order: str = ""
    purchase_order_required: bool = False
    payment_terms_days: int | None = None
    delivery_owner: str = ""
    signed_document: str = ""
    lines: tuple[DealLine, ...] = ()


NAMES = tuple(field.name for field in fields(DealTerms) if field.name != "lines")
LINE_NAMES = tuple(field.name for field in fields(DealLine) if field.name != "key")


def said_by(terms: DealTerms) -> dict[str, str]:
    """Write terms as fields of text; the order of the lines is the order of their fields."""
    said = {name: _text(getattr(terms, name)) for name in NAMES}
    for line in terms.lines:
        said |= {f"{LINE}{line.key}.{name}": _text(getattr(line, name)) for name in LINE_NAMES}
    return said


def terms_of(given: Said, completed: Said) -> DealTerms:
    """Read what the source gave, overlaid by what people here filled in; what cannot be read is unsaid."""
    said = {**given, **completed}
    values = {name: _read(name, said.get(name, "")) for name in NAMES}
    keys = dict.fromkeys(name.split(".")[1] for name in given if name.startswith(LINE))
    lines = tuple(
        DealLine(key, **{name: _read(name, said.get(f"{LINE}{key}.{name}", "")) for name in LINE_NAMES})
        for key in keys
    )
    return DealTerms(**values, lines=lines)


def owner_of(field: str) -> str:
    """Return whose word counts for a field: the CRM's or Tieout's."""
    return TIEOUT if field.rpartition(".")[2] in OURS else CRM


def label_of(field: str, terms: DealTerms) -> str:
    """Return how people call a field; that of a line names the line."""
    name = field.rpartition(".")[2]
    label = LABELS.get(name, name.replace("_", " "))
    if not field.startswith(LINE):
        return label
    key = field.split(".")[1]
    return f"{label} of {next((line.name for line in terms.lines if line.key == key), '') or key}"


def title_of(field: str, terms: DealTerms) -> str:
    """Return the label of a field as it stands at the beginning of a line."""
    label = label_of(field, terms)
    return label[:1].upper() + label[1:]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


def _read(name: str, text: str) -> Any:
    try:
        if name == "amount":
            amount = Decimal(text) if text else None
            return amount if amount is None or amount.is_finite() else None
        if name.endswith("_on"):
            return date.fromisoformat(text) if text else None
        if name == "payment_terms_days":
            return int(text) if text else None
    except (InvalidOperation, ValueError):
        return None
    return text == "yes" if name == "purchase_order_required" else text
