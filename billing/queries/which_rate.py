"""Which rate would the engine take: for a contract, a day and the dimensions of some work."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from billing.queries.addresses import rate_card_address
from billing.queries.engine_rates import over_engine_rates
from contracts.models import ANY, Contract, Rate, RateCard
from contracts.queries import ONE_DAY, lines_in_force
from core.money import round_quantity
from core.presentation.formats import day, number
from projects.models import Assignment, Employment, Worker
from timesheets.models import WorkType

DIMENSIONS = {"work_type": 16, "worker": 8, "role": 4, "region": 2, "service_line": 1}
ASKED = ("worker", "role", "region", "service_line", "work_type")
PLACES = {
    RateCard.Scope.CONTRACT: "the contract's card",
    RateCard.Scope.CUSTOMER: "the customer's card",
    RateCard.Scope.LEGAL_ENTITY: "the legal entity's card",
    RateCard.Scope.STANDARD: "the standard card",
}
REFUSALS = {
    "rate_missing": "No card has a row for this work on this day: it would become an exception.",
    "rate_ambiguous": "Two rows of equal rank match: the work would become an exception, never a guess.",
    "rate_currency": "The deciding card is in another currency: the work would become an exception.",
    "contract_incomplete": "The contract has no terms in force on this day.",
    "worker_inactive": "The worker has no employment on this day.",
}


@dataclass(frozen=True)
class Question:
    """What is asked; empty dimensions follow from the worker's employment and assignment on the day."""

    contract: Contract
    on: date
    worker: Worker | None = None
    role: str = ""
    region: str = ""
    line_key: str = ""
    work_type: WorkType | None = None


@dataclass(frozen=True)
class Candidate:
    """A row that matches on the day, and why it decides or does not."""

    rate: Rate
    place: str
    specificity: int
    decides: bool
    why: str

    @property
    def href(self) -> str:
        """Return the page of the row's card."""
        return rate_card_address(self.rate.card.code)

    @property
    def words(self) -> str:
        """Return what the row names."""
        return ", ".join(_named(self.rate)) or "any work"

    @property
    def validity(self) -> str:
        """Return the work dates the row covers."""
        lower, upper = self.rate.valid.lower, self.rate.valid.upper
        start = f"from {day(lower)}" if lower else "from ever"
        return f"{start} to {day(upper - ONE_DAY)}" if upper else start


@dataclass(frozen=True)
class Answer:
    """The engine's choice. `price` is for one `unit` in `currency`, after the work type's multiplier."""

    outcome: str
    sentence: str
    currency: str
    price: Decimal | None = None
    unit: str = ""
    dimensions: tuple[tuple[str, str], ...] = ()
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class _Resolved:
    role: str
    region: str
    worker: str
    service_line: str
    work_type: str
    multiplier: Decimal
    gap: str = ""
    assignment: Assignment | None = None


def which_rate(question: Question) -> Answer:
    """Answer by the rules of billing/pricing/rates.sql, with every row that was looked at."""
    currency = question.contract.currency_id
    known = _resolve(question)
    if known.gap:
        return Answer(known.gap, REFUSALS[known.gap], currency)
    agreed = known.assignment
    shown = tuple((name.replace("_", " "), getattr(known, name) or ANY) for name in ASKED)
    if agreed and agreed.rate_override is not None:
        return _agreed(agreed, known, currency, shown)
    rows = _ranked(question, known)
    candidates = tuple(_candidate(row, rows[0]) for row in rows)
    outcome = rows[0].outcome if rows else "rate_missing"
    if outcome != "priced":
        return Answer(outcome, REFUSALS[outcome], currency, dimensions=shown, candidates=candidates)
    factor = Decimal(1) if rows[0].replaces_multiplier else known.multiplier
    price = round_quantity(rows[0].amount * factor)
    sentence = _sentence(candidates[0], rows[0].unit, price, factor)
    return Answer("priced", sentence, currency, price, rows[0].unit, shown, candidates)


