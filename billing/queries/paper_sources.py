"""What a line of a document is made of: the work behind it, by person, week and price."""

import copy
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Window
from django.db.models.functions import RowNumber

from billing.models import Charge
from billing.queries.addresses import charge_address, charges_address
from billing.queries.explanations import UNITS, explain_charge, explained
from billing.queries.fixed_fees import name_of
from billing.states import ChargeUnit, Component, SourceType
from core.presentation.formats import day, span
from core.presentation.paper import PaperSource
from core.presentation.parts import Link

LIMIT = 300
SUMMED = frozenset({"of", "billed"})


def sources_of(line_ids: Sequence[UUID], document: str) -> dict[UUID, tuple[PaperSource, ...]]:
    """Return the sources of the opened lines; a line with very many charges ends in a link to all of them."""
    rows: dict[UUID, list[Any]] = {line_id: [] for line_id in line_ids}
    charges = explained(Charge.objects.filter(proposal_line__in=line_ids))
    order = ("worker_name", "service_on", "id")
    place = Window(RowNumber(), partition_by="proposal_line", order_by=order)
    for charge in charges.annotate(place=place).filter(place__lte=LIMIT + 1).order_by(*order):
        rows[charge.proposal_line_id].append(charge)
    return {line_id: _sources(found, document) for line_id, found in rows.items()}


def _sources(charges: list[Any], document: str) -> tuple[PaperSource, ...]:
    shown = [_source(group) for group in _groups(charges[:LIMIT])]
    if len(charges) > LIMIT:
        link = Link("all of them", charges_address(document=document))
        shown.append(PaperSource("Further work", links=(link,)))
    return tuple(shown)


def _groups(charges: Iterable[Any]) -> list[list[Any]]:
    groups: dict[tuple[object, ...], list[Any]] = {}
    for charge in charges:
        groups.setdefault(_alike(charge), []).append(charge)
    return list(groups.values())


def _alike(charge: Any) -> tuple[object, ...]:
    """Name what charges have in common that one row stands for: person, week, approval and price."""
    if charge.source_type != SourceType.TIME or charge.slice:
        return (charge.pk,)
    monday = charge.service_on - timedelta(days=charge.service_on.weekday())
    approved = charge.approved_at.date() if charge.approved_at else None
    why = {name: value for name, value in charge.explanation.items() if name not in SUMMED}
    price = (charge.component, charge.unit_price if charge.component == Component.BASE else None)
    return (
        *(charge.worker_id, monday, approved, charge.rate_id, charge.contract_version_id),
        *(price, str(sorted(why.items()))),
    )


def _source(group: list[Any]) -> PaperSource:
    first, last = group[0], group[-1]
    whole = _whole(group)
    approved = f", approved {day(first.approved_at.date(), 'short')}" if first.approved_at else ""
    explanation = explain_charge(whole)
    measured = whole.component == Component.BASE and whole.unit != ChargeUnit.ITEM
    return PaperSource(
        text=f"{name_of(first) or first.worker_name}, {span(first.service_on, last.service_on)}{approved}",
        quantity=whole.quantity if measured else None,
        unit=UNITS[first.unit],
        amount=whole.amount,
        detail=explanation.sentence,
        links=(*explanation.links[:2], *(_entry_link(charge) for charge in group)),
    )


def _entry_link(charge: Any) -> Link:
    return Link(day(charge.service_on, "short"), charge_address(charge))


def _whole(group: list[Any]) -> Any:
    """Return one charge that stands for all of the group, its quantities and amounts summed."""
    whole = copy.copy(group[0])
    for name in ("quantity", "worked_quantity", "amount"):
        setattr(whole, name, sum((getattr(charge, name) for charge in group), Decimal(0)))
    for name in SUMMED & whole.explanation.keys():
        total = sum((Decimal(charge.explanation[name]) for charge in group), Decimal(0))
        whole.explanation = {**whole.explanation, name: str(total)}
    return whole
