"""The register of processes, one process as a page, and its place on the page of its contract."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from contracts.models import BillingAccount, Contract
from contracts.policies import NEVER_ACTIVE
from core.models import ExceptionItem, User
from core.pages import person_of
from core.permissions import holds
from core.presentation.columns import Column
from core.presentation.formats import money
from core.presentation.panels import Panel
from core.presentation.parts import Activity, Fact, Link
from core.presentation.register import Empty, Register
from core.presentation.table import Table
from core.queries.activity import events_of, feed
from integrations.filters import ProcessFilter
from integrations.models import Process, ProcessStep, StepAttempt
from integrations.queries.parties import BILLING_ACCOUNT
from integrations.queries.processes import STUCK, exceptions_of
from integrations.states import ProcessState, StepState
from projects.queries import visible_projects


def _href(row: Process) -> str:
    return reverse("process", args=[row.pk])


def _waits_for(row: Any) -> str:
    """Return who answers for what stopped it, as written for people."""
    return str(row.waits_for or "").replace("_", " ").capitalize()


PROCESSES = Register(
    title="Processes",
    table=Table(
        columns=(
            Column("subject_label", "Subject", "id", sort="subject_label", lead=True, link=_href),
            Column("kind", "Process", read=lambda row: row.get_kind_display().capitalize()),
            Column("party", "Customer", sort="party"),
            Column("state", "State", "state", subject="process", sort="state"),
            Column("step", "Stands at", detail=lambda row: (row.error or "")[:160]),
            Column("waits_for", "Waits for", read=_waits_for),
            Column("money_at_risk", "Worth", "money", currency="currency", sort="money_at_risk"),
            Column("created_at", "Begun", "moment", sort="created_at"),
            Column("age", "Age", "age", read="created_at"),
        ),
        # Alphabetical backwards: what waits, what runs, what is done.
        order="-state",
        noun=("process", "processes"),
    ),
    empty=Empty("No processes yet", "The first approved version of a contract begins its activation."),
    filterset=ProcessFilter,
)


@dataclass(frozen=True)
class StepRow:
    """A step as the timeline shows it."""

    step: ProcessStep
    attempts: list[StepAttempt]
    links: list[Link]
    waits_for: list[str]

    @property
    def sign(self) -> str:
        """Return how the timeline draws it: done, failed (stopped) or waiting."""
        if self.step.state == StepState.DONE:
            return "done"
        return "failed" if self.step.state in STUCK else "waiting"

    @property
    def is_retried(self) -> bool:
        return self.step.state == StepState.PENDING and self.step.attempts > 0

    @property
    def facts(self) -> list[str]:
        """Return in words what the step left."""
        result = self.step.result
        told = {name: value for name, value in result.items() if isinstance(value, str | int)}
        return [f"{name.capitalize()} {value}" for name, value in told.items()]


class ProcessPage:
    """What integrations/process.html shows of one process to one person."""

    def __init__(self, user: User, process: Process) -> None:
        self.user = user
        self.process = process

    @cached_property
    def steps(self) -> list[StepRow]:
        """Return the steps in their order with their tries and what they wait for."""
        steps = list(self.process.steps.select_related("system").prefetch_related("log").order_by("position"))
        labels = {step.key: step.label for step in steps if step.state != StepState.DONE}
        codes = self._codes(steps)
        return [
            StepRow(
                step,
                list(step.log.all()),
                _links(step, codes),
                [labels[key] for key in step.depends_on if key in labels],
            )
            for step in steps
        ]

    def _codes(self, steps: list[ProcessStep]) -> dict[str, str]:
        """Return the addresses of what the steps are about, as far as the person may see it."""
        projects = [one["code"] for step in steps for one in _projects_of(step)]
        seen = visible_projects(self.user).filter(code__in=projects).values_list("code", flat=True)
        addresses = {code: reverse("project", args=[code]) for code in seen}
        accounts = [step.about_id for step in steps if step.about_id and step.about_type == BILLING_ACCOUNT]
        rows = BillingAccount.objects.filter(pk__in=accounts).values_list("code", "customer__code")
        return addresses | {code: reverse("customer", args=[customer]) for code, customer in rows}

    @cached_property
    def exceptions(self) -> list[tuple[ExceptionItem, str]]:
        """Return the open exceptions of the process with their pages."""
        items = exceptions_of(self.process)
        return [(item, reverse("exception", args=[item.number])) for item in items]

    @cached_property
    def activities(self) -> list[Activity]:
        return feed(events_of("integrations.process", [self.process.pk]))

    @property
    def facts(self) -> list[Fact]:
        """Return what the process is for, in words."""
        process = self.process
        worth = "Not known"
        if process.money_at_risk is not None:
            worth = money(process.money_at_risk, process.currency)
        trace = f"{reverse('trace')}?q={process.correlation}"
        return [
            Fact("Contract", process.subject_label, reverse("contract", args=[process.subject_label])),
            Fact("Customer", process.party),
            Fact("Legal entity", process.legal_entity.name),
            Fact("Worth", worth),
            Fact("Correlation id", process.correlation, trace),
        ]

    @property
    def can_resume(self) -> bool:
        """Say whether the person may have what stopped tried again."""
        live = self.process.state in {ProcessState.RUNNING, ProcessState.WAITING}
        return live and holds(self.user, "process.work", self.process.legal_entity_id)


def of_contract(request: HttpRequest, contract: Contract) -> Panel | None:
    """Return the way to the activation of a contract, for those who see processes; it asks nothing."""
    begun = contract.kind != Contract.Kind.MASTER and contract.status not in NEVER_ACTIVE
    if not begun or not holds(person_of(request), "process.view", contract.legal_entity_id):
        return None
    return Panel("integrations/of_contract.html", reverse("contract_activation", args=[contract.code]))


def _projects_of(step: ProcessStep) -> list[dict[str, str]]:
    return [one for name in ("made", "found", "opened") for one in step.result.get(name, [])]


def _links(step: ProcessStep, addresses: dict[str, str]) -> list[Link]:
    codes = [one["code"] for one in _projects_of(step)]
    codes += [str(step.result["account"])] if "account" in step.result else []
    return [Link(code, addresses.get(code, "")) for code in codes]
