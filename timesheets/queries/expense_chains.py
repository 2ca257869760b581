"""One expense with everything that became of it, and what the reader may do with it."""

from dataclasses import dataclass

from core.actors import Actor
from core.errors import Refusal
from core.models import User
from core.presentation import formats, markup
from core.presentation.parts import Activity, Fact
from core.queries.activity import events_of, feed
from timesheets.intake.expenses.lines import OWN_SYSTEM
from timesheets.models import Expense
from timesheets.policies import may_touch_expense, reach
from timesheets.queries.visible import visible_expenses
from timesheets.states import EntryStatus, ExpenseKind


@dataclass(frozen=True)
class ExpensePage:
    """An expense, its chain in the order it was written, and what the reader may do with it."""

    expense: Expense
    chain: list[Expense]
    activities: list[Activity]
    facts: list[Fact]
    may_touch: bool
    waits: bool
    may_decide: bool

    @property
    def may_edit(self) -> bool:
        """Say whether it can be changed, submitted and thrown away."""
        draft = self.expense.status in (EntryStatus.DRAFT, EntryStatus.REJECTED)
        return self.may_touch and draft and self.expense.kind == ExpenseKind.EXPENSE

    @property
    def may_recall(self) -> bool:
        """Say whether it can be taken back."""
        sent = self.expense.status == EntryStatus.SUBMITTED
        return self.may_touch and sent and self.expense.kind == ExpenseKind.EXPENSE

    @property
    def may_correct(self) -> bool:
        """Say whether a correction can be asked for."""
        return self._is_fact and self.may_touch and not self.waits

    @property
    def may_withdraw(self) -> bool:
        """Say whether a waiting correction can be withdrawn."""
        return self._is_fact and self.may_touch and self.waits

    @property
    def _is_fact(self) -> bool:
        approved = self.expense.status == EntryStatus.APPROVED
        return approved and self.expense.kind != ExpenseKind.REVERSAL


def expense_page(expense: Expense, user: User) -> ExpensePage:
    """Read an expense with its chain of corrections."""
    related = ("project", "task", "category", "approved_by")
    chain = list(
        visible_expenses(user).filter(root_id=expense.root_id).select_related(*related).order_by("pk")
    )
    waiting = [one for one in chain if one.corrects_id == expense.pk and one.status == EntryStatus.SUBMITTED]
    decides = reach(user, "expense.approve").covers(expense.project)
    mine = user.pk in (expense.worker.user_id, expense.submitted_by_id)
    return ExpensePage(
        expense=expense,
        chain=chain if len(chain) > 1 else [],
        activities=feed(events_of("timesheets.expense", [expense.root_id]), limit=20),
        facts=expense_facts(expense),
        may_touch=_may_touch(expense, user),
        waits=bool(waiting),
        may_decide=decides and not mine and expense.status == EntryStatus.SUBMITTED,
    )


def _may_touch(expense: Expense, user: User) -> bool:
    try:
        may_touch_expense(Actor.of(user), expense)
    except Refusal:
        return False
    return True


def expense_facts(expense: Expense) -> list[Fact]:
    """Return what is known of an expense, in the order people ask."""
    unit = expense.category.unit
    paid = markup.money(expense.paid, expense.currency_id)
    facts = [
        Fact("Person", expense.worker.name, quiet=expense.worker.code),
        Fact("Project", expense.project.name, quiet=expense.project.code),
        Fact("Contract", expense.project.contract.name, quiet=expense.project.contract.code),
        Fact("Task", expense.task.name, quiet=expense.task.code),
        Fact("Category", expense.category.name),
        Fact("Day", markup.day(expense.spent_on)),
        Fact("Paid", paid),
    ]
    if unit:
        facts.append(Fact("Quantity", markup.quantity(expense.quantity, unit)))
    if expense.tax:
        facts += [
            Fact("Tax recovered", markup.money(expense.tax, expense.currency_id)),
            Fact("Net", markup.money(expense.net, expense.currency_id)),
        ]
    facts += [
        Fact("Vendor", expense.vendor or "–"),
        Fact("Paid back", "Yes" if expense.reimbursable else "No"),
        Fact("Billable", "Yes" if expense.billable else "No"),
        Fact("Note", expense.note or "–"),
    ]
    if expense.source_system != OWN_SYSTEM:
        facts.append(Fact("From", expense.source_system, quiet=expense.source_key))
    if expense.submitted_by:
        facts.append(Fact("Submitted by", str(expense.submitted_by)))
    if expense.approved_by and expense.approved_at:
        facts.append(Fact("Approved by", str(expense.approved_by), quiet=formats.moment(expense.approved_at)))
    return facts
