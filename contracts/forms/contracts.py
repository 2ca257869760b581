"""What people fill in about contracts."""

from typing import Any

from django import forms

from contracts.forms.terms import DatesForm
from contracts.models import Contract, Customer
from contracts.states import RetroactivityPolicy
from core.models import Currency, LegalEntity, User
from core.permissions import visible_entities
from core.presentation.asking import Day
from core.presentation.vocabulary import choices_of


class ContractForm(forms.Form):
    """Facts of a contract that are no terms; parties and currency freeze at activation."""

    name = forms.CharField(max_length=160)
    customer = forms.ModelChoiceField(queryset=Customer.objects.filter(status=Customer.Status.ACTIVE))
    legal_entity = forms.ModelChoiceField(queryset=LegalEntity.objects.none())
    currency = forms.ModelChoiceField(queryset=Currency.objects.all())
    kind = forms.ChoiceField(choices=choices_of(Contract.Kind), initial=Contract.Kind.STATEMENT_OF_WORK)
    parent = forms.ModelChoiceField(
        label="Under the master agreement",
        queryset=Contract.objects.none(),
        required=False,
        empty_label="None",
    )
    retroactivity = forms.ChoiceField(
        label="Amendments of invoiced work",
        choices=choices_of(RetroactivityPolicy),
        initial=RetroactivityPolicy.DELTA,
        help_text="Rebill: credit and new invoice. Delta: one further line. Prospective: nothing moves.",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entities = LegalEntity.objects.filter(visible_entities(user, "contract.edit"))
        self.fields["legal_entity"].queryset = entities  # type: ignore[attr-defined]
        masters = Contract.objects.filter(kind=Contract.Kind.MASTER, legal_entity__in=entities)
        self.fields["parent"].queryset = masters  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return what the verbs take."""
        given = dict(self.cleaned_data)
        rows = ("customer", "legal_entity", "currency", "parent")
        named = {f"{name}_id": getattr(given.pop(name, None), "pk", None) for name in rows if name in given}
        return {**given, **named}


class NewContractForm(ContractForm, DatesForm):
    """A new contract with the dates of its first version; lines and payers follow on the next page."""

    code = forms.CharField(max_length=20, required=False, help_text="Empty takes the next free one.")
    field_order = ("name", "code", "customer", "legal_entity", "currency", "kind", "parent")


class FrozenContractForm(ContractForm):
    """What may change once the contract was active."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("customer", "legal_entity", "currency", "kind"):
            del self.fields[name]


def contract_values(contract: Contract) -> dict[str, Any]:
    """Return the contract as the form shows it."""
    return {
        "name": contract.name,
        "customer": contract.customer_id,
        "legal_entity": contract.legal_entity_id,
        "currency": contract.currency_id,
        "kind": contract.kind,
        "parent": contract.parent_id,
        "retroactivity": contract.retroactivity,
    }


class AmendForm(DatesForm):
    """From when new terms hold; lines and payers are copied and changed on the next page."""


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 3, "data-focus": True}))


class OptionalReasonForm(forms.Form):
    """A remark, if there is anything to say."""

    reason = forms.CharField(
        max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3, "data-focus": True})
    )


class OnDayForm(forms.Form):
    """The day for which terms are shown."""

    on = forms.DateField(required=False, widget=Day(**{"class": "c-field is-narrow"}))
