"""What people fill in about customers and billing accounts."""

from typing import Any

from django import forms

from contracts.models import BillingAccount, Customer
from core.models import Currency
from core.presentation.vocabulary import choices_of


class CustomerForm(forms.Form):
    """A customer; the code stays once it is given."""

    name = forms.CharField(max_length=160)
    currency = forms.ModelChoiceField(queryset=Currency.objects.all(), help_text="Currency of new contracts.")
    parent = forms.ModelChoiceField(
        label="Belongs to", queryset=Customer.objects.all(), required=False, empty_label="No other customer"
    )
    status = forms.ChoiceField(choices=choices_of(Customer.Status), initial=Customer.Status.ACTIVE)
    credit_hold = forms.BooleanField(
        required=False, help_text="A warning to those who submit new terms; work goes on."
    )

    def values(self) -> dict[str, Any]:
        """Return what the verbs take."""
        given = self.cleaned_data
        parent = given["parent"]
        return {
            "name": given["name"],
            "currency_id": given["currency"].pk,
            "parent_id": parent.pk if parent else None,
            "status": given["status"],
            "credit_hold": given["credit_hold"],
        }


class NewCustomerForm(CustomerForm):
    """A new customer."""

    code = forms.CharField(max_length=20, required=False, help_text="Empty takes the next free one.")
    field_order = ("name", "code", "currency", "parent")


def customer_values(customer: Customer) -> dict[str, Any]:
    """Return the customer as the form shows it."""
    return {
        "name": customer.name,
        "currency": customer.currency_id,
        "parent": customer.parent_id,
        "status": customer.status,
        "credit_hold": customer.credit_hold,
    }


class BillingAccountForm(forms.Form):
    """A bill-to: address, tax registration, terms, layout of invoices."""

    name = forms.CharField(max_length=160)
    street = forms.CharField(max_length=160, required=False)
    postal_code = forms.CharField(max_length=20, required=False)
    city = forms.CharField(max_length=80, required=False)
    region = forms.CharField(max_length=10, required=False)
    country = forms.CharField(max_length=2, help_text="ISO 3166, such as GB.")
    tax_registration = forms.CharField(max_length=40, required=False)
    email = forms.EmailField(label="E-mail for invoices", required=False)
    payment_terms_days = forms.IntegerField(min_value=0, max_value=365, initial=30)
    purchase_order_required = forms.BooleanField(required=False)
    presentation = forms.ChoiceField(
        label="Invoice lines by",
        choices=choices_of(BillingAccount.Presentation),
        initial=BillingAccount.Presentation.ROLE,
    )

    def clean_country(self) -> str:
        """Return the country code in capitals."""
        return str(self.cleaned_data["country"]).upper()


class NewBillingAccountForm(BillingAccountForm):
    """A new billing account."""

    code = forms.CharField(max_length=20, required=False, help_text="Empty takes the next free one.")
    field_order = ("name", "code")


def account_values(account: BillingAccount) -> dict[str, Any]:
    """Return the billing account as the form shows it."""
    return {name: getattr(account, name) for name in BillingAccountForm.base_fields}
