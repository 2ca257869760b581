"""The worker page: employments over time, assignments, what happened."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from core.models import User
from core.permissions import holds
from core.presentation import formats
from core.presentation.parts import Activity, Fact
from core.presentation.vocabulary import word
from core.queries.activity import events_of, feed
from projects.models import Assignment, Employment, Worker
from projects.queries import visible_assignments, visible_employments

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Job:
    """An employment as the page shows it; the cost only for those who may know it."""

    employment: Employment
    days: str
    is_current: bool
    cost: Decimal | None


@dataclass(frozen=True)
class WorkerPage:
    """What the page draws."""

    worker: Worker
    today: date
    user: User

    @property
    def may_edit(self) -> bool:
        """Say whether the person keeps workers."""
        return holds(self.user, "worker.edit")

    @property
    def facts(self) -> list[Fact]:
        """Return the facts of the worker."""
        worker = self.worker
        return [
            Fact("Code", worker.code),
            Fact("Kind", word(worker.kind).text),
            Fact("E-mail", worker.email or "–"),
            Fact("Signs in as", worker.user.username if worker.user else "nobody"),
        ]

    @cached_property
    def jobs(self) -> list[Job]:
        """Return the employments the person may see, newest first."""
        rows = visible_employments(self.user).filter(worker=self.worker)
        return [
            self._job(row) for row in rows.select_related("legal_entity", "role", "region").order_by("-valid")
        ]

    @cached_property
    def assignments(self) -> list[tuple[Assignment, str]]:
        """Return the assignments the person may see with their days, newest first."""
        rows = visible_assignments(self.user).filter(worker=self.worker).select_related("project", "role")
        return [(row, _days(row.valid)) for row in rows.order_by("-valid")]

    @cached_property
    def activity(self) -> list[Activity]:
        """Return what happened to the worker, newest first."""
        return feed(events_of("projects.worker", [self.worker.pk]), limit=20)

    def _job(self, row: Employment) -> Job:
        may_know = holds(self.user, "worker.view_cost", row.legal_entity_id)
        days: Any = row.valid
        return Job(row, _days(days), self.today in days, row.cost_rate if may_know else None)


def _days(days: Any) -> str:
    if days.upper is None:
        return f"{formats.day(days.lower)} on"
    return formats.span(days.lower, days.upper - ONE_DAY)
