"""What a home page is made of."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.models import User
from core.presentation.formats import counted
from core.presentation.parts import Kpi, Link
from core.queries.exchange import Amount, Exchange, Total


@dataclass(frozen=True)
class Line:
    """One thing that waits: where it is settled, and what it is worth."""

    label: str
    href: str
    detail: str = ""
    amount: Decimal | None = None
    currency: str = ""
    text: str = ""
    state: str = ""
    subject: str = ""


@dataclass(frozen=True)
class Section:
    """A list of what waits; `empty` is what it says when nothing does."""

    title: str
    lines: tuple[Line, ...]
    empty: str
    more: Link | None = None


@dataclass(frozen=True)
class Reader:
    """For whom and when the page is made, and how totals over currencies are estimated."""

    user: User
    now: datetime
    exchange: Exchange


def total_kpi(label: str, total: Total, *, href: str = "", tone: str = "") -> Kpi:
    """Return a sum over currencies as one figure: the only currency's, else about how much in all."""
    shown: Amount | None = total.about or next(iter(total.parts), None)
    remark = f"about, {counted(len(total.parts), 'currency', 'currencies')}" if total.mixed else ""
    amount, currency = (shown.amount, shown.currency) if shown else (Decimal(0), "")
    return Kpi(label, amount, currency, tone=tone, remark=remark, href=href)
