"""What we ask the ERP to create or change, typed strictly. Amounts in the document's currency."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypedDict

DocumentKind = Literal["invoice", "credit_note"]


@dataclass(frozen=True)
class NewDocumentLine:
    """One line; net counts, quantity and unit price inform. Without tax the ERP spreads the document's."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    tax_code: str
    tax: Decimal | None = None

    def as_json(self) -> dict[str, object]:
        return {
            "description": self.description,
            "quantity": written(self.quantity),
            "unit_price": written(self.unit_price),
            "net": written(self.net),
            "tax_code": self.tax_code,
            "tax": None if self.tax is None else written(self.tax),
        }


@dataclass(frozen=True)
class NewDocument:
    """An invoice or credit note to create; a credit note's amounts are positive, it may name its invoice."""

    kind: DocumentKind
    company: str
    customer: str
    external_reference: str | None
    currency: str
    document_date: date
    lines: tuple[NewDocumentLine, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal
    purchase_order: str | None = None
    credits: str | None = None

    def as_json(self) -> dict[str, object]:
        return {
            "kind": self.kind,
            "company": self.company,
            "customer": self.customer,
            "external_reference": self.external_reference,
            "purchase_order": self.purchase_order,
            "currency": self.currency,
            "document_date": self.document_date.isoformat(),
            "credits": self.credits,
            "lines": [line.as_json() for line in self.lines],
            "net": written(self.net),
            "tax": written(self.tax),
            "gross": written(self.gross),
        }


@dataclass(frozen=True)
class NewCustomer:
    """A customer to create; without tax registration and address it cannot be invoiced."""

    external_reference: str
    name: str
    country: str
    currency: str
    tax_registration: str | None = None
    address: str | None = None
    email: str | None = None
    payment_terms_days: int = 30
    blocked: bool = False

    def as_json(self) -> dict[str, object]:
        return dict(self.__dict__)


class CustomerChanges(TypedDict, total=False):
    """The customer fields to change; None empties an optional one."""

    external_reference: str | None
    name: str
    country: str
    currency: str
    tax_registration: str | None
    address: str | None
    email: str | None
    payment_terms_days: int
    blocked: bool


def written(amount: Decimal) -> str:
    """Write a decimal as plain text, never in exponents."""
    return f"{amount:f}"