def _resolve(question: Question) -> _Resolved:
    lines = lines_in_force(question.contract.pk, question.on).select_related("service_line")
    line = next((one for one in lines if question.line_key in ("", one.key)), None)
    employment = _employment(question)
    gap = "" if line else "contract_incomplete"
    if question.worker and employment is None:
        gap = gap or "worker_inactive"
    assignment = _assignment(question)
    role = assignment.role.code if assignment else employment.role.code if employment else ANY
    return _Resolved(
        role=question.role or role,
        region=question.region or (employment.region.code if employment else ANY),
        worker=question.worker.code if question.worker else ANY,
        service_line=line.service_line.code if line else ANY,
        work_type=question.work_type.code if question.work_type else ANY,
        multiplier=question.work_type.multiplier if question.work_type else Decimal(1),
        gap=gap,
        assignment=assignment,
    )


def _employment(question: Question) -> Employment | None:
    found = Employment.objects.filter(worker=question.worker, valid__contains=question.on)
    return found.select_related("role", "region").first() if question.worker else None


def _assignment(question: Question) -> Assignment | None:
    found = Assignment.objects.filter(
        worker=question.worker,
        project__contract=question.contract,
        valid__contains=question.on,
        status__in=("confirmed", "ended"),
    )
    return found.select_related("role", "project").first() if question.worker else None


def _agreed(
    assignment: Assignment, known: _Resolved, currency: str, shown: tuple[tuple[str, str], ...]
) -> Answer:
    assert assignment.rate_override is not None
    price = round_quantity(assignment.rate_override * known.multiplier)
    sentence = (
        f"{number(price, places=2)} per {assignment.override_unit}: agreed for the assignment on"
        f" {assignment.project.code}, which goes before every card."
    )
    return Answer("priced", sentence, currency, price, assignment.override_unit, shown)


def _ranked(question: Question, known: _Resolved) -> list[Any]:
    """Return the matching rows in the engine's order, each with its card and what the engine says of it."""
    parameters = {
        "contracts": [question.contract.pk],
        "contract": question.contract.pk,
        "on": question.on,
        **{name: getattr(known, name) for name in DIMENSIONS},
    }
    rows: list[Any] = list(Rate.objects.raw(over_engine_rates(_WORK, _ANSWER), parameters))
    for row in rows:
        card = {"code": row.card_code, "scope": row.card_scope, "currency_id": row.card_currency}
        row.card = RateCard(pk=row.card_id, **card)
    return rows


def _candidate(row: Any, first: Any) -> Candidate:
    place = PLACES[RateCard.Scope(row.card.scope)]
    decides = row.position == 1 and row.outcome == "priced"
    if decides:
        why = "decides"
    elif row.place > first.place:
        why = f"not asked: {PLACES[RateCard.Scope(first.card.scope)]} has a matching row"
    elif not row.same_currency:
        why = "in another currency"
    elif row.position == 1:
        why = "equally specific"
    else:
        why = "a more specific row decides"
    return Candidate(row, place, row.specificity, decides, why)


def _named(rate: Rate) -> list[str]:
    return [str(value) for name in reversed(DIMENSIONS) if (value := getattr(rate, name)) != ANY]


def _sentence(chosen: Candidate, unit: str, price: Decimal, factor: Decimal) -> str:
    rate = chosen.rate
    since = f" from {day(rate.valid.lower)}" if rate.valid.lower else ""
    worked = f" ({number(rate.amount, places=2)} × {number(factor)})" if factor != 1 else ""
    return (
        f"{number(price, places=2)}{worked} per {unit}: {chosen.place} {rate.card.code} has a row for"
        f" {chosen.words}{since}, and no row that matches is more specific."
    )


_WORK = """
  SELECT %(contract)s::uuid AS contract_id, 'infinity'::timestamptz AS known_at, %(role)s::text AS role,
         %(worker)s::text AS worker, %(region)s::text AS region, %(service_line)s::text AS service_line,
         %(work_type)s::text AS work_type, NULL::text AS gap, true AS billable, NULL::numeric AS override
"""

_ANSWER = """
SELECT r.*, c.code AS card_code, c.scope AS card_scope, c.currency_id AS card_currency,
       k.unit, k.replaces_multiplier, k.place, k.specificity, k.position, k.same_currency, p.outcome
FROM ranked k
JOIN contracts_rate r ON r.id = k.rate_id
JOIN contracts_ratecard c ON c.id = r.card_id
JOIN pricing_rate p ON p.combination_id = k.combination_id AND p.starts_on = k.span_starts
WHERE k.span_starts <= %(on)s AND k.span_ends > %(on)s
ORDER BY k.position, r.id
"""
