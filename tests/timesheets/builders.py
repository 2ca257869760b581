"""A small firm at work: a project with its manager, an assigned worker, and rows of time as they arrive."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from core.actors import Actor
from core.models import Event, LegalEntity, Role, User
from projects.models import Project, Task, Worker
from tests.factories import (
    AssignmentFactory,
    ContractFactory,
    EmploymentFactory,
    LegalEntityFactory,
    ProjectFactory,
    TaskFactory,
    WorkerFactory,
    WorkTypeFactory,
)
from tests.personas import person
from timesheets.actions.approvals import approve_time
from timesheets.actions.intake import record_time
from timesheets.intake.lines import Line, read_lines
from timesheets.intake.results import IntakeResult
from timesheets.models import TimeEntry
from timesheets.queries.slices import Slice

MONDAY = date(2026, 11, 2)
TODAY = date(2026, 11, 18)


def employed_worker(entity: LegalEntity, code: str, *, user: User | None = None) -> Worker:
    """Create a worker employed by the entity since January."""
    worker = WorkerFactory.create(code=code, name=f"Worker {code}", user=user)
    EmploymentFactory.create(worker=worker, legal_entity=entity)
    return worker


@dataclass
class Firm:
    """One entity, one active project of one contract, its manager, and a consultant assigned to it."""

    entity: LegalEntity = field(default_factory=LegalEntityFactory.create)
    project: Project = field(init=False)
    task: Task = field(init=False)
    worker: Worker = field(init=False)
    consultant: User = field(init=False)
    manager: User = field(init=False)
    pmo: User = field(init=False)

    def __post_init__(self) -> None:
        WorkTypeFactory.create()
        self.consultant = person(Role.CONSULTANT, entity=self.entity)
        self.manager = person(Role.PROJECT_MANAGER, entity=self.entity)
        self.pmo = person(Role.PMO, entity=self.entity)
        self.worker = employed_worker(self.entity, "ANNA", user=self.consultant)
        leader = employed_worker(self.entity, "LEAD", user=self.manager)
        self.project = self.add_project("RAIL", manager=leader)
        self.task = self.project.tasks.get()
        self.assign(self.worker, self.project)

    def add_project(self, code: str, *, manager: Worker, task: str = "BUILD") -> Project:
        """Create an active project of its own contract, with one task."""
        contract = ContractFactory.create(code=f"C-{code}", legal_entity=self.entity)
        project = ProjectFactory.create(code=code, contract=contract, manager=manager)
        TaskFactory.create(project=project, code=task)
        return project

    def assign(self, worker: Worker, project: Project) -> None:
        """Assign the worker from January on."""
        AssignmentFactory.create(worker=worker, project=project)


def row(key: str = "1", **changes: Any) -> dict[str, Any]:
    """Return a good row as a file or the API brings it."""
    good = {
        "worker": "ANNA",
        "project": "RAIL",
        "task": "BUILD",
        "work_date": "2026-11-03",
        "hours": "7.5",
        "note": "Wiring plans",
        "source_key": key,
    }
    return {**good, **changes}


def lines(*rows: object) -> list[Line]:
    """Read rows as those of the system `jira`."""
    return read_lines(rows, source_system="jira")


def take_in(user: User, *rows: object, submit: bool = False) -> IntakeResult:
    """Record rows on behalf of somebody."""
    return record_time(lines(*rows), actor=Actor.of(user), on=TODAY, submit=submit)


def stored() -> list[dict[str, Any]]:
    """Return every entry as plain values, to compare whole tables."""
    names = ("source_key", "status", "kind", "work_date", "hours", "note", "task__code", "billable")
    return list(TimeEntry.objects.order_by("source_system", "source_key").values(*names))


def slice_here(firm: Firm, *, entries: int | None = None, hours: str | None = None) -> Slice:
    """Return the slice of the firm's worker, project and week."""
    seen = Decimal(hours) if hours else None
    return Slice(firm.worker.pk, firm.project.pk, MONDAY, entries, seen)


def approved_entry(firm: Firm, **changes: Any) -> TimeEntry:
    """Record, submit and approve one row."""
    key = str(TimeEntry.objects.count() + 1)
    (result,) = take_in(firm.consultant, row(key, **changes), submit=True).rows
    assert result.entry_id, result.sentence
    entries = TimeEntry.objects.filter(pk=result.entry_id)
    approve_time(entries, actor=Actor.of(firm.pmo))
    return entries.get()


def payloads(type_: str) -> list[dict[str, Any]]:
    """Return the payloads of every event of a type, in order."""
    return [event.payload for event in Event.objects.filter(type=type_).order_by("seq")]
