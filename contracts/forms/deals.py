"""What people fill in to complete a deal, and to decide whose word holds."""

from typing import Any

from django import forms

from contracts.deals.terms import CRM, owner_of, terms_of, title_of
from contracts.models import Customer, Deal, FieldConflict, ServiceLine
from contracts.states import BillingMethod
from core.forms import people_who
from core.models import Currency, LegalEntity, User
from core.permissions import visible_entities
from core.presentation.asking import Day
from core.presentation.vocabulary import choices_of

CRMS = (
    "The CRM owns this: correct it there too. Where it says otherwise later, you are asked which one holds."
)
NOT_HERE = frozenset({"rate_card", "lines"})
Choices = list[tuple[str, str]]


class CompletionForm(forms.Form):
    """The fields a deal lacks, and those filled in before; empty takes back what was filled in."""

    def __init__(self, *args: Any, deal: Deal, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        terms = terms_of(deal.given, deal.completed)
        lacking = [str(one["field"]) for one in deal.missing if one["field"] not in NOT_HERE]
        for name in dict.fromkeys([*lacking, *deal.completed]):
            field = self._field(name, user)
            field.label = title_of(name, terms)
            field.required = False
            field.help_text = CRMS if owner_of(name) == CRM else ""
            field.initial = deal.completed.get(name) or deal.given.get(name, "")
            self.fields[name] = field

    def values(self) -> dict[str, str]:
        """Return what was filled in as text, as the verb takes it."""
        return {name: _text(value) for name, value in self.cleaned_data.items()}

    def _field(self, name: str, user: User) -> forms.Field:
        kind = name.rpartition(".")[2]
        if choices := _choices(kind, user):
            return forms.ChoiceField(choices=[("", "Choose"), *choices])
        if kind.endswith("_on"):
            return forms.DateField(widget=Day(**{"class": "c-field"}))
        if kind == "amount":
            return forms.DecimalField(max_digits=18, decimal_places=4, min_value=0)
        if kind == "contact_email":
            return forms.EmailField(max_length=240)
        return forms.CharField(max_length=240)


class SettleForm(forms.Form):
    """Whose word holds for a field."""

    kept = forms.ChoiceField(label="Which one holds", choices=(), widget=forms.RadioSelect)
    reason = forms.CharField(max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, conflict: FieldConflict, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ours, theirs = conflict.ours or "nothing", conflict.theirs or "nothing"
        choices = [("ours", f"Ours: {ours}"), ("theirs", f"The CRM's: {theirs}")]
        self.fields["kept"].choices = choices  # type: ignore[attr-defined]


def _choices(kind: str, user: User) -> Choices:
    match kind:
        case "legal_entity":
            entities = LegalEntity.objects.filter(visible_entities(user, "deal.edit"))
            return [(one.code, one.name) for one in entities]
        case "service_line":
            return [(one.code, one.name) for one in ServiceLine.objects.all()]
        case "billing_method":
            return choices_of(BillingMethod)
        case "currency":
            return [(one.code, one.code) for one in Currency.objects.all()]
        case "customer":
            active = Customer.objects.filter(status=Customer.Status.ACTIVE)
            return [(one.code, f"{one.name} ({one.code})") for one in active]
        case "delivery_owner":
            return [(one.username, str(one)) for one in people_who("project.edit")]
    return []


def _text(value: object) -> str:
    return "" if value is None else str(value)
