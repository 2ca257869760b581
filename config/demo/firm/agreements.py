"""Twenty contracts, their amendments, and the prices they draw on, read from the tables."""

from dataclasses import dataclass
from decimal import Decimal

from config.demo.firm.tables import table

FENWICK = "C-1063"
ADVICE, DELIVERY = "advice", "delivery"


@dataclass(frozen=True)
class Terms:
    """What an amendment may change. `discount` is in percent of the line."""

    discount: Decimal
    increment: Decimal
    rounding: str


@dataclass(frozen=True)
class ContractSpec:
    """A contract as agreed `since` so many months before the present billing month."""

    code: str
    name: str
    entity: str
    customer: str
    currency: str
    policy: str
    service_line: str
    since: int
    terms: Terms
    hours_per_day: Decimal
    payers: tuple[tuple[str, Decimal], ...]
    purchase_order: str


@dataclass(frozen=True)
class AmendmentSpec:
    """Further terms of a contract from so many months ago on."""

    contract: str
    months_ago: int
    terms: Terms
    reason: str


@dataclass(frozen=True)
class CardSpec:
    """A rate card; `subject` is the code of the company, customer or contract it is for."""

    code: str
    name: str
    scope: str
    subject: str
    currency: str
    unit: str


@dataclass(frozen=True)
class PriceSpec:
    """A price for one combination of codes, in its card's currency, later raised to another."""

    card: str
    dimensions: dict[str, str]
    amount: Decimal
    raised_to: Decimal | None


def contracts() -> list[ContractSpec]:
    """Return the contracts by code."""
    return [_contract(row) for row in table("contracts")]


def amendments() -> list[AmendmentSpec]:
    """Return the amendments in the order they were agreed."""
    return [
        AmendmentSpec(row["contract"], int(row["months_ago"]), _terms(row), row["reason"])
        for row in table("amendments")
    ]


def cards() -> list[CardSpec]:
    """Return the rate cards, the general ones first."""
    return [CardSpec(**row) for row in table("cards")]


def prices() -> list[PriceSpec]:
    """Return the prices by card."""
    return [_price(row) for row in table("prices")]


def _terms(row: dict[str, str]) -> Terms:
    return Terms(Decimal(row["discount"]), Decimal(row["increment"]), row["rounding"])


def _contract(row: dict[str, str]) -> ContractSpec:
    taken = {name: row[name] for name in _PLAIN}
    shares = [share.partition(":") for share in row["payers"].split()]
    return ContractSpec(
        **taken,
        since=int(row["since"]),
        terms=_terms(row),
        hours_per_day=Decimal(row["hours_per_day"]),
        payers=tuple((account, Decimal(percent)) for account, _, percent in shares),
    )


def _price(row: dict[str, str]) -> PriceSpec:
    dimensions = {name: row[name] for name in ("role", "worker", "region", "service_line", "work_type")}
    later = Decimal(row["raised_to"]) if row["raised_to"] else None
    return PriceSpec(row["card"], dimensions, Decimal(row["amount"]), later)


_PLAIN = ("code", "name", "entity", "customer", "currency", "policy", "service_line", "purchase_order")
