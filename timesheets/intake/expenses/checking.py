"""Judge every row against the stored data: the first rule that fails refuses it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from contracts.models import ExpenseCategory
from core.actors import Actor
from core.identifiers import uuid7
from core.money import minor_unit, price
from core.presentation import formats
from projects.models import Project, Task, Worker
from projects.states import ProjectStatus, TaskStatus
from timesheets.intake.expenses.known import Known, load
from timesheets.intake.expenses.limits import apply_limits
from timesheets.intake.expenses.lines import FIELDS, OWN_SYSTEM, ExpenseLine, read_expense_line
from timesheets.intake.expenses.reasons import ExpenseReason
from timesheets.intake.results import Outcome, RowResult
from timesheets.models import Expense
from timesheets.policies import Reach, reach
from timesheets.states import EntryStatus, ExpenseKind, PolicyResult

FACTS = (
    *(
        "worker_id",
        "project_id",
        "task_id",
        "category_id",
        "spent_on",
        "currency_id",
        "net",
        "tax",
        "quantity",
    ),
    *("vendor", "pass_through", "reimbursable", "billable", "note", "receipt_id"),
)
Row = TypeVar("Row")
_SETTLED = (EntryStatus.APPROVED, EntryStatus.CORRECTED)


@dataclass(frozen=True)
class ExpenseTerms:
    """Under which terms expenses are taken: whose they may be, submitted or draft, and the day it is.

    `resubmit` sends rejected ones again although nothing in them changed: a person's wish.
    """

    actor: Actor
    on: date
    submit: bool = False
    resubmit: bool = False

    @property
    def others(self) -> Reach:
        """Return whose expenses may be entered, beside the own ones."""
        return reach(self.actor.user, "expense.enter_for_others")

    @property
    def own(self) -> bool:
        """Say whether the own ones may be entered."""
        return reach(self.actor.user, "expense.enter").own


@dataclass(frozen=True)
class Checked:
    """A judged row: its reason where it is refused, else its expense and what is done with it."""

    line: ExpenseLine
    outcome: Outcome
    expense: Expense | None = None
    reason: ExpenseReason | None = None

    def result(self) -> RowResult:
        """Return what became of the row."""
        line, why = self.line, self.reason
        if why is not None:
            told = (why.code, why.field, why.sentence)
            return RowResult(line.row, line.source_key, Outcome.REFUSED, None, *told)
        return RowResult(line.row, line.source_key, self.outcome, self.expense.pk if self.expense else None)


class _Refused(Exception):
    def __init__(self, code: str, field: str = "", detail: str = "") -> None:
        super().__init__(code)
        self.reason = ExpenseReason(code, field, detail)


def check_expenses(lines: Sequence[ExpenseLine], terms: ExpenseTerms) -> list[Checked]:
    """Judge the rows in order, and apply the firm's limits to what would be written. A step."""
    known, seen = load(lines), dict[tuple[str, str], int]()
    judge = _Judge(known, terms, terms.others, terms.own)
    checked = []
    for line in lines:
        key = (line.source_system, line.source_key)
        if line.reason is None and key in seen:
            reason = ExpenseReason("duplicate_in_batch", "source_key", str(seen[key]))
            checked.append(Checked(line, Outcome.REFUSED, reason=reason))
            continue
        seen.setdefault(key, line.row)
        checked.append(judge.row(line))
    apply_limits(list(_written(checked)))
    return [_limited(one) if terms.submit else one for one in checked]


def _written(checked: Sequence[Checked]) -> Iterator[Expense]:
    for one in checked:
        if one.expense is not None and one.outcome in (Outcome.CREATED, Outcome.UPDATED):
            yield one.expense


def _limited(one: Checked) -> Checked:
    """Refuse to submit what the limits block, or want a justification for that is not there."""
    expense = one.expense
    if expense is None or one.outcome not in (Outcome.CREATED, Outcome.UPDATED):
        return one
    blocked = expense.policy_result == PolicyResult.BLOCKED
    if not blocked and (expense.policy_result == PolicyResult.OK or expense.note):
        return one
    code, field = ("receipt_missing", "receipt") if blocked else ("justification_missing", "note")
    return Checked(one.line, Outcome.REFUSED, reason=ExpenseReason(code, field, expense.policy_sentence))


