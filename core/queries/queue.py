"""The exception queue as it is read: views with counts, money by age, causes with their largest items."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, DecimalField, F, Q, QuerySet, Sum, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber
from django.utils import timezone

from core.fixes import cause_label
from core.models import ExceptionItem, User
from core.presentation.parts import Person
from core.queries.exceptions import visible_exceptions
from core.queries.exchange import Amount, Exchange, Total, exchange_for

PER_CAUSE = 10
ALL_OF_A_CAUSE = 500


@dataclass(frozen=True)
class Row:
    """One item of the list."""

    pk: UUID
    number: str
    title: str
    detail: str
    customer: str
    project: str
    amount: Decimal | None
    currency: str
    opened_at: datetime
    late: bool
    owner: Person


@dataclass(frozen=True)
class Group:
    """The items of one cause, largest amount first; `count` of them, of which `rows` are shown."""

    code: str
    label: str
    count: int
    total: Total
    rows: list[Row] = field(default_factory=list)

    @property
    def hidden(self) -> bool:
        """Say whether there are more items than shown."""
        return 0 < len(self.rows) < self.count

    @property
    def remark(self) -> str:
        """Return how many there are, and how many of them are shown."""
        if not self.rows:
            return f"{self.count}, collapsed"
        shown = len(self.rows)
        return f"{self.count}, largest {shown} shown" if shown < self.count else str(self.count)


@dataclass(frozen=True)
class AgeBand:
    """Money of the items of one age."""

    age: str
    count: int
    total: Total


class Queue:
    """One person's queue narrowed by a condition; each part is read when first asked for."""

    def __init__(
        self,
        user: User,
        condition: Q,
        *,
        now: datetime,
        folded: frozenset[str] = frozenset(),
        one_cause: bool = False,
        ages: Mapping[str, Q] | None = None,
    ) -> None:
        self.user, self.now, self.folded, self.ages = user, now, folded, ages or {}
        self.items = visible_exceptions(user).filter(condition)
        self.per_cause = ALL_OF_A_CAUSE if one_cause else PER_CAUSE

    @cached_property
    def exchange(self) -> Exchange:
        return exchange_for(self.user, timezone.localdate(self.now))

    @cached_property
    def sums(self) -> list[Any]:
        """Return count and money per cause and currency, in all and of each age, in one query."""
        kinds: dict[str, Any] = {"count": Count("pk"), "amount": Sum("money_at_risk")}
        for place, condition in enumerate(self.ages.values()):
            kinds[f"count_{place}"] = Count("pk", filter=condition)
            kinds[f"amount_{place}"] = Sum("money_at_risk", filter=condition)
        return list(self.items.order_by("code", "currency").values("code", "currency").annotate(**kinds))

    @cached_property
    def groups(self) -> list[Group]:
        """Return the causes, the one with most money first."""
        by_code: dict[str, list[Any]] = {}
        for line in self.sums:
            by_code.setdefault(line["code"], []).append(line)
        groups = [self._group(code, lines) for code, lines in by_code.items()]
        return sorted(groups, key=lambda group: (-self.exchange.estimate(group.total), group.label))

    @property
    def count(self) -> int:
        return sum(line["count"] for line in self.sums)

    @property
    def total(self) -> Total:
        return self._total(self.sums, "amount")

    @property
    def by_age(self) -> list[AgeBand]:
        """Return the money of each age."""
        return [
            AgeBand(
                age,
                sum(line[f"count_{place}"] for line in self.sums),
                self._total(self.sums, f"amount_{place}"),
            )
            for place, age in enumerate(self.ages)
        ]

    @cached_property
    def listed(self) -> dict[str, list[ExceptionItem]]:
        """Return the largest items of every cause that is not folded, in one query."""
        place = Window(RowNumber(), partition_by="code", order_by=[F("stake").desc(), "opened_at", "number"])
        unfolded = self.items.exclude(code__in=self.folded).annotate(stake=self._at_stake())
        ranked = unfolded.annotate(place=place).filter(place__lte=self.per_cause)
        shown: dict[str, list[ExceptionItem]] = {}
        for item in ranked.select_related("owner").order_by("code", "place"):
            shown.setdefault(item.code, []).append(item)
        return shown

    def largest(self, most: int) -> list[ExceptionItem]:
        """Return the items with most at stake, whatever their cause."""
        ranked = self.items.annotate(stake=self._at_stake()).select_related("owner")
        return list(ranked.order_by(F("stake").desc(), "opened_at", "number")[:most])

    def _group(self, code: str, lines: list[Any]) -> Group:
        rows = [row_of(item, self.now) for item in self.listed.get(code, [])]
        count = sum(line["count"] for line in lines)
        return Group(code, cause_label(code), count, self._total(lines, "amount"), rows)

    def _total(self, lines: list[Any], figure: str) -> Total:
        known = [Amount(line[figure], line["currency"]) for line in lines if line[figure] is not None]
        return self.exchange.total(known)

    def _at_stake(self) -> Coalesce:
        return Coalesce(F("money_at_risk") * self._rate(), Value(Decimal(-1)), output_field=_MONEY)

    def _rate(self) -> Case:
        whens = [
            When(currency=code, then=Value(rate, output_field=_RATE))
            for code, rate in self.exchange.worth.items()
        ]
        return Case(*whens, default=Value(Decimal(1)), output_field=_RATE)


_MONEY: "DecimalField[Any, Any]" = DecimalField(max_digits=24, decimal_places=4)
_RATE: "DecimalField[Any, Any]" = DecimalField(max_digits=18, decimal_places=8)


def view_counts(user: User, conditions: Mapping[str, Q]) -> dict[str, int]:
    """Return how many items each saved view holds, in one query."""
    counts = {name: Count("pk", filter=condition) for name, condition in conditions.items()}
    found = visible_exceptions(user).order_by().aggregate(**counts)
    # The navigation of the same page shows the first of them.
    user.__dict__["_open_exceptions"] = found.get("open")
    return found


def row_of(item: ExceptionItem, now: datetime) -> Row:
    """Return an item as the list shows it."""
    entries = item.evidence.get("entries")
    attempts = f"Attempt {item.attempts}" if item.attempts > 1 else ""
    return Row(
        pk=item.pk,
        number=item.number,
        title=item.title,
        detail=f"{entries} time entries" if entries else attempts,
        customer=item.subject_label,
        project=item.object_label,
        amount=item.money_at_risk,
        currency=item.currency,
        opened_at=item.opened_at,
        late=bool(item.due_at and item.due_at < now and item.resolved_at is None),
        owner=Person(str(item.owner or "")),
    )


def everything(user: User) -> QuerySet[ExceptionItem]:
    """Return what the person sees, ready to be shown."""
    return visible_exceptions(user).select_related("owner", "legal_entity")
