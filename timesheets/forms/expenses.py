"""An expense as people enter it, and what was right instead of an approved one."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from contracts.models import ExpenseCategory
from core.models import Currency
from core.presentation.asking import Day
from projects.actions.uploads import Upload
from projects.models import Task
from timesheets.forms.correction import TaskField
from timesheets.intake.expenses.lines import OWN_SYSTEM, ExpenseLine, read_expense_line
from timesheets.models import Expense

_AMOUNT = {"inputmode": "decimal", "autocomplete": "off"}
_TICK = {"class": "c-check"}


class ReceiptInput(forms.FileInput):
    """A file chooser that offers the camera on a phone."""

    def __init__(self) -> None:
        super().__init__(attrs={"class": "c-field", "accept": "image/*,application/pdf"})


class ExpenseForm(forms.Form):
    """One expense. Of a category with units the quantity is asked for, else what was paid."""

    category = forms.ModelChoiceField(
        queryset=ExpenseCategory.objects.none(), to_field_name="code", empty_label="Choose"
    )
    task = TaskField(queryset=Task.objects.none(), label="Project and task", empty_label="Choose")
    spent_on = forms.DateField(label="Day", widget=Day())
    quantity = forms.DecimalField(widget=forms.TextInput(attrs=_AMOUNT))
    paid = forms.DecimalField(
        label="Amount paid", max_digits=18, decimal_places=4, widget=forms.TextInput(attrs=_AMOUNT)
    )
    currency = forms.ModelChoiceField(queryset=Currency.objects.none(), empty_label=None)
    tax = forms.DecimalField(
        label="Tax in it that is recovered",
        max_digits=18,
        decimal_places=4,
        required=False,
        widget=forms.TextInput(attrs=_AMOUNT),
    )
    receipt = forms.FileField(
        required=False, widget=ReceiptInput(), help_text="PDF, PNG or JPEG, up to 10 MB."
    )
    note = forms.CharField(max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    vendor = forms.CharField(max_length=120, required=False)
    billable = forms.BooleanField(required=False, initial=True, widget=forms.CheckboxInput(attrs=_TICK))
    reimbursable = forms.BooleanField(
        label="I paid it myself: pay it back",
        required=False,
        initial=True,
        widget=forms.CheckboxInput(attrs=_TICK),
    )

    def __init__(
        self, *args: Any, tasks: Iterable[Task], category: ExpenseCategory | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = category
        self._offer("category", ExpenseCategory.objects.filter(active=True))
        self._offer("task", Task.objects.filter(pk__in=[task.pk for task in tasks]).select_related("project"))
        self._offer("currency", Currency.objects.order_by("code"))
        asked = ("paid", "currency", "tax") if category and category.unit else ("quantity",)
        for name in asked:
            del self.fields[name]
        if category and category.unit:
            price = f"{(category.unit_price or Decimal(0)).normalize():f} {category.currency_id}"
            self.fields["quantity"].label = f"How many {category.unit}"
            self.fields["quantity"].help_text = f"{price} per {category.unit}"

    @property
    def amounts(self) -> list[forms.BoundField]:
        """Return the fields that depend on the category."""
        return [self[name] for name in ("quantity", "paid", "currency", "tax") if name in self.fields]

    @property
    def before(self) -> list[forms.BoundField]:
        """Return the fields above the amounts, behind the category."""
        return [self[name] for name in ("task", "spent_on")]

    @property
    def after(self) -> list[forms.BoundField]:
        """Return the fields under the amounts."""
        shown = {"category", "task", "spent_on", "quantity", "paid", "currency", "tax"}
        return [self[name] for name in self.fields if name not in shown]

    def line(self, worker: str, source_key: str, system: str = OWN_SYSTEM) -> ExpenseLine:
        """Return the expense as the verbs take it: net is what was paid less the tax in it."""
        said = self.cleaned_data
        tax = said.get("tax") or Decimal(0)
        values: dict[str, object] = {
            "worker": worker,
            "project": said["task"].project.code,
            "task": said["task"].code,
            "category": said["category"].code,
            "spent_on": said["spent_on"].isoformat(),
            "quantity": said.get("quantity"),
            "net": said["paid"] - tax if "paid" in said else None,
            "currency": said["currency"].code if "currency" in said else "",
            "tax": tax,
            **{name: said[name] for name in ("note", "vendor", "billable", "reimbursable")},
            "pass_through": not said["reimbursable"] and bool(said["vendor"]),
            "source_key": source_key,
        }
        return read_expense_line(values, 1, system)

    def upload(self) -> Upload | None:
        """Return the receipt, if one was handed in."""
        given = self.cleaned_data.get("receipt")
        return Upload(given.name, given.read()) if given else None

    def show(self, field: str, sentence: str) -> None:
        """Put a refusal beside the field it is about."""
        name = {"net": "paid", "project": "task", "worker": "task"}.get(field, field)
        self.add_error(name if name in self.fields else None, sentence)

    def _offer(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]


class ExpenseCorrectionForm(ExpenseForm):
    """What was right instead of an approved expense."""

    void = forms.BooleanField(
        label="This was never spent", required=False, widget=forms.CheckboxInput(attrs=_TICK)
    )
    reason = forms.CharField(label="Why the approved expense is wrong", max_length=500)


def values_of(expense: Expense) -> dict[str, Any]:
    """Return a stored expense as the form shows it (category loaded)."""
    return {
        "category": expense.category.code,
        "task": expense.task_id,
        "spent_on": expense.spent_on,
        "quantity": f"{expense.quantity.normalize():f}",
        "paid": f"{expense.paid.normalize():f}",
        "currency": expense.currency_id,
        "tax": f"{expense.tax.normalize():f}" if expense.tax else "",
        "note": expense.note,
        "vendor": expense.vendor,
        "billable": expense.billable,
        "reimbursable": expense.reimbursable,
    }
