"""Where the pages of agreements stand in the shell."""

from django.http import HttpRequest

from contracts.queries.deals import incomplete_deals
from contracts.tables.deal import of_contract
from core.pages import person_of
from core.presentation.counting import Countable
from core.presentation.navigation import Entry, registry
from core.presentation.panels import panels

GROUP, READS = "Agreements", "contract.view"


def waiting(request: HttpRequest) -> Countable:
    """Count the deals that lack something."""
    return incomplete_deals(person_of(request))


registry.add(
    Entry("contracts", GROUP, "Contracts", "contracts", "contracts", permission=READS, order=10),
    Entry("deals", GROUP, "Deals", "deals", "deals", permission="deal.view", count=waiting, order=5),
    Entry("rates", GROUP, "Rate cards", "rate_cards", "rates", permission="rate.view", order=20),
    Entry("customers", GROUP, "Customers", "customers", "customers", permission=READS, order=30),
)
panels.add("contract.side", of_contract, order=10)
