"""The recorded work: rows as the worklog system sends them, generated from the seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from config.demo.calendar import DAY, DemoCalendar
from config.demo.firm.careers import begins_on, career
from config.demo.firm.projects import ProjectSpec, TaskSpec, projects
from config.demo.firm.staff import SEED, WorkerSpec, workers

SOURCE_SYSTEM = "worklog"
Row = dict[str, str]
_QUARTER = Decimal("0.25")
_SATURDAY = 5
# Their price lapses in the demo; one kind of work gives one exception for it.
_WITHOUT_EXTRAS = frozenset({"data-engineer"})


@dataclass(frozen=True)
class WorkPlan:
    """How much work is generated: `entries` a day and worker, at least, and one more or two."""

    calendar: DemoCalendar
    entries: int = 4

    def rows(self) -> Iterator[Row]:
        """Yield every row from the first day up to yesterday, worker by worker."""
        planned = projects()
        for worker in workers():
            own = [project for project in planned if worker.code in project.team]
            yield from self._of(worker, own, Random(f"{SEED} {worker.code}"))

    def _of(self, worker: WorkerSpec, own: list[ProjectSpec], random: Random) -> Iterator[Row]:
        leave = {random.randrange(self.calendar.weeks - 2), random.randrange(self.calendar.weeks - 2)}
        day = max(self.calendar.first_day, career(worker, self.calendar)[0].starts_on)
        while day < self.calendar.today:
            week = (day - self.calendar.first_day).days // 7
            begun = [project for project in own if begins_on(project.contract, self.calendar) <= day]
            away = week in leave or random.random() < 0.02
            if begun and not away and self._works_on(day, random):
                yield from self._day(worker, day, begun, random)
            day += DAY

    def _works_on(self, day: date, random: Random) -> bool:
        """Say whether somebody works: on workdays, and now and then on a Saturday of the last weeks."""
        recent = day > self.calendar.approved_until
        return day.weekday() < _SATURDAY or (day.weekday() == _SATURDAY and recent and random.random() < 0.1)

    def _day(self, worker: WorkerSpec, day: date, begun: list[ProjectSpec], random: Random) -> Iterator[Row]:
        recent = day > self.calendar.approved_until
        quarters = random.choice((30, 31, 32, 32, 33, 34)) + (10 if recent and random.random() < 0.04 else 0)
        count = self.entries + random.choice((0, 0, 1, 1, 2))
        for place, part in enumerate(_parts(quarters, count, random), start=1):
            project = begun[0] if random.random() < 0.6 else begun[-1]
            task = random.choices(project.tasks, weights=(3, 6, 3, 1))[0]
            yield {
                "worker": worker.code,
                "project": project.code,
                "task": task.code,
                "work_date": day.isoformat(),
                "hours": str(part * _QUARTER),
                "work_type": _work_type(worker, task, day, random),
                "note": "" if recent and random.random() < 0.03 else _note(task, random),
                "source_key": f"{worker.code}-{day:%Y%m%d}-{place}",
            }


def _parts(quarters: int, count: int, random: Random) -> list[int]:
    """Split quarter hours into as many parts, none of them empty."""
    cuts = sorted(random.sample(range(1, quarters), count - 1))
    return [end - start for start, end in zip([0, *cuts], [*cuts, quarters], strict=True)]


def _work_type(worker: WorkerSpec, task: TaskSpec, day: date, random: Random) -> str:
    if not task.line or worker.role in _WITHOUT_EXTRAS:
        return "normal"
    chance = random.random()
    if day.weekday() >= _SATURDAY or chance < 0.02:
        return "overtime"
    return "travel" if chance > 0.985 else "normal"


def _note(task: TaskSpec, random: Random) -> str:
    return f"{random.choice(_DOING[task.code])} {random.choice(_ABOUT)}"


_ABOUT = (
    *("for the next release", "with the operations team", "for the pilot sites", "after the review"),
    *("for the steering group", "with the supplier", "for the second wave", "from the open issues list"),
)
_DOING = {
    "DESIGN": ("Walked through the interfaces", "Drew up the target design", "Settled open questions"),
    "BUILD": ("Built and tested the next increment", "Fixed defects", "Reviewed and merged changes"),
    "RUN": ("Prepared the handover", "Looked into an incident", "Wrote operating instructions"),
    "MODEL": ("Modelled the new entities", "Mapped source fields", "Agreed definitions"),
    "PIPE": ("Built the nightly load", "Tuned slow steps", "Tested the load"),
    "REPORT": ("Prepared the dashboard", "Checked figures", "Reworked the report"),
    "REVIEW": ("Interviewed process owners", "Mapped the present process", "Reviewed findings"),
    "PLAN": ("Updated the plan", "Worked out options", "Prepared decisions"),
    "TRAIN": ("Held a training", "Prepared training material", "Coached key users"),
    "GOV": ("Weekly status", "Internal alignment", "Planned the team's week"),
}
