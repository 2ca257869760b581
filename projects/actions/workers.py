"""Enter workers and their dated employment."""

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db.backends.postgresql.psycopg_any import DateRange

from core.actors import Actor
from core.errors import Invalid, Refusal
from core.events import record
from core.permissions import require
from core.rows import check_fields, code_for, locked, save_changes
from core.verbs import verb
from projects.events import EmploymentChanged, WorkerChanged, WorkerCreated
from projects.models import Employment, Worker
from projects.policies import check_cost, check_dates

ONE_DAY = timedelta(days=1)
HOURS_OF_A_WEEK = 168


class WorkerFields(TypedDict, total=False):
    """What may be said about a worker."""

    name: str
    email: str
    kind: str
    user_id: uuid.UUID | None


class EmploymentFields(TypedDict, total=False):
    """What a worker is employed as: capacity in hours a week, cost of one hour in its own currency."""

    legal_entity_id: uuid.UUID
    role_id: uuid.UUID
    region_id: uuid.UUID
    practice: str
    cost_centre: str
    manager_id: uuid.UUID | None
    capacity_hours: Decimal
    cost_rate: Decimal | None
    cost_currency_id: str | None


class NotEmployed(Refusal):
    """There is no employment to end."""

    code = "not_employed"


@verb
def create_worker(
    *, actor: Actor, code: str = "", reason: str = "", **fields: Unpack[WorkerFields]
) -> Worker:
    """Enter a worker under the given code or the next free one; records worker.created."""
    require(actor, "worker.edit")
    worker = Worker(code=code_for(Worker, code, prefix="W", sequence="projects_worker_number"), **fields)
    check_fields(worker)
    worker.save(force_insert=True)
    record(worker, WorkerCreated(worker.code, worker.name, worker.kind))
    return worker


@verb
def change_worker(
    worker_id: uuid.UUID,
    *,
    actor: Actor,
    expected_version: int | None = None,
    reason: str = "",
    **changes: Unpack[WorkerFields],
) -> Worker:
    """Change the given fields; records worker.changed with their names, or nothing where all agree."""
    require(actor, "worker.edit")
    worker = locked(Worker, worker_id, expected_version=expected_version)
    if changed := save_changes(worker, changes):
        record(worker, WorkerChanged(worker.code, changed))
    return worker


@verb
def set_employment(
    worker_id: uuid.UUID,
    *,
    starts_on: date,
    actor: Actor,
    ends_on: date | None = None,
    reason: str = "",
    **fields: Unpack[EmploymentFields],
) -> Employment:
    """Say as what a worker is employed on the days from `starts_on` to `ends_on`, or until changed.

    A former employment gives up these days and keeps the others. Records employment.changed.
    """
    worker = locked(Worker, worker_id)
    check_dates(starts_on, ends_on)
    days = DateRange(starts_on, ends_on and ends_on + ONE_DAY)
    employment = Employment(worker=worker, valid=days, **fields)
    _check(employment)
    require(actor, "worker.edit", employment.legal_entity_id)
    for entity_id in _give_up(worker, days):
        require(actor, "worker.edit", entity_id)
    employment.save(force_insert=True)
    _record(worker, employment.legal_entity_id, starts_on, ends_on)
    return employment


@verb
def end_employment(worker_id: uuid.UUID, *, ends_on: date, actor: Actor, reason: str = "") -> Worker:
    """Let a worker leave after the day; records employment.changed, refuses if nothing is left to end."""
    worker = locked(Worker, worker_id)
    days = DateRange(ends_on + ONE_DAY, None)
    left = _give_up(worker, days)
    if not left:
        raise NotEmployed(f"{worker.name} has no employment after {ends_on:%d %b %Y}.", field="ends_on")
    for entity_id in left:
        require(actor, "worker.edit", entity_id)
    _record(worker, None, ends_on + ONE_DAY, None)
    return worker


def _check(employment: Employment) -> None:
    check_fields(employment)
    check_cost(employment.cost_rate, employment.cost_currency_id)
    if not 0 <= employment.capacity_hours <= HOURS_OF_A_WEEK:
        raise Invalid(f"A week has 0 to {HOURS_OF_A_WEEK} hours.", field="capacity_hours")
    if employment.manager_id == employment.worker_id:
        raise Invalid("Nobody is their own manager.", field="manager")


def _give_up(worker: Worker, days: DateRange) -> list[uuid.UUID]:
    """Take the days out of the worker's employments; return the entities that employed on them."""
    touched = list(Employment.objects.filter(worker=worker, valid__overlap=days).order_by("valid"))
    for employment in touched:
        former: Any = employment.valid
        if former.lower < days.lower:
            save_changes(employment, {"valid": DateRange(former.lower, days.lower)})
        else:
            employment.delete()
        if days.upper is not None and (former.upper is None or former.upper > days.upper):
            _copy(employment, DateRange(days.upper, former.upper))
    return [employment.legal_entity_id for employment in touched]


def _copy(employment: Employment, days: DateRange) -> None:
    kept = {
        field.attname: getattr(employment, field.attname)
        for field in Employment._meta.concrete_fields
        if field.name not in {"id", "created_at", "updated_at", "version", "valid"}
    }
    Employment(**kept, valid=days).save(force_insert=True)


def _record(worker: Worker, employer_id: uuid.UUID | None, starts_on: date, ends_on: date | None) -> None:
    record(
        worker,
        EmploymentChanged(worker.pk, worker.code, employer_id, starts_on, ends_on),
        legal_entity_id=employer_id,
        effective_on=starts_on,
    )
