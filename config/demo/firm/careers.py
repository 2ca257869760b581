"""When contracts began, people joined, and somebody was promoted."""

from dataclasses import dataclass
from datetime import date, timedelta

from config.demo.calendar import DAY, DemoCalendar
from config.demo.firm.agreements import ContractSpec
from config.demo.firm.staff import JOINED, PROMOTED, WorkerSpec

_LONG_BEFORE = timedelta(days=365)


@dataclass(frozen=True)
class Stage:
    """The days on which somebody works in a role; without an end they still do."""

    role: str
    starts_on: date
    ends_on: date | None = None


def begins_on(contract: ContractSpec, calendar: DemoCalendar) -> date:
    """Return the day from which a contract is in force."""
    return calendar.open_month.plus(-contract.since).first


def career(worker: WorkerSpec, calendar: DemoCalendar) -> list[Stage]:
    """Return the roles of a worker, one after the other."""
    joined = calendar.agreed_from - _LONG_BEFORE
    if worker.code in JOINED:
        joined = calendar.open_month.plus(-JOINED[worker.code]).first
    if worker.code not in PROMOTED:
        return [Stage(worker.role, joined)]
    months, role = PROMOTED[worker.code]
    promoted = calendar.open_month.plus(-months).first
    return [Stage(worker.role, joined, promoted - DAY), Stage(role, promoted)]
