"""The terms of a version as forms: dates, any number of lines, payers, expense rules; also without script."""

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.http import QueryDict

from contracts.actions.expense_rules import ExpenseTerms, expense_rules_of
from contracts.actions.fixed_fees import InstalmentTerms, MilestoneTerms
from contracts.actions.terms import CAPS, LINE_FIELDS, LineTerms, PayerTerms, lines_of, payers_of
from contracts.models import BillingAccount, ContractVersion, Customer, ExpenseCategory, ServiceLine
from contracts.states import BillingMethod, IncrementRounding
from core.presentation.asking import Day
from core.presentation.vocabulary import choices_of


def _ceiling(label: str, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, max_digits=18, decimal_places=4, min_value=0, required=False, help_text=help_text
    )


class DatesForm(forms.Form):
    """From when the terms hold, and why."""

    effective_from = forms.DateField(widget=Day(), help_text="Any day, also in the past.")
    ends_on = forms.DateField(label="Term ends on", required=False, widget=Day())
    reason = forms.CharField(max_length=240, required=False)


class DraftForm(DatesForm):
    """The dates and caps of a draft, and which state of it the person read."""

    cap_amount = _ceiling("Cap of the contract", "The most the whole contract bills, net. Empty: no cap.")
    cap_hours = _ceiling("Cap in hours", "The most hours the whole contract bills. Empty: no cap.")

    read_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class LineForm(forms.Form):
    """One line of the terms."""

    key = forms.SlugField(max_length=40)
    name = forms.CharField(max_length=160)
    service_line = forms.ModelChoiceField(queryset=ServiceLine.objects.all(), to_field_name="code")
    billing_method = forms.ChoiceField(choices=choices_of(BillingMethod))
    amount = forms.DecimalField(
        label="Fixed fee", max_digits=18, decimal_places=4, min_value=0, required=False
    )
    increment = forms.DecimalField(max_digits=6, decimal_places=4, initial=Decimal("0.25"))
    increment_rounding = forms.ChoiceField(choices=choices_of(IncrementRounding), label="Round")
    hours_per_day = forms.DecimalField(max_digits=5, decimal_places=2, initial=Decimal(8))
    discount_percent = forms.DecimalField(
        label="Discount %", max_digits=7, decimal_places=4, initial=Decimal(0)
    )
    cap_amount = _ceiling("Cap")
    cap_hours = _ceiling("Cap, hours")

    def terms(
        self, milestones: Sequence[MilestoneTerms], instalments: Sequence[InstalmentTerms]
    ) -> LineTerms:
        """Return the line as the verbs take it."""
        given = {name: self.cleaned_data[name] for name in self.base_fields}
        return LineTerms(
            **{**given, "service_line": given["service_line"].code},
            milestones=milestones,
            instalments=instalments,
        )


class MilestoneForm(forms.Form):
    """One milestone of a line; amounts left empty make equal parts of the line's fee."""

    line = forms.SlugField(label="Line key", max_length=40)
    key = forms.SlugField(max_length=40)
    name = forms.CharField(max_length=160)
    amount = forms.DecimalField(max_digits=18, decimal_places=4, min_value=0, required=False)
    due_on = forms.DateField(label="Due", required=False, widget=Day())
    required_percent = forms.DecimalField(
        label="Bills from %", max_digits=7, decimal_places=4, initial=Decimal(100), min_value=0, max_value=100
    )
    deemed_after_days = forms.IntegerField(
        label="Accepted after days", min_value=1, max_value=3660, required=False
    )

    def terms(self) -> MilestoneTerms:
        """Return the milestone as the verbs take it."""
        return MilestoneTerms(
            **{name: self.cleaned_data[name] for name in self.base_fields if name != "line"}
        )


class InstalmentForm(forms.Form):
    """One instalment of a line."""

    line = forms.SlugField(label="Line key", max_length=40)
    key = forms.SlugField(max_length=40)
    due_on = forms.DateField(label="Due", widget=Day())
    amount = forms.DecimalField(max_digits=18, decimal_places=4, min_value=0)

    def terms(self) -> InstalmentTerms:
        """Return the instalment as the verbs take it."""
        return InstalmentTerms(
            **{name: self.cleaned_data[name] for name in self.base_fields if name != "line"}
        )


class PayerForm(forms.Form):
    """One payer of the terms."""

    billing_account = forms.ModelChoiceField(
        queryset=BillingAccount.objects.none(), to_field_name="code", empty_label="Choose"
    )
    percent = forms.DecimalField(label="Share %", max_digits=7, decimal_places=4, initial=Decimal(100))
    takes_rounding = forms.BooleanField(required=False)
    purchase_order = forms.CharField(max_length=40, required=False)
    purchase_order_amount = _ceiling("Order amount")

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["billing_account"].queryset = customer.billing_accounts.all()  # type: ignore[attr-defined]

    def terms(self) -> PayerTerms:
        """Return the payer as the verbs take it."""
        given = {name: self.cleaned_data[name] for name in self.base_fields}
        return PayerTerms(**{**given, "billing_account": given["billing_account"].code})


