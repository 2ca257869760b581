"""What people fill in to bill."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from billing.filters import worded
from billing.states import AdjustmentKind
from contracts.models import Contract, DeliveryRole, Region
from core.models import LegalEntity, User
from core.permissions import visible_entities
from core.presentation.choices import ListedChoiceField
from projects.models import Worker
from timesheets.models import WorkType


def day_field() -> forms.DateInput:
    """Return a date input that browsers fill in by a calendar; its value is always written as ISO."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class RunForm(forms.Form):
    """For which legal entity, work up to which day, and the date of the documents."""

    legal_entity = forms.ModelChoiceField(
        LegalEntity.objects.none(), to_field_name="code", empty_label=None, label="Legal entity"
    )
    cut_off = forms.DateField(
        label="Work to", widget=day_field(), help_text="The last work date that is billed."
    )
    document_date = forms.DateField(
        label="Dated",
        widget=day_field(),
        help_text="Date and tax point of the documents; not before the last work date.",
    )
    previewed = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entities = LegalEntity.objects.filter(visible_entities(user, "billing.prepare"))
        self.fields["legal_entity"].queryset = entities  # type: ignore[attr-defined]
        end = _end_of_last_month(timezone.localdate())
        self.fields["cut_off"].initial = self.fields["document_date"].initial = end

    def clean(self) -> dict[str, Any]:
        """Refuse a document date before the cut-off."""
        said = super().clean() or {}
        if said.get("cut_off") and said.get("document_date") and said["document_date"] < said["cut_off"]:
            self.add_error("document_date", "The document date lies before the last work date.")
        return said

    @property
    def asked(self) -> str:
        """Return what is asked in one word, to tell whether it is what the person saw a preview of."""
        said = self.cleaned_data
        return f"{said['legal_entity'].code}:{said['cut_off']}:{said['document_date']}"


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(max_length=240, widget=forms.Textarea(attrs={"rows": 2, "autofocus": True}))


class RedateForm(forms.Form):
    """Which date the document gets, and why."""

    document_date = forms.DateField(
        label="Date", widget=day_field(), help_text="Date and tax point; not before the last work date."
    )
    reason = forms.CharField(max_length=240, required=False)


class NoteForm(forms.Form):
    """A remark that stays inside the firm."""

    comment = forms.CharField(label="Note", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class DecisionForm(forms.Form):
    """A write-off of work, or a write-down or write-up of its price."""

    kind = forms.ChoiceField(choices=worded(AdjustmentKind), label="Decision")
    amount = forms.DecimalField(
        required=False,
        min_value=Decimal("0.0001"),
        max_digits=18,
        decimal_places=4,
        help_text="By how much the price falls or rises. A write-off needs none: it covers any price.",
    )
    code = forms.SlugField(max_length=30, label="Code", help_text="Such as goodwill, quality, overrun.")
    reason = forms.CharField(max_length=240, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self) -> dict[str, Any]:
        """Ask for an amount where the kind needs one."""
        said = super().clean() or {}
        wanted = said.get("kind") != AdjustmentKind.WRITE_OFF and "amount" not in self.errors
        if wanted and not said.get("amount"):
            self.add_error("amount", "Give the amount as a positive number.")
        return said


class WhichRateForm(forms.Form):
    """Whose work, of which kind, on which day."""

    contract = ListedChoiceField(Contract.objects.none(), to_field_name="code")
    on = forms.DateField(label="Work date", widget=day_field())
    worker = ListedChoiceField(Worker.objects.none(), to_field_name="code", required=False, empty_label="Any")
    role = ListedChoiceField(
        DeliveryRole.objects.all(),
        to_field_name="code",
        required=False,
        empty_label="Any",
        help_text="Follows from the worker where one is named.",
    )
    region = ListedChoiceField(Region.objects.all(), to_field_name="code", required=False, empty_label="Any")
    work_type = ListedChoiceField(
        WorkType.objects.all(), to_field_name="code", required=False, empty_label="Any"
    )

    def __init__(self, *args: Any, contracts: Any, workers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contract"].queryset = contracts  # type: ignore[attr-defined]
        self.fields["worker"].queryset = workers  # type: ignore[attr-defined]
        self.fields["on"].initial = timezone.localdate()


def _end_of_last_month(today: date) -> date:
    return today.replace(day=1) - timedelta(days=1)
