"""The customer page: facts, billing accounts, contracts, what happened."""

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from contracts.models import BillingAccount, Contract, Customer
from contracts.queries import activity_of_customer, visible_contracts
from core.models import User
from core.permissions import holds
from core.presentation.parts import Activity, Fact
from core.queries.activity import feed


@dataclass(frozen=True)
class CustomerPage:
    """What the page draws."""

    customer: Customer
    user: User

    @property
    def may_edit(self) -> bool:
        """Say whether the person keeps customers."""
        return holds(self.user, "customer.edit")

    @property
    def facts(self) -> list[Fact]:
        """Return the facts of the customer."""
        customer = self.customer
        facts = [
            Fact("Code", customer.code),
            Fact("Currency", customer.currency_id),
            Fact("Credit hold", "Yes" if customer.credit_hold else "No"),
        ]
        if customer.parent:
            href = reverse("customer", args=[customer.parent.code])
            facts.append(Fact("Belongs to", customer.parent.name, href))
        return facts

    @cached_property
    def accounts(self) -> list[BillingAccount]:
        """Return the billing accounts by code."""
        return list(self.customer.billing_accounts.all())

    @cached_property
    def contracts(self) -> list[Contract]:
        """Return the contracts the person may see."""
        return list(
            visible_contracts(self.user).filter(customer=self.customer).select_related("legal_entity")
        )

    @cached_property
    def children(self) -> list[Fact]:
        """Return the customers that belong to this one."""
        children = self.customer.children.all()
        return [Fact(child.code, child.name, reverse("customer", args=[child.code])) for child in children]

    @cached_property
    def activity(self) -> list[Activity]:
        """Return what happened to the customer and its accounts, newest first."""
        return feed(activity_of_customer(self.customer, [one.pk for one in self.accounts]), limit=20)
