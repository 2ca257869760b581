"""One project per contract, its tasks and its team."""

from dataclasses import dataclass
from decimal import Decimal

from config.demo.firm.agreements import ADVICE, DELIVERY, ContractSpec, contracts
from config.demo.firm.tables import table


@dataclass(frozen=True)
class TaskSpec:
    """A task; without a contract line its time is not billed."""

    code: str
    name: str
    line: str


@dataclass(frozen=True)
class ProjectSpec:
    """The delivery of a contract: manager and team by worker code."""

    code: str
    contract: ContractSpec
    manager: str
    team: tuple[str, ...]

    @property
    def tasks(self) -> tuple[TaskSpec, ...]:
        """Return the tasks that suit what is delivered."""
        return _TASKS[self.contract.service_line]


@dataclass(frozen=True)
class OverrideSpec:
    """A price agreed for one person on one project, in the contract's currency."""

    amount: Decimal
    unit: str


def projects() -> list[ProjectSpec]:
    """Return the projects by code."""
    agreed = {contract.code: contract for contract in contracts()}
    return [
        ProjectSpec(row["code"], agreed[row["contract"]], row["manager"], tuple(row["team"].split()))
        for row in table("projects")
    ]


def overrides() -> dict[tuple[str, str], OverrideSpec]:
    """Return the agreed prices by project and worker."""
    return {
        (row["project"], row["worker"]): OverrideSpec(Decimal(row["amount"]), row["unit"])
        for row in table("overrides")
    }


_GOVERNANCE = TaskSpec("GOV", "Governance", "")
_TASKS = {
    "engineering": (
        TaskSpec("DESIGN", "Analysis and design", ADVICE),
        TaskSpec("BUILD", "Build and test", DELIVERY),
        TaskSpec("RUN", "Support and handover", DELIVERY),
        _GOVERNANCE,
    ),
    "data": (
        TaskSpec("MODEL", "Data modelling", ADVICE),
        TaskSpec("PIPE", "Pipelines", DELIVERY),
        TaskSpec("REPORT", "Reporting", DELIVERY),
        _GOVERNANCE,
    ),
    "advisory": (
        TaskSpec("REVIEW", "Process review", ADVICE),
        TaskSpec("PLAN", "Planning", DELIVERY),
        TaskSpec("TRAIN", "Training", DELIVERY),
        _GOVERNANCE,
    ),
}
