"""What may be done with projects now: predicates that refuse with a sentence."""

from datetime import date
from decimal import Decimal

from contracts.models import Contract, ContractLine
from contracts.states import ContractStatus, VersionStatus
from core.actors import Actor
from core.errors import Forbidden, Invalid, Refusal
from core.permissions import holds, require
from core.states import words
from projects.models import Employment, Milestone, Project, Worker
from projects.states import MilestoneStatus, ProjectStatus

OVER = (ProjectStatus.CLOSED, ProjectStatus.CANCELLED)


class ContractNotActive(Refusal):
    """Delivery opens only under a contract in force."""

    code = "contract_not_active"


class UnknownContractLine(Invalid):
    """The task names a line that the contract's terms do not have."""

    code = "unknown_contract_line"


class ProjectOver(Refusal):
    """A closed or cancelled project takes no changes."""

    code = "project_over"


class ManagerMissing(Refusal):
    """A project needs somebody who manages it."""

    code = "manager_missing"


class DeliveryNotOpen(Refusal):
    """The activation of the contract is not through yet."""

    code = "delivery_not_open"


class WorkerInactive(Invalid):
    """The worker is employed by nobody on the day."""

    code = "worker_inactive"


class NotYourProject(Forbidden):
    """A project manager works on the own projects only."""

    code = "not_your_project"


class NotCompleted(Refusal):
    """Only what delivery says is done can be decided about."""

    code = "milestone_not_completed"


class SamePerson(Forbidden):
    """Whoever completed a milestone may not record its sign-off."""

    code = "separation_of_duties"


def check_contract_active(contract: Contract) -> None:
    """Refuse a contract that is not active, and a master agreement, under which nothing is delivered."""
    if contract.kind == Contract.Kind.MASTER:
        raise ContractNotActive(
            f"{contract.code} is a master agreement: projects belong to its statements of work.",
            field="contract",
        )
    if contract.status != ContractStatus.ACTIVE:
        raise ContractNotActive(f"{contract.code} is {words(contract.status)}, not active.", field="contract")


def check_not_over(project: Project) -> None:
    """Refuse changes of a project that is over."""
    if project.status in OVER:
        raise ProjectOver(f"{project.code} is {words(project.status)}.", field="status")


def check_waits_for_nothing(project: Project) -> None:
    """Refuse to open a project before the activation of its contract is through."""
    if project.waits_for:
        raise DeliveryNotOpen(
            f"{project.code} cannot open yet; still missing: {project.waits_for}.", field="status"
        )


def check_line(contract: Contract, key: str, *, billable: bool) -> None:
    """Refuse a line key that the newest approved terms of the contract do not have."""
    if not key:
        if billable:
            raise UnknownContractLine(
                "A billable task names the contract line it is billed by.", field="contract_line_key"
            )
        return
    newest = contract.versions.filter(status=VersionStatus.APPROVED).order_by("-number").first()
    if not ContractLine.objects.filter(contract_version=newest, key=key).exists():
        raise UnknownContractLine(
            f"The terms of {contract.code} in force have no line {key}.", field="contract_line_key"
        )


def check_dates(starts_on: date, ends_on: date | None) -> None:
    """Refuse an end before the begin."""
    if ends_on is not None and ends_on < starts_on:
        raise Invalid("It would end before it begins.", field="ends_on")


def check_employed(worker: Worker, on: date) -> None:
    """Refuse a worker who has no employment on the day."""
    if not Employment.objects.filter(worker=worker, valid__contains=on).exists():
        raise WorkerInactive(f"{worker.name} has no employment on {on:%d %b %Y}.", field="worker")


def check_may_edit(actor: Actor, project: Project) -> None:
    """Refuse whoever holds no right over the entity's projects and does not manage this one."""
    require(actor, "project.edit", project.legal_entity_id)
    if actor.user is None or holds(actor.user, "project.edit_all", project.legal_entity_id):
        return
    if project.manager.user_id != actor.user_id:
        raise NotYourProject(f"{project.code} is managed by {project.manager.name}.")


def check_cost(cost_rate: Decimal | None, currency: str | None) -> None:
    """Refuse a cost without a currency, a currency without a cost, and a negative cost."""
    if (cost_rate is None) != (currency is None):
        raise Invalid("A cost rate and its currency go together.", field="cost_rate")
    if cost_rate is not None and cost_rate < 0:
        raise Invalid("A cost rate is zero or more.", field="cost_rate")


def check_may_sign(actor: Actor, milestone: Milestone) -> None:
    """Refuse whoever may not record sign-offs for the entity, and whoever completed the milestone."""
    require(actor, "milestone.sign", milestone.project.legal_entity_id)
    if actor.user_id is not None and milestone.completed_by_id == actor.user_id:
        raise SamePerson(f"You completed {milestone.code}: the client or somebody else has to sign it off.")


def check_completed(milestone: Milestone) -> None:
    """Refuse a decision about a milestone that does not wait for one."""
    if milestone.status != MilestoneStatus.COMPLETED:
        raise NotCompleted(
            f"{milestone.code} is {words(milestone.status)}: only a completed milestone is signed off.",
            field="status",
        )
