"""Open charges by age: what is worked and priced, and on no document yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from billing.models import Charge
from billing.queries.addresses import charges_address
from billing.states import ChargeStatus
from core.presentation.charts import Band
from core.presentation.formats import money


@dataclass(frozen=True)
class Age:
    """Charges whose work is between two numbers of days old, both included; None means no end."""

    key: str
    label: str
    youngest: int
    oldest: int | None

    def bounds(self, today: date) -> tuple[date | None, date | None]:
        """Return the first and last work date of the age; work of days to come is of the youngest."""
        since = today - timedelta(days=self.oldest) if self.oldest is not None else None
        return since, today - timedelta(days=self.youngest) if self.youngest else None

    def condition(self, today: date) -> Q:
        """Return the charges of this age."""
        since, until = self.bounds(today)
        within = Q(service_on__lte=until) if until else Q()
        return within & Q(service_on__gte=since) if since else within


AGES = (
    Age("age_1", "To 30 days", 0, 30),
    Age("age_2", "31 to 60", 31, 60),
    Age("age_3", "61 to 90", 61, 90),
    Age("age_4", "Over 90", 91, None),
)


@dataclass(frozen=True)
class Strip:
    """The ages of one currency as an aging strip; currencies are never added raw."""

    currency: str
    bands: tuple[Band, ...]
    description: str


def age_conditions(today: date) -> dict[str, Q]:
    """Return the condition of each age by its key."""
    return {age.key: age.condition(today) for age in AGES}


def bounds_of(key: str) -> tuple[date | None, date | None]:
    """Return the work dates of an age, as the charge register is narrowed to them; none for all ages."""
    today = timezone.localdate()
    return next((age.bounds(today) for age in AGES if age.key == key), (None, None))


def aging_strips(charges: QuerySet[Charge], today: date) -> tuple[Strip, ...]:
    """Return the open billable money by age, one strip per currency."""
    sums: dict[str, Any] = {}
    for age in AGES:
        sums[age.key] = Sum("amount", filter=age.condition(today), default=Decimal(0))
        sums[f"{age.key}_count"] = Count("pk", filter=age.condition(today))
    open_ones = charges.filter(status=ChargeStatus.OPEN, billable=True)
    rows = open_ones.order_by().values("currency").annotate(**sums).order_by("currency")
    return tuple(_strip(row, today) for row in rows)


def _strip(row: Mapping[str, Any], today: date) -> Strip:
    currency = str(row["currency"])
    bands = tuple(_band(age, row, place, today) for place, age in enumerate(AGES, start=1))
    words = ", ".join(f"{band.label} {money(band.amount, currency)}" for band in bands)
    return Strip(currency, bands, f"Unbilled {currency} by age: {words}.")


def _band(age: Age, row: Mapping[str, Any], place: int, today: date) -> Band:
    since, until = age.bounds(today)
    amount: Decimal = row[age.key]
    currency = str(row["currency"])
    filters = {"status": "open", "billable": "true", "currency": currency, "since": since, "until": until}
    title = f"{age.label}: {money(amount, currency)}"
    href = charges_address(**filters)
    return Band(age.label, amount, title, href, row[f"{age.key}_count"], place)
