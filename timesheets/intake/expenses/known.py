"""What rows of expenses name, loaded at once: the same number of statements for one row and a thousand."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from contracts.models import ExpenseCategory
from core.models import Currency
from projects.models import Assignment, Employment, Project, Task, Worker
from projects.states import AssignmentStatus
from timesheets.intake.expenses.lines import ExpenseLine
from timesheets.models import Expense

_COVERING = (AssignmentStatus.CONFIRMED, AssignmentStatus.ENDED)


@dataclass
class Known:
    """The named rows by their codes; days of employment and assignment as ranges."""

    workers: dict[str, Worker]
    projects: dict[str, Project]
    tasks: dict[tuple[uuid.UUID, str], Task]
    categories: dict[str, ExpenseCategory]
    currencies: dict[str, Currency]
    expenses: dict[tuple[str, str], Expense]
    employed: dict[uuid.UUID, list[Any]] = field(default_factory=lambda: defaultdict(list))
    assigned: dict[tuple[uuid.UUID, uuid.UUID], list[Any]] = field(default_factory=lambda: defaultdict(list))

    def is_employed(self, worker: Worker, on: date) -> bool:
        """Say whether some employment of the worker covers the day."""
        return _covers(self.employed[worker.pk], on)

    def is_assigned(self, worker: Worker, project: Project, on: date) -> bool:
        """Say whether the worker is assigned to the project on the day."""
        return _covers(self.assigned[worker.pk, project.pk], on)


def load(lines: Sequence[ExpenseLine]) -> Known:
    """Load what the readable lines name, their workers locked in order against other intakes."""
    named = [line for line in lines if line.reason is None]
    codes = {line.worker for line in named}
    workers = {
        row.code: row
        for row in Worker.objects.select_for_update(no_key=True).filter(code__in=codes).order_by("pk")
    }
    projects = {
        row.code: row
        for row in Project.objects.filter(code__in={line.project for line in named}).select_related(
            "manager", "contract"
        )
    }
    ids = [row.pk for row in projects.values()]
    tasks = Task.objects.filter(project__in=ids, code__in={line.task for line in named})
    known = Known(
        workers=workers,
        projects=projects,
        tasks={(row.project_id, row.code): row for row in tasks},
        categories={row.code: row for row in ExpenseCategory.objects.all()},
        currencies={row.code: row for row in Currency.objects.all()},
        expenses=_standing(named),
    )
    people = [row.pk for row in workers.values()]
    for employment in Employment.objects.filter(worker__in=people):
        known.employed[employment.worker_id].append(employment.valid)
    covering = Assignment.objects.filter(worker__in=people, project__in=ids, status__in=_COVERING)
    for assignment in covering:
        known.assigned[assignment.worker_id, assignment.project_id].append(assignment.valid)
    return known


def _standing(lines: Iterable[ExpenseLine]) -> dict[tuple[str, str], Expense]:
    keys: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        keys[line.source_system].add(line.source_key)
    found: dict[tuple[str, str], Expense] = {}
    for system, names in keys.items():
        rows = Expense.objects.filter(source_system=system, source_key__in=names)
        rows = rows.select_related("project__manager", "worker", "task", "category", "receipt")
        found |= {(row.source_system, row.source_key): row for row in rows}
    return found


def _covers(ranges: list[Any], on: date) -> bool:
    return any(one.lower <= on and (one.upper is None or on < one.upper) for one in ranges)
