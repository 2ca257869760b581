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
from core.queries.exchange import Amount, Total, own_currency, rates_to, total_of

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
        self, user: User, condition: Q, *, now: datetime, folded: frozenset[str], one_cause: bool
    ) -> None:
        self.user, self.now, self.folded = user, now, folded
        self.items = visible_exceptions(user).filter(condition)
        self.per_cause = ALL_OF_A_CAUSE if one_cause else PER_CAUSE

    @cached_property
    def currency(self) -> str:
        return own_currency(self.user, "exception.view")

    @cached_property
    def worth(self) -> Mapping[str, Decimal]:
        return rates_to(self.currency, timezone.localdate(self.now))

    @cached_property
    def groups(self) -> list[Group]:
        """Return the causes, the one with most money first."""
        sums = self.items.values("code", "currency").annotate(count=Count("pk"), amount=Sum("money_at_risk"))
        by_code: dict[str, list[Any]] = {}
        for line in sums.order_by("code", "currency"):
            by_code.setdefault(line["code"], []).append(line)
        rows = self._rows()
        groups = [self._group(code, lines, rows.get(code, [])) for code, lines in by_code.items()]
        return sorted(groups, key=lambda group: (-self._worth_of(group.total), group.label))

    @property
    def count(self) -> int:
        return sum(group.count for group in self.groups)

    @property
    def total(self) -> Total:
        parts = [part for group in self.groups for part in group.total.parts]
        return total_of(parts, self.currency, self.worth)

    def by_age(self, conditions: Mapping[str, Q]) -> list[AgeBand]:
        """Return the money per age in one query."""
        kinds: dict[str, Any] = {}
        for place, condition in enumerate(conditions.values()):
            kinds[f"count_{place}"] = Count("pk", filter=condition)
            kinds[f"amount_{place}"] = Sum("money_at_risk", filter=condition)
        lines: list[Any] = list(self.items.order_by().values("currency").annotate(**kinds))
        return [
            AgeBand(
                age,
                sum(line[f"count_{place}"] for line in lines),
                self._total((line["currency"], line[f"amount_{place}"]) for line in lines),
            )
            for place, age in enumerate(conditions)
        ]

    def largest(self, most: int) -> list[ExceptionItem]:
        """Return the items with most at stake, whatever their cause."""
        ranked = self.items.annotate(stake=self._at_stake()).select_related("owner")
        return list(ranked.order_by(F("stake").desc(), "opened_at", "number")[:most])

    def _group(self, code: str, lines: list[Any], rows: list[Row]) -> Group:
        total = self._total((line["currency"], line["amount"]) for line in lines)
        return Group(code, cause_label(code), sum(line["count"] for line in lines), total, rows)

    def _total(self, amounts: Any) -> Total:
        known = [Amount(amount, currency) for currency, amount in amounts if amount is not None]
        return total_of(known, self.currency, self.worth)

    def _worth_of(self, total: Total) -> Decimal:
        return sum(
            (part.amount * self.worth.get(part.currency, Decimal(1)) for part in total.parts), Decimal(0)
        )

    def _rows(self) -> dict[str, list[Row]]:
        """Return the largest items of every cause that is not folded, in one query."""
        place = Window(RowNumber(), partition_by="code", order_by=[F("stake").desc(), "opened_at", "number"])
        ranked = (
            self.items.exclude(code__in=self.folded).annotate(stake=self._at_stake()).annotate(place=place)
        )
        shown: dict[str, list[Row]] = {}
        for item in (
            ranked.filter(place__lte=self.per_cause).select_related("owner").order_by("code", "place")
        ):
            shown.setdefault(item.code, []).append(row_of(item, self.now))
        return shown

    def _at_stake(self) -> Coalesce:
        return Coalesce(F("money_at_risk") * self._rate(), Value(Decimal(-1)), output_field=_MONEY)

    def _rate(self) -> Case:
        whens = [
            When(currency=code, then=Value(rate, output_field=_RATE)) for code, rate in self.worth.items()
        ]
        return Case(*whens, default=Value(Decimal(1)), output_field=_RATE)


_MONEY: "DecimalField[Any, Any]" = DecimalField(max_digits=24, decimal_places=4)
_RATE: "DecimalField[Any, Any]" = DecimalField(max_digits=18, decimal_places=8)


def view_counts(user: User, conditions: Mapping[str, Q]) -> dict[str, int]:
    """Return how many items each saved view holds, in one query."""
    counts = {name: Count("pk", filter=condition) for name, condition in conditions.items()}
    return visible_exceptions(user).order_by().aggregate(**counts)


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
