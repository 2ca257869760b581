"""A priced document as its reader will see it, for components/paper.html."""

from dataclasses import dataclass
from decimal import Decimal

from core.presentation.parts import Fact, Link


@dataclass(frozen=True)
class PaperSource:
    """What a line is made of: one slice of approved work, a receipt, a sign-off.

    `detail` explains the amount in a sentence; `links` lead to its grounds.
    """

    text: str
    quantity: Decimal | None = None
    unit: str = ""
    amount: Decimal | None = None
    detail: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class PaperLine:
    """One line. `was_*` hold what it said last time (shown struck); `opened` shows its sources.

    `href` opens or folds the sources, `name` is the id of that link. Rates keep their own decimals;
    amounts are in the paper's currency.
    """

    text: str
    amount: Decimal
    quantity: Decimal | None = None
    unit: str = ""
    rate: Decimal | None = None
    was_rate: Decimal | None = None
    was_amount: Decimal | None = None
    changed: bool = False
    href: str = ""
    name: str = ""
    opened: bool = False
    sources: tuple[PaperSource, ...] = ()


@dataclass(frozen=True)
class PaperSection:
    """Lines under one heading; an empty heading draws none."""

    title: str
    lines: tuple[PaperLine, ...]


@dataclass(frozen=True)
class PaperSum:
    """A subtotal or tax line above the total."""

    label: str
    amount: Decimal


@dataclass(frozen=True)
class Paper:
    """The document: letterhead, facts, sections of lines, sums and the total, all in one currency."""

    title: str
    code: str
    remark: str
    address: tuple[str, ...]
    facts: tuple[Fact, ...]
    sections: tuple[PaperSection, ...]
    sums: tuple[PaperSum, ...]
    total_label: str
    total: Decimal
    currency: str
