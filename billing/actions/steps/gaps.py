"""Work without a price becomes exceptions somebody owns; they close when the gap is filled."""

import uuid
from collections.abc import Collection

from django.db.models import QuerySet

from billing.pricing.engine import Gap
from core.actors import Actor
from core.exceptions import OPEN_STATES, Cause, close_exceptions, open_exception
from core.models import ExceptionItem

TITLES = {
    "rate_missing": "No rate for {role}, {days}",
    "rate_ambiguous": "Two rates of equal rank for {role}, {days}",
    "rate_currency": "Rate for {role} is in another currency, {days}",
    "worker_inactive": "Work without an employment, {days}",
    "fx_missing": "No exchange rate from {spent_in} for expenses, {days}",
    "expense_terms_missing": "The terms say nothing on expenses in {spent_in}, {days}",
    "contract_incomplete": "No terms in force for approved work, {days}",
}
TEAMS = {"worker_inactive": "data_steward", "fx_missing": "data_steward", "contract_incomplete": "pmo"}


def has_open_gaps(contract_ids: Collection[uuid.UUID]) -> bool:
    """Say whether any of the contracts has work without a price on record."""
    return _open_items(contract_ids).exists()


def settle_gaps(contract_ids: Collection[uuid.UUID], gaps: list[Gap], *, actor: Actor) -> None:
    """Open or refresh one exception per gap of the contracts and close those that are gone."""
    wanted = {_key(gap): gap for gap in gaps}
    for key, gap in wanted.items():
        open_exception(_cause(key, gap), actor=actor)
    known = _open_items(contract_ids).values_list("cause_key", flat=True)
    close_exceptions(set(known) - set(wanted), actor=actor, resolution="The work has a price now.")


def _open_items(contract_ids: Collection[uuid.UUID]) -> QuerySet[ExceptionItem]:
    return ExceptionItem.objects.filter(flow="pricing", contract_id__in=contract_ids, state__in=OPEN_STATES)


def _key(gap: Gap) -> str:
    parts = [gap.contract_id, gap.role, gap.region, gap.service_line, gap.work_type]
    parts += [gap.spent_in] if gap.spent_in else []
    return f"{gap.code}:" + ":".join(str(part) for part in parts)


def _cause(key: str, gap: Gap) -> Cause:
    days = f"{gap.first_on:%-d %b} to {gap.last_on:%-d %b %Y}"
    if gap.first_on == gap.last_on:
        days = f"{gap.first_on:%-d %b %Y}"
    return Cause(
        code=gap.code,
        key=key,
        title=TITLES[gap.code].format(role=gap.role_name or "this work", spent_in=gap.spent_in, days=days),
        object_type="contracts.contract",
        object_id=gap.contract_id,
        object_label=f"{gap.contract_code} {gap.contract_name}",
        subject_label=gap.customer_name,
        contract_id=gap.contract_id,
        legal_entity_id=gap.legal_entity_id,
        flow="pricing",
        team=TEAMS.get(gap.code, "finance"),
        money_at_risk=gap.money_at_risk,
        quantity_at_risk=None if gap.spent_in else gap.hours,
        currency=gap.currency,
        evidence=_spent_evidence(gap) if gap.spent_in else _work_evidence(gap),
    )


def _work_evidence(gap: Gap) -> dict[str, object]:
    return {
        "role": gap.role,
        "region": gap.region,
        "service_line": gap.service_line,
        "work_type": gap.work_type,
        "entries": gap.entries,
        "hours": str(gap.hours),
        "workers": gap.workers,
        "first_on": gap.first_on.isoformat(),
        "last_on": gap.last_on.isoformat(),
        "estimated_price": str(gap.estimated_price) if gap.estimated_price is not None else None,
        "estimate_rate": str(gap.estimate_rate_id) if gap.estimate_rate_id else None,
    }


def _spent_evidence(gap: Gap) -> dict[str, object]:
    return {
        "expenses": gap.entries,
        "spent_in": gap.spent_in,
        "workers": gap.workers,
        "first_on": gap.first_on.isoformat(),
        "last_on": gap.last_on.isoformat(),
    }
