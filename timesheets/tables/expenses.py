"""The approvals page of expenses: what waits, the questionable first, and the expense that is open."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse

from core.models import User
from core.presentation import formats, querystring
from core.presentation.filtering import Chip
from core.presentation.formats import counted
from core.presentation.parts import Fact, Link, Tab
from timesheets.models import Expense
from timesheets.queries.expense_chains import expense_facts
from timesheets.queries.visible import expenses_waiting_for, waiting_for
from timesheets.states import ExpenseKind, PolicyResult

PAGE_SIZE = 100
VIEWS = {"all": "All expenses", "questions": "To look at", "clean": "Clean", "corrections": "Corrections"}
HINTS = (("J K", "move"), ("X", "select"), ("E", "approve"), ("H", "send back"))
_SEARCHED = ("worker__code", "worker__name", "project__code", "project__name", "vendor", "note")


@dataclass(frozen=True)
class WaitingExpense:
    """An expense that waits, with what an approver should look at."""

    expense: Expense
    user: User

    @property
    def key(self) -> str:
        """Return the expense with the version that is shown, as one word for a form."""
        return f"{self.expense.pk}.{self.expense.version}"

    @property
    def blocked(self) -> str:
        """Return why the person cannot decide on it, or nothing."""
        if self.expense.worker.user_id == self.user.pk:
            return "This is your own expense: somebody else decides on it."
        if self.expense.submitted_by_id == self.user.pk:
            return "You submitted it: somebody else decides on it."
        return ""

    @property
    def questions(self) -> list[str]:
        """Return what an approver should look at, in words."""
        expense = self.expense
        found = [expense.policy_sentence] if expense.policy_result != PolicyResult.OK else []
        if expense.kind != ExpenseKind.EXPENSE:
            found.append("a correction")
        if expense.receipt_id is None and not expense.category.unit:
            found.append("no receipt")
        return found

    @property
    def is_clean(self) -> bool:
        """Say whether it may be approved without a look: no question, and not one's own."""
        return not self.questions and not self.blocked


@dataclass(frozen=True)
class ExpenseGroup:
    """Expenses under one heading."""

    label: str
    rows: list[WaitingExpense]


class ExpenseApprovalsPage:
    """What approvals/expenses.html shows to one person; the parts are read when first asked for."""

    hints = HINTS

    def __init__(self, user: User, query: QueryDict) -> None:
        self.user, self.query = user, query
        self.path = reverse("expense_approvals")
        self.text = query.get("q", "").replace("\0", "")[:80].strip()
        self.view = query.get("view", "all") if query.get("view") in VIEWS else "all"

    @cached_property
    def waiting(self) -> list[WaitingExpense]:
        """Return everything that waits and fits the search."""
        fits = Q()
        for name in _SEARCHED if self.text else ():
            fits |= Q(**{f"{name}__icontains": self.text})
        related = (
            "worker",
            "project__contract",
            "task",
            "category",
            "receipt",
            "submitted_by",
            "approved_by",
        )
        rows = expenses_waiting_for(self.user).filter(fits).select_related(*related)
        return [WaitingExpense(one, self.user) for one in rows.order_by("spent_on", "pk")[:1000]]

    @cached_property
    def rows(self) -> list[WaitingExpense]:
        """Return what the view shows."""
        return [row for row in self.waiting if _belongs(row, self.view)]

    @cached_property
    def groups(self) -> list[ExpenseGroup]:
        """Return the page in three groups: to look at, clean, somebody else's to decide."""
        shown = self.rows[:PAGE_SIZE]
        parts = (
            ("To look at", [row for row in shown if row.questions and not row.blocked]),
            ("Clean", [row for row in shown if row.is_clean]),
            ("For somebody else to decide", [row for row in shown if row.blocked]),
        )
        return [ExpenseGroup(label, rows) for label, rows in parts if rows]

    @property
    def foot(self) -> str:
        """Return what stands under the list."""
        more = f" of {len(self.rows):,}, narrow the filter to see the others"
        shown = counted(min(len(self.rows), PAGE_SIZE), "expense")
        return f"{shown}{more if len(self.rows) > PAGE_SIZE else ''}"

    @cached_property
    def tabs(self) -> list[Tab]:
        """Return the way back to time, and the views with their counts."""
        weeks = waiting_for(self.user).order_by().values("timesheet_id", "project_id").distinct().count()
        return [
            Tab("Time", reverse("approvals"), weeks),
            *(
                Tab(
                    label,
                    querystring.replaced(self.query, view=name, item=None),
                    sum(_belongs(row, name) for row in self.waiting),
                    self.view == name,
                )
                for name, label in VIEWS.items()
            ),
        ]

    @property
    def chips(self) -> list[Chip]:
        """Return what is searched for."""
        return [Chip("Search", self.text, querystring.without(self.query, "q"))] if self.text else []

    @cached_property
    def open(self) -> WaitingExpense | None:
        """Return the expense asked for, else the first one."""
        ordered = [row for group in self.groups for row in group.rows]
        asked = self.query.get("item")
        return next((row for row in ordered if str(row.expense.pk) == asked), ordered[0] if ordered else None)

    @property
    def title(self) -> str:
        """Return what the open expense is, in words."""
        if self.open is None:
            return ""
        expense = self.open.expense
        return f"{expense.category.name}, {formats.money(expense.paid, expense.currency_id)}"

    @property
    def facts(self) -> list[Fact]:
        """Return the facts of the open expense."""
        return expense_facts(self.open.expense) if self.open else []

    @property
    def links(self) -> list[Link]:
        """Return where the open expense leads."""
        if self.open is None:
            return []
        expense = self.open.expense
        return [
            Link(f"{expense.worker.name} on {expense.project.code}", ""),
            Link("whole expense", reverse("expense", args=[expense.pk])),
        ]

    @property
    def address(self) -> str:
        """Return the query string of the view, without the open expense."""
        return querystring.replaced(self.query, item=None)


def _belongs(row: WaitingExpense, view: str) -> bool:
    return {
        "all": True,
        "questions": bool(row.questions) and not row.blocked,
        "clean": row.is_clean,
        "corrections": row.expense.kind != ExpenseKind.EXPENSE,
    }[view]
