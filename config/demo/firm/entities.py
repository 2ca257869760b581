"""The firm's three companies and the taxes they charge."""

from dataclasses import dataclass, field
from decimal import Decimal

ANY = "any"


@dataclass(frozen=True)
class TaxRuleSpec:
    """Which code a seller uses for a buyer's country and registration."""

    code: str
    country: str = ANY
    registration: str = ANY


@dataclass(frozen=True)
class EntitySpec:
    """One company of the firm, with its number series in the ERP and its tax rules."""

    code: str
    name: str
    country: str
    currency: str
    time_zone: str
    tax_registration: str
    region: str
    invoice_prefix: str
    first_invoice: int
    currencies: tuple[str, ...]
    tax_rules: tuple[TaxRuleSpec, ...] = field(default=())


@dataclass(frozen=True)
class TaxSpec:
    """A tax code; `percent` 20 means 20 %."""

    code: str
    name: str
    percent: Decimal
    legal_text: str = ""


TAXES = (
    TaxSpec("GB-S", "VAT 20 %", Decimal(20)),
    TaxSpec("GB-RC", "VAT reverse charge", Decimal(0), "Reverse charge: the customer accounts for the VAT."),
    TaxSpec("GB-OS", "Outside UK VAT", Decimal(0), "Outside the scope of UK VAT."),
    TaxSpec("DE-S", "Umsatzsteuer 19 %", Decimal(19)),
    TaxSpec(
        "DE-RC",
        "Reverse charge, EU",
        Decimal(0),
        "Steuerschuldnerschaft des Leistungsempfängers (reverse charge, Art. 196 Directive 2006/112/EC).",
    ),
    TaxSpec("US-N", "No sales tax", Decimal(0), "Professional services: no sales tax is charged."),
)

UK = EntitySpec(
    "UK",
    "Ardley UK Ltd",
    "GB",
    "GBP",
    "Europe/London",
    "GB411056167",
    "GB",
    "RE-",
    90001,
    ("GBP", "EUR"),
    (
        TaxRuleSpec("GB-OS"),
        TaxRuleSpec("GB-S", "GB"),
        TaxRuleSpec("GB-RC", "NL", "registered"),
    ),
)
US = EntitySpec(
    "US",
    "Ardley US Inc",
    "US",
    "USD",
    "America/New_York",
    "84-1120937",
    "US",
    "US-",
    40001,
    ("USD",),
    (TaxRuleSpec("US-N", "US"),),
)
DE = EntitySpec(
    "DE",
    "Ardley Deutschland GmbH",
    "DE",
    "EUR",
    "Europe/Berlin",
    "DE328754226",
    "DE",
    "AD-",
    70001,
    ("EUR",),
    (
        TaxRuleSpec("DE-S", "DE"),
        TaxRuleSpec("DE-RC", "NL", "registered"),
    ),
)
ENTITIES = (UK, US, DE)
BY_CODE = {entity.code: entity for entity in ENTITIES}