class ExpenseForm(forms.Form):
    """One rule on expenses; an empty line or category stands for all of them."""

    line = forms.SlugField(max_length=40, required=False, help_text="Empty: every line.")
    category = forms.ModelChoiceField(
        queryset=ExpenseCategory.objects.all(),
        to_field_name="code",
        required=False,
        empty_label="Every category",
    )
    billed = forms.BooleanField(required=False, initial=True)
    markup_percent = forms.DecimalField(
        label="Markup %", max_digits=7, decimal_places=4, initial=Decimal(0), required=False
    )
    ceiling = forms.DecimalField(label="At most each", max_digits=18, decimal_places=4, required=False)
    unit_price = forms.DecimalField(label="Price per unit", max_digits=18, decimal_places=4, required=False)

    def terms(self) -> ExpenseTerms:
        """Return the rule as the verbs take it."""
        given = {name: self.cleaned_data[name] for name in self.base_fields}
        category, markup = given["category"], given["markup_percent"]
        return ExpenseTerms(
            **{**given, "category": category.code if category else "", "markup_percent": markup or Decimal(0)}
        )


_Lines = formset_factory(LineForm, extra=0, can_delete=True, max_num=200, absolute_max=200)
_Milestones = formset_factory(MilestoneForm, extra=0, can_delete=True, max_num=200, absolute_max=200)
_Instalments = formset_factory(InstalmentForm, extra=0, can_delete=True, max_num=400, absolute_max=400)
_Payers = formset_factory(PayerForm, extra=0, can_delete=True, max_num=50, absolute_max=50)
_Expenses = formset_factory(ExpenseForm, extra=0, can_delete=True, max_num=200, absolute_max=200)


class TermsForm:
    """The whole form of a draft; `add_line`, `add_payer` and so on in the post ask for one more empty row."""

    def __init__(self, version: ContractVersion, posted: QueryDict | None = None) -> None:
        data = _with_one_more(posted) if posted is not None else None
        customer = version.contract.customer
        self.dates = DraftForm(data, initial=_dates(version))
        lines, payers = lines_of(version), payers_of(version)
        self.lines: BaseFormSet[Any] = _Lines(
            data,
            prefix="lines",
            initial=[{name: getattr(line, name) for name in LINE_FIELDS} for line in lines],
        )
        self.milestones: BaseFormSet[Any] = _Milestones(
            data,
            prefix="milestones",
            initial=[{**asdict(term), "line": line.key} for line in lines for term in line.milestones],
        )
        self.instalments: BaseFormSet[Any] = _Instalments(
            data,
            prefix="instalments",
            initial=[{**asdict(term), "line": line.key} for line in lines for term in line.instalments],
        )
        self.payers: BaseFormSet[Any] = _Payers(
            data,
            prefix="payers",
            initial=[asdict(payer) for payer in payers],
            form_kwargs={"customer": customer},
        )
        expenses = [asdict(rule) for rule in expense_rules_of(version)]
        self.expenses: BaseFormSet[Any] = _Expenses(data, prefix="expenses", initial=expenses)
        self.only_growing = posted is not None and bool(set(_GROWING) & set(posted))

    @property
    def expected_version(self) -> int:
        """Return the state of the draft that the person read."""
        return int(self.dates.cleaned_data["read_version"])

    def is_valid(self) -> bool:
        """Say whether everything can be read and saved; asking for one more row saves nothing."""
        # Every part is asked, so that all their errors show at once.
        parts = (self.dates, self.lines, self.milestones, self.instalments, self.payers, self.expenses)
        readable = [part.is_valid() for part in parts]
        return not self.only_growing and all(readable) and self._know_their_lines()

    def values(self) -> dict[str, Any]:
        """Return what the verbs take."""
        return {
            **{name: self.dates.cleaned_data[name] for name in (*DatesForm.base_fields, *CAPS)},
            "lines": [self._line(form) for form in _kept(self.lines)],
            "payers": [form.terms() for form in _kept(self.payers)],
            "expenses": [form.terms() for form in _kept(self.expenses)],
        }

    def _line(self, form: Any) -> LineTerms:
        key = form.cleaned_data["key"]
        milestones, instalments = (
            tuple(part.terms() for part in _kept(parts) if part.cleaned_data["line"] == key)
            for parts in (self.milestones, self.instalments)
        )
        line: LineTerms = form.terms(milestones, instalments)
        return line

    def _know_their_lines(self) -> bool:
        """Say whether every milestone and instalment names a line of the form; show where one does not."""
        keys = {form.cleaned_data["key"] for form in _kept(self.lines)}
        strays = [
            form
            for parts in (self.milestones, self.instalments)
            for form in _kept(parts)
            if form.cleaned_data["line"] not in keys
        ]
        for form in strays:
            form.add_error("line", "No line above has this key.")
        return not strays


def _kept(forms_of: "BaseFormSet[Any]") -> list[Any]:
    """Return the filled rows that are not struck out."""
    return [form for form in forms_of.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]


def _dates(version: ContractVersion) -> dict[str, Any]:
    return {
        "effective_from": version.effective_from,
        "ends_on": version.ends_on,
        "reason": version.reason,
        "read_version": version.version,
        **{name: getattr(version, name) for name in CAPS},
    }


_GROWING = {
    "add_line": "lines",
    "add_milestone": "milestones",
    "add_instalment": "instalments",
    "add_payer": "payers",
    "add_expense": "expenses",
}


def _with_one_more(posted: QueryDict) -> QueryDict:
    data = posted.copy()
    for button, prefix in _GROWING.items():
        total = data.get(f"{prefix}-TOTAL_FORMS", "0")
        if button in data and total.isdigit():
            data[f"{prefix}-TOTAL_FORMS"] = str(int(total[:4]) + 1)
    return data
