"""A customer the ERP finds incomplete: fill in what is missing and send the document again."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse

from contracts.models import BillingAccount
from core.fixes import Fix, suggests
from core.models import ExceptionItem, User
from core.permissions import holds
from core.presentation.formats import money
from core.presentation.parts import Fact, Link
from reporting.queries.addresses import address

if TYPE_CHECKING:
    AccountForm = forms.ModelForm[BillingAccount]
else:
    AccountForm = forms.ModelForm

_THEN = {True: "the activation goes on where it stopped", False: "the document is sent again"}


class CustomerFixForm(AccountForm):
    """What an ERP wants to know about whom it bills."""

    class Meta:
        model = BillingAccount
        fields = ("name", "street", "postal_code", "city", "country", "tax_registration")

    def __init__(self, *args: Any, missing: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if not str(self.initial.get(name) or "") or name == missing:
                field.required = name == missing
                continue
            if missing in self.fields:
                field.widget = forms.HiddenInput()


def account_of(item: ExceptionItem) -> BillingAccount | None:
    """Return the billing account an exception is about."""
    told = item.evidence
    key = told.get("billing_account_id") or told.get("billing_account")
    return BillingAccount.objects.select_related("customer").filter(pk=key).first() if key else None


def missing_field(item: ExceptionItem) -> str:
    """Return our name of the field the ERP misses, such as tax_registration."""
    return str(item.evidence.get("field") or "").rpartition(".")[2]


@suggests("customer_incomplete")
def incomplete_customer_fix(
    item: ExceptionItem, user: User, form: CustomerFixForm | None = None
) -> Fix | None:
    """Suggest to complete the billing account; the document is sent again with it."""
    account = account_of(item)
    if account is None:
        return None
    missing = missing_field(item)
    wanted = missing.replace("_", " ") or "address and tax registration"
    activates = bool(item.evidence.get("process_id"))
    goes_on = "starts" if activates else "goes to the ERP"
    effects: tuple[Fact, ...] = ()
    if item.money_at_risk is not None:
        effects = (Fact(f"{item.object_label} {goes_on}", money(item.money_at_risk, item.currency)),)
    may = holds(user, "customer.edit", item.legal_entity_id)
    href = address("customer", account.customer.code)
    return Fix(
        title=f"Complete {account.name}",
        text=f"({account.code}): {wanted}. Then {_THEN[activates]}.",
        effects=effects,
        action=reverse("fix_customer", args=[item.number]),
        button="Save and go on" if activates else "Save and send again",
        form=form or CustomerFixForm(instance=account, missing=missing),
        open=Link("Open customer", href) if href else None,
        reason="" if may else "This takes somebody who edits customers.",
    )
