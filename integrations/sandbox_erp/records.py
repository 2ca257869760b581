"""What the ERP tells us, as frozen records. Amounts in the record's currency."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from integrations.sandbox_erp.reading import Reading


@dataclass(frozen=True)
class Customer:
    number: str
    external_reference: str | None
    name: str
    tax_registration: str | None
    address: str | None
    country: str
    email: str | None
    currency: str
    payment_terms_days: int
    blocked: bool
    incomplete: bool
    missing: tuple[str, ...]

    @classmethod
    def read(cls, data: Reading) -> "Customer":
        return cls(
            number=data.text("number"),
            external_reference=data.optional_text("external_reference"),
            name=data.text("name"),
            tax_registration=data.optional_text("tax_registration"),
            address=data.optional_text("address"),
            country=data.text("country"),
            email=data.optional_text("email"),
            currency=data.text("currency"),
            payment_terms_days=data.whole("payment_terms_days"),
            blocked=data.flag("blocked"),
            incomplete=data.flag("incomplete"),
            missing=data.texts("missing"),
        )


@dataclass(frozen=True)
class DocumentLine:
    description: str
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    tax_code: str
    tax: Decimal

    @classmethod
    def read(cls, data: Reading) -> "DocumentLine":
        return cls(
            description=data.text("description"),
            quantity=data.amount("quantity"),
            unit_price=data.amount("unit_price"),
            net=data.amount("net"),
            tax_code=data.text("tax_code"),
            tax=data.amount("tax"),
        )


@dataclass(frozen=True)
class Document:
    """An invoice or credit note as the ERP holds it.

    kind: invoice, credit_note (amounts positive). status: draft, posted, void.
    payment_status: unpaid, part_paid, paid. origin: interface, manual.
    """

    number: str
    company: str
    kind: str
    status: str
    customer: str
    external_reference: str | None
    purchase_order: str | None
    currency: str
    document_date: date
    due_date: date | None
    credits: str | None
    net: Decimal
    tax: Decimal
    gross: Decimal
    paid: Decimal
    payment_status: str
    origin: str | None
    lines: tuple[DocumentLine, ...]

    @classmethod
    def read(cls, data: Reading) -> "Document":
        return cls(
            number=data.text("number"),
            company=data.text("company"),
            kind=data.text("kind"),
            status=data.text("status"),
            customer=data.text("customer"),
            external_reference=data.optional_text("external_reference"),
            purchase_order=data.optional_text("purchase_order"),
            currency=data.text("currency"),
            document_date=data.day("document_date"),
            due_date=data.optional_day("due_date"),
            credits=data.optional_text("credits"),
            net=data.amount("net"),
            tax=data.amount("tax"),
            gross=data.amount("gross"),
            paid=data.amount("paid"),
            payment_status=data.text("payment_status"),
            origin=data.optional_text("origin"),
            lines=tuple(DocumentLine.read(line) for line in data.children("lines")),
        )


@dataclass(frozen=True)
class Payment:
    """Money the ERP received for one document; cursor is its place in the change feed."""

    number: str
    cursor: int
    company: str
    document: str
    customer: str
    currency: str
    amount: Decimal
    paid_on: date
    reference: str | None

    @classmethod
    def read(cls, data: Reading) -> "Payment":
        return cls(
            number=data.text("number"),
            cursor=data.whole("cursor"),
            company=data.text("company"),
            document=data.text("document"),
            customer=data.text("customer"),
            currency=data.text("currency"),
            amount=data.amount("amount"),
            paid_on=data.day("paid_on"),
            reference=data.optional_text("reference"),
        )


@dataclass(frozen=True)
class Change:
    """A hint that an object (customer, document, payment) changed; fetch its present state."""

    cursor: int
    object: str
    key: str
    operation: str
    company: str | None

    @classmethod
    def read(cls, data: Reading) -> "Change":
        return cls(
            cursor=data.whole("cursor"),
            object=data.text("object"),
            key=data.text("key"),
            operation=data.text("operation"),
            company=data.optional_text("company"),
        )


@dataclass(frozen=True)
class ChangePage:
    """Changes in order; ask again from next_cursor, at once while more is true."""

    changes: tuple[Change, ...]
    next_cursor: int
    more: bool

    @classmethod
    def read(cls, data: Reading) -> "ChangePage":
        return cls(
            changes=tuple(Change.read(change) for change in data.children("changes")),
            next_cursor=data.whole("next_cursor"),
            more=data.flag("more"),
        )


@dataclass(frozen=True)
class Period:
    """A month (YYYY-MM) that is open or closed."""

    period: str
    state: str

    @classmethod
    def read(cls, data: Reading) -> "Period":
        return cls(period=data.text("period"), state=data.text("state"))
