"""What people fill in about rate cards and prices."""

from dataclasses import asdict
from typing import Any

from django import forms

from contracts.actions.dimensions import RateDimensions
from contracts.models import ANY, Contract, Customer, DeliveryRole, RateCard, Region, ServiceLine
from contracts.states import Unit
from core.models import Currency, LegalEntity, User
from core.permissions import visible_entities
from core.presentation.asking import Day
from core.presentation.vocabulary import choices_of


class RateCardForm(forms.Form):
    """A new rate card; what its scope names is chosen below it."""

    name = forms.CharField(max_length=120)
    code = forms.CharField(max_length=20, required=False, help_text="Empty takes the next free one.")
    scope = forms.ChoiceField(choices=choices_of(RateCard.Scope), initial=RateCard.Scope.STANDARD)
    legal_entity = forms.ModelChoiceField(queryset=LegalEntity.objects.none(), required=False)
    customer = forms.ModelChoiceField(queryset=Customer.objects.all(), required=False)
    contract = forms.ModelChoiceField(queryset=Contract.objects.none(), required=False)
    currency = forms.ModelChoiceField(queryset=Currency.objects.all())
    unit = forms.ChoiceField(choices=choices_of(Unit), initial=Unit.HOUR)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entities = LegalEntity.objects.filter(visible_entities(user, "rate.edit"))
        self.fields["legal_entity"].queryset = entities  # type: ignore[attr-defined]
        contracts = Contract.objects.filter(legal_entity__in=entities)
        self.fields["contract"].queryset = contracts  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return what the verb takes."""
        given = dict(self.cleaned_data)
        rows = ("legal_entity", "customer", "contract", "currency")
        named = {f"{name}_id": getattr(given.pop(name), "pk", None) for name in rows}
        return {**given, **named}


class CardNameForm(forms.Form):
    """The name of a card."""

    name = forms.CharField(max_length=120)


class GridForm(forms.Form):
    """What of a card is shown: rows with a text, as known at the end of a day."""

    q = forms.CharField(label="Find a price", required=False, max_length=80)
    known = forms.DateField(label="As known on", required=False, widget=Day())


class DimensionsForm(forms.Form):
    """Whom and what a price is for."""

    role = forms.ModelChoiceField(
        queryset=DeliveryRole.objects.all(), to_field_name="code", required=False, empty_label="Any role"
    )
    region = forms.ModelChoiceField(
        queryset=Region.objects.all(), to_field_name="code", required=False, empty_label="Any region"
    )
    service_line = forms.ModelChoiceField(
        queryset=ServiceLine.objects.all(),
        to_field_name="code",
        required=False,
        empty_label="Any service line",
    )
    work_type = forms.CharField(max_length=30, required=False, help_text="Code; empty is any.")
    worker = forms.CharField(max_length=30, required=False, help_text="Worker code; empty is anybody.")

    def dims(self) -> RateDimensions:
        """Return the dimensions as the verbs take them."""
        given = {name: self.cleaned_data.get(name) for name in asdict(RateDimensions())}
        return RateDimensions(**{name: str(getattr(row, "code", row) or ANY) for name, row in given.items()})


class SetRateForm(DimensionsForm):
    """A price and the days it holds."""

    amount = forms.DecimalField(label="Price of one unit", max_digits=18, decimal_places=4, min_value=0)
    starts_on = forms.DateField(label="From", widget=Day())
    ends_on = forms.DateField(
        label="To", required=False, widget=Day(), help_text="Empty: until it is changed."
    )
    reason = forms.CharField(max_length=240, required=False)
    field_order = ("amount", "starts_on", "ends_on", "role", "region", "service_line", "work_type", "worker")


class EndRateForm(DimensionsForm):
    """The last day of a price."""

    ends_on = forms.DateField(label="Last day", widget=Day())
    reason = forms.CharField(max_length=240, required=False)
    field_order = ("ends_on",)


def dimension_values(dims: RateDimensions) -> dict[str, str]:
    """Return the dimensions as the form shows them."""
    return {name: "" if code == ANY else code for name, code in asdict(dims).items()}
