"""The terms of a version as forms: dates, any number of lines and payers, also without script."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.http import QueryDict

from contracts.actions.terms import LineTerms, PayerTerms, lines_of, payers_of
from contracts.models import BillingAccount, ContractVersion, Customer, ServiceLine
from contracts.states import BillingMethod, IncrementRounding
from core.presentation.asking import Day
from core.presentation.vocabulary import choices_of


class DatesForm(forms.Form):
    """From when the terms hold, and why."""

    effective_from = forms.DateField(widget=Day(), help_text="Any day, also in the past.")
    ends_on = forms.DateField(label="Term ends on", required=False, widget=Day())
    reason = forms.CharField(max_length=240, required=False)


class DraftForm(DatesForm):
    """The dates of a draft, and which state of it the person read."""

    read_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class LineForm(forms.Form):
    """One line of the terms."""

    key = forms.SlugField(max_length=40)
    name = forms.CharField(max_length=160)
    service_line = forms.ModelChoiceField(queryset=ServiceLine.objects.all(), to_field_name="code")
    billing_method = forms.ChoiceField(choices=choices_of(BillingMethod))
    increment = forms.DecimalField(max_digits=6, decimal_places=4, initial=Decimal("0.25"))
    increment_rounding = forms.ChoiceField(choices=choices_of(IncrementRounding), label="Round")
    hours_per_day = forms.DecimalField(max_digits=5, decimal_places=2, initial=Decimal(8))
    discount_percent = forms.DecimalField(
        label="Discount %", max_digits=7, decimal_places=4, initial=Decimal(0)
    )

    def terms(self) -> LineTerms:
        """Return the line as the verbs take it."""
        given = {name: self.cleaned_data[name] for name in self.base_fields}
        return LineTerms(**{**given, "service_line": given["service_line"].code})


class PayerForm(forms.Form):
    """One payer of the terms."""

    billing_account = forms.ModelChoiceField(
        queryset=BillingAccount.objects.none(), to_field_name="code", empty_label="Choose"
    )
    percent = forms.DecimalField(label="Share %", max_digits=7, decimal_places=4, initial=Decimal(100))
    takes_rounding = forms.BooleanField(required=False)
    purchase_order = forms.CharField(max_length=40, required=False)

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["billing_account"].queryset = customer.billing_accounts.all()  # type: ignore[attr-defined]

    def terms(self) -> PayerTerms:
        """Return the payer as the verbs take it."""
        given = {name: self.cleaned_data[name] for name in self.base_fields}
        return PayerTerms(**{**given, "billing_account": given["billing_account"].code})


_Lines = formset_factory(LineForm, extra=0, can_delete=True, max_num=200, absolute_max=200)
_Payers = formset_factory(PayerForm, extra=0, can_delete=True, max_num=50, absolute_max=50)


class TermsForm:
    """The whole form of a draft; `add_line` and `add_payer` in the post ask for one more empty row."""

    def __init__(self, version: ContractVersion, posted: QueryDict | None = None) -> None:
        data = _with_one_more(posted) if posted is not None else None
        customer = version.contract.customer
        self.dates = DraftForm(data, initial=_dates(version))
        lines, payers = lines_of(version), payers_of(version)
        self.lines: BaseFormSet[Any] = _Lines(data, prefix="lines", initial=[asdict(line) for line in lines])
        self.payers: BaseFormSet[Any] = _Payers(
            data,
            prefix="payers",
            initial=[asdict(payer) for payer in payers],
            form_kwargs={"customer": customer},
        )
        self.only_growing = posted is not None and bool({"add_line", "add_payer"} & set(posted))

    @property
    def expected_version(self) -> int:
        """Return the state of the draft that the person read."""
        return int(self.dates.cleaned_data["read_version"])

    def is_valid(self) -> bool:
        """Say whether everything can be read and saved; asking for one more row saves nothing."""
        # Every part is asked, so that all their errors show at once.
        readable = [part.is_valid() for part in (self.dates, self.lines, self.payers)]
        return not self.only_growing and all(readable)

    def values(self) -> dict[str, Any]:
        """Return what the verbs take."""
        return {
            **{name: self.dates.cleaned_data[name] for name in DatesForm.base_fields},
            "lines": [form.terms() for form in _kept(self.lines)],
            "payers": [form.terms() for form in _kept(self.payers)],
        }


def _kept(forms_of: "BaseFormSet[Any]") -> list[Any]:
    """Return the filled rows that are not struck out."""
    return [form for form in forms_of.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]


def _dates(version: ContractVersion) -> dict[str, Any]:
    return {
        "effective_from": version.effective_from,
        "ends_on": version.ends_on,
        "reason": version.reason,
        "read_version": version.version,
    }


def _with_one_more(posted: QueryDict) -> QueryDict:
    data = posted.copy()
    for button, prefix in (("add_line", "lines"), ("add_payer", "payers")):
        total = data.get(f"{prefix}-TOTAL_FORMS", "0")
        if button in data and total.isdigit():
            data[f"{prefix}-TOTAL_FORMS"] = str(int(total[:4]) + 1)
    return data
