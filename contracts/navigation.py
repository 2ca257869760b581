"""Where the pages of agreements stand in the shell."""

from core.presentation.navigation import Entry, registry

GROUP, READS = "Agreements", "contract.view"

registry.add(
    Entry("contracts", GROUP, "Contracts", "contracts", "contracts", permission=READS, order=10),
    Entry("rates", GROUP, "Rate cards", "rate_cards", "rates", permission="rate.view", order=20),
    Entry("customers", GROUP, "Customers", "customers", "customers", permission=READS, order=30),
)
