"""What people fill in about workers."""

from typing import Any

from django import forms

from contracts.models import DeliveryRole, Region
from core.models import Currency, LegalEntity, User
from core.permissions import visible_entities
from core.presentation.asking import Day
from core.presentation.vocabulary import choices_of
from projects.forms.projects import as_ids
from projects.models import Worker


class WorkerForm(forms.Form):
    """A worker."""

    name = forms.CharField(max_length=120)
    email = forms.EmailField(label="E-mail", required=False)
    kind = forms.ChoiceField(choices=choices_of(Worker.Kind), initial=Worker.Kind.EMPLOYEE)
    user = forms.ModelChoiceField(
        label="Signs in as",
        queryset=User.objects.filter(is_service_account=False),
        required=False,
        empty_label="Nobody",
    )

    def values(self) -> dict[str, Any]:
        """Return what the verbs take."""
        return as_ids(self.cleaned_data, "user")


class NewWorkerForm(WorkerForm):
    """A new worker."""

    code = forms.CharField(max_length=30, required=False, help_text="Empty takes the next free one.")
    field_order = ("name", "code")


class EmploymentForm(forms.Form):
    """As what a worker is employed from a day on; a former employment gives up these days."""

    starts_on = forms.DateField(label="From", widget=Day())
    ends_on = forms.DateField(label="To", required=False, widget=Day(), help_text="Empty: until changed.")
    legal_entity = forms.ModelChoiceField(label="Employed by", queryset=LegalEntity.objects.none())
    role = forms.ModelChoiceField(queryset=DeliveryRole.objects.all())
    region = forms.ModelChoiceField(queryset=Region.objects.all())
    practice = forms.CharField(max_length=40, required=False)
    cost_centre = forms.CharField(max_length=30, required=False)
    manager = forms.ModelChoiceField(queryset=Worker.objects.all(), required=False, empty_label="Nobody")
    capacity_hours = forms.DecimalField(label="Hours a week", max_digits=5, decimal_places=2)
    cost_rate = forms.DecimalField(
        label="Cost of one hour", max_digits=18, decimal_places=4, min_value=0, required=False
    )
    cost_currency = forms.ModelChoiceField(queryset=Currency.objects.all(), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entities = LegalEntity.objects.filter(visible_entities(user, "worker.edit"))
        self.fields["legal_entity"].queryset = entities  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return what the verb takes."""
        return as_ids(self.cleaned_data, "legal_entity", "role", "region", "manager", "cost_currency")