@dataclass(frozen=True)
class _Judge:
    known: Known
    terms: ExpenseTerms
    others: Reach
    own: bool

    def row(self, line: ExpenseLine) -> Checked:
        """Judge one row."""
        if line.reason is not None:
            return Checked(line, Outcome.REFUSED, reason=line.reason)
        try:
            return self._judged(line)
        except _Refused as refused:
            return Checked(line, Outcome.REFUSED, reason=refused.reason)

    def _judged(self, line: ExpenseLine) -> Checked:
        worker = _found(self.known.workers.get(line.worker), "worker", line.worker)
        project = _found(self.known.projects.get(line.project), "project", line.project)
        task = _found(self.known.tasks.get((project.pk, line.task)), "task", line.task)
        category = _found(self.known.categories.get(line.category), "category", line.category)
        if not self._may_enter(worker, project):
            raise _Refused("not_allowed", "project", f"{line.worker} on {line.project}")
        stored = self.known.expenses.get((line.source_system, line.source_key))
        if stored and not self._is_same_thing(stored, worker):
            raise _Refused("key_taken", "source_key")
        expense = _expense_of(line, worker, project, task, category, stored)
        if stored and all(getattr(stored, name) == getattr(expense, name) for name in FACTS):
            waits = stored.status == EntryStatus.DRAFT or (
                self.terms.resubmit and stored.status == EntryStatus.REJECTED
            )
            if not (self.terms.submit and waits):
                return Checked(line, Outcome.UNCHANGED, stored)
        if stored and stored.status in _SETTLED:
            raise _Refused("approved_already", "source_key")
        self._check_place(line, worker, project, task, category)
        if expense.billable and not task.billable:
            raise _Refused("task_not_billable", "billable", task.code)
        return Checked(line, Outcome.UPDATED if stored else Outcome.CREATED, expense)

    def _may_enter(self, worker: Worker, project: Project) -> bool:
        mine = self.own and worker.user_id is not None and worker.user_id == self.terms.actor.user_id
        return mine or self.others.covers(project)

    def _is_same_thing(self, stored: Expense, worker: Worker) -> bool:
        return (
            stored.worker_id == worker.pk
            and stored.kind == ExpenseKind.EXPENSE
            and self._may_enter(worker, stored.project)
        )

    def _check_place(
        self, line: ExpenseLine, worker: Worker, project: Project, task: Task, category: ExpenseCategory
    ) -> None:
        if not line.settled and not category.active:
            raise _Refused("category_ended", "category", category.name)
        if not line.settled and project.status != ProjectStatus.ACTIVE:
            raise _Refused("project_not_active", "project", project.status.replace("_", " "))
        if not line.settled and task.status != TaskStatus.OPEN:
            raise _Refused("task_closed", "task", task.code)
        if line.spent_on < project.starts_on or (project.ends_on and line.spent_on > project.ends_on):
            until = f" to {formats.day(project.ends_on)}" if project.ends_on else ""
            span = f"from {formats.day(project.starts_on)}{until}"
            raise _Refused("date_outside_project", "spent_on", span)
        if line.spent_on > self.terms.on:
            raise _Refused("date_in_future", "spent_on", formats.day(line.spent_on))
        if not self.known.is_employed(worker, line.spent_on):
            raise _Refused("worker_inactive", "spent_on", worker.code)
        if not line.settled and not self.known.is_assigned(worker, project, line.spent_on):
            raise _Refused("project_not_assigned", "project", worker.code)
        currency = line.currency or category.currency_id
        if currency not in self.known.currencies:
            raise _Refused("unknown_currency", "currency", currency)


def _found(row: Row | None, noun: str, code: str) -> Row:
    if row is None:
        raise _Refused(f"unknown_{noun}", noun, code)
    return row


def _expense_of(
    line: ExpenseLine,
    worker: Worker,
    project: Project,
    task: Task,
    category: ExpenseCategory,
    stored: Expense | None,
) -> Expense:
    """Return the row as an expense that is not saved; a stored one keeps its identity and receipt."""
    identifier = stored.pk if stored else uuid7()
    currency, net, quantity = _sum_of(line, category)
    return Expense(
        id=identifier,
        root_id=stored.root_id if stored else identifier,
        worker=worker,
        project=project,
        task=task,
        category=category,
        spent_on=line.spent_on,
        currency_id=currency,
        net=net,
        tax=line.tax,
        quantity=quantity,
        receipt=line.receipt or (stored.receipt if stored else None),
        vendor=line.vendor,
        pass_through=bool(line.pass_through),
        reimbursable=not line.pass_through if line.reimbursable is None else line.reimbursable,
        billable=task.billable if line.billable is None else line.billable,
        note=line.note,
        source_system=line.source_system,
        source_key=line.source_key,
    )


def _sum_of(line: ExpenseLine, category: ExpenseCategory) -> tuple[str, Decimal, Decimal]:
    """Return currency, net and quantity: given, or computed where the category has a price per unit."""
    currency = line.currency or category.currency_id
    if category.unit_price is None:
        if line.quantity not in (None, Decimal(1)):
            raise _Refused("quantity_without_unit", "quantity")
        if line.net is None:
            raise _Refused("required", "net")
        if not line.currency:
            raise _Refused("required", "currency")
        for name, amount in (("net", line.net), ("tax", line.tax)):
            if currency.isalpha() and amount != round(amount, minor_unit(currency)):
                raise _Refused("amount_too_precise", name, f"{amount:f}")
        return currency, line.net, Decimal(1)
    if currency != category.currency_id:
        raise _Refused("unit_currency", "currency", category.currency_id)
    if line.quantity is None:
        raise _Refused("required", "quantity")
    net = price(line.quantity, category.unit_price, currency)
    if net <= 0 or line.net not in (None, net):
        raise _Refused("net_is_computed", "net", formats.money(net, currency))
    return currency, net, line.quantity


def line_of(expense: Expense, *, row: int = 1, settled: bool = False) -> ExpenseLine:
    """Return a stored expense as the row it would come from (worker, project, task, category loaded)."""
    return ExpenseLine(
        row=row,
        worker=expense.worker.code,
        project=expense.project.code,
        task=expense.task.code,
        category=expense.category.code,
        spent_on=expense.spent_on,
        currency=expense.currency_id,
        net=expense.net,
        tax=expense.tax,
        quantity=expense.quantity if expense.category.unit else None,
        vendor=expense.vendor,
        pass_through=expense.pass_through,
        reimbursable=expense.reimbursable,
        billable=expense.billable,
        note=expense.note,
        source_system=expense.source_system,
        source_key=expense.source_key,
        settled=settled,
    )


def corrected_line(expense: Expense, changes: Mapping[str, object]) -> ExpenseLine:
    """Return a stored expense as a row with some of its fields said anew."""
    stood = line_of(expense)
    values: dict[str, object] = {
        name: "" if (value := getattr(stood, name)) is None else value for name in FIELDS
    }
    values |= {name: str(values[name]) for name in ("spent_on", "net", "tax", "quantity")}
    if expense.category.unit:
        values["net"] = ""
    changed = {**values, **changes, "worker": stood.worker, "source_key": stood.source_key}
    return read_expense_line(changed, 1, OWN_SYSTEM)
